"""`torch.where` decides entry by entry."""

import torch


def triple_above(x, limit):
    """Return 3 x where x is above the limit, and x where it is not."""
    return torch.where(x > limit, 3 * x, x)


if __name__ == "__main__":
    x = torch.tensor([5.0, 1.0, 6.0], requires_grad=True)  # (N,)
    y = triple_above(x, 4.0)  # (N,)
    y.sum().backward()
    print(y.tolist())
    print(x.grad.tolist())
