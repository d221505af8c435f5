"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import layer_norm as right


def over_the_text(x, g, epsilon):
    u = x - x.mean(dim=(1, 2), keepdim=True)
    sigma = (u.pow(2).mean(dim=(1, 2), keepdim=True) + epsilon).sqrt()
    return (g * u / sigma).sum(dim=(0, 1)), g.sum(dim=(0, 1))


def rows_for_columns(x, gamma, beta, g, epsilon):
    y = torch.nn.functional.layer_norm(x, (4,), gamma, beta, epsilon)
    return y, *right.batch_norm(x, gamma, beta, g, epsilon)[1:]


ZERO = [[0, 0]] * 3
ROWS = "b - x_hat * (b * x_hat).mean(dim=1, keepdim=True)"
COLUMNS = "(b - b.mean(dim=0) - x_hat * (b * x_hat).mean(dim=0))"
WRONG = {
    "three_rows": [
        (lambda: ([[-0.71, 0.71], [-0.71, 0.71], [0, 0]], ZERO), "by H, not H - 1"),
        (lambda: ([[-1, 1], [-10, 10], [0, 0]], ZERO), "divide by its standard deviation"),
        (lambda: ([[-1, 1], [-1, 1], [float("nan")] * 2], ZERO), "the last row of y"),
        (lambda: ([[-1, 1], [-1, 1], [0, 0]], [[1, 1]] * 3), "what happens to the sum"),
    ],
    "scale_shift": [
        ("u.pow(2).mean(", "x.var(", "is 0.866 times what it should be"),
        (
            "(g * u / sigma).sum(dim=(0, 1))",
            "(g * u / sigma).sum(dim=0)",
            "over which axes do you sum",
        ),
        (over_the_text, "each word's own H numbers"),
        (" + epsilon).sqrt()", ").sqrt() + epsilon", "under the root"),
    ],
    "rms_norm_backward": [
        (ROWS, "b", "r held fixed"),
        (ROWS, f"{ROWS} - b.mean(dim=1, keepdim=True)", "no mean is subtracted"),
        ("b = g * gamma", "b = g", "gamma is missing"),
        ("(b * x_hat).mean", "(b * x_hat).sum", "is a term missing"),
    ],
    "batch_norm": [
        (rows_for_columns, "over the samples"),
        (COLUMNS, "b", "grad_x (epsilon = 1e-05) is wrong"),
        ("g.sum(dim=0)", "g", "grad_beta (epsilon = 1e-05) has the shape (5, 4)"),
    ],
}
