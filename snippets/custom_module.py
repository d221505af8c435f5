"""Lesson 7: the network as a class of our own."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
steps = 500
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


# --8<-- [start:module]
class TwoLayerNet(torch.nn.Module):
    """Two linear layers with a ReLU between them."""

    def __init__(self, D_in, H, D_out):
        """Create the layers; the sizes are numbers of features."""
        super().__init__()
        self.linear1 = torch.nn.Linear(D_in, H)
        self.linear2 = torch.nn.Linear(H, D_out)

    def forward(self, x):
        """Map inputs (N, D_in) to predictions (N, D_out)."""
        h_relu = self.linear1(x).clamp(min=0)  # (N, H)
        y_pred = self.linear2(h_relu)  # (N, D_out)
        return y_pred


# --8<-- [end:module]


def make_data():
    """Draw inputs and targets from a standard normal distribution.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
    """
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, device=device, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, device=device, dtype=dtype)  # (N, D_out)
    return x, y


def train(model, optimizer, x, y):
    """Train on the whole batch; the optimizer updates the parameters.

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
    model = TwoLayerNet(D_in, H, D_out).to(device=device, dtype=dtype)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    # --8<-- [end:use]
    losses = train(model, optimizer, x, y)
