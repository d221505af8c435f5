"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import log_det as right

INFINITY = float("inf")


def by_inverse(x, mean, c):
    e = x - mean.T
    return (torch.logdet(c) + (e @ torch.linalg.inv(c) * e).sum() / len(x)) / 2


def by_determinant(x, mean, c):
    e = (x - mean.T).T
    return (torch.linalg.det(c).log() + (e * torch.linalg.solve(c, e)).sum() / len(x)) / 2


def by_solve(x, mean, c):
    e = (x - mean.T).T
    return (torch.linalg.slogdet(c)[1] + (e * torch.linalg.solve(c, e)).sum() / len(x)) / 2


def by_distribution(x, mean, c):
    normal = torch.distributions.MultivariateNormal(mean.flatten(), c)
    return -normal.log_prob(x).mean() - len(c) / 2 * torch.log(torch.tensor(2 * torch.pi))


def sample_by_sample(x, mean, c):
    k = torch.linalg.cholesky(c)
    forms = [(row[:, None] - mean).T @ torch.cholesky_solve(row[:, None] - mean, k) for row in x]
    return k.diagonal().log().sum() + sum(forms) / (2 * len(x))


def large(d, u, b):
    return torch.linalg.solve(torch.diag(d) + u @ u.T, b)


def by_weights(d, u, b):
    weights = 1 / d.reshape(-1, 1)
    inner = torch.eye(u.shape[1], dtype=u.dtype) + (u * weights).T @ u
    return weights * (b - u @ (torch.linalg.inv(inner) @ ((weights * u).T @ b)))


def by_square_root(d, u, b):
    root = d.sqrt()[:, None]
    v = u / root
    y = b / root
    k = torch.linalg.cholesky(torch.eye(u.shape[1], dtype=u.dtype) + v.T @ v)
    return (y - v @ torch.cholesky_solve(v.T @ y, k)) / root


def entry_by_entry(f, k):
    grad = torch.zeros_like(k)
    for i in range(len(k)):
        for j in range(i + 1):
            change = torch.zeros_like(k)
            change[i, j] = 1
            grad[i, j] = (f * (change @ k.T + k @ change.T)).sum()
    return grad


def pair_by_pair(grad):
    pairs = grad.clone()
    for i in range(len(grad)):
        for j in range(i):
            pairs[i, j] = pairs[j, i] = grad[i, j] + grad[j, i]
    return pairs


WRONG = {
    "three_ways": [
        (lambda: (-138.16, -138.16, -138.16), "multiplied by itself 60 times"),
        (lambda: (0.0, -138.16, -138.16), "multiplied by itself 60 times"),
        (lambda: (INFINITY, -138.16, -138.16), "multiplied by itself 60 times"),
        (lambda: (-INFINITY, -INFINITY, -138.16), "the second is not -inf"),
        (lambda: (-INFINITY, -138.16, -2.3), "the third is not -2.30"),
        (lambda: (-INFINITY, -60.0, -60.0), "it adds up logarithms"),
        (lambda: -INFINITY, "return three numbers"),
    ],
    "gaussian_loss": [
        (by_inverse, "solve with the triangular factor"),
        (by_determinant, "add up logarithms"),
        (lambda *given: 2 * right.gaussian_loss(*given), "twice the loss"),
        (lambda *given: -right.gaussian_loss(*given), "the sign is wrong"),
        (" / (2 * len(x))", " / 2", "take their mean"),
        ("k.diagonal().log().sum() + ", "k.diagonal().log().sum() / 2 + ", "half of what"),
        ("k.diagonal().log().sum() + ", "", "log-determinant is missing"),
        ("x.t() - mean", "x.t()", "the mean is not subtracted"),
        (
            lambda x, mean, c: by_distribution(x, mean, c) + 2 * torch.tensor(2 * torch.pi).log(),
            "leave the constant",
        ),
        (".log().sum()", ".sum()", "compute both terms"),
        ("return k", "return white + k", "return one number"),
        ("linalg.cholesky(c)", "linalg.cholesky(-c)", "the solver stopped"),
    ],
    "low_rank_solve": [
        (large, "60 rows and 60 columns"),
        (lambda d, u, b: b / d[:, None], "the diagonal part alone"),
        ("scaled_b - scaled_u", "scaled_b + scaled_u", "has to be subtracted"),
        ("return scaled_b - ", "return ", "the correction alone"),
        ("torch.eye(u.shape[1], dtype=u.dtype) + ", "", "lacks its identity matrix"),
        (lambda d, u, b: right.low_rank_solve(1 / d, u, b), "where it should divide"),
        ("+ u.t() @ scaled_u", "+ u.t() @ u", "in all four places"),
        (lambda *given: right.low_rank_solve(*given)[:, 0], "the shape is (60,)"),
        (lambda d, u, b: None, "is a return missing"),
    ],
    "factor_gradient": [
        ("2 * f @ k", "f @ k", "both factors of C change"),
        (".tril()", "", "above the diagonal"),
        ("2 * f @ k", "2 * k @ f", "wrong order"),
        ("2 * f @ k", "2 * f @ k.t()", "a transpose too many"),
        (".tril()", ".triu()", "the upper half"),
        (lambda f, k: f, "compare with autograd"),
        (lambda f, k: (f * k).sum(), "the shape is ()"),
    ],
    "as_pairs": [
        (lambda grad: grad, "nothing has changed"),
        (lambda grad: grad + grad.t(), "the diagonal counts twice"),
        (lambda grad: (grad + grad.t()) / 2, "takes the mean"),
        ("grad + grad.t()", "2 * grad", "doubles each entry by itself"),
        (lambda grad: right.as_pairs(grad).tril(), "only one half is filled"),
        (" - torch", " - 2 * torch", "the diagonal is missing"),
        (lambda grad: grad.tril(), "a single 1 off the diagonal"),
        (lambda grad: grad.diagonal(), "the shape is (4,)"),
    ],
}

RIGHT = {
    "three_ways": [
        lambda: [-INFINITY, -138.155, -138.155],
        lambda: (torch.tensor(0.0).log(), -138.16, 60 * torch.tensor(0.1).log()),
        right.program,
    ],
    "gaussian_loss": [by_solve, sample_by_sample, by_distribution],
    "low_rank_solve": [
        by_weights,
        by_square_root,
        ("torch.linalg.solve(j, u.t() @ scaled_b)", "torch.linalg.inv(j) @ (u.t() @ scaled_b)"),
    ],
    "factor_gradient": [
        entry_by_entry,
        ("(2 * f @ k).tril()", "torch.tril((f + f.t()) @ k)"),
        ("(2 * f @ k).tril()", "(k.t() @ (2 * f)).t().tril()"),
    ],
    "as_pairs": [
        pair_by_pair,
        lambda grad: (grad + grad.T) * (1 - torch.eye(len(grad)).double() / 2),
        lambda grad: grad.tril() + grad.tril(-1).T + grad.triu(1) + grad.triu(1).T,
    ],
}
