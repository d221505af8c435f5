"""backward() adds to .grad: run it on the same loss twice and the gradient doubles."""

import torch


def main():
    """Print .grad after one backward pass, after two, and after clearing it."""
    # --8<-- [start:calls]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    w.pow(2).sum().backward()
    once = w.grad.tolist()
    w.pow(2).sum().backward()
    twice = w.grad.tolist()
    w.grad.zero_()
    w.pow(2).sum().backward()
    cleared = w.grad.tolist()
    # --8<-- [end:calls]
    for name, grad in (("once", once), ("twice", twice), ("cleared", cleared)):
        print(f"{name:7s} {grad}")
    return once, twice, cleared


if __name__ == "__main__":
    once, twice, cleared = main()
