"""Answers to the exercises of the page on the linear layer."""

import torch

N, D, H = 7, 5, 4
seed = 0
double = torch.float64


def program():
    """Print one shape and two entries of a linear layer's gradients."""
    # --8<-- [start:program]
    linear = torch.nn.Linear(5, 4)
    x = torch.full((6, 5), 2.0)  # (6, 5)
    linear(x).sum().backward()
    print(tuple(linear.weight.grad.shape))
    print(linear.bias.grad[0].item(), linear.weight.grad[0, 0].item())
    # --8<-- [end:program]


# --8<-- [start:ones_and_twos]
def ones_and_twos():
    """Return a shape, one entry of the bias's gradient, one of the weight's."""
    return (4, 5), 6.0, 12.0


# --8<-- [end:ones_and_twos]


# --8<-- [start:linear_backward]
def linear_backward(grad_z, x, weight):
    """Return the gradients for x (N, D), weight (H, D) and bias (H,)."""
    grad_x = grad_z.mm(weight)  # (N, D)
    grad_weight = grad_z.t().mm(x)  # (H, D)
    grad_bias = grad_z.sum(dim=0)  # (H,)
    return grad_x, grad_weight, grad_bias


# --8<-- [end:linear_backward]


# --8<-- [start:two_halves]
def two_halves(linear, x, y):
    """Leave in .grad the gradient of the mean squared error; x is (N, D), y is (N, H)."""
    half = (len(x) + 1) // 2
    for rows in (slice(None, half), slice(half, None)):
        z = linear(x[rows])  # a half of (N, H)
        loss = (z - y[rows]).pow(2).sum() / y.numel()
        loss.backward()


# --8<-- [end:two_halves]


# --8<-- [start:sum_to]
def sum_to(grad, shape):
    """Return the sum of grad, shape `shape`, over the copies that a broadcast made."""
    while grad.ndim > len(shape):
        grad = grad.sum(dim=0)
    for dim, size in enumerate(shape):
        if size == 1:
            grad = grad.sum(dim=dim, keepdim=True)
    return grad


# --8<-- [end:sum_to]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    torch.manual_seed(seed)
    x = torch.randn(N, D, dtype=double)  # (N, D)
    y = torch.randn(N, H, dtype=double)  # (N, H)
    linear = torch.nn.Linear(D, H, dtype=double)
    torch.nn.functional.mse_loss(linear(x), y).backward()
    exact = linear.weight.grad.clone()  # (H, D)

    grad_z = 2 * (linear(x) - y).detach() / y.numel()  # (N, H)
    for name, gradient in zip(
        ("x", "weight", "bias"), linear_backward(grad_z, x, linear.weight.detach()), strict=True
    ):
        print(f"{name:6s} {tuple(gradient.shape)}")
    print()
    linear.zero_grad()
    two_halves(linear, x, y)
    print("two halves give the gradient of the batch:", torch.allclose(linear.weight.grad, exact))
    linear.zero_grad()
    (linear(x[:4]) - y[:4]).pow(2).mean().div(2).backward()
    (linear(x[4:]) - y[4:]).pow(2).mean().div(2).backward()
    print("the mean of two means does:", torch.allclose(linear.weight.grad, exact))
    print()
    for shape in ((4,), (6, 1), (1, 4), ()):
        print(f"{shape!s:7s} {sum_to(torch.ones(6, 4), shape).tolist()}")


if __name__ == "__main__":
    main()
