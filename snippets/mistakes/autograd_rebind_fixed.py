"""Write w -= ... inside torch.no_grad(): the leaf stays, step after step."""

import torch


def main():
    """Take two gradient steps; both find a gradient."""
    w = torch.ones(3, requires_grad=True)
    for _ in range(2):
        w.pow(2).sum().backward()
        with torch.no_grad():
            w -= 0.1 * w.grad
            w.grad.zero_()
        print("w.is_leaf after the step:", w.is_leaf)
        print(w)
    return w


if __name__ == "__main__":
    main()
