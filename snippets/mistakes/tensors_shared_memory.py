"""A tensor from from_numpy and its array are two views of one memory."""

import numpy as np
import torch


def main():
    """Change the tensor and look at the array."""
    # --8<-- [start:write]
    a = np.zeros(3)
    first = torch.from_numpy(a)
    second = torch.tensor(a)
    first[0] = 7
    second[1] = 7
    print(a)
    # --8<-- [end:write]
    return a


if __name__ == "__main__":
    a = str(main())
