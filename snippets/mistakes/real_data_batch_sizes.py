"""Five epochs with batches of different sizes: as much to read, but not as many steps."""

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 100, 10
epochs = 5
seed = 0


def train(x, y, batch_size):
    """Train on pictures x (N, D_in) and digits y (N,); return the steps and the loss after them."""
    torch.manual_seed(seed)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    loss_fn = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    steps = 0
    # --8<-- [start:loop]
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(batch_size):  # (B,)
            loss = loss_fn(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            steps += 1
    # --8<-- [end:loop]
    return steps, loss_fn(model(x), y).item()


def main():
    """Return the steps and the loss for each size of the batches."""
    digits = load_digits()
    x = torch.tensor(digits.data[:1000] / 16, dtype=torch.float32)  # (N, D_in)
    y = torch.tensor(digits.target[:1000])  # (N,)
    found = {}
    for batch_size in (1000, 250, 50, 10):
        found[batch_size] = train(x, y, batch_size)
        steps, loss = found[batch_size]
        print(f"batches of {batch_size:4d}: {steps:3d} steps, loss {loss:.3f}")
    return found


if __name__ == "__main__":
    found = main()
    lowest = min(found, key=lambda batch_size: found[batch_size][1])
