"""A reversed array of numpy is a view with a negative stride, and no tensor can share it."""
# raises: ValueError

import numpy as np
import torch


def main():
    """Make a tensor from a reversed array."""
    a = np.arange(3.0)[::-1]  # (3,)
    print(a.strides)
    return torch.from_numpy(a)


if __name__ == "__main__":
    main()
