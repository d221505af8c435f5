"""Inside vmap, make a new tensor of the values instead of writing into one."""

import torch
from torch.func import vmap


# --8<-- [start:powers]
def powers(x):
    """Return x to the power of 0, 1 and 2, shape (3,), for a number x."""
    result = torch.stack([x**k for k in range(3)])  # (3,)
    return result


# --8<-- [end:powers]


if __name__ == "__main__":
    found = vmap(powers)(torch.tensor([2.0, 3.0])).tolist()
    print(found)
