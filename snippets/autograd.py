"""Lesson 3: the backward pass left to autograd."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
steps = 500
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


def make_data():
    """Draw the data, and weights that autograd will track.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H), a leaf that requires grad.
        w2 (torch.Tensor): Second weights, shape (H, D_out), a leaf that requires grad.
    """
    torch.manual_seed(seed)
    # --8<-- [start:data]
    x = torch.randn(N, D_in, device=device, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, device=device, dtype=dtype)  # (N, D_out)
    w1 = torch.randn(D_in, H, device=device, dtype=dtype, requires_grad=True)  # (D_in, H)
    w2 = torch.randn(H, D_out, device=device, dtype=dtype, requires_grad=True)  # (H, D_out)
    # --8<-- [end:data]
    return x, y, w1, w2


def train(x, y, w1, w2):
    """Run gradient descent on the whole batch; autograd computes the gradients.

    Args:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H); updated in place.
        w2 (torch.Tensor): Second weights, shape (H, D_out); updated in place.

    Returns:
        losses (list[float]): The loss before each of the updates.
    """
    losses = []
    for t in range(steps):
        # --8<-- [start:forward]
        # Forward pass: no intermediate names needed, the graph keeps what it needs
        y_pred = x.mm(w1).clamp(min=0).mm(w2)  # (N, D_out)
        loss = (y_pred - y).pow(2).sum()  # a tensor of shape ()
        # --8<-- [end:forward]
        losses.append(loss.item())
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss.item():.4g}")

        # --8<-- [start:backward]
        # Backward pass: fills w1.grad (D_in, H) and w2.grad (H, D_out)
        loss.backward()
        # --8<-- [end:backward]

        # --8<-- [start:update]
        with torch.no_grad():
            w1 -= learning_rate * w1.grad
            w2 -= learning_rate * w2.grad

            # Clear the gradients before the next step
            w1.grad.zero_()
            w2.grad.zero_()
        # --8<-- [end:update]
    return losses


if __name__ == "__main__":
    x, y, w1, w2 = make_data()
    losses = train(x, y, w1, w2)
