"""The likelihood of a normal distribution and its gradient; solving; symmetric matrices."""

import torch

N, n = 50, 4
seed = 0
dtype = torch.float64


# --8<-- [start:gradient]
def gradients(x, mean, c):
    """Return the gradients of the loss for the mean, shape (n, 1), and for C, shape (n, n)."""
    e = x - mean.T  # (N, n): samples minus mean
    m = e.T @ e / len(x)  # (n, n)
    inverse = torch.linalg.inv(c)  # (n, n)
    grad_mean = -inverse @ e.mean(dim=0)[:, None]  # (n, 1)
    grad_c = (inverse - inverse @ m @ inverse) / 2  # (n, n)
    return grad_mean, grad_c


# --8<-- [end:gradient]


# --8<-- [start:loss]
def loss_of(x, mean, c):
    """Return the mean of minus the log-likelihood, without the constant.

    Args:
        x (torch.Tensor): Samples, shape (N, n).
        mean (torch.Tensor): Mean, shape (n, 1).
        c (torch.Tensor): Covariance, shape (n, n), symmetric and positive definite.
    """
    k = torch.linalg.cholesky(c)  # (n, n), lower triangular: c = k @ k.T
    log_det = 2 * k.diagonal().log().sum()
    white = torch.linalg.solve_triangular(k, x.T - mean, upper=False)  # (n, N)
    return (log_det + white.square().sum() / len(x)) / 2


# --8<-- [end:loss]


def compare():
    """Return the largest differences from PyTorch's own distribution and from autograd."""
    torch.manual_seed(seed)
    x = torch.randn(N, n, dtype=dtype)  # (N, n)
    mean = torch.randn(n, 1, dtype=dtype, requires_grad=True)  # (n, 1)
    factor = torch.randn(n, n, dtype=dtype)  # (n, n)
    c = (factor @ factor.T + torch.eye(n, dtype=dtype)).requires_grad_()  # (n, n)
    normal = torch.distributions.MultivariateNormal(mean.flatten(), c)
    constant = n / 2 * torch.log(torch.tensor(2 * torch.pi, dtype=dtype))
    theirs = -normal.log_prob(x).mean() - constant
    theirs.backward()
    with torch.no_grad():
        grad_mean, grad_c = gradients(x, mean, c)
        differences = {
            "loss": loss_of(x, mean, c) - theirs,
            "mean": grad_mean - mean.grad,
            "C": grad_c - c.grad,
        }
    return {name: error.abs().max().item() for name, error in differences.items()}


def residuals():
    """Return what is left of b after solving H x = b, by the size of the Hilbert matrix H."""
    left = {}
    for size in (4, 6, 8, 10):
        # --8<-- [start:solve]
        at = torch.arange(1, size + 1, dtype=dtype)  # (size,)
        h = 1 / (at[:, None] + at - 1)  # (size, size): the Hilbert matrix
        b = h.sum(dim=1, keepdim=True)  # (size, 1): the solution is 1 everywhere
        solved = torch.linalg.solve(h, b)  # (size, 1)
        inverted = torch.linalg.inv(h) @ b  # (size, 1)
        # --8<-- [end:solve]
        left[size] = [((h @ x - b).norm() / b.norm()).item() for x in (solved, inverted)]
    return left


def conventions():
    """Return four gradients of log det C: two formulas, autograd, and measured pairs of entries."""
    # --8<-- [start:symmetric]
    c = torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=dtype, requires_grad=True)  # (2, 2)
    torch.logdet(c).backward()
    gradient, c = c.grad, c.detach()
    inverse = torch.linalg.inv(c)  # (2, 2)
    eye = torch.eye(2, dtype=dtype)  # (2, 2)

    def moved(i, j, by):
        """Return log det C with the entries (i, j) and (j, i), which are one, moved."""
        change = torch.zeros(2, 2, dtype=dtype)
        change[i, j] = change[j, i] = by
        return torch.logdet(c + change)

    pairs = [[(moved(i, j, 1e-4) - moved(i, j, -1e-4)) / 2e-4 for j in (0, 1)] for i in (0, 1)]
    # --8<-- [end:symmetric]
    return {
        "entries": inverse.tolist(),
        "autograd": gradient.tolist(),
        "pairs": (2 * inverse - eye * inverse).tolist(),
        "measured": torch.tensor(pairs, dtype=dtype).tolist(),
    }


def main():
    """Print all results; return them."""
    differences = compare()
    for name, value in differences.items():
        print(f"{name:4s}  {value:.0e}")
    print()
    left = residuals()
    print("size   solve    inv")
    for size, (solved, inverted) in left.items():
        print(f"{size:4d}   {solved:.0e}   {inverted:.0e}")
    print()
    found = conventions()
    for name, matrix in found.items():
        print(f"{name:8s}", [[round(number, 3) for number in row] for row in matrix])
    return differences, left, found


if __name__ == "__main__":
    differences, left, found = main()
