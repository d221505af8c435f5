"""flip() reverses a tensor, into new memory; copy() makes a reversed array an ordinary one."""

import numpy as np
import torch


def main():
    """Reverse a tensor, and make a tensor from a reversed array."""
    x = torch.arange(3)  # (3,)
    a = np.arange(3.0)[::-1]  # (3,)
    print(x.flip(0))
    print(torch.from_numpy(a.copy()))
    return x.flip(0)


if __name__ == "__main__":
    main()
