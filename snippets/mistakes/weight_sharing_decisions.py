"""Decisions in a forward pass: autograd records what ran, not why it ran."""

import torch


# --8<-- [start:read]
def read(text, weight):
    """Read binary digits up to a full stop, skipping spaces; return a tensor of shape ()."""
    h, i = torch.zeros(()), 0
    while text[i] != ".":
        if text[i] != " ":
            h = int(text[i]) + weight * h
        i += 1
    return h


# --8<-- [end:read]


# --8<-- [start:triple_above]
def triple_above(x, limit):
    """Return 3 x if x is above the limit, and x if it is not."""
    if x > limit:
        return 3 * x
    return x


# --8<-- [end:triple_above]


def main():
    """Return the gradients of the input and of the limit."""
    # --8<-- [start:calls]
    weight = torch.tensor(2.0, requires_grad=True)
    for text in ("101.", "1 01. 11", "1000."):
        value = read(text, weight)
        (slope,) = torch.autograd.grad(value, weight)
        print(f"{text:9s} {value.item():.0f}, slope {slope.item():.0f}")
    # --8<-- [end:calls]
    print()
    # --8<-- [start:no_gradient]
    x, limit = (torch.tensor(number, requires_grad=True) for number in (5.0, 4.0))
    triple_above(x, limit).backward()
    print("x.grad    ", x.grad)
    print("limit.grad", limit.grad)
    # --8<-- [end:no_gradient]
    return x.grad, limit.grad


if __name__ == "__main__":
    main()
