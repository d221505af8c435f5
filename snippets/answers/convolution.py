"""Answers to the exercises of the page on convolution."""

import torch
from torch.nn.functional import conv1d, conv2d, fold, pad, unfold

seed = 0
double = torch.float64


# --8<-- [start:program]
def program():
    """Return the output and the gradients for x and for w."""
    x = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]], requires_grad=True)  # (1, 1, N)
    w = torch.tensor([[[1.0, 0.0, -1.0]]], requires_grad=True)  # (1, 1, K)
    y = torch.nn.functional.conv1d(x, w)  # (1, 1, M)
    y.sum().backward()
    return y, x.grad, w.grad


# --8<-- [end:program]


# --8<-- [start:four_numbers]
def four_numbers():
    """Return y, x.grad and w.grad."""
    return [-2, -2], [1, 1, -1, -1], [3, 5, 7]


# --8<-- [end:four_numbers]


# --8<-- [start:matrix]
def matrix(w, N, stride, padding):
    """Return the matrix (M, N) that convolves N numbers with the kernel w (K,)."""
    rows = []
    for start in range(-padding, N + padding - len(w) + 1, stride):
        row = torch.zeros(N, dtype=w.dtype)  # (N,)
        for k in range(len(w)):
            if 0 <= start + k < N:
                row[start + k] = w[k]
        rows.append(row)
    return torch.stack(rows)


# --8<-- [end:matrix]


# --8<-- [start:input_gradient]
def input_gradient(g, weight):
    """Return the gradient for the input, shape (B, C, N), of a convolution with stride 1.

    Args:
        g (torch.Tensor): The gradient for the output, shape (B, F, M).
        weight (torch.Tensor): The kernels, shape (F, C, K).
    """
    K = weight.shape[2]
    kernels = weight.flip(2).transpose(0, 1)  # (C, F, K)
    return conv1d(pad(g, (K - 1, K - 1)), kernels)


# --8<-- [end:input_gradient]


# --8<-- [start:conv2d_backward]
def conv2d_backward(g, x, weight, padding):
    """Return the gradients for x (B, C, H, W), weight (F, C, k, k) and bias (F,), with stride 1."""
    F, side = len(weight), weight.shape[2]
    u = unfold(x, side, padding=padding)  # (B, K, M)
    v = weight.reshape(F, -1)  # (F, K)
    g = g.flatten(2)  # (B, F, M)
    grad_weight = (g @ u.mT).sum(dim=0).reshape(weight.shape)  # (F, C, side, side)
    grad_bias = g.sum(dim=(0, 2))  # (F,)
    grad_x = fold(v.T @ g, x.shape[2:], side, padding=padding)  # (B, C, H, W)
    return grad_x, grad_weight, grad_bias


# --8<-- [end:conv2d_backward]


def main():
    """Print what the answers give; the parts are those of the page."""
    for name, tensor in zip(("y", "x.grad", "w.grad"), program(), strict=True):
        print(f"{name:7s}{tensor.flatten().tolist()}")
    print()

    for row in matrix(torch.tensor([1, 2, 3]), 6, stride=3, padding=2).tolist():
        print(*row)
    print()

    torch.manual_seed(seed)
    x = torch.randn(2, 3, 8, dtype=double, requires_grad=True)  # (B, C, N)
    weight = torch.randn(4, 3, 5, dtype=double)  # (F, C, K)
    g = torch.randn(2, 4, 4, dtype=double)  # (B, F, M)
    conv1d(x, weight).backward(g)
    print("as autograd:", torch.allclose(input_gradient(g, weight), x.grad))
    print()

    x = torch.randn(2, 3, 6, 5, dtype=double, requires_grad=True)  # (B, C, H, W)
    layer = torch.nn.Conv2d(3, 4, 3, padding=1, dtype=double)
    y = conv2d(x, layer.weight, layer.bias, padding=1)  # (B, F, 6, 5)
    g = torch.randn(2, 4, 6, 5, dtype=double)  # (B, F, 6, 5)
    y.backward(g)
    ours = conv2d_backward(g, x.detach(), layer.weight.detach(), padding=1)
    exact = x.grad, layer.weight.grad, layer.bias.grad
    for name, gradient, theirs in zip(("x", "weight", "bias"), ours, exact, strict=True):
        print(f"{name:7s}as autograd: {torch.allclose(gradient, theirs)}")


if __name__ == "__main__":
    main()
