"""The paths of four optimizers in a long valley, from one start."""

import torch

start, steps = (-4.0, 1.0), 60
dtype = torch.float64


# --8<-- [start:valley]
def loss_of(w):
    """A valley along the first axis: across it is 25 times as steep as along it."""
    return 0.5 * (w[0] ** 2 + 25 * w[1] ** 2)


# --8<-- [end:valley]

# --8<-- [start:rules]
RULES = {
    "SGD": lambda w: torch.optim.SGD([w], lr=0.07),
    "momentum": lambda w: torch.optim.SGD([w], lr=0.01, momentum=0.9),
    "RMSProp": lambda w: torch.optim.RMSprop([w], lr=0.1),
    "Adam": lambda w: torch.optim.Adam([w], lr=0.2),
}
# --8<-- [end:rules]


def path_of(make_optimizer):
    """Return the weights after each step, as pairs of numbers."""
    w = torch.tensor(start, dtype=dtype, requires_grad=True)
    optimizer = make_optimizer(w)
    path = [list(start)]
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(w).backward()
        optimizer.step()
        path.append([float(f"{number:.4g}") for number in w.tolist()])
    return path


if __name__ == "__main__":
    paths = {name: path_of(rule) for name, rule in RULES.items()}
    for name, path in paths.items():
        first = [f"({x:.2f}, {y:.2f})" for x, y in path[:4]]
        print(f"{name:9s} {' '.join(first)} … loss {loss_of(torch.tensor(path[-1])):.1e}")
