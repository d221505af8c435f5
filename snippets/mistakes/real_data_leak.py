"""Copy the samples, then split: validation sees what training saw. The labels are drawn."""

import torch
from sklearn.datasets import load_digits

D_in, H, D_out = 64, 1000, 10
N, epochs = 300, 60
seed = 0


def noisy(x):
    """Return a copy of pictures (N, D_in) with a little noise."""
    return x + 0.05 * torch.randn(x.shape)


def accuracy(x_train, y_train, x_val, y_val):
    """Train on two tensors, shapes (N, D_in) and (N,); return the accuracy on two others."""
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(x_train)).split(32):  # (B,)
            loss = torch.nn.functional.cross_entropy(model(x_train[batch]), y_train[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return (model(x_val).argmax(dim=1) == y_val).float().mean().item()


def copied_first(x, y):
    """Copy, then split."""
    # --8<-- [start:wrong]
    x, y = torch.cat([x, noisy(x)]), torch.cat([y, y])  # (2 N, D_in), (2 N,)
    val, train = torch.randperm(2 * N).split([N // 2, 2 * N - N // 2])
    # --8<-- [end:wrong]
    return accuracy(x[train], y[train], x[val], y[val])


def split_first(x, y):
    """Split, then copy what training gets."""
    # --8<-- [start:right]
    val, train = torch.randperm(N).split([N // 4, N - N // 4])
    x_train, y_train = torch.cat([x[train], noisy(x[train])]), torch.cat([y[train], y[train]])
    # --8<-- [end:right]
    return accuracy(x_train, y_train, x[val], y[val])


def main():
    """Return the accuracy in validation both ways; there is nothing to learn."""
    torch.manual_seed(seed)
    # --8<-- [start:labels]
    x = torch.tensor(load_digits().data[:N] / 16, dtype=torch.float32)  # (N, D_in)
    y = torch.randint(0, 10, (N,))  # (N,): drawn, not read off the pictures
    # --8<-- [end:labels]
    found = copied_first(x, y), split_first(x, y)
    print(f"copied, then split: accuracy {found[0]:.2f} in validation")
    print(f"split, then copied: accuracy {found[1]:.2f} in validation")
    return found


if __name__ == "__main__":
    found = main()
