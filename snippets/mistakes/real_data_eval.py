"""Measure the accuracy four times, with dropout on and with dropout off."""

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
seed = 0


def train(model, x, y):
    """Train for ten epochs on pictures x (N, D_in) and digits y (N,)."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(10):
        for batch in torch.randperm(len(x)).split(32):  # (B,)
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def accuracy(model, x, y):
    """Return the share of right answers."""
    with torch.no_grad():
        answers = model(x).argmax(dim=1)  # (N,)
    return (answers == y).float().mean().item()


def main():
    """Return four accuracies with dropout on, and four with dropout off."""
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)  # (1797, D_in)
    y = torch.tensor(digits.target)  # (1797,)
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),
        torch.nn.ReLU(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(H, D_out),
    )
    train(model, x[:1000], y[:1000])
    # --8<-- [start:modes]
    forgotten = [accuracy(model, x[1000:], y[1000:]) for _ in range(4)]
    model.eval()
    switched = [accuracy(model, x[1000:], y[1000:]) for _ in range(4)]
    # --8<-- [end:modes]
    print("without eval()", " ".join(f"{share:.4f}" for share in forgotten))
    print("after eval()  ", " ".join(f"{share:.4f}" for share in switched))
    return forgotten, switched


if __name__ == "__main__":
    forgotten, switched = main()
