"""An all-zero input row meets ReLU at exactly 0, whatever the weights are."""

import torch

seed = 0
dtype = torch.float32


def main():
    """Return how many hidden values are exactly 0 for each row of the input."""
    torch.manual_seed(seed)
    x = torch.randn(3, 5)  # (N, D_in)
    x[1] = 0  # one empty sample
    w1 = torch.randn(5, 4)  # (D_in, H)
    h = x.mm(w1)  # (N, H), no bias
    zeros = (h == 0).sum(dim=1).tolist()
    print("exact zeros per row of h:", zeros)
    return zeros


if __name__ == "__main__":
    zeros = main()
