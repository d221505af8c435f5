"""Lesson 8: a network whose depth is drawn anew in every forward pass."""

import random

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
steps = 500
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


# --8<-- [start:module]
class DynamicNet(torch.nn.Module):
    """One middle layer, used zero to three times in a row."""

    def __init__(self, D_in, H, D_out):
        """Create three layers, however deep the network will run."""
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x):
        """Map inputs (N, D_in) to predictions (N, D_out), at a depth drawn here."""
        h_relu = self.input_linear(x).clamp(min=0)  # (N, H)
        for _ in range(random.randint(0, 3)):
            h_relu = self.middle_linear(h_relu).clamp(min=0)  # (N, H)
        y_pred = self.output_linear(h_relu)  # (N, D_out)
        return y_pred


# --8<-- [end:module]


def make_data():
    """Seed both generators; draw inputs and targets from a standard normal distribution.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
    """
    # --8<-- [start:seed]
    torch.manual_seed(seed)  # weights and data
    random.seed(seed)  # the depth of each forward pass
    # --8<-- [end:seed]
    x = torch.randn(N, D_in, device=device, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, device=device, dtype=dtype)  # (N, D_out)
    return x, y


def train(model, optimizer, x, y):
    """Train on the whole batch; each step draws its own depth.

    Args:
        model (torch.nn.Module): Maps (N, D_in) to (N, D_out); updated in place.
        optimizer (torch.optim.Optimizer): Holds the model's parameters.
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).

    Returns:
        losses (list[float]): The loss before each of the updates.
    """
    loss_fn = torch.nn.MSELoss(reduction="sum")
    losses = []
    for t in range(steps):
        y_pred = model(x)  # (N, D_out)
        loss = loss_fn(y_pred, y)  # a tensor of shape ()
        losses.append(loss.item())
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss.item():.4g}")

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


if __name__ == "__main__":
    x, y = make_data()
    # --8<-- [start:use]
    model = DynamicNet(D_in, H, D_out).to(device=device, dtype=dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    # --8<-- [end:use]
    losses = train(model, optimizer, x, y)
