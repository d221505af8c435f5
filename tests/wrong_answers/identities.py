"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import identities as right

WRONG = {
    "quadratic_form": [
        (lambda: [6.0, 6.0], "a symmetric matrix only"),
        (lambda: [2.0, 10.0], "a symmetric matrix only"),
        (lambda: [2.0, 4.0], "0.5 times what autograd finds"),
        (lambda: [3.0, 3.5], "which identity has x on both sides"),
        (lambda: 12.0, "return two numbers"),
    ],
    "ridge": [
        (lambda A, x, a, decay: right.ridge(A, x, a, 0), "|A x - a|^2 alone"),
        (lambda A, x, a, decay: 2 * decay * x, "decay |x|^2 alone"),
        (lambda *a: right.ridge(*a) / 2, "0.5 times what autograd finds"),
        ("2 * decay", "decay", "look at the factor of each"),
        (lambda *a: right.ridge(*a).t(), "the shape (1, 4), x has (4, 1)"),
    ],
    "jacobian": [
        (lambda A, B: torch.kron(B.t().contiguous(), A), "flattened by columns"),
        (torch.kron, "the shape is (6, 12)"),
        (lambda A, B: torch.kron(A, B.reshape(4, 3)), "Does one of them need a transpose"),
    ],
    "log_det": [
        (torch.linalg.inv, "S is transposed"),
        ("return torch", "return torch.linalg.det(S) * torch", "times what autograd finds"),
        (torch.t, "the slope of the logarithm"),
        (torch.det, "the shape ()"),
    ],
    "gaussian": [
        (lambda X, S: right.log_det(S), "log(det(S)) alone"),
        ("inverse - inverse", "inverse + inverse", "has a minus"),
        (" / len(X)", "", "lacks its factor"),
        ("inv(S).t()", "inv(S)", "S is transposed: S is not symmetric"),
        ("X @ inverse", "X @ inverse.t()", "each with the inverse between two columns"),
    ],
}
