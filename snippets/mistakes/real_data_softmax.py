"""Softmax before CrossEntropyLoss, which has a softmax of its own: it trains, but worse."""

import math

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
epochs = 10
seed = 0


def train(model, x, y):
    """Train on pictures x (N, D_in) and digits y (N,); return the last mean loss."""
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(32):  # (B,)
            loss = loss_fn(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss_fn(model(x), y).item()


def main():
    """Return the loss and the accuracy on new pictures of both networks, and the lowest loss."""
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)  # (1797, D_in)
    y = torch.tensor(digits.target)  # (1797,)
    # --8<-- [start:models]
    torch.manual_seed(seed)
    wrong = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),
        torch.nn.ReLU(),
        torch.nn.Linear(H, D_out),
        torch.nn.Softmax(dim=1),
    )
    torch.manual_seed(seed)
    right = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),
        torch.nn.ReLU(),
        torch.nn.Linear(H, D_out),
    )
    # --8<-- [end:models]
    found = {}
    for name, model in (("softmax twice", wrong), ("softmax once", right)):
        loss = train(model, x[:1000], y[:1000])
        answers = model(x[1000:]).argmax(dim=1)  # (797,)
        accuracy = (answers == y[1000:]).float().mean().item()
        found[name] = loss, accuracy
        print(f"{name:14s} training loss {loss:.3f}, accuracy on new pictures {accuracy:.3f}")
    lowest = -math.log(math.e / (math.e + 9))
    print(f"the lowest loss with softmax twice is {lowest:.3f}")
    return found, lowest


if __name__ == "__main__":
    found, lowest = main()
