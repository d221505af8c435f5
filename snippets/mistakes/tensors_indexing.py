"""Which index gives a view of the same memory, and which one a copy, in both libraries."""

import numpy as np
import torch

INDEXES = ("x[0]", "x[1:, :2]", "x[..., 0]", "x[:, None]", "x[0, 0]", "x[[0, 2]]", "x[x > 5]")


def kind(x, part):
    """Tell whether a part of x is a view or a copy."""
    return "view" if np.shares_memory(np.asarray(x), np.asarray(part)) else "copy"


def compare():
    """Take each part of an array and of a tensor with the same entries.

    Returns:
        kinds (dict[str, list]): For each index the shape that it gives, and view or copy, in
            numpy and in PyTorch.
    """
    # --8<-- [start:operands]
    a = np.arange(12.0).reshape(3, 4)  # (3, 4)
    A = torch.arange(12.0).reshape(3, 4)  # (3, 4)
    # --8<-- [end:operands]
    kinds = {}
    for index in INDEXES:
        in_numpy, in_torch = eval(index, {"x": a}), eval(index, {"x": A})
        assert np.shape(in_numpy) == tuple(in_torch.shape), index
        kinds[index] = [tuple(in_torch.shape), kind(a, in_numpy), kind(A, in_torch)]
    return kinds


if __name__ == "__main__":
    kinds = compare()
    print("index      shape      numpy  PyTorch")
    for index, (shape, in_numpy, in_torch) in kinds.items():
        print(f"{index:10s} {shape!s:10s} {in_numpy:6s} {in_torch}")
