"""What libraries call convolution: with the kernel flipped, or as it is."""

import numpy as np
import torch
from torch.nn.functional import conv1d


def main():
    """Return the four results by name."""
    # --8<-- [start:compare]
    x, w = np.array([1, 2, 3, 4, 5]), np.array([1, 0, -2])
    signal = torch.tensor(x)[None, None]  # (1, 1, N)
    kernel = torch.tensor(w)[None, None]  # (1, 1, K)
    results = {
        "conv1d": conv1d(signal, kernel)[0, 0],
        "np.correlate": np.correlate(x, w, "valid"),
        "np.convolve": np.convolve(x, w, "valid"),
        "conv1d, flipped kernel": conv1d(signal, kernel.flip(2))[0, 0],
    }
    # --8<-- [end:compare]
    for name, result in results.items():
        print(f"{name:22s}", *result.tolist())
    return {name: result.tolist() for name, result in results.items()}


if __name__ == "__main__":
    results = main()
