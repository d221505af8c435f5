"""Inputs take the dtype and the device of the weights that they meet."""

import torch


def main():
    """Ask a weight for its device and dtype."""
    model = torch.nn.Linear(1000, 100).to(torch.bfloat16)  # (N, D_in) -> (N, H)
    x = torch.randn(64, 1000)  # (N, D_in)
    h = model(x.to(model.weight))  # (N, H)
    print(h.dtype, h.device)
    return h


if __name__ == "__main__":
    main()
