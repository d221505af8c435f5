"""Adam with and without optimizer.zero_grad()."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
steps = 500
seed = 0
dtype = torch.float32


def train(zero):
    """Return the first and the last loss of 500 steps of Adam."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
    losses = []
    # --8<-- [start:loop]
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()
        losses.append(loss.item())
        if zero:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    # --8<-- [end:loop]
    return losses[0], losses[-1]


if __name__ == "__main__":
    first, with_zero = train(zero=True)
    print(f"with zero_grad()     {first:.4g} -> {with_zero:.4g}")
    first, without_zero = train(zero=False)
    print(f"without zero_grad()  {first:.4g} -> {without_zero:.4g}")
