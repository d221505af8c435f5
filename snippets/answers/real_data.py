"""The answers to the exercises of lesson 9."""

import math

import torch
from torch.utils.data import DataLoader, TensorDataset

seed = 0


# --8<-- [start:batches]
def count_batches(N, batch_size):
    """Return three numbers: batches, samples in the last one, batches with drop_last=True."""
    batches = math.ceil(N / batch_size)
    last = N - (batches - 1) * batch_size
    return [batches, last, N // batch_size]


# --8<-- [end:batches]


# --8<-- [start:mean_loss]
def mean_loss(model, x, y, batch_size):
    """Return the mean cross-entropy (float) of x (N, D_in) and y (N,), measured in batches."""
    model.eval()
    total = 0.0
    with torch.no_grad():
        for x_batch, y_batch in zip(x.split(batch_size), y.split(batch_size), strict=True):
            loss = torch.nn.functional.cross_entropy(model(x_batch), y_batch, reduction="sum")
            total += loss.item()
    return total / len(x)


# --8<-- [end:mean_loss]


# --8<-- [start:stop]
def early_stop(val_losses, patience):
    """Return the last epoch that runs and the best one, both counted from 1."""
    best_epoch, best_loss = 0, math.inf
    for epoch, loss in enumerate(val_losses, 1):
        if loss < best_loss:
            best_epoch, best_loss = epoch, loss
        if epoch - best_epoch == patience:
            return [epoch, best_epoch]
    return [len(val_losses), best_epoch]


# --8<-- [end:stop]


# --8<-- [start:recall]
def recall(counts):
    """Return for each digit which share of its pictures was read correctly, shape (D_out,)."""
    return counts.diagonal() / counts.sum(dim=1)  # (D_out,)


# --8<-- [end:recall]


def main():
    """Print what the answers give; the parts are those of the page."""
    print(count_batches(1079, 32), count_batches(64, 32))
    loader = DataLoader(TensorDataset(torch.zeros(1079)), batch_size=32)
    dropped = DataLoader(TensorDataset(torch.zeros(1079)), batch_size=32, drop_last=True)
    print(len(loader), "batches,", len(dropped), "with drop_last=True")
    print()
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(64, 10), torch.nn.Dropout(0.5))
    x, y = torch.rand(359, 64), torch.randint(0, 10, (359,))  # (N, D_in), (N,)
    for batch_size in (359, 100, 32, 1):
        print(f"batches of {batch_size:3d}: {mean_loss(model, x, y, batch_size):.5f}")
    print()
    losses = [0.9, 0.5, 0.4, 0.6, 0.3, 0.35, 0.31, 0.32, 0.2]
    for patience in (1, 2, 3, 9):
        print("patience", patience, "->", early_stop(losses, patience))
    print()
    counts = torch.tensor([[8, 2], [1, 9]])  # (D_out, D_out)
    print(recall(counts))


if __name__ == "__main__":
    main()
