"""Answers to the exercises of the page of identities."""

import torch

m, n = 6, 4
seed = 0
double = torch.float64


def program():
    """Print autograd's gradient of a quadratic form."""
    # --8<-- [start:program]
    S = torch.tensor([[1.0, 2.0], [0.0, 3.0]])  # (2, 2)
    x = torch.ones(2, 1, requires_grad=True)  # (2, 1)
    loss = (x.t() @ S @ x).sum()
    loss.backward()
    print(x.grad.flatten().tolist())
    # --8<-- [end:program]


# --8<-- [start:quadratic_form]
def quadratic_form():
    """Return both entries of the gradient for x."""
    return [4.0, 8.0]


# --8<-- [end:quadratic_form]


# --8<-- [start:ridge]
def ridge(A, x, a, decay):
    """Return the gradient for x, shape (n, 1)."""
    error = A @ x - a  # (m, 1)
    return 2 * A.t() @ error + 2 * decay * x


# --8<-- [end:ridge]


# --8<-- [start:jacobian]
def jacobian(A, B):
    """Return the matrix that takes S to A S B, both flattened by rows, shape (m p, n n)."""
    return torch.kron(A, B.t().contiguous())


# --8<-- [end:jacobian]


# --8<-- [start:log_det]
def log_det(S):
    """Return the gradient for S, shape (n, n)."""
    return torch.linalg.inv(S).t()


# --8<-- [end:log_det]


# --8<-- [start:gaussian]
def gaussian(X, S):
    """Return the gradient for S, shape (n, n)."""
    inverse = torch.linalg.inv(S).t()  # (n, n): transposed
    return inverse - inverse @ X.t() @ X @ inverse / len(X)


# --8<-- [end:gaussian]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    torch.manual_seed(seed)
    A = torch.randn(m, n, dtype=double)  # (m, n)
    a = torch.randn(m, 1, dtype=double)  # (m, 1)
    decay = 0.1
    system = A.t() @ A + decay * torch.eye(n, dtype=double)  # (n, n)
    best = torch.linalg.solve(system, A.t() @ a)  # (n, 1)
    zero = torch.zeros(n, 1, dtype=double)  # (n, 1)
    print("zero at the solution:", torch.allclose(ridge(A, best, a, decay), zero))
    print()
    S = torch.randn(n, n, dtype=double)  # (n, n)
    B = torch.randn(n, 3, dtype=double)  # (n, 3)
    print(torch.allclose(jacobian(A, B) @ S.flatten(), (A @ S @ B).flatten()))
    print()
    print(log_det(torch.tensor([[2.0, 1.0], [0.0, 4.0]], dtype=double)).tolist())
    print()
    X = torch.randn(m, n, dtype=double)  # (m, n)
    covariance = X.t() @ X / m  # (n, n)
    found = gaussian(X, covariance)  # (n, n)
    print("zero at X.t() @ X / m:", torch.allclose(found, torch.zeros_like(found)))


if __name__ == "__main__":
    main()
