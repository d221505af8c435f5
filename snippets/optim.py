"""Lesson 6: the update left to an optimizer from torch.optim."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
steps = 500
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


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


def make_model():
    """Build the two-layer network.

    Returns:
        model (torch.nn.Sequential): Maps (N, D_in) to (N, D_out).
    """
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    return model.to(device=device, dtype=dtype)


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
    # --8<-- [start:loop]
    for t in range(steps):
        # --8<-- [start:forward]
        y_pred = model(x)  # (N, D_out)
        loss = loss_fn(y_pred, y)  # a tensor of shape ()
        # --8<-- [end:forward]
        losses.append(loss.item())
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss.item():.4g}")

        # --8<-- [start:step]
        optimizer.zero_grad()  # forget the gradients of the last step
        loss.backward()  # compute this step's gradients
        optimizer.step()  # update the parameters with them
        # --8<-- [end:step]
    # --8<-- [end:loop]
    return losses


if __name__ == "__main__":
    x, y = make_data()
    model = make_model()
    # --8<-- [start:optimizer]
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    # --8<-- [end:optimizer]
    losses = train(model, optimizer, x, y)
