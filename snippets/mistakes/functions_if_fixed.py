"""torch.where computes both branches and chooses, sample by sample."""

import torch
from torch.func import grad, vmap


# --8<-- [start:huber]
def huber(error):
    """Return the Huber loss of one error: a parabola in the middle, straight outside."""
    size = error.abs()
    return torch.where(size < 1, error**2 / 2, size - 0.5)


# --8<-- [end:huber]


if __name__ == "__main__":
    errors = torch.tensor([-3.0, 0.5, 2.0])
    values = vmap(huber)(errors).tolist()
    slopes = vmap(grad(huber))(errors).tolist()
    print("losses", values)
    print("slopes", slopes)
