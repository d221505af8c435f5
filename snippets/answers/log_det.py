"""Answers to the exercises of the derivation of log-determinant and inverse."""

import math

import torch

seed = 0
double = torch.float64


# --8<-- [start:program]
def program():
    """Return the logarithm of a determinant, computed in three ways."""
    c = 0.1 * torch.eye(60)  # (60, 60), float32
    return (
        torch.linalg.det(c).log().item(),
        torch.linalg.slogdet(c).logabsdet.item(),
        c.diagonal().log().sum().item(),
    )


# --8<-- [end:program]


# --8<-- [start:three_ways]
def three_ways():
    """Return the three numbers, to two decimals."""
    return -float("inf"), -138.16, -138.16


# --8<-- [end:three_ways]


# --8<-- [start:gaussian_loss]
def gaussian_loss(x, mean, c):
    """Return the loss, one number.

    Args:
        x (torch.Tensor): Samples, shape (N, n).
        mean (torch.Tensor): Mean, shape (n, 1).
        c (torch.Tensor): Covariance, shape (n, n).
    """
    k = torch.linalg.cholesky(c)  # (n, n), lower triangular
    white = torch.linalg.solve_triangular(k, x.t() - mean, upper=False)  # (n, N)
    return k.diagonal().log().sum() + white.pow(2).sum() / (2 * len(x))


# --8<-- [end:gaussian_loss]


# --8<-- [start:low_rank_solve]
def low_rank_solve(d, u, b):
    """Return the solution, shape (n, 1).

    Args:
        d (torch.Tensor): Positive numbers, shape (n,).
        u (torch.Tensor): Shape (n, k).
        b (torch.Tensor): Shape (n, 1).
    """
    scaled_u = u / d[:, None]  # (n, k)
    scaled_b = b / d[:, None]  # (n, 1)
    j = torch.eye(u.shape[1], dtype=u.dtype) + u.t() @ scaled_u  # (k, k)
    return scaled_b - scaled_u @ torch.linalg.solve(j, u.t() @ scaled_b)


# --8<-- [end:low_rank_solve]


# --8<-- [start:factor_gradient]
def factor_gradient(f, k):
    """Return the gradient for the factor, lower triangular, shape (n, n)."""
    return (2 * f @ k).tril()


# --8<-- [end:factor_gradient]


# --8<-- [start:as_pairs]
def as_pairs(grad):
    """Return the gradient in which each pair of entries is one variable, shape (n, n)."""
    return grad + grad.t() - torch.diag(grad.diagonal())


# --8<-- [end:as_pairs]


def main():
    """Print what the answers give; the parts are those of the page."""
    first, second, third = program()
    print("the determinant:", math.exp(first))
    print(f"two logarithms:  {second:.2f} {third:.2f}")
    print()

    torch.manual_seed(seed)
    n = 300
    x, mean = torch.randn(400, n, dtype=double) / 1000, torch.zeros(n, 1, dtype=double)
    c = torch.eye(n, dtype=double) / 1000**2  # (n, n)
    normal = torch.distributions.MultivariateNormal(mean.flatten(), c)
    constant = n / 2 * torch.log(torch.tensor(2 * torch.pi, dtype=double))
    loss = gaussian_loss(x, mean, c)
    print("finite:", bool(loss.isfinite()))
    print("as PyTorch's:", torch.allclose(loss, -normal.log_prob(x).mean() - constant))
    print()

    d, u = (
        torch.rand(2000, dtype=double) + 1,
        torch.randn(2000, 5, dtype=double),
    )  # (2000,), (2000, 5)
    b = torch.randn(2000, 1, dtype=double)  # (2000, 1)
    x = low_rank_solve(d, u, b)  # (2000, 1)
    print("solved:", torch.allclose(d[:, None] * x + u @ (u.t() @ x), b))
    print()

    k = torch.randn(4, 4, dtype=double).tril().requires_grad_()  # (4, 4)
    f = torch.randn(4, 4, dtype=double)  # (4, 4)
    f = f + f.t()
    (f * (k @ k.t())).sum().backward()
    print("as autograd:", torch.allclose(factor_gradient(f, k.detach()), k.grad.tril()))
    print()

    c = torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=double)  # (2, 2)
    inverse = torch.linalg.inv(c)  # (2, 2)
    for matrix in (as_pairs(inverse), 2 * inverse - torch.eye(2, dtype=double) * inverse):
        print([[round(number, 3) for number in row] for row in matrix.tolist()])


if __name__ == "__main__":
    main()
