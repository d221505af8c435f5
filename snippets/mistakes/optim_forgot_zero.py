"""Adam with and without optimizer.zero_grad(), and SGD without."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
steps = 500
seed = 0
dtype = torch.float32


def train(rule, zero):
    """Return the first and the last loss of 500 steps of an optimizer."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    optimizer = rule(model.parameters(), lr=1e-4)
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
    first, with_zero = train(torch.optim.Adam, zero=True)
    print(f"Adam, with zero_grad()     {first:.4g} -> {with_zero:.4g}")
    first, without_zero = train(torch.optim.Adam, zero=False)
    print(f"Adam, without zero_grad()  {first:.4g} -> {without_zero:.4g}")
    first, sgd_without_zero = train(torch.optim.SGD, zero=False)
    print(f"SGD, without zero_grad()   {first:.4g} -> {sgd_without_zero:.4g}")
