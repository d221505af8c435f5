"""Write w = w - ... instead of w -= ...: the leaf is lost."""
# raises: TypeError

import torch


def main():
    """Take two gradient steps; the second finds no gradient."""
    w = torch.ones(3, requires_grad=True)
    w.pow(2).sum().backward()
    print("w.is_leaf before the step:", w.is_leaf)
    w = w - 0.1 * w.grad
    print("w.is_leaf after the step: ", w.is_leaf)

    w.pow(2).sum().backward()
    w = w - 0.1 * w.grad


if __name__ == "__main__":
    main()
