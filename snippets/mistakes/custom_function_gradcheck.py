"""Three checks of MyReLU: gradcheck, torch.relu, torch.func.grad."""

import torch

seed = 0
dtype = torch.float64


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


def main():
    """Run the checks away from the kink, where a slope exists."""
    # --8<-- [start:checks]
    torch.manual_seed(seed)
    x = torch.randn(5, 4, dtype=dtype, requires_grad=True)
    passed = torch.autograd.gradcheck(MyReLU.apply, x)

    (ours,) = torch.autograd.grad(MyReLU.apply(x).pow(2).sum(), x)
    (theirs,) = torch.autograd.grad(torch.relu(x).pow(2).sum(), x)
    equal = torch.equal(ours, theirs)

    # MyReLU works here because it defines setup_context
    functional = torch.func.grad(lambda x: MyReLU.apply(x).pow(2).sum())(x)
    same = torch.equal(functional, theirs)
    # --8<-- [end:checks]
    print("gradcheck passes            ", passed)
    print("equals torch.relu's gradient", equal)
    print("works under torch.func.grad ", same)
    return passed, equal, same


if __name__ == "__main__":
    main()
