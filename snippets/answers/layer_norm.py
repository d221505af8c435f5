"""Answers to the exercises of the derivation of layer normalisation."""

import torch


# --8<-- [start:program]
def program():
    """Return y and x.grad, each of shape (N, H), for three rows of two numbers."""
    rows = [[1.0, 3.0], [10.0, 30.0], [5.0, 5.0]]
    x = torch.tensor(rows, dtype=torch.float64, requires_grad=True)  # (N, H)
    layer = torch.nn.LayerNorm(2, dtype=torch.float64)  # gamma is 1, beta is 0
    y = layer(x)  # (N, H)
    y.sum().backward()
    return y, x.grad


# --8<-- [end:program]


# --8<-- [start:three_rows]
def three_rows():
    """Return y and x.grad to two decimals."""
    return [[-1, 1], [-1, 1], [0, 0]], [[0, 0], [0, 0], [0, 0]]


# --8<-- [end:three_rows]


# --8<-- [start:scale_shift]
def scale_shift(x, g, epsilon):
    """Return the gradients for gamma and beta, each of shape (H,).

    Args:
        x (torch.Tensor): Inputs, shape (N, T, H).
        g (torch.Tensor): The gradient for the output, shape (N, T, H).
        epsilon (float): Added to the variance.
    """
    u = x - x.mean(dim=-1, keepdim=True)  # (N, T, H)
    sigma = (u.pow(2).mean(dim=-1, keepdim=True) + epsilon).sqrt()  # (N, T, 1)
    grad_gamma = (g * u / sigma).sum(dim=(0, 1))  # (H,)
    grad_beta = g.sum(dim=(0, 1))  # (H,)
    return grad_gamma, grad_beta


# --8<-- [end:scale_shift]


# --8<-- [start:rms_norm_backward]
def rms_norm_backward(g, x, gamma, epsilon):
    """Return the gradient for x, shape (N, H), like that of g; gamma has the shape (H,)."""
    r = (x.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()  # (N, 1)
    x_hat = x / r  # (N, H)
    b = g * gamma  # (N, H): gradient for x_hat
    return (b - x_hat * (b * x_hat).mean(dim=1, keepdim=True)) / r


# --8<-- [end:rms_norm_backward]


# --8<-- [start:batch_norm]
def batch_norm(x, gamma, beta, g, epsilon):
    """Return y and the gradients for x, both (N, H), and for gamma and beta, both (H,)."""
    u = x - x.mean(dim=0)  # (N, H)
    sigma = (u.pow(2).mean(dim=0) + epsilon).sqrt()  # (H,): one for each column
    x_hat = u / sigma  # (N, H)
    y = gamma * x_hat + beta  # (N, H)

    grad_gamma = (g * x_hat).sum(dim=0)  # (H,)
    grad_beta = g.sum(dim=0)  # (H,)
    b = g * gamma  # (N, H): gradient for x_hat
    grad_x = (b - b.mean(dim=0) - x_hat * (b * x_hat).mean(dim=0)) / sigma  # (N, H)
    return y, grad_x, grad_gamma, grad_beta


# --8<-- [end:batch_norm]


def main():
    """Print what the answers give; the parts are those of the page."""
    for name, tensor in zip(("y", "x.grad"), program(), strict=True):
        rows = [[round(number, 2) + 0.0 for number in row] for row in tensor.tolist()]
        print(f"{name:6s} {rows}")
    print()

    torch.manual_seed(0)
    epsilon = 1e-5
    x, g = torch.randn(2, 2, 3, 4, dtype=torch.float64)  # (N, T, H), (N, T, H)
    layer = torch.nn.LayerNorm(4, eps=epsilon, dtype=torch.float64)
    layer(x).backward(g)
    grad_gamma, grad_beta = scale_shift(x, g, epsilon)
    print("gamma as autograd:", torch.allclose(grad_gamma, layer.weight.grad))
    print("beta as autograd: ", torch.allclose(grad_beta, layer.bias.grad))
    print()

    x = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)  # (N, H)
    g, gamma = torch.randn(5, 4, dtype=torch.float64), torch.randn(4, dtype=torch.float64)
    y = gamma * x / (x.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()  # (N, H)
    y.backward(g)
    grad_x = rms_norm_backward(g, x.detach(), gamma, epsilon)  # (N, H)
    print("as autograd:", torch.allclose(grad_x, x.grad))
    sums, along = grad_x.sum(dim=1), (grad_x * x).sum(dim=1)  # (N,), (N,)
    print("rows sum to 0:", bool((sums.abs() < 1e-3).all()))
    print("times x, rows sum to 0:", bool((along.abs() < 1e-3).all()))
    print()

    layer = torch.nn.BatchNorm1d(4, eps=epsilon, dtype=torch.float64)
    layer.weight.data, layer.bias.data = gamma, torch.ones(4, dtype=torch.float64)
    x.grad = None
    y = layer(x)  # (N, H)
    y.backward(g)
    answers = batch_norm(x.detach(), gamma, layer.bias.detach(), g, epsilon)
    real = (y, x.grad, layer.weight.grad, layer.bias.grad)
    for name, ours, theirs in zip(("y", "x", "gamma", "beta"), answers, real, strict=True):
        print(f"{name:5s} as PyTorch's: {torch.allclose(ours, theirs)}")


if __name__ == "__main__":
    main()
