"""Several numbers: as a list, or first made into one."""

import torch


def main():
    """Take the numbers out of a tensor of two elements in three ways."""
    pair = torch.tensor([3.5, 4.5])  # (2,)
    print(pair.tolist())
    print(pair[1].item())
    print(pair.sum().item())
    return pair.tolist()


if __name__ == "__main__":
    main()
