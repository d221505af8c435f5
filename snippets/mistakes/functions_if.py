"""Inside vmap, Python cannot decide by a value: each sample has its own."""
# raises: RuntimeError

import torch
from torch.func import vmap


# --8<-- [start:huber]
def huber(error):
    """Return the Huber loss of one error: a parabola in the middle, straight outside."""
    if error.abs() < 1:
        return error**2 / 2
    return error.abs() - 0.5


# --8<-- [end:huber]


def main():
    """Call the function for one error, then for three at once."""
    # --8<-- [start:use]
    errors = torch.tensor([-3.0, 0.5, 2.0])
    print(huber(errors[0]).item())
    print(vmap(huber)(errors).tolist())
    # --8<-- [end:use]


if __name__ == "__main__":
    main()
