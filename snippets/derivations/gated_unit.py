"""A worked example of the recipe: a gated unit, with its gradients measured along a direction."""

import torch

N, D_in, D_out = 6, 5, 3
seed = 0
dtype = torch.float64


# --8<-- [start:forward]
def forward(x, w1, w2):
    """Return all that the backward pass needs."""
    z1 = x @ w1  # (N, D_out)
    z2 = x @ w2  # (N, D_out)
    a1 = torch.tanh(z1)  # (N, D_out)
    p = a1 * z2  # (N, D_out)
    return z2, a1, p


def loss_of(x, y, w1, w2):
    """Return the sum of the squared errors."""
    *_, p = forward(x, w1, w2)
    return (p - y).pow(2).sum()


# --8<-- [end:forward]


# --8<-- [start:backward]
def backward(x, y, w1, w2):
    """Return the gradients for x, w1 and w2."""
    z2, a1, p = forward(x, w1, w2)
    grad_p = 2 * (p - y)  # (N, D_out)
    grad_a1 = grad_p * z2  # (N, D_out)
    grad_z2 = grad_p * a1  # (N, D_out)
    grad_z1 = grad_a1 * (1 - a1**2)  # (N, D_out)
    grad_w2 = x.T @ grad_z2  # (D_in, D_out)
    grad_w1 = x.T @ grad_z1  # (D_in, D_out)
    grad_x = grad_z1 @ w1.T + grad_z2 @ w2.T  # (N, D_in): x is used twice
    return grad_x, grad_w1, grad_w2


# --8<-- [end:backward]


# --8<-- [start:measure]
def slope_along(loss, at, direction, step=1e-5):
    """Measure the slope of loss(at) along a direction, by a central difference."""
    return (loss(at + step * direction) - loss(at - step * direction)) / (2 * step)


def disagreement(loss, at, grad):
    """Return by how much a gradient misses the slope along a random direction, relative to it."""
    direction = torch.randn_like(at)
    measured = slope_along(loss, at, direction)
    return ((grad * direction).sum() - measured).abs() / measured.abs()


# --8<-- [end:measure]


def main():
    """Return for each gradient, and for two wrong ones, how far it is off along a direction."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, dtype=dtype)  # (N, D_out)
    w1, w2 = torch.randn(2, D_in, D_out, dtype=dtype)  # (D_in, D_out), (D_in, D_out)
    grad_x, grad_w1, grad_w2 = backward(x, y, w1, w2)
    z2, a1, p = forward(x, w1, w2)
    grad_p = 2 * (p - y)  # (N, D_out)
    rows = {
        "x": (lambda x: loss_of(x, y, w1, w2), x, grad_x),
        "w1": (lambda w1: loss_of(x, y, w1, w2), w1, grad_w1),
        "w2": (lambda w2: loss_of(x, y, w1, w2), w2, grad_w2),
        "x, one use forgotten": (lambda x: loss_of(x, y, w1, w2), x, grad_p * a1 @ w2.T),
        "w1, slope forgotten": (lambda w1: loss_of(x, y, w1, w2), w1, x.T @ (grad_p * z2)),
    }
    found = {name: disagreement(*row).item() for name, row in rows.items()}
    for name, value in found.items():
        print(f"{name:20s} {value:.0e}")
    return found


if __name__ == "__main__":
    found = main()
