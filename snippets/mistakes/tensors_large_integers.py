"""A whole number times a float: float64 in numpy, by default float32 in PyTorch."""

import numpy as np
import torch


def main():
    """Multiply a number of eight digits by 1.0 in both libraries."""
    # --8<-- [start:multiply]
    whole = [16777217]
    print("numpy              ", np.array(whole) * 1.0)
    print("PyTorch            ", (torch.tensor(whole) * 1.0).tolist())
    print("PyTorch, converted ", (torch.tensor(whole).double() * 1.0).tolist())
    # --8<-- [end:multiply]


if __name__ == "__main__":
    main()
