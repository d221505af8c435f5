"""Update a leaf in place without torch.no_grad()."""
# raises: RuntimeError

import torch


def main():
    """Take one gradient step on w, the obvious way."""
    # --8<-- [start:update]
    w = torch.ones(3, requires_grad=True)
    loss = w.pow(2).sum()
    loss.backward()
    w -= 0.1 * w.grad
    # --8<-- [end:update]


if __name__ == "__main__":
    main()
