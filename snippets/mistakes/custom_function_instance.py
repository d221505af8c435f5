"""Create an object of the function and call it, as if it were a layer."""
# raises: RuntimeError

import torch


class Double(torch.autograd.Function):
    """Twice the input."""

    @staticmethod
    def forward(x):
        """Double x, of any shape."""
        return 2 * x

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep nothing: the slope is 2 everywhere."""

    @staticmethod
    def backward(ctx, grad_output):
        """Double the gradient, of the same shape."""
        return 2 * grad_output


def main():
    """Call apply, which works, then an instance, which does not."""
    x = torch.tensor([-1.0, 2.0])
    print(Double.apply(x))
    return Double()(x)


if __name__ == "__main__":
    main()
