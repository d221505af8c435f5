"""A step along a gradient that is not symmetric: the Cholesky factor does not notice."""

import torch

dtype = torch.float64


def main():
    """Step from a symmetric matrix; return the matrix and the product of its factor."""
    # --8<-- [start:step]
    c = torch.tensor([[2.0, 0.5], [0.5, 1.0]], dtype=dtype, requires_grad=True)  # (2, 2)
    a = torch.tensor([[1.0], [0.0]], dtype=dtype)  # (2, 1)
    b = torch.tensor([[0.0], [1.0]], dtype=dtype)  # (2, 1)
    (a.T @ c @ b).sum().backward()
    moved = (c - 0.1 * c.grad).detach()  # (2, 2)
    k = torch.linalg.cholesky(moved)  # (2, 2)
    # --8<-- [end:step]
    rounded = {
        name: [[round(number, 3) for number in row] for row in matrix.tolist()]
        for name, matrix in (("gradient", c.grad), ("C", moved), ("k @ k.T", k @ k.T))
    }
    for name, matrix in rounded.items():
        print(f"{name:8s} {matrix}")
    return rounded


if __name__ == "__main__":
    rounded = main()
