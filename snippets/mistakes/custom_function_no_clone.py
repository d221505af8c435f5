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


class CarefulReLU(CarelessReLU):
    """The same with a backward pass that works on a copy."""

    # --8<-- [start:fixed]
    @staticmethod
    def backward(ctx, grad_output):
        """Zero a copy of the gradient, same shape."""
        (x,) = ctx.saved_tensors
        grad_x = grad_output.clone()
        grad_x[x <= 0] = 0
        return grad_x

    # --8<-- [end:fixed]


# --8<-- [start:compare]
def gradient(relu):
    """Differentiate (x + relu(x)) ** 2: the gradient goes back to x in two ways."""
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    (x + relu(x)).pow(2).sum().backward()
    return x.grad.tolist()


# --8<-- [end:compare]


def main():
    """Return the gradient through torch.relu and the one through the careless version."""
    right = gradient(torch.relu)
    careless = gradient(CarelessReLU.apply)
    print("torch.relu   ", right)
    print("CarelessReLU ", careless)
    print("with clone() ", gradient(CarefulReLU.apply))
    return right, careless


if __name__ == "__main__":
    right, careless = main()
