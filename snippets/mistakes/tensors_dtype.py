"""Data from numpy is float64; weights from torch are float32."""
# raises: RuntimeError

import numpy as np
import torch


def main():
    """Multiply a tensor made from a numpy array by one made by torch."""
    # --8<-- [start:product]
    x = torch.from_numpy(np.ones((64, 1000)))  # (N, D_in), float64
    w1 = torch.randn(1000, 100)  # (D_in, H), float32
    print(x.dtype, w1.dtype)
    y = x.mm(w1)  # (N, H)
    # --8<-- [end:product]
    return y


if __name__ == "__main__":
    main()
