"""Update a leaf in place inside torch.no_grad()."""

import torch


def main():
    """Take one gradient step on w; it stays a leaf."""
    w = torch.ones(3, requires_grad=True)
    loss = w.pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    print(w)
    print("w.is_leaf after the step:", w.is_leaf)
    return w


if __name__ == "__main__":
    main()
