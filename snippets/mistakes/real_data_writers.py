"""Which pictures are kept out: a fifth drawn at random, or the last fifth of the file."""

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
epochs = 20


def accuracy(x, y, order, seed):
    """Train on the first four fifths of an order (N,) of the samples; return it for the rest."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    train, rest = order[:1438], order[1438:]
    for _ in range(epochs):
        for batch in train[torch.randperm(len(train))].split(32):  # (B,)
            loss = torch.nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return (model(x[rest]).argmax(dim=1) == y[rest]).float().mean().item()


def main():
    """Return the accuracies of three runs each way."""
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)  # (1797, D_in)
    y = torch.tensor(digits.target)  # (1797,)
    drawn, last = [], []
    # --8<-- [start:orders]
    for seed in range(3):
        shuffled = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))  # (1797,)
        drawn.append(accuracy(x, y, shuffled, seed))
        last.append(accuracy(x, y, torch.arange(len(x)), seed))
    # --8<-- [end:orders]
    print("drawn at random      ", " ".join(f"{share:.3f}" for share in drawn))
    print("the last of the file ", " ".join(f"{share:.3f}" for share in last))
    return drawn, last


if __name__ == "__main__":
    drawn, last = main()
