"""Three numbers that depend on three: their slopes one by one, or the whole Jacobian."""

import torch
from torch.func import grad, jacrev, vmap

if __name__ == "__main__":
    # --8<-- [start:ways]
    x = torch.tensor([0.0, 1.0, 2.0])
    slopes = vmap(grad(torch.sin))(x)  # (3,): each number by itself
    jacobian = jacrev(torch.sin)(x)  # (3, 3): each output along each input
    # --8<-- [end:ways]
    print(slopes)
    print(jacobian)
