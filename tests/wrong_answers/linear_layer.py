"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import linear_layer as right


def averaged(grad, shape):
    return right.sum_to(grad, shape) * torch.ones(shape).numel() / grad.numel()


HALVES = "(slice(None, half), slice(half, None))"
WRONG = {
    "ones_and_twos": [
        (lambda: ((5, 4), 6.0, 12.0), "stores its weight transposed"),
        (lambda: ((4, 5), 1.0, 2.0), "how many rows"),
        (lambda: ((4, 5), 6.0, 2.0), "add them up"),
        (lambda: (4, 5), "a shape and two numbers"),
    ],
    "linear_backward": [
        (
            "grad_z.t().mm(x)",
            "x.t().mm(grad_z)",
            "the shape (5, 4), weight has (4, 5): look for a transpose",
        ),
        ("sum(dim=0)", "sum(dim=1)", "a sum along the wrong dimension"),
        ("sum(dim=0)", "mean(dim=0)", "bias is 0.1667 times"),
        ("grad_z.sum(dim=0)", "grad_z[0]", "it is made of grad_z alone"),
    ],
    "two_halves": [
        ("sum() / y.numel()", "mean() / 2", "must not weigh the same"),
        (" / y.numel()", "", "28 times what autograd finds"),
        (HALVES, "[slice(None)]", "linear saw batches of [7] rows"),
        ("z = linear", "linear.zero_grad()\n        z = linear", "do not clear it"),
        (lambda linear, x, y: None, ".grad is None"),
    ],
    "sum_to": [
        (
            "return grad",
            "return grad.squeeze()",
            "for (1, 4), broadcast to (6, 4), the gradient has the shape (4,)",
        ),
        (averaged, "without an average"),
        (lambda grad, shape: grad, "has the shape (6, 4)"),
        (lambda grad, shape: grad.reshape(-1)[: torch.ones(shape).numel()].reshape(shape), "copy"),
    ],
}
