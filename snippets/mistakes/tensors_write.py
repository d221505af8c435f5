"""Writing through a view changes the tensor that it looks at; writing to a copy does not."""

import torch


def main():
    """Write through a view, to a copy, to an index, and look at one element."""
    # --8<-- [start:write]
    x = torch.arange(6.0).reshape(2, 3)  # (2, 3)
    row = x[0]  # (3,), a view
    row[:] = 7
    picked = x[x < 5]  # (2,), a copy
    picked[:] = 8
    x[x == 5] = 9
    print(x)
    # --8<-- [end:write]
    print()
    # --8<-- [start:element]
    first = x[0, 0]  # ()
    number = x[0, 0].item()
    x[0, 0] = -1
    print(first, number)
    # --8<-- [end:element]
    return x


if __name__ == "__main__":
    second_row = str(main()[1].tolist())
