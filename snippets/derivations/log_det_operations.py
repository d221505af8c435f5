"""Solving (diag(d) + U Uᵀ) x = b: multiplications and divisions, counted as they are done."""

import torch

n, k = 300, 3
seed = 0
dtype = torch.float64


def eliminate(a, b):
    """Solve a x = b by elimination, for a symmetric positive definite a; count operations.

    Args:
        a (torch.Tensor): Shape (n, n).
        b (torch.Tensor): Shape (n, 1).

    Returns:
        x (torch.Tensor): Shape (n, 1).
        count (int): Multiplications and divisions.
    """
    a, b, count = a.clone(), b.clone(), 0
    for row in range(len(a)):
        below = len(a) - row - 1
        factor = a[row + 1 :, row] / a[row, row]  # (below,)
        a[row + 1 :, row + 1 :] -= torch.outer(factor, a[row, row + 1 :])
        b[row + 1 :, 0] -= factor * b[row]
        count += below + below**2 + below
    x = torch.zeros_like(b)
    for row in reversed(range(len(a))):
        x[row] = (b[row] - a[row, row + 1 :] @ x[row + 1 :]) / a[row, row]
        count += len(a) - row
    return x, count


# --8<-- [start:woodbury]
def direct(d, u, b):
    """Make the n × n matrix and solve; count operations."""
    a = torch.diag(d) + u @ u.T  # (n, n)
    x, count = eliminate(a, b)
    return x, count + u.numel() * len(d)


def woodbury(d, u, b):
    """Solve with a k × k matrix instead; count operations."""
    scaled_u = u / d[:, None]  # (n, k): A⁻¹ U
    scaled_b = b / d[:, None]  # (n, 1): A⁻¹ b
    j = torch.eye(u.shape[1], dtype=dtype) + u.T @ scaled_u  # (k, k)
    small, count = eliminate(j, u.T @ scaled_b)  # (k, 1)
    x = scaled_b - scaled_u @ small  # (n, 1)
    return x, count + u.numel() * (u.shape[1] + 3) + len(d)


# --8<-- [end:woodbury]


def main():
    """Print both counts and how far both solutions are apart; return them."""
    torch.manual_seed(seed)
    d = torch.rand(n, dtype=dtype) + 1  # (n,)
    u = torch.randn(n, k, dtype=dtype)  # (n, k)
    b = torch.randn(n, 1, dtype=dtype)  # (n, 1)
    (x, slow), (y, fast) = direct(d, u, b), woodbury(d, u, b)
    apart = (x - y).abs().max().item()
    print(f"direct:   {slow:9,d}")
    print(f"Woodbury: {fast:9,d}")
    print(f"largest difference: {apart:.0e}")
    return slow, fast, apart


if __name__ == "__main__":
    slow, fast, apart = main()
