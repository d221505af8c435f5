"""One Jacobian in two layouts, and the backward step with each."""

import torch

seed = 0
dtype = torch.float64


# --8<-- [start:vec]
def vec(matrix):
    """Stack the columns of a matrix."""
    return matrix.T.flatten()


# --8<-- [end:vec]


def main():
    """Return the largest difference of each row of the output."""
    torch.manual_seed(seed)
    U = torch.randn(2, 3, dtype=dtype)
    M = torch.randn(3, 4, dtype=dtype)
    V = torch.randn(4, 5, dtype=dtype)
    grad_r = torch.randn(2, 5, dtype=dtype)  # the gradient for R = U M V
    # --8<-- [start:compare]
    slopes = torch.func.jacrev(lambda M: U @ M @ V)(M)  # (2, 5, 3, 4)
    of_each = slopes.permute(1, 0, 2, 3).reshape(10, 3, 4)  # outputs, column by column
    numerator = torch.stack([vec(matrix) for matrix in of_each])  # (10, 12)
    denominator = numerator.T.contiguous()  # (12, 10)
    grad_m = U.T @ grad_r @ V.T  # (3, 4)

    errors = {
        "kron(V.T, U) in numerator layout": numerator - torch.kron(V.T.contiguous(), U),
        "kron(V, U.T) in denominator layout": denominator - torch.kron(V, U.T.contiguous()),
        "backward in numerator layout": numerator.T @ vec(grad_r) - vec(grad_m),
        "backward in denominator layout": denominator @ vec(grad_r) - vec(grad_m),
    }
    # --8<-- [end:compare]
    largest = {name: error.abs().max().item() for name, error in errors.items()}
    for name, value in largest.items():
        print(f"{name:34s}  {value:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
