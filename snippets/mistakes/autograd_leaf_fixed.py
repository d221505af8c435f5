"""Ask a tensor that is no leaf to keep its gradient."""

import torch


def main():
    """Print the gradient of a hidden value."""
    x = torch.ones(2, 3)  # (N, D_in)
    w1 = torch.ones(3, 4, requires_grad=True)  # (D_in, H)
    h = x.mm(w1)  # (N, H)
    h.retain_grad()
    h.pow(2).sum().backward()
    print(h.grad)
    return h.grad


if __name__ == "__main__":
    main()
