"""Likely wrong answers, each with words that the check must say to it."""

import numpy as np
import torch

from snippets.answers import tensors as right


def half_converted(dtype, x, y, w1, w2):
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    return (y_pred - y).pow(2).sum().to(dtype).item()


def mean_for_sum(dtype, x, y, w1, w2):
    return right.loss_in(dtype, x, y, w1, w2) / y.numel()


def not_taken_out(dtype, *tensors):
    return torch.tensor(right.loss_in(dtype, *tensors))


def one_row_each(x, y, w1, b1, w2):
    h = x.mm(w1) + b1
    return 2 * (h.clamp(min=0).mm(w2) - y).mm(w2.t()) * (h > 0)


def mask_forgotten(x, y, w1, b1, w2):
    h = x.mm(w1) + b1
    return (2 * (h.clamp(min=0).mm(w2) - y).mm(w2.t())).sum(dim=0)


def one_loss(x, y, w1, w2):
    losses, *gradients = right.many_networks(x, y, w1, w2)
    return losses.sum(), *gradients


def first_network_only(x, y, w1, w2):
    losses, *gradients = right.many_networks(x, y, w1, w2)
    return losses[:1].expand(len(w1)), *gradients


def added_up(x, y, w1, w2):
    losses, grad_w1, grad_w2 = right.many_networks(x, y, w1, w2)
    return losses, grad_w1.sum(dim=0), grad_w2


def unmasked(x, y, w1, w2):
    losses, _, grad_w2 = right.many_networks(x, y, w1, w2)
    grad_y_pred = 2 * ((x @ w1).clamp(min=0) @ w2 - y)
    return losses, x.t() @ (grad_y_pred @ w2.mT), grad_w2


WRONG = {
    "predict": [
        (lambda: [(4,), (3, 4), torch.float64, 5.0], "is gone afterwards"),
        (lambda: [(3,), (4, 3), torch.float64, 5.0], "exchanges the two sizes"),
        (lambda: [(3,), (3, 4), torch.float32, 5.0], "Two dtypes"),
        (lambda: [(3,), (3, 4), torch.float64, 1.0], "does from_numpy copy?"),
    ],
    "own_tensor": [
        (lambda a: torch.from_numpy(a).to(torch.float32), "shows in the array"),
        (torch.tensor, "the dtype is torch.float64"),
        (lambda a: np.array(a, dtype=np.float32), "return a tensor"),
    ],
    "loss_in": [
        (half_converted, "not the result"),
        (mean_for_sum, "compare with the lesson"),
        (not_taken_out, "take the number out"),
    ],
    "bias_gradient": [
        (one_row_each, "the shape is (6, 4)"),
        (lambda *given: right.bias_gradient(*given) / len(given[0]), "by the factor N"),
        (mask_forgotten, "mask"),
    ],
    "many_networks": [
        (one_loss, "one for each network"),
        (first_network_only, "network 1"),
        (added_up, "the gradient for w1 has the shape (5, 4)"),
        (unmasked, "the gradient for w1 is not what central differences measure"),
    ],
}
