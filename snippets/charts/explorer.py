"""Train lesson 5's network 24 times with SGD: three widths, eight learning rates.

Two more programs do the same with momentum and with Adam.
"""

import math

import torch

from snippets import nn_sequential

D_in, D_out = 1000, 10
steps = 500
every = 4  # of the losses, one in four is kept, and the last
seed = 0
dtype = torch.float32
optimizers = {
    "SGD": lambda params, lr: torch.optim.SGD(params, lr=lr),
    "momentum": lambda params, lr: torch.optim.SGD(params, lr=lr, momentum=0.9),
    "Adam": lambda params, lr: torch.optim.Adam(params, lr=lr),
}
widths = [10, 30, 100]
rates = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2]


# --8<-- [start:train]
def train(make_optimizer, H, lr):
    """Train a two-layer network of width H as lessons 5 and 6 do.

    Args:
        make_optimizer (Callable): Takes parameters and the learning rate.
        H (int): How many hidden values there are.
        lr (float): The learning rate.

    Returns:
        losses (list[float]): The loss before each update, until one is no longer finite.
    """
    x, y = nn_sequential.make_data()
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    optimizer = make_optimizer(model.parameters(), lr)
    losses = []
    for _ in range(steps):
        y_pred = model(x)  # (N, D_out)
        loss = (y_pred - y).pow(2).sum()
        if not math.isfinite(loss.item()):
            break
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


# --8<-- [end:train]


def compact(losses):
    """Keep what a curve needs.

    Returns:
        run (dict): `powers`: 100 · log10 of one loss in `every`, rounded; a loss of 0 counts as
            1e-12. `first`, `last`: these losses as text. `steps`: how many losses were finite.
    """
    powers = [round(100 * math.log10(max(loss, 1e-12))) for loss in losses]
    return {
        "powers": powers[::every],
        "first": f"{losses[0]:.3g}",
        "last": f"{losses[-1]:.3g}",
        "steps": len(losses),
    }


def explore(name):
    """Train with one optimizer, at every width and learning rate.

    Args:
        name (str): One of `optimizers`.

    Returns:
        explorer (dict): The choices that a reader has, where to start, and the runs.
    """
    runs = {}
    for H in widths:
        for lr in rates:
            runs[f"{name} {H} {lr:.0e}"] = compact(train(optimizers[name], H, lr))
    diverged = sum(run["steps"] < steps for run in runs.values())
    print(f"{name:9s} {len(runs)} runs, {diverged} of them diverged")
    return {
        "choices": {
            "optimizer": [name],
            "width": [str(H) for H in widths],
            "rate": [f"{lr:.0e}" for lr in rates],
        },
        "start": ["SGD", "100", "1e-04"],
        "steps": steps,
        "every": every,
        "runs": runs,
    }


if __name__ == "__main__":
    explorer = explore("SGD")
