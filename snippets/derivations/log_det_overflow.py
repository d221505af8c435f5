"""The logarithm of a determinant that is too small for float64, computed in four ways."""

import torch

dtype = torch.float64


def main():
    """Print and return the four results by name."""
    # --8<-- [start:overflow]
    c = 0.1 * torch.eye(400, dtype=dtype)  # (400, 400)
    ways = {
        "det().log()": torch.linalg.det(c).log(),
        "logdet": torch.logdet(c),
        "slogdet": torch.linalg.slogdet(c).logabsdet,
        "cholesky": 2 * torch.linalg.cholesky(c).diagonal().log().sum(),
    }
    # --8<-- [end:overflow]
    for name, value in ways.items():
        print(f"{name:11s}  {value:.4f}")
    return {name: value.item() for name, value in ways.items()}


if __name__ == "__main__":
    ways = main()
