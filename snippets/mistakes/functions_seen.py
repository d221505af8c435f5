"""What a function sees inside vmap, and how often Python runs it."""

import torch
from torch.func import vmap

N, D = 40, 3
seed = 0


def main():
    """Return how often the function ran, and the shapes inside and outside."""
    torch.manual_seed(seed)
    x = torch.randn(N, D)  # (N, D)
    inside = []

    # --8<-- [start:noted]
    def length(row):
        inside.append(tuple(row.shape))
        return row.pow(2).sum().sqrt()

    lengths = vmap(length)(x)  # (N,)
    # --8<-- [end:noted]
    calls = len(inside)
    print("calls", calls, "shape inside", *inside, "shape outside", tuple(lengths.shape))
    return calls


if __name__ == "__main__":
    calls = main()
