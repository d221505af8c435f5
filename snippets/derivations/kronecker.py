"""vec(A X B): which Kronecker product belongs to which way of flattening?"""

import torch

seed = 0
dtype = torch.float64


def main():
    """Return the error of both formulas against the Jacobian of row-major flattening."""
    torch.manual_seed(seed)
    A = torch.randn(2, 3, dtype=dtype)
    X = torch.randn(3, 4, dtype=dtype)
    B = torch.randn(4, 5, dtype=dtype)
    # --8<-- [start:compare]
    jacobian = torch.func.jacrev(lambda X: A @ X @ B)(X)  # (2, 5, 3, 4)
    row_major = jacobian.reshape(2 * 5, 3 * 4)  # flattened the way torch stores it
    column_major = jacobian.permute(1, 0, 3, 2).reshape(5 * 2, 4 * 3)

    errors = {
        "row-major,    kron(A, B.T)": row_major - torch.kron(A, B.T.contiguous()),
        "row-major,    kron(B.T, A)": row_major - torch.kron(B.T.contiguous(), A),
        "column-major, kron(B.T, A)": column_major - torch.kron(B.T.contiguous(), A),
    }
    # --8<-- [end:compare]
    largest = {name: error.abs().max().item() for name, error in errors.items()}
    for name, value in largest.items():
        print(f"{name}  largest error {value:.1e}")
    return largest


if __name__ == "__main__":
    largest = main()
