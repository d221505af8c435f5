"""One result of backward for each input of forward; None for an input that needs no gradient."""

import torch


class MyReLU(torch.autograd.Function):
    """ReLU: one input, one gradient."""

    @staticmethod
    def forward(x):
        """Compute max(x, 0), elementwise; the result has the shape of x."""
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward will need: the input."""
        ctx.save_for_backward(*inputs)

    # --8<-- [start:one]
    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradient for x, of its shape."""
        (x,) = ctx.saved_tensors
        return grad_output * (x > 0)

    # --8<-- [end:one]


# --8<-- [start:two]
class Floor(torch.autograd.Function):
    """The larger of x and a number: two inputs, a gradient and a None."""

    @staticmethod
    def forward(x, lowest):
        """Compute max(x, lowest), elementwise; the result has the shape of x."""
        return x.clamp(min=lowest)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep the tensor; a number may be an attribute."""
        x, ctx.lowest = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad_output):
        """Return the gradient for x, of its shape, and none for the number."""
        (x,) = ctx.saved_tensors
        return grad_output * (x > ctx.lowest), None


# --8<-- [end:two]


def main():
    """Return the gradients for x, through each of the two."""
    # --8<-- [start:use]
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    (one,) = torch.autograd.grad(MyReLU.apply(x).sum(), x)
    (two,) = torch.autograd.grad(Floor.apply(x, -3.0).sum(), x)
    # --8<-- [end:use]
    print("MyReLU.apply(x)      ", one.tolist())
    print("Floor.apply(x, -3.0) ", two.tolist())
    return one.tolist(), two.tolist()


if __name__ == "__main__":
    main()
