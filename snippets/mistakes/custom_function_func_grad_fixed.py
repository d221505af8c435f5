"""forward without ctx, and setup_context: now torch.func.grad can differentiate it too."""

import torch


class MyReLU(torch.autograd.Function):
    """ReLU in the spelling of lesson 4."""

    # --8<-- [start:spelling]
    @staticmethod
    def forward(x):
        """Compute max(x, 0), elementwise; the result has the shape of x."""
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward will need: the input."""
        (x,) = inputs
        ctx.save_for_backward(x)

    # --8<-- [end:spelling]

    @staticmethod
    def backward(ctx, grad_output):
        """Turn the gradient for the output into the one for x, same shape."""
        (x,) = ctx.saved_tensors
        return grad_output * (x > 0)


def main():
    """Differentiate twice: with backward(), then with torch.func.grad; return both."""
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    MyReLU.apply(x).sum().backward()
    functional = torch.func.grad(lambda x: MyReLU.apply(x).sum())(x)
    print("backward()     ", x.grad.tolist())
    print("torch.func.grad", functional.tolist())
    return x.grad.tolist(), functional.tolist()


if __name__ == "__main__":
    main()
