"""Whole numbers have no slopes: an integer tensor cannot require grad."""
# raises: RuntimeError

import torch


def main():
    """Ask for gradients of decimal numbers, then of whole numbers."""
    # --8<-- [start:ask]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    print(w.dtype, "is fine")
    w = torch.tensor([1, 2], requires_grad=True)
    # --8<-- [end:ask]


if __name__ == "__main__":
    main()
