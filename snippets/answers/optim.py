"""Answers to the exercises of lesson 6."""

import math

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
seed = 0


def program():
    """Print a weight three times: the reader is to say what comes."""
    # --8<-- [start:program]
    w = torch.tensor(3.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    w.pow(2).backward()
    optimizer.step()
    print(f"{w.item():.3g}")

    w.pow(2).backward()
    optimizer.step()
    print(f"{w.item():.3g}")

    w.pow(2).backward()
    optimizer.zero_grad()
    optimizer.step()
    print(f"{w.item():.3g}")
    # --8<-- [end:program]


# --8<-- [start:predict]
def predict():
    """Return the weight after each step: the second step uses the gradient 6 + 4.8."""
    return [2.4, 1.32, 1.32]


# --8<-- [end:predict]


# --8<-- [start:two_rates]
def two_rates(model, slow, fast):
    """Return an SGD with the rate fast for the last layer of a Sequential, slow for the others."""
    groups = [
        {"params": model[:-1].parameters(), "lr": slow},
        {"params": model[-1].parameters(), "lr": fast},
    ]
    return torch.optim.SGD(groups)


# --8<-- [end:two_rates]


# --8<-- [start:remembered]
def remembered(optimizer):
    """Return how many numbers an optimizer keeps in its state (int)."""
    count = 0
    for kept in optimizer.state.values():
        for value in kept.values():  # kept: a name and a tensor for each thing remembered
            count += value.numel()
    return count


# --8<-- [end:remembered]


# --8<-- [start:adam]
class Adam:
    """Adam, with its usual settings."""

    def __init__(self, params, lr):
        """Take the parameters and the learning rate; nothing is remembered yet."""
        self.params = list(params)  # params can be read only once
        self.lr = lr
        self.t = 0
        self.m = [torch.zeros_like(param) for param in self.params]
        self.v = [torch.zeros_like(param) for param in self.params]

    def zero_grad(self):
        """Forget the gradients."""
        for param in self.params:
            param.grad = None

    @torch.no_grad()
    def step(self):
        """Update each parameter that has a gradient."""
        self.t += 1
        for param, m, v in zip(self.params, self.m, self.v, strict=True):
            if param.grad is None:
                continue
            m += 0.1 * (param.grad - m)  # 0.9 * m + 0.1 * grad
            v += 0.001 * (param.grad**2 - v)
            mean = m / (1 - 0.9**self.t)
            square = v / (1 - 0.999**self.t)
            param -= self.lr * mean / (square.sqrt() + 1e-8)


# --8<-- [end:adam]


def make_data():
    """Return the data of the lesson, x (N, D_in) and y (N, D_out), and its model."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    return x, y, model


def train(make_optimizer, steps):
    """Train the lesson's model; return the optimizer, the first and the last loss."""
    x, y, model = make_data()
    optimizer = make_optimizer(model)
    losses = []
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return optimizer, losses[0], losses[-1]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    for slow, fast in ((1e-4, 1e-4), (1e-4, 1e-3), (0, 1e-3)):
        _, first, last = train(lambda model, rates=(slow, fast): two_rates(model, *rates), 100)
        print(f"slow {slow:6.4f}  fast {fast:6.4f}  loss {first:.4g} -> {last:.3g}")
    print()
    count = sum(param.numel() for param in make_data()[2].parameters())
    print(f"parameters    {count:7,}")
    rules = {
        "SGD": lambda model: torch.optim.SGD(model.parameters(), lr=learning_rate),
        "SGD, momentum": lambda model: torch.optim.SGD(model.parameters(), learning_rate, 0.9),
        "Adam": lambda model: torch.optim.Adam(model.parameters(), lr=learning_rate),
    }
    for name, rule in rules.items():
        print(f"{name:13s} {remembered(train(rule, 1)[0]):7,}")
    print()
    losses = [
        train(lambda model, kind=kind: kind(model.parameters(), lr=learning_rate), 100)[2]
        for kind in (torch.optim.Adam, Adam)
    ]
    print("torch.optim.Adam and Adam agree:", math.isclose(*losses, rel_tol=1e-3))


if __name__ == "__main__":
    main()
