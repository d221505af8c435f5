"""A matrix product whose inner sizes differ."""
# raises: RuntimeError

import torch


def main():
    """Multiply the inputs by the weights in the wrong orientation."""
    x = torch.randn(64, 1000)  # (N, D_in)
    w1 = torch.randn(100, 1000)  # (H, D_in), but mm needs (D_in, H)
    return x.mm(w1)


if __name__ == "__main__":
    main()
