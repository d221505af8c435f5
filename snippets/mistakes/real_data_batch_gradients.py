"""The gradient of a batch is an estimate: the mean over all batches is that of the whole set."""

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
seed = 0
dtype = torch.float64


def gradient(model, x, y):
    """Return the gradient of the mean loss for the first layer's weight, shape (H, D_in)."""
    model.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    return model[0].weight.grad


def main():
    """Return how far the batches' gradients, and their mean, are from that of the whole set."""
    digits = load_digits()
    x = torch.tensor(digits.data[:1000] / 16, dtype=dtype)  # (N, D_in)
    y = torch.tensor(digits.target[:1000])  # (N,)
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    ).to(dtype)
    # --8<-- [start:compare]
    whole = gradient(model, x, y)  # (H, D_in)
    batches = torch.randperm(len(x)).split(50)
    each = torch.stack([gradient(model, x[batch], y[batch]) for batch in batches])  # (20, H, D_in)
    far = [(part - whole).norm().item() / whole.norm().item() for part in each]
    mean_far = (each.mean(dim=0) - whole).norm().item() / whole.norm().item()
    # --8<-- [end:compare]
    print(f"one batch of 50, distance from the whole gradient: {min(far):.0%} to {max(far):.0%}")
    print(f"the mean of all 20 batches: {mean_far:.0e}")
    return far, mean_far


if __name__ == "__main__":
    far, mean_far = main()
