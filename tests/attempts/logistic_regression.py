"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import logistic_regression as right


def as_written(z, y):
    p = torch.sigmoid(z)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def clamped(z, y):
    p = torch.sigmoid(z).clamp(1e-12, 1 - 1e-12)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


def by_autograd(x, y, w):
    w = w.requires_grad_()
    z = x @ w
    (torch.exp(z) - y * z).mean().backward()
    return w.grad, None


def step_of_sums(x, y, w, decay):
    p = torch.sigmoid(x @ w)
    grad_w = x.t() @ (p - y) + decay * w
    hessian = x.t() @ (p * (1 - p) * x) + decay * torch.eye(len(w), dtype=x.dtype)
    return w - torch.linalg.solve(hessian, grad_w)


def step_by_autograd(x, y, w, decay):
    w = w.requires_grad_()
    torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y).backward()
    return w - w.grad


def by_least_squares(x, y, w, decay):
    p = torch.sigmoid(x @ w)
    s = p * (1 - p)
    target = s * (x @ w) + y - p
    system = x.T @ (s * x) / len(x) + decay * torch.eye(x.shape[1], dtype=x.dtype)
    return torch.linalg.solve(system, x.T @ target / len(x))


def sample_by_sample(x, y, w):
    n, d = x.shape
    grad_w, hessian = torch.zeros(d, 1, dtype=x.dtype), torch.zeros(d, d, dtype=x.dtype)
    for row, target in zip(x, y, strict=True):
        column = row[:, None]
        expected = torch.exp(row @ w)
        grad_w += column * (expected - target) / n
        hessian += expected * column @ column.T / n
    return grad_w, hessian


WRONG = {
    "three_scores": [
        (lambda: ([0.69, 1000, 0], [0.69, 1000, 0]), "large and wrong scores"),
        (lambda: ([0.69, float("inf"), 0], [0.69, 1000, 0]), "large and wrong scores"),
        (lambda: ([0.5, 100, 0], [0.5, 1000, 0]), "the probability is one half"),
        (lambda: ([0.69, 100, 100], [0.69, 1000, 1000]), "is right for the target 0"),
        (lambda: ([0.69, 100, 0], [0.69, 100, 0]), "large and wrong scores"),
        (lambda: [0.69, 100, 0], "return two rows"),
        (lambda: ([0.69, 100], [0.69, 1000]), "each row has three numbers"),
    ],
    "stable_loss": [
        (as_written, "what does exp get"),
        (clamped, "cut off"),
        (lambda z, y: (torch.log(1 + torch.exp(z)) - y * z).mean(), "what does exp get"),
        (lambda z, y: as_written(z.clamp(-20, 20), y), "cut off"),
        (".mean()", ".sum()", "take the mean"),
        (".mean()", "", "the loss is one number"),
        ("- y * z", "+ y * z", "which term depends on the target"),
        ("(z.clamp", "-(z.clamp", "the sign is wrong"),
        ("z.abs()", "z", "what is the exponent"),
    ],
    "newton_step": [
        (lambda x, y, w, decay: right.newton_step(x, y, w, 0), "without the penalty"),
        (" + decay * w", "", "missing in the gradient"),
        (" + decay * torch.eye(len(w), dtype=x.dtype)", "", "missing in the Hessian"),
        ("w - torch", "w + torch", "uphill"),
        ("w - torch", "torch", "the step alone"),
        ("torch.linalg.solve(hessian, grad_w)", "grad_w", "what does the Hessian do"),
        (
            "torch.linalg.solve(hessian, grad_w)",
            "grad_w / hessian.diagonal()[:, None]",
            "the diagonal of the Hessian alone",
        ),
        (step_of_sums, "the loss is a mean"),
        (step_by_autograd, "leaves the gradient to autograd"),
        ("p * (1 - p)", "p", "check the gradient, then the Hessian"),
    ],
    "poisson": [
        (
            "torch.exp(x @ w)",
            "torch.sigmoid(x @ w)",
            "that of logistic regression",
        ),
        ("(expected - y) / len(x)", "(expected - y)", "sum over 12 samples"),
        ("(expected * x) / len(x)", "(expected * x)", "sum over 12 samples"),
        ("expected - y", "y - expected", "the gradient has the wrong sign"),
        ("expected * x", "expected * (1 - expected) * x", "twice for the Hessian"),
        ("expected * x", "x", "twice for the Hessian"),
        ("return grad_w, hessian", "return grad_w.t(), hessian", "the shape (1, 3)"),
        ("return grad_w, hessian", "return grad_w", "return gradient and Hessian"),
        (by_autograd, "leaves the gradient to autograd"),
    ],
}

RIGHT = {
    "three_scores": [
        lambda: ((0.693, 100.0, 0.0), (0.693, 1000.0, 0.0)),
        lambda: [torch.tensor([0.69, 100, 0]), torch.tensor([0.69, 1000, 0])],
        right.program,
    ],
    "stable_loss": [
        lambda z, y: (torch.maximum(z, 0 * z) - y * z + (1 + (-z.abs()).exp()).log()).mean(),
        lambda z, y: torch.stack([z, 0 * z]).logsumexp(dim=0).sub(y * z).sum() / len(z),
        lambda z, y: right.stable_loss(z, y).item(),
    ],
    "newton_step": [
        by_least_squares,
        ("torch.linalg.solve(hessian, grad_w)", "torch.linalg.inv(hessian) @ grad_w"),
        ("x.t() @ (s * x)", "x.t() @ torch.diag(s.flatten()) @ x"),
    ],
    "poisson": [
        sample_by_sample,
        ("return grad_w, hessian", "return [grad_w, (hessian + hessian.T) / 2]"),
        ("x.t() @ (expected * x)", "torch.einsum('ni,n,nj->ij', x, expected[:, 0], x)"),
    ],
}
