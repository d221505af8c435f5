"""Answers to the exercises of the page on batch normalisation and RMSNorm."""

import torch

seed = 0
dtype = torch.float64


# --8<-- [start:program]
def program():
    """Return the output, the running mean and the running variance after one batch."""
    x = torch.tensor([[0.0, 10.0], [4.0, 10.0]], dtype=torch.float64)  # (N, H)
    layer = torch.nn.BatchNorm1d(2, dtype=torch.float64)  # gamma is 1, beta is 0
    y = layer(x)  # (N, H)
    return y, layer.running_mean, layer.running_var


# --8<-- [end:program]


# --8<-- [start:two_samples]
def two_samples():
    """Return y, running_mean and running_var to two decimals."""
    return [[-1, 0], [1, 0]], [0.2, 1], [1.7, 0.9]


# --8<-- [end:two_samples]


# --8<-- [start:running]
def running(x, mean, var, momentum):
    """Return the new running mean and variance, both (H,), after a batch x (N, H)."""
    new_mean = (1 - momentum) * mean + momentum * x.mean(dim=0)  # (H,)
    new_var = (1 - momentum) * var + momentum * x.var(dim=0)  # (H,)
    return new_mean, new_var


# --8<-- [end:running]


# --8<-- [start:eval_backward]
def eval_backward(g, x, layer):
    """Return the gradients for x (N, H), gamma (H,) and beta (H,) in evaluation mode."""
    tau = (layer.running_var + layer.eps).sqrt()  # (H,)
    grad_x = g * layer.weight / tau  # (N, H)
    grad_gamma = (g * (x - layer.running_mean) / tau).sum(dim=0)  # (H,)
    grad_beta = g.sum(dim=0)  # (H,)
    return grad_x, grad_gamma, grad_beta


# --8<-- [end:eval_backward]


# --8<-- [start:fold]
def fold(linear, layer):
    """Return the weight (H, D) and the bias (H,) of one linear layer that does the work of two."""
    scale = layer.weight / (layer.running_var + layer.eps).sqrt()  # (H,)
    weight = scale[:, None] * linear.weight  # (H, D)
    bias = scale * (linear.bias - layer.running_mean) + layer.bias  # (H,)
    return weight, bias


# --8<-- [end:fold]


# --8<-- [start:pictures_backward]
def pictures_backward(g, x, gamma, epsilon):
    """Return the gradient for x, shape (N, C, H, W), like that of g; gamma has the shape (C,)."""
    axes = (0, 2, 3)  # all but the channel
    u = x - x.mean(dim=axes, keepdim=True)  # (N, C, H, W)
    sigma = (u.pow(2).mean(dim=axes, keepdim=True) + epsilon).sqrt()  # (1, C, 1, 1)
    x_hat = u / sigma  # (N, C, H, W)
    b = g * gamma[:, None, None]  # (N, C, H, W): gradient for x_hat
    mean_b = b.mean(dim=axes, keepdim=True)  # (1, C, 1, 1)
    mean_bx = (b * x_hat).mean(dim=axes, keepdim=True)  # (1, C, 1, 1)
    return (b - mean_b - x_hat * mean_bx) / sigma


# --8<-- [end:pictures_backward]


def main():
    """Print what the answers give; the parts are those of the page."""
    for name, tensor in zip(("y", "running_mean", "running_var"), program(), strict=True):
        print(f"{name:13s}{(tensor.detach().round(decimals=2) + 0.0).tolist()}")
    print()

    torch.manual_seed(seed)
    layer = torch.nn.BatchNorm1d(3, dtype=dtype)
    mean, var = torch.zeros(3, dtype=dtype), torch.ones(3, dtype=dtype)  # (H,), (H,)
    for _ in range(10):
        x = torch.randn(5, 3, dtype=dtype)  # (N, H)
        layer(x)
        mean, var = running(x, mean, var, layer.momentum)
    print("mean as PyTorch's:    ", torch.allclose(mean, layer.running_mean))
    print("variance as PyTorch's:", torch.allclose(var, layer.running_var))
    print()

    layer.eval()
    with torch.no_grad():
        layer.weight.normal_()  # (H,)
        layer.bias.normal_()  # (H,)
    x = torch.randn(5, 3, dtype=dtype, requires_grad=True)  # (N, H)
    g = torch.randn(5, 3, dtype=dtype)  # (N, H)
    layer(x).backward(g)
    ours = eval_backward(g, x.detach(), layer)
    exact = x.grad, layer.weight.grad, layer.bias.grad
    for name, gradient, theirs in zip(("x", "gamma", "beta"), ours, exact, strict=True):
        print(f"{name:6s}as autograd: {torch.allclose(gradient, theirs)}")
    print()

    linear = torch.nn.Linear(4, 3, dtype=dtype)
    x = torch.randn(5, 4, dtype=dtype)  # (N, D)
    with torch.no_grad():
        weight, bias = fold(linear, layer)  # (H, D), (H,)
        difference = (x @ weight.T + bias - layer(linear(x))).abs().max().item()
    print(f"largest difference: {difference:.0e}")
    print()

    x, g = torch.randn(2, 2, 3, 4, 5, dtype=dtype)  # (N, C, H, W), (N, C, H, W)
    x.requires_grad_()
    layer = torch.nn.BatchNorm2d(3, dtype=dtype)
    with torch.no_grad():
        layer.weight.normal_()  # (C,)
    layer(x).backward(g)
    ours = pictures_backward(g, x.detach(), layer.weight.detach(), layer.eps)
    print("as autograd:", torch.allclose(ours, x.grad))
    print(f"{x.numel() // 3} numbers share a mean")


if __name__ == "__main__":
    main()
