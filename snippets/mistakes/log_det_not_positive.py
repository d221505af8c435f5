"""Correlations that were estimated pair by pair need not fit together."""
# raises: _LinAlgError

import torch

dtype = torch.float64


def main():
    """Take the Cholesky factor of what no three variables can have as correlations."""
    # --8<-- [start:pairs]
    c = torch.tensor([[1.0, 0.9, 0.1], [0.9, 1.0, 0.9], [0.1, 0.9, 1.0]], dtype=dtype)  # (3, 3)
    print("eigenvalues:", [round(value, 2) for value in torch.linalg.eigvalsh(c).tolist()])
    print("logdet:", torch.logdet(c).item())
    torch.linalg.cholesky(c)
    # --8<-- [end:pairs]


if __name__ == "__main__":
    main()
