"""Lesson 4: a ReLU of our own that autograd can differentiate."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
steps = 500
seed = 0
dtype = torch.float32
has_accelerator = torch.accelerator.is_available()
device = torch.accelerator.current_accelerator() if has_accelerator else torch.device("cpu")


# --8<-- [start:function]
class MyReLU(torch.autograd.Function):
    """ReLU with a hand-written backward pass; use it as `MyReLU.apply(x)`."""

    @staticmethod
    def forward(x):
        """Compute max(x, 0), elementwise; the result has the shape of x."""
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward will need: the input."""
        (x,) = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad_output):
        """Turn the gradient for the output into the one for x, same shape."""
        (x,) = ctx.saved_tensors
        grad_x = grad_output.clone()
        grad_x[x <= 0] = 0
        return grad_x


# --8<-- [end:function]


def make_data():
    """Draw the data, and weights that autograd will track.

    Returns:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H), a leaf that requires grad.
        w2 (torch.Tensor): Second weights, shape (H, D_out), a leaf that requires grad.
    """
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, device=device, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, device=device, dtype=dtype)  # (N, D_out)
    w1 = torch.randn(D_in, H, device=device, dtype=dtype, requires_grad=True)  # (D_in, H)
    w2 = torch.randn(H, D_out, device=device, dtype=dtype, requires_grad=True)  # (H, D_out)
    return x, y, w1, w2


def train(x, y, w1, w2):
    """Run gradient descent on the whole batch, through MyReLU.

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
        relu = MyReLU.apply
        y_pred = relu(x.mm(w1)).mm(w2)  # (N, D_out)
        loss = (y_pred - y).pow(2).sum()  # a tensor of shape ()
        # --8<-- [end:forward]
        losses.append(loss.item())
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss.item():.4g}")

        loss.backward()

        with torch.no_grad():
            w1 -= learning_rate * w1.grad
            w2 -= learning_rate * w2.grad
            w1.grad.zero_()
            w2.grad.zero_()
    return losses


if __name__ == "__main__":
    x, y, w1, w2 = make_data()
    losses = train(x, y, w1, w2)
