"""Dropout inside vmap: a draw for each sample, or one for all of them."""

import torch
from torch.func import vmap

N, H = 4, 8
seed = 0


def main():
    """Print which of H ones stay, with both settings; return the masks by setting."""
    masks = {}
    for randomness in ("different", "same"):
        torch.manual_seed(seed)
        # --8<-- [start:draw]
        dropout = vmap(torch.nn.Dropout(0.5), randomness=randomness)
        kept = dropout(torch.ones(N, H)) > 0  # (N, H)
        # --8<-- [end:draw]
        rows = ["".join("01"[on] for on in row) for row in kept.tolist()]
        print(f"{randomness:9s}", *rows)
        masks[randomness] = rows
    return masks


if __name__ == "__main__":
    masks = main()
