"""An `if` decides once, and here each of three samples would need a decision of its own."""

# raises: RuntimeError

import torch


def triple_above(x, limit):
    """Return 3 x if x is above the limit, and x if it is not."""
    if x > limit:
        return 3 * x
    return x


if __name__ == "__main__":
    x = torch.tensor([5.0, 1.0, 6.0])  # (N,)
    print(triple_above(x[0], 4.0))
    print(triple_above(x, 4.0))
