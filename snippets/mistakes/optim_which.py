"""Three rules at four learning rates: which one is ahead depends on the learning rate."""

import math

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
steps = 100
seed = 0
dtype = torch.float32


# --8<-- [start:rules]
rules = {
    "SGD": lambda params, lr: torch.optim.SGD(params, lr=lr),
    "momentum": lambda params, lr: torch.optim.SGD(params, lr=lr, momentum=0.9),
    "Adam": lambda params, lr: torch.optim.Adam(params, lr=lr),
}
# --8<-- [end:rules]


def train(rule, lr):
    """Train the network of lesson 5 for 100 steps; return the last loss."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    optimizer = rule(model.parameters(), lr)
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


def main():
    """Return the last loss of each rule at each learning rate."""
    losses = {}
    print("lr         SGD  momentum      Adam")
    for lr in (1e-5, 1e-4, 1e-3, 1e-2):
        losses[lr] = {name: train(rule, lr) for name, rule in rules.items()}
        print(f"{lr:.0e}" + "".join(f"{loss:10.3g}" for loss in losses[lr].values()))
    return losses


if __name__ == "__main__":
    losses = main()
    finite = ", ".join(name for name, loss in losses[1e-2].items() if math.isfinite(loss))
