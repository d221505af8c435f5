"""The same test pictures, moved by one pixel: the network has rarely seen digits in that place."""

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


def main():
    """Return the accuracies for pictures moved to the left, as they are, and to the right."""
    digits = load_digits()
    x = torch.tensor(digits.data / 16, dtype=torch.float32)  # (1797, D_in)
    y = torch.tensor(digits.target)  # (1797,)
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    train(model, x[:1000], y[:1000])
    found = {}
    # --8<-- [start:move]
    pictures = x[1000:].reshape(-1, 8, 8)  # (797, 8, 8)
    for columns in (-1, 0, 1):
        moved = pictures.roll(columns, dims=2).reshape(-1, D_in)  # (797, D_in)
        answers = model(moved).argmax(dim=1)  # (797,)
        found[columns] = (answers == y[1000:]).float().mean().item()
    # --8<-- [end:move]
    for columns, accuracy in found.items():
        print(f"moved by {columns:2d}: accuracy {accuracy:.3f}")
    return found


if __name__ == "__main__":
    found = main()
