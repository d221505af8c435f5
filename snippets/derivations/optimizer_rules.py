"""Momentum, RMSProp and Adam in a few lines each, compared with torch.optim for 500 steps."""

import torch

steps = 500
seed = 0
dtype = torch.float64


# --8<-- [start:momentum]
def momentum(w, g, memory, lr, *, beta=0.9):
    """Step against a running sum of the gradients."""
    memory["v"] = beta * memory["v"] + g
    return w - lr * memory["v"]


# --8<-- [end:momentum]


# --8<-- [start:mean_square]
def rmsprop(w, g, memory, lr, *, beta=0.99, eps=1e-8):
    """Divide each entry by the running size of its gradients."""
    memory["s"] = beta * memory["s"] + (1 - beta) * g**2
    return w - lr * g / (memory["s"].sqrt() + eps)


# --8<-- [end:mean_square]


# --8<-- [start:adam]
def adam(w, g, memory, lr, *, beta1=0.9, beta2=0.999, eps=1e-8):
    """Divide a running mean of the gradients by their running size; both begin at 0."""
    memory["t"] += 1
    memory["v"] = beta1 * memory["v"] + (1 - beta1) * g
    memory["s"] = beta2 * memory["s"] + (1 - beta2) * g**2
    v_hat = memory["v"] / (1 - beta1 ** memory["t"])
    s_hat = memory["s"] / (1 - beta2 ** memory["t"])
    return w - lr * v_hat / (s_hat.sqrt() + eps)


# --8<-- [end:adam]

RULES = {
    "momentum": (momentum, lambda w: torch.optim.SGD([w], lr=1e-4, momentum=0.9), 1e-4),
    "RMSProp": (rmsprop, lambda w: torch.optim.RMSprop([w], lr=3e-4), 3e-4),
    "Adam": (adam, lambda w: torch.optim.Adam([w], lr=1e-2), 1e-2),
}


def make_problem():
    """Draw a least-squares problem.

    Returns:
        x (torch.Tensor): Inputs, shape (64, 20).
        y (torch.Tensor): Targets, shape (64, 5).
        w (torch.Tensor): Weights to start from, shape (20, 5).
    """
    torch.manual_seed(seed)
    return (torch.randn(*shape, dtype=dtype) for shape in ((64, 20), (64, 5), (20, 5)))


def compare(rule, make_optimizer, lr):
    """Train twice from one start; return the largest difference of a weight in all steps."""
    x, y, start = make_problem()
    ours, theirs = start.clone(), start.clone().requires_grad_()
    optimizer = make_optimizer(theirs)
    memory = {"t": 0, "v": torch.zeros_like(start), "s": torch.zeros_like(start)}
    largest = 0.0
    for _ in range(steps):
        g = 2 * x.T.mm(x.mm(ours) - y)  # (20, 5)
        ours = rule(ours, g, memory, lr)  # (20, 5)
        optimizer.zero_grad()
        (x.mm(theirs) - y).pow(2).sum().backward()
        optimizer.step()
        largest = max(largest, (ours - theirs).abs().max().item())
    return largest


if __name__ == "__main__":
    differences = {name: compare(*parts) for name, parts in RULES.items()}
    for name, difference in differences.items():
        print(f"{name:9s} differs from torch.optim by at most {difference:.0e}")
