"""Random matrices for facts about derivations, and what autograd says of functions of them."""

import torch

ROUNDING = 1e-12  # float64 has 16 digits: room for sums of numbers up to about 100
SEEDS = range(5)


def random(*shapes, seed=0):
    """Return a tensor of standard normal numbers in float64 for each shape."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def difference(ours, theirs):
    """Return the largest difference between two tensors, which must have one shape."""
    assert ours.shape == theirs.shape
    return (ours - theirs).abs().max().item()


def gradient(function, at):
    """Return the gradient of a function of one tensor, whose value is one number."""
    at = at.clone().requires_grad_()
    return torch.autograd.grad(function(at), at)[0]


def change(function, at, by):
    """Return the change of a function's value, up to terms of second order, as arguments change.

    Args:
        function (Callable): Takes one tensor, or several.
        at (torch.Tensor | tuple[torch.Tensor, ...]): The arguments.
        by (torch.Tensor | tuple[torch.Tensor, ...]): Their changes.
    """
    slopes = jacobian(function, at)
    if isinstance(by, torch.Tensor):
        slopes, by = (slopes,), (by,)
    return sum(torch.tensordot(s, d, d.ndim) for s, d in zip(slopes, by, strict=True))


def jacobian(function, at):
    """Return the slopes of all outputs along all inputs; the shape is that of both together."""
    return torch.autograd.functional.jacobian(function, at)
