"""One letter has one size, but einsum repeats an axis of size 1 without a word."""
# raises: RuntimeError

import torch


def main():
    """Multiply with an axis of size 1, then with one that does not fit."""
    q = torch.ones(2, 4)  # (T, D_head)
    k = torch.ones(2, 1)  # (T, 1)
    print(torch.einsum("td,sd->ts", q, k).tolist())
    k = torch.ones(2, 3)  # (T, 3)
    return torch.einsum("td,sd->ts", q, k)


if __name__ == "__main__":
    main()
