"""backward() adds to .grad: run it on the same loss twice and the gradient doubles."""

import torch


def main():
    """Print .grad after one backward pass, after two, and after clearing it."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    w.pow(2).sum().backward()
    print("once   ", w.grad)
    w.pow(2).sum().backward()
    print("twice  ", w.grad)
    w.grad.zero_()
    w.pow(2).sum().backward()
    print("cleared", w.grad)
    return w.grad


if __name__ == "__main__":
    main()
