"""Measurements of wines: columns in different units, and the same columns rescaled."""

import torch
from sklearn.datasets import load_wine

D_in, H, D_out = 13, 100, 3
learning_rate = 0.5
seed = 0


def train(x, y, epochs=30):
    """Train on x (N, D_in) and y (N,) in batches of 32; return the network."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(32):  # (B,)
            loss = loss_fn(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model


def accuracy(model, x, y):
    """Return the share of right answers for x (N, D_in) and y (N,)."""
    with torch.no_grad():
        answers = model(x).argmax(dim=1)  # (N,)
    return (answers == y).float().mean().item()


def awake(model, x):
    """Return the share of hidden units that are positive for at least one row of x (N, D_in)."""
    with torch.no_grad():
        h = model[0](x)  # (N, H)
    return (h > 0).any(dim=0).float().mean().item()


def main():
    """Train on both; return for each the accuracy on new wines and the hidden units in use."""
    torch.manual_seed(seed)
    # --8<-- [start:data]
    wine = load_wine()
    x = torch.tensor(wine.data, dtype=torch.float32)  # (178, 13)
    y = torch.tensor(wine.target)  # (178,), integers from 0 to 2
    train_part, test_part = torch.randperm(len(x)).split([142, 36])
    # --8<-- [end:data]
    # --8<-- [start:rescale]
    mean, std = x[train_part].mean(dim=0), x[train_part].std(dim=0)  # (13,), (13,)
    rescaled = (x - mean) / std  # (178, 13)
    # --8<-- [end:rescale]
    found = {}
    for name, columns in {"as they are": x, "rescaled": rescaled}.items():
        model = train(columns[train_part], y[train_part])
        right = accuracy(model, columns[test_part], y[test_part])
        found[name] = right, awake(model, columns[train_part])
        print(f"{name:11s}  accuracy on new wines {right:.3f}", end="")
        print(f", hidden units in use {found[name][1]:.0%}")
    return mean.min().item(), mean.max().item(), found


if __name__ == "__main__":
    smallest, largest, found = main()
