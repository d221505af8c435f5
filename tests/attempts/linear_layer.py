"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import numpy as np
import torch

from snippets.answers import linear_layer as right


def averaged(grad, shape):
    return right.sum_to(grad, shape) * torch.ones(shape).numel() / grad.numel()


def together(linear, x, y):
    half = (len(x) + 1) // 2
    losses = [(linear(x[rows]) - y[rows]).pow(2).sum() for rows in (slice(half), slice(half, None))]
    (sum(losses) / y.numel()).backward()


def by_mse(linear, x, y):
    half = (len(x) + 1) // 2
    for part, target in ((x[:half], y[:half]), (x[half:], y[half:])):
        loss = torch.nn.functional.mse_loss(linear(part), target) * len(part) / len(x)
        loss.backward()


def by_expanding(grad, shape):
    array = torch.zeros(shape, dtype=grad.dtype, requires_grad=True)
    return torch.autograd.grad(array.expand(grad.shape), array, grad)[0]


def by_axes(grad, shape):
    padded = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    axes = tuple(axis for axis, size in enumerate(padded) if size == 1)
    return torch.from_numpy(grad.numpy().sum(axis=axes, keepdims=True).reshape(shape))


HALVES = "(slice(None, half), slice(half, None))"
WRONG = {
    "ones_and_twos": [
        (lambda: ((5, 4), 6.0, 12.0), "stores its weight transposed"),
        (lambda: ((6, 4), 6.0, 12.0), "weight.grad (6, 4)"),
        (lambda: ((4, 5), 1.0, 2.0), "how many rows"),
        (lambda: ((4, 5), 24.0, 12.0), "how many rows"),
        (lambda: ((4, 5), 6.0, 2.0), "add them up"),
        (lambda: ((4, 5), 6.0, 6.0), "add them up"),
        (lambda: (4, 5), "a shape and two numbers"),
    ],
    "linear_backward": [
        ("grad_z.t().mm(x)", "x.t().mm(grad_z)", "(5, 4), weight has (4, 5): look for a transpose"),
        ("sum(dim=0)", "sum(dim=1)", "a sum along the wrong dimension"),
        ("sum(dim=0)", "mean(dim=0)", "bias is 0.1667 times"),
        ("sum(dim=0)", "sum(dim=0, keepdim=True)", "the shape (1, 4), bias has (4,)"),
        ("grad_z.sum(dim=0)", "grad_z[0]", "it is made of grad_z alone"),
        ("grad_z.sum(dim=0)", "torch.ones(4)", "it is made of grad_z alone"),
        ("grad_x, grad_weight, grad_bias\n", "grad_weight, grad_x, grad_bias\n", "x has (6, 5)"),
        ("grad_x, grad_weight, grad_bias\n", "grad_x, grad_weight\n", "three gradients"),
    ],
    "two_halves": [
        ("sum() / y.numel()", "mean() / 2", "must not weigh the same"),
        (" / y.numel()", "", "28 times what autograd finds"),
        ("y.numel()", "len(x)", "4 times what autograd finds"),
        (HALVES, "[slice(None)]", "linear saw batches of [7] rows"),
        ("(len(x) + 1) // 2", "len(x) // 2", "linear saw batches of [3, 4] rows"),
        ("(len(x) + 1) // 2", "len(x) // 2 + 1", "linear saw batches of [4, 2] rows"),
        ("z = linear", "linear.zero_grad()\n        z = linear", "do not clear it"),
        (
            "        loss.backward()",
            "    loss.backward()",
            "the order is forward, forward, backward",
        ),
        (together, "both graphs have to fit into memory"),
        (lambda linear, x, y: None, ".grad is None"),
    ],
    "sum_to": [
        ("return grad", "return grad.squeeze()", "for (1, 4), broadcast to (6, 4)"),
        (averaged, "without an average"),
        (lambda grad, shape: grad, "has the shape (6, 4)"),
        (lambda grad, shape: grad.sum(dim=0), "for (1, 4), broadcast to (6, 4)"),
        (", keepdim=True", "", "for (1, 4), broadcast to (6, 4), the gradient has the shape (4,)"),
        ("    while grad.ndim > len(shape):\n        grad = grad.sum(dim=0)\n", "", "for (4,)"),
        (lambda grad, shape: grad.reshape(-1)[: torch.ones(shape).numel()].reshape(shape), "copy"),
    ],
}

RIGHT = {
    "ones_and_twos": [
        lambda: [[4, 5], 6, 12],
        lambda: (torch.Size([4, 5]), torch.tensor(6.0), 12.0),
        lambda: ((4, 5), 6 * 1, np.float64(6 * 2)),
    ],
    "linear_backward": [
        ("grad_z.sum(dim=0)", "torch.ones(len(x), dtype=x.dtype) @ grad_z"),
        ("grad_z.t().mm(x)", "(x.T @ grad_z).T"),
        (
            "grad_x, grad_weight, grad_bias\n",
            "[g.numpy() for g in (grad_x, grad_weight, grad_bias)]\n",
        ),
        ("grad_z.t().mm(x)", 'torch.einsum("nh,nd->hd", grad_z, x)'),
    ],
    "two_halves": [
        by_mse,
        (".pow(2).sum() / y.numel()", ".square().sum() / (y.shape[0] * y.shape[1])"),
        (HALVES, "(slice(0, half), slice(half, len(x)))"),
    ],
    "sum_to": [by_expanding, by_axes, lambda grad, shape: grad.sum_to_size(shape)],
}
