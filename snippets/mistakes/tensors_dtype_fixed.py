"""One dtype on both sides: convert once, where the data enters."""

import numpy as np
import torch


def main():
    """Multiply after converting the numpy data to torch's default dtype."""
    x = torch.from_numpy(np.ones((64, 1000))).to(torch.get_default_dtype())  # (N, D_in)
    w1 = torch.randn(1000, 100)  # (D_in, H)
    h = x.mm(w1)  # (N, H)
    print(h.dtype, tuple(h.shape))
    return h


if __name__ == "__main__":
    main()
