"""Inside vmap, a tensor that is the same for all samples cannot take a value of each."""
# raises: RuntimeError

import torch
from torch.func import vmap


# --8<-- [start:powers]
def powers(x):
    """Return x to the power of 0, 1 and 2, shape (3,), for a number x."""
    result = torch.zeros(3)  # (3,)
    for k in range(3):
        result[k] = x**k
    return result


# --8<-- [end:powers]


def main():
    """Call the function for one number, then for two at once."""
    # --8<-- [start:use]
    x = torch.tensor([2.0, 3.0])
    print(powers(x[0]).tolist())
    print(vmap(powers)(x).tolist())
    # --8<-- [end:use]


if __name__ == "__main__":
    main()
