"""The gradient of a shared weight is the sum of the gradients of its uses."""

import torch

seed = 0
dtype = torch.float64


def main():
    """Return the largest difference between the two ways."""
    torch.manual_seed(seed)
    h = torch.randn(5, 4, dtype=dtype)  # (N, H)
    w = torch.randn(4, 4, dtype=dtype, requires_grad=True)  # (H, H)
    # --8<-- [start:compare]
    # One weight, used twice
    h.mm(w).clamp(min=0).mm(w).sum().backward()

    # Two weights with equal values, each used once
    first = w.detach().clone().requires_grad_()  # (H, H)
    second = w.detach().clone().requires_grad_()  # (H, H)
    h.mm(first).clamp(min=0).mm(second).sum().backward()

    difference = (w.grad - (first.grad + second.grad)).abs().max().item()
    # --8<-- [end:compare]
    print(f"largest difference: {difference:.1e}")
    return difference


if __name__ == "__main__":
    difference = main()
