"""Likely wrong answers, each with words that the check must say to it."""

import numpy as np
import torch

from snippets.answers import tensors as right


def half_converted(dtype, x, y, w1, w2):
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    return (y_pred - y).pow(2).sum().to(dtype).item()


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
        ("sum()", "mean()", "compare with the lesson"),
        (".item()", "", "take the number out"),
    ],
    "bias_gradient": [
        ("grad_h.sum(dim=0)", "grad_h", "the shape is (6, 4)"),
        (lambda *given: right.bias_gradient(*given) / len(given[0]), "by the factor N"),
        ("    grad_h[h <= 0] = 0\n", "", "mask"),
    ],
    "many_networks": [
        ("return losses,", "return losses.sum(),", "one for each network"),
        ("return losses,", "return losses[:1].expand(len(w1)),", "network 1"),
        (
            "return losses, grad_w1",
            "return losses, grad_w1.sum(dim=0)",
            "the gradient for w1 has the shape (5, 4)",
        ),
        (
            "    grad_h[h <= 0] = 0\n",
            "",
            "the gradient for w1 is not what central differences measure",
        ),
    ],
}
