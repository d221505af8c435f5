"""The older spelling works for backward(), and not for torch.func.grad."""
# raises: RuntimeError

import torch


class OlderReLU(torch.autograd.Function):
    """ReLU without setup_context: forward gets ctx and saves for itself."""

    @staticmethod
    def forward(ctx, x):
        """Compute max(x, 0), elementwise; the result has the shape of x."""
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        """Turn the gradient for the output into the one for x, same shape."""
        (x,) = ctx.saved_tensors
        return grad_output * (x > 0)


def main():
    """Differentiate twice: with backward(), then with torch.func.grad."""
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    OlderReLU.apply(x).sum().backward()
    print("backward()", x.grad.tolist())
    return torch.func.grad(lambda x: OlderReLU.apply(x).sum())(x)


if __name__ == "__main__":
    main()
