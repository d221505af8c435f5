"""Write into grad_output without clone(): another branch's gradient is spoilt."""

import torch


class CarelessReLU(torch.autograd.Function):
    """ReLU whose backward pass overwrites the gradient it was given."""

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
        """Zero the gradient in place, which is not ours to change."""
        (x,) = ctx.saved_tensors
        grad_x = grad_output  # missing: .clone()
        grad_x[x <= 0] = 0
        return grad_x

    # --8<-- [end:backward]


def main():
    """Differentiate relu(x) + x; where x is negative, its slope is 1."""
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    # --8<-- [start:compare]
    (x + torch.relu(x)).pow(2).sum().backward()
    right = x.grad.tolist()

    x.grad = None
    (x + CarelessReLU.apply(x)).pow(2).sum().backward()
    careless = x.grad.tolist()
    # --8<-- [end:compare]
    print("torch.relu    ", right)
    print("CarelessReLU  ", careless)
    return right, careless


if __name__ == "__main__":
    right, careless = main()
