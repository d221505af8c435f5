"""Answers to the exercises of lesson 4."""

import numpy as np
import torch


class MyReLU(torch.autograd.Function):
    """The ReLU of lesson 4."""

    @staticmethod
    def forward(x):
        """Compute max(x, 0), elementwise; the result has the shape of x."""
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward will need: the input."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad_output):
        """Turn the gradient for the output into the one for x, same shape."""
        (x,) = ctx.saved_tensors
        grad_x = grad_output.clone()
        grad_x[x <= 0] = 0
        return grad_x


# --8<-- [start:program]
class OtherReLU(MyReLU):
    """MyReLU with a different backward."""

    @staticmethod
    def backward(ctx, grad_output):
        """Let the gradient through where x is exactly 0."""
        (x,) = ctx.saved_tensors
        grad_x = grad_output.clone()
        grad_x[x < 0] = 0  # MyReLU has <=
        return grad_x


def program():
    """Differentiate at -1, 0 and 2, then let gradcheck judge at -1 and 2."""
    x = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64, requires_grad=True)
    (3 * OtherReLU.apply(x)).sum().backward()

    z = torch.tensor([-1.0, 2.0], dtype=torch.float64, requires_grad=True)
    passes = torch.autograd.gradcheck(OtherReLU.apply, z, raise_exception=False)
    return x.grad.tolist(), passes


# --8<-- [end:program]


# --8<-- [start:at_zero]
def at_zero():
    """Return x.grad of the program as a list, and whether gradcheck passes."""
    return [0.0, 3.0, 3.0], True


# --8<-- [end:at_zero]


# --8<-- [start:leaky_relu]
class LeakyReLU(torch.autograd.Function):
    """Positive numbers as they are, negative ones times slope."""

    @staticmethod
    def forward(x, slope):
        """Compute the leaky ReLU, elementwise; the result has the shape of x."""
        return torch.where(x > 0, x, slope * x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep the tensor; the number may be an attribute."""
        x, ctx.slope = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradient for x, of its shape, and none for slope."""
        (x,) = ctx.saved_tensors
        grad_x = torch.where(x > 0, grad_output, ctx.slope * grad_output)  # (N, H)
        return grad_x, None


def leaky_relu(x, slope):
    """Return the leaky ReLU of x, shape (N, H)."""
    return LeakyReLU.apply(x, slope)


# --8<-- [end:leaky_relu]


# --8<-- [start:product]
class Product(torch.autograd.Function):
    """a times b, entry by entry."""

    @staticmethod
    def forward(a, b):
        """Multiply two tensors of shape (N, H)."""
        return a * b

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep both inputs: each is the slope of the other."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradients for a and b, shape (N, H) each."""
        a, b = ctx.saved_tensors
        grad_a = grad_output * b  # (N, H)
        grad_b = grad_output * a  # (N, H)
        return grad_a, grad_b


def product(a, b):
    """Return a times b, entry by entry, shape (N, H)."""
    return Product.apply(a, b)


# --8<-- [end:product]


# --8<-- [start:softplus]
class Softplus(torch.autograd.Function):
    """log(1 + exp(x)), computed by numpy."""

    @staticmethod
    def forward(x):
        """Leave PyTorch for numpy and come back; the result has the shape of x."""
        return torch.from_numpy(np.logaddexp(0, x.detach().numpy()))

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward will need: the input."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradient for x, of its shape."""
        (x,) = ctx.saved_tensors
        return grad_output / (1 + torch.exp(-x))


def softplus(x):
    """Return log(1 + exp(x)), elementwise, shape (N, H)."""
    return Softplus.apply(x)


# --8<-- [end:softplus]


# --8<-- [start:network_loss]
class TwoLayers(torch.autograd.Function):
    """The network of lesson 1 and its loss, as one function."""

    @staticmethod
    def forward(x, y, w1, w2):
        """Return the loss, shape ()."""
        y_pred = x.mm(w1).clamp(min=0).mm(w2)  # (N, D_out)
        return (y_pred - y).pow(2).sum()

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep the inputs; backward computes the rest again."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradients for w1 (D_in, H) and w2 (H, D_out), and none for the data."""
        x, y, w1, w2 = ctx.saved_tensors
        h = x.mm(w1)  # (N, H)
        h_relu = h.clamp(min=0)  # (N, H)
        y_pred = h_relu.mm(w2)  # (N, D_out)

        grad_y_pred = grad_output * 2.0 * (y_pred - y)  # (N, D_out)
        grad_w2 = h_relu.t().mm(grad_y_pred)  # (H, D_out)
        grad_h = grad_y_pred.mm(w2.t())  # (N, H)
        grad_h[h <= 0] = 0
        grad_w1 = x.t().mm(grad_h)  # (D_in, H)
        return None, None, grad_w1, grad_w2


def network_loss(x, y, w1, w2):
    """Return the loss of the network, shape ()."""
    return TwoLayers.apply(x, y, w1, w2)


# --8<-- [end:network_loss]


def main():
    """Print what the answers give; the parts are those of the page."""
    grad, passes = program()
    print("x.grad           ", grad)
    print("gradcheck passes ", passes)
    print()
    x = torch.tensor([[-2.0, 3.0]], dtype=torch.float64, requires_grad=True)  # (1, 2)
    leaky_relu(x, 0.01).sum().backward()
    print("x.grad           ", x.grad.tolist())
    print("gradcheck passes ", torch.autograd.gradcheck(leaky_relu, (x, 0.01)))
    print()
    a = torch.tensor([[2.0, 3.0]], requires_grad=True)  # (1, 2)
    b = torch.tensor([[5.0, 7.0]], requires_grad=True)  # (1, 2)
    product(a, b).sum().backward()
    print("a.grad", a.grad.tolist())
    print("b.grad", b.grad.tolist())
    print()
    x = torch.tensor([[-1000.0, 0.0, 1000.0]], requires_grad=True)  # (1, 3)
    (ours,) = torch.autograd.grad(softplus(x).sum(), x)
    (naive,) = torch.autograd.grad(torch.log(1 + torch.exp(x)).sum(), x)
    print("softplus(x)              ", ours.tolist())
    print("log(1 + exp(x)) is finite", torch.isfinite(naive).tolist())
    print()
    torch.manual_seed(0)
    x = torch.randn(64, 1000)  # (N, D_in)
    y = torch.randn(64, 10)  # (N, D_out)
    w1 = torch.randn(1000, 100, requires_grad=True)  # (D_in, H)
    w2 = torch.randn(100, 10, requires_grad=True)  # (H, D_out)
    for t in range(100):
        loss = network_loss(x, y, w1, w2)
        if t in (0, 99):
            print(f"step {t:3d}  loss {loss.item():.4g}")
        loss.backward()
        with torch.no_grad():
            w1 -= 1e-6 * w1.grad
            w2 -= 1e-6 * w2.grad
            w1.grad.zero_()
            w2.grad.zero_()


if __name__ == "__main__":
    main()
