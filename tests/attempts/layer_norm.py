"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import layer_norm as right


def over_the_text(x, g, epsilon):
    u = x - x.mean(dim=(1, 2), keepdim=True)
    sigma = (u.pow(2).mean(dim=(1, 2), keepdim=True) + epsilon).sqrt()
    return (g * u / sigma).sum(dim=(0, 1)), g.sum(dim=(0, 1))


def rows_for_columns(x, gamma, beta, g, epsilon):
    y = torch.nn.functional.layer_norm(x, (4,), gamma, beta, epsilon)
    return y, *right.batch_norm(x, gamma, beta, g, epsilon)[1:]


def flattened(x, g, epsilon):
    x, g = x.reshape(-1, x.shape[-1]), g.reshape(-1, g.shape[-1])
    x_hat = (x - x.mean(1, keepdim=True)) / (x.var(1, correction=0, keepdim=True) + epsilon) ** 0.5
    return [(g * x_hat).sum(0), g.sum(0)]


def by_einsum(x, g, epsilon):
    variance, mean = torch.var_mean(x, dim=2, correction=0, keepdim=True)
    x_hat = (x - mean) * torch.rsqrt(variance + epsilon)
    return torch.einsum("nth,nth->h", x_hat, g), torch.einsum("nth->h", g)


def rms_row_by_row(g, x, gamma, epsilon):
    rows = []
    for g_n, x_n in zip(g, x, strict=True):
        H, r = len(x_n), (x_n @ x_n / len(x_n) + epsilon) ** 0.5
        jacobian = torch.eye(H) / r - torch.outer(x_n, x_n) / (H * r**3)
        rows.append(jacobian @ (g_n * gamma))
    return torch.stack(rows)


def of_transposed(x, gamma, beta, g, epsilon):
    x, g = x.T, g.T
    variance, mean = torch.var_mean(x, dim=1, correction=0, keepdim=True)
    sigma = (variance + epsilon).sqrt()
    x_hat, b = (x - mean) / sigma, g * gamma[:, None]
    inner = (b * x_hat).mean(dim=1, keepdim=True)
    grad_x = (b - b.mean(dim=1, keepdim=True) - x_hat * inner) / sigma
    y = x_hat * gamma[:, None] + beta[:, None]
    return y.T, grad_x.T, (g * x_hat).sum(dim=1), g.sum(dim=1)


ZERO = [[0, 0]] * 3
Y = [[-1, 1], [-1, 1], [0, 0]]
ROWS = "b - x_hat * (b * x_hat).mean(dim=1, keepdim=True)"
COLUMNS = "(b - b.mean(dim=0) - x_hat * (b * x_hat).mean(dim=0))"
GAMMA = "(g * u / sigma).sum(dim=(0, 1))"
WRONG = {
    "three_rows": [
        (lambda: ([[-0.71, 0.71], [-0.71, 0.71], [0, 0]], ZERO), "by H, not H - 1"),
        (lambda: ([[-1, 1], [-10, 10], [0, 0]], ZERO), "divide by its standard deviation"),
        (lambda: ([[1, -1], [1, -1], [0, 0]], ZERO), "subtract the mean of the row"),
        (lambda: ([[-1, 1], [-1, 1], [float("nan")] * 2], ZERO), "the last row of y"),
        (lambda: ([[-1, 1], [-1, 1], [5, 5]], ZERO), "the last row of y"),
        (lambda: (Y, [[1, 1]] * 3), "what happens to the sum"),
        (lambda: (Y, [0, 0, 0]), "three rows of two numbers"),
    ],
    "scale_shift": [
        ("u.pow(2).mean(", "x.var(", "is 0.866 times what it should be"),
        (GAMMA, "(g * u / sigma).sum(dim=0)", "over which axes do you sum"),
        (GAMMA, "(g * u / sigma).sum()", "over which axes do you sum"),
        (GAMMA, "(g * u / sigma).mean(dim=(0, 1))", "grad_gamma (epsilon = 1e-05) is 0.1667 times"),
        ("g.sum(dim=(0, 1))", "torch.ones(x.shape[-1])", "grad_beta"),
        ("g * u / sigma", "g * x / sigma", "each word's own H numbers"),
        (over_the_text, "each word's own H numbers"),
        ("return grad_gamma, grad_beta", "return grad_beta, grad_gamma", "grad_beta"),
        (" + epsilon).sqrt()", ").sqrt() + epsilon", "under the root"),
    ],
    "rms_norm_backward": [
        (ROWS, "b", "r held fixed"),
        (ROWS, f"{ROWS} - b.mean(dim=1, keepdim=True)", "no mean is subtracted"),
        ("b = g * gamma", "b = g", "gamma is missing"),
        ("(b * x_hat).mean", "(b * x_hat).sum", "is a term missing"),
        ("(b * x_hat).mean", "(b * x).mean", "is a term missing"),
        (") / r", ")", "is a term missing"),
        ("x_hat * (b", "x * (b", "is a term missing"),
        (" + epsilon).sqrt()", ").sqrt() + epsilon", "under the root"),
    ],
    "batch_norm": [
        (rows_for_columns, "over the samples"),
        (COLUMNS, "b", "grad_x (epsilon = 1e-05) is wrong"),
        (COLUMNS, "(b - x_hat * (b * x_hat).mean(dim=0))", "grad_x (epsilon = 1e-05) is wrong"),
        ("u.pow(2).mean(dim=0)", "u.pow(2).sum(dim=0) / (len(x) - 1)", "y (epsilon = 1e-05)"),
        ("g.sum(dim=0)", "g", "grad_beta (epsilon = 1e-05) has the shape (5, 4)"),
        ("(g * x_hat).sum(dim=0)", "(g * x).sum(dim=0)", "grad_gamma"),
        ("b = g * gamma", "b = g", "grad_x (epsilon = 1e-05) is wrong"),
        ("gamma * x_hat + beta", "gamma * (x_hat + beta)", "do not have mean 0"),
        (" + epsilon).sqrt()", ").sqrt() + epsilon", "under the root"),
        ("return y, grad_x", "return grad_x", "y and three gradients"),
    ],
}

RIGHT = {
    "three_rows": [
        lambda: [torch.tensor(Y), torch.zeros(3, 2)],
        lambda: ([[-1.0, 1.0], [-1.0, 1.0], [-0.0, 0.0]], [[0.0, 0.0]] * 3),
        right.program,
    ],
    "scale_shift": [flattened, by_einsum, (GAMMA, "(g * u / sigma).sum(0).sum(0)")],
    "rms_norm_backward": [
        rms_row_by_row,
        (f"({ROWS}) / r", "b / r - x * (b * x).sum(dim=1, keepdim=True) / (x.shape[1] * r**3)"),
        (
            "(x.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()",
            "((x * x).mean(1) + epsilon)[:, None] ** 0.5",
        ),
    ],
    "batch_norm": [
        of_transposed,
        ("u.pow(2).mean(dim=0)", "x.var(dim=0, correction=0)"),
        ("(g * x_hat).sum(dim=0)", "(g * x_hat).t() @ torch.ones(len(x), dtype=x.dtype)"),
    ],
}
