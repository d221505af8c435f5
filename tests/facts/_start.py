"""The network of lessons 5 to 7 from any seed: what generalises needs more than one run."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
SEEDS = range(5)


def start(seed: int, bias: bool = True) -> tuple[torch.Tensor, torch.Tensor, torch.nn.Sequential]:
    """Draw data and a network as lesson 5 draws them; its own run has seed 0.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        model (torch.nn.Sequential): Maps (N, D_in) to (N, D_out).
    """
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H, bias=bias), torch.nn.ReLU(), torch.nn.Linear(H, D_out, bias=bias)
    )
    return x, y, model


def start_from_randn(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.nn.Sequential]:
    """Draw data and a network whose weights have standard deviation 1, as in lessons 1 to 4."""
    x, y, model = start(seed, bias=False)
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_()
    return x, y, model


def train(x, y, model, optimizer, steps: int, *, zero: bool = True) -> list[float]:
    """Take steps with an optimizer, with or without clearing; return the losses before each."""
    losses = []
    for _ in range(steps):
        loss = (model(x) - y).pow(2).sum()
        losses.append(loss.item())
        if zero:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


def gradient(x, y, model) -> torch.Tensor:
    """Return the gradient of the summed loss for all parameters, as one vector."""
    loss = (model(x) - y).pow(2).sum()
    grads = torch.autograd.grad(loss, list(model.parameters()))
    return torch.cat([grad.flatten() for grad in grads])
