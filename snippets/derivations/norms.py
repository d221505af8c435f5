"""Two norms of one matrix: Frobenius and spectral."""

import torch

dtype = torch.float64


def main():
    """Return the Frobenius norm, the spectral norm and the root of the sum of squares."""
    E = torch.tensor([[3.0, 0.0], [0.0, 4.0]], dtype=dtype)
    frobenius = torch.linalg.matrix_norm(E, "fro").item()
    spectral = torch.linalg.matrix_norm(E, 2).item()
    from_entries = E.pow(2).sum().sqrt().item()
    print("Frobenius:", frobenius, "  spectral:", spectral)
    print("root of the sum of squares:", from_entries)
    return frobenius, spectral, from_entries


if __name__ == "__main__":
    frobenius, spectral, from_entries = main()
