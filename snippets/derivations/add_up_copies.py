"""Add up the copies that broadcasting made; beside autograd."""

import torch

shape = (6, 4)  # of what the arrays are broadcast to
seed = 0
dtype = torch.float64


# --8<-- [start:add_up_copies]
def add_up_copies(grad, shape):
    """Return the gradient for an array of this shape that was broadcast to that of grad."""
    for _ in range(grad.ndim - len(shape)):  # axes that were missing
        grad = grad.sum(dim=0)
    for axis, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(dim=axis, keepdim=True)
    return grad


# --8<-- [end:add_up_copies]


def main():
    """Return for each shape the largest difference from autograd."""
    torch.manual_seed(seed)
    z = torch.randn(shape, dtype=dtype)  # (6, 4)
    g = torch.randn(shape, dtype=dtype)  # (6, 4): the gradient for the sum
    largest = {}
    for small in ((4,), (1, 4), (6, 1), (1, 1)):
        b = torch.randn(small, dtype=dtype, requires_grad=True)
        (exact,) = torch.autograd.grad(z + b, b, g)
        ours = add_up_copies(g, small)
        assert ours.shape == exact.shape
        largest[small] = (ours - exact).abs().max().item()
        print(f"{small!s:7s} {largest[small]:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
