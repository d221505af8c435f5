"""The mean of two means, when one process has more samples than the other."""

import torch

seed = 0


def main():
    """Return how far two ways to average are from the gradient of all samples."""
    torch.manual_seed(seed)
    model = torch.nn.Linear(4, 1, dtype=torch.float64)
    x = torch.randn(8, 4, dtype=torch.float64)  # (8, 4)

    def grad(samples):
        return torch.autograd.grad(model(samples).square().mean(), model.weight)[0]

    whole = grad(x)  # (1, 4)
    # --8<-- [start:ways]
    large, small = x[:6], x[6:]  # (6, 4), (2, 4)
    means = (grad(large) + grad(small)) / 2  # what averaging gives
    weighted = (6 * grad(large) + 2 * grad(small)) / 8
    # --8<-- [end:ways]
    off = [((way - whole).norm() / whole.norm()).item() for way in (means, weighted)]
    print(f"mean of the means: off by {off[0]:.2f}")
    print("weighted by the number of samples, by less than 1e-12:", off[1] < 1e-12)
    return off


if __name__ == "__main__":
    found = main()
