"""Turn the weights round, so that the inner sizes meet."""

import torch


def main():
    """Multiply the inputs by the transposed weights."""
    x = torch.randn(64, 1000)  # (N, D_in)
    w1 = torch.randn(100, 1000)  # (H, D_in)
    h = x.mm(w1.t())  # (N, H)
    print(tuple(h.shape))
    return h


if __name__ == "__main__":
    main()
