"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import numpy as np
import torch

from snippets.answers import identities as right


def ridge_by_autograd(A, x, a, decay):
    x = x.requires_grad_()
    ((A @ x - a).pow(2).sum() + decay * x.pow(2).sum()).backward()
    return x.grad


def column_by_column(A, B):
    columns = []
    for entry in torch.eye(A.shape[1] * B.shape[0], dtype=A.dtype):
        columns.append((A @ entry.reshape(A.shape[1], B.shape[0]) @ B).flatten())
    return torch.stack(columns, dim=1)


def by_cofactors(S):
    n, grad = len(S), torch.zeros_like(S)
    for i in range(n):
        for j in range(n):
            rest = S[[k for k in range(n) if k != i]][:, [k for k in range(n) if k != j]]
            grad[i, j] = (-1) ** (i + j) * torch.det(rest)
    return grad / torch.det(S)


def sample_by_sample(X, S):
    inverse = torch.linalg.inv(S)
    grad = inverse.T.clone()
    for row in X:
        b = row[:, None]
        grad -= inverse.T @ b @ b.T @ inverse.T / X.shape[0]
    return grad


WRONG = {
    "quadratic_form": [
        (lambda: [6.0, 6.0], "a symmetric matrix only"),
        (lambda: [2.0, 10.0], "a symmetric matrix only"),
        (lambda: [2.0, 4.0], "0.5 times what autograd finds"),
        (lambda: [3.0, 3.5], "which identity has x on both sides"),
        (lambda: [3.0, 3.0], "which identity has x on both sides"),
        (lambda: 12.0, "return two numbers"),
    ],
    "ridge": [
        (lambda A, x, a, decay: right.ridge(A, x, a, 0), "|A x - a|^2 alone"),
        (lambda A, x, a, decay: 2 * decay * x, "decay |x|^2 alone"),
        (lambda *a: right.ridge(*a) / 2, "0.5 times what autograd finds"),
        ("2 * decay", "decay", "look at the factor of each"),
        ("A.t() @ error", "A.t() @ A @ x", "compute both terms"),
        (lambda *a: right.ridge(*a).t(), "the shape (1, 4), x has (4, 1)"),
        (ridge_by_autograd, "leaves the gradient to autograd"),
    ],
    "jacobian": [
        (lambda A, B: torch.kron(B.t().contiguous(), A), "flattened by columns"),
        (torch.kron, "the shape is (6, 12)"),
        (lambda A, B: torch.kron(A.t().contiguous(), B), "the shape is (9, 8)"),
        (lambda A, B: torch.kron(A, B.reshape(4, 3)), "Does one of them need a transpose"),
        (lambda A, B: torch.kron(B.t().contiguous(), A).flip(0), "the Kronecker product of which"),
        (lambda A, B: A @ torch.ones(3, 3, dtype=A.dtype) @ B, "the shape is (2, 4)"),
    ],
    "log_det": [
        (torch.linalg.inv, "S is transposed"),
        ("return torch", "return torch.linalg.det(S) * torch", "times what autograd finds"),
        ("return torch", "return torch.linalg.det(S).log() * torch", "times what autograd finds"),
        (lambda S: 1 / S, "the slope of the logarithm"),
        (torch.t, "the slope of the logarithm"),
        (torch.det, "the shape ()"),
        (torch.logdet, "the shape ()"),
    ],
    "gaussian": [
        (lambda X, S: right.log_det(S), "log(det(S)) alone"),
        ("inverse - inverse", "inverse + inverse", "has a minus"),
        (" / len(X)", "", "lacks its factor"),
        (" / len(X)", " / X.shape[1]", "The first term is that of exercise 4"),
        ("inv(S).t()", "inv(S)", "S is transposed: S is not symmetric"),
        ("X @ inverse", "X @ inverse.t()", "each with the inverse between two columns"),
        ("inverse - ", "-", "The first term is that of exercise 4"),
    ],
}

RIGHT = {
    "quadratic_form": [
        lambda: (4, 8),
        lambda: torch.tensor([[4.0], [8.0]]),
        lambda: np.array([4.0, 8.0]),
    ],
    "ridge": [
        ("2 * A.t() @ error + 2 * decay * x", "2 * (A.T @ A @ x - A.T @ a + decay * x)"),
        ("A.t() @ error", "(error.t() @ A).t()"),
        lambda *given: right.ridge(*given).numpy(),
    ],
    "jacobian": [
        column_by_column,
        lambda A, B: torch.from_numpy(np.kron(A.numpy(), B.T.numpy())),
        lambda A, B: torch.einsum("ij,kl->iljk", A, B).reshape(8, 9),
    ],
    "log_det": [
        by_cofactors,
        lambda S: torch.linalg.inv(S.T),
        lambda S: torch.linalg.solve(S.T, torch.eye(4, dtype=S.dtype)),
    ],
    "gaussian": [
        sample_by_sample,
        (
            "inverse @ X.t() @ X @ inverse / len(X)",
            "(X @ inverse.T).T @ (X @ inverse) / X.shape[0]",
        ),
        (
            "inverse - inverse @ X.t() @ X @ inverse / len(X)",
            "inverse @ (torch.eye(len(S), dtype=S.dtype) - X.T @ X @ inverse / len(X))",
        ),
    ],
}
