"""A tensor has no negative strides, so a slice cannot walk backwards."""
# raises: ValueError

import torch


def main():
    """Reverse three numbers as numpy does."""
    x = torch.arange(3)  # (3,)
    print(x[::2])
    return x[::-1]


if __name__ == "__main__":
    main()
