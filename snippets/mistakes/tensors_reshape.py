"""Strides, and when reshape has to copy."""

import torch


def main():
    """Print the strides of a tensor and of its transpose; reshape both and write."""
    # --8<-- [start:strides]
    x = torch.arange(6).reshape(2, 3)  # (2, 3)
    turned = x.t()  # (3, 2)
    print("       shape  strides contiguous")
    print("x     ", tuple(x.shape), x.stride(), "", x.is_contiguous())
    print("turned", tuple(turned.shape), turned.stride(), "", turned.is_contiguous())
    # --8<-- [end:strides]
    print()
    # --8<-- [start:reshape]
    flat = x.reshape(-1)  # (6,), a view
    flat[0] = 10  # is in x
    copied = turned.reshape(-1)  # (6,), a copy
    copied[1] = 30  # is not in x
    print(x)
    print(copied)
    # --8<-- [end:reshape]
    return x, copied


if __name__ == "__main__":
    main()
