"""Beyond two dimensions numpy's dot and PyTorch's products part ways."""

import numpy as np
import torch


def main():
    """Return the shapes that dot, @ and torch.matmul give for two stacks of matrices."""
    left = np.ones((5, 2, 3))
    right = np.ones((5, 3, 4))
    shapes = {
        "np.dot": left.dot(right).shape,
        "numpy @": (left @ right).shape,
        "torch @": tuple((torch.tensor(left) @ torch.tensor(right)).shape),
    }
    for name, shape in shapes.items():
        print(f"{name:8s} {shape}")
    return shapes


if __name__ == "__main__":
    main()
