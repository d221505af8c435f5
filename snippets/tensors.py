"""Lesson 2: the network of lesson 1 on PyTorch tensors, gradients still by hand."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
steps = 500
seed = 0
# --8<-- [start:device]
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")
# --8<-- [end:device]


def make_data():
    """Draw inputs, targets and initial weights from a standard normal distribution.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H).
        w2 (torch.Tensor): Second weights, shape (H, D_out).
    """
    # --8<-- [start:data]
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, device=device, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, device=device, dtype=dtype)  # (N, D_out)
    w1 = torch.randn(D_in, H, device=device, dtype=dtype)  # (D_in, H)
    w2 = torch.randn(H, D_out, device=device, dtype=dtype)  # (H, D_out)
    # --8<-- [end:data]
    return x, y, w1, w2


def train(x, y, w1, w2):
    """Run gradient descent on the whole batch with hand-written gradients.

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
        # Forward pass: compute the prediction
        h = x.mm(w1)  # (N, H)
        h_relu = h.clamp(min=0)  # (N, H)
        y_pred = h_relu.mm(w2)  # (N, D_out)
        # --8<-- [end:forward]

        # --8<-- [start:loss]
        loss = (y_pred - y).pow(2).sum().item()  # a Python float
        # --8<-- [end:loss]
        losses.append(loss)
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss:.4g}")

        # --8<-- [start:backward]
        # Backward pass: gradients of the loss with respect to w2, then w1
        grad_y_pred = 2.0 * (y_pred - y)  # (N, D_out)
        grad_w2 = h_relu.t().mm(grad_y_pred)  # (H, D_out)
        grad_h_relu = grad_y_pred.mm(w2.t())  # (N, H)
        grad_h = grad_h_relu.clone()  # (N, H)
        grad_h[h <= 0] = 0  # (N, H)
        grad_w1 = x.t().mm(grad_h)  # (D_in, H)
        # --8<-- [end:backward]

        # --8<-- [start:update]
        # Step against the gradient
        w1 -= learning_rate * grad_w1
        w2 -= learning_rate * grad_w2
        # --8<-- [end:update]
    return losses


if __name__ == "__main__":
    x, y, w1, w2 = make_data()
    losses = train(x, y, w1, w2)
