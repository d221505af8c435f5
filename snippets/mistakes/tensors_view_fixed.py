"""reshape() copies where it must; contiguous() says so in a word of its own."""

import torch


def main():
    """Flatten a transposed tensor in two ways."""
    x = torch.arange(6).reshape(2, 3)  # (2, 3)
    flat = x.t().reshape(-1)  # (6,)
    same = x.t().contiguous().view(-1)  # (6,)
    print(flat)
    print(same)
    return flat, same


if __name__ == "__main__":
    main()
