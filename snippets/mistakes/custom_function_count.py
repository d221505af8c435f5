"""A backward that returns two gradients for a forward that took one input."""
# raises: RuntimeError

import torch


class MyReLU(torch.autograd.Function):
    """ReLU that returns one gradient too many."""

    @staticmethod
    def forward(x):
        """Compute max(x, 0), elementwise; the result has the shape of x."""
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward will need: the input."""
        ctx.save_for_backward(*inputs)

    # --8<-- [start:backward]
    @staticmethod
    def backward(ctx, grad_output):
        """Return a pair where one gradient is expected."""
        (x,) = ctx.saved_tensors
        return grad_output * (x > 0), grad_output

    # --8<-- [end:backward]


def main():
    """Run the backward pass."""
    # --8<-- [start:use]
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    MyReLU.apply(x).sum().backward()
    # --8<-- [end:use]


if __name__ == "__main__":
    main()
