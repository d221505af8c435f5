"""The gradients of a convolution of pictures, by windows as columns and by autograd."""

import torch
from torch.nn.functional import conv2d, conv_transpose2d, fold, unfold

B, C, H, W = 2, 3, 5, 7  # pictures, channels, height, width
F, side = 4, 3  # kernels, and how wide and high each is
stride, padding = 2, 1
seed = 0
dtype = torch.float64


def main():
    """Return the largest difference from PyTorch for the output and for each gradient."""
    torch.manual_seed(seed)
    x = torch.randn(B, C, H, W, dtype=dtype, requires_grad=True)  # (B, C, H, W)
    weight = torch.randn(F, C, side, side, dtype=dtype, requires_grad=True)  # (F, C, side, side)
    bias = torch.randn(F, dtype=dtype, requires_grad=True)  # (F,)
    pictures = conv2d(x, weight, bias, stride, padding)  # (B, F, 3, 4)
    K, M = C * side * side, pictures[0, 0].numel()
    target = torch.randn(B, F, M, dtype=dtype)  # (B, F, M)
    loss = (pictures.flatten(2) - target).pow(2).sum()
    exact = torch.autograd.grad(loss, (weight, bias, x))

    with torch.no_grad():
        # --8<-- [start:formulas]
        u = unfold(x, side, stride=stride, padding=padding)  # (B, K, M): windows as columns
        v = weight.reshape(F, K)  # (F, K): a row for each kernel
        y = v @ u + bias[:, None]  # (B, F, M)

        g = 2 * (y - target)  # (B, F, M): gradient for the output
        grad_v = (g @ u.mT).sum(dim=0)  # (F, K)
        grad_bias = g.sum(dim=(0, 2))  # (F,)
        grad_u = v.T @ g  # (B, K, M)
        grad_x = fold(grad_u, (H, W), side, stride=stride, padding=padding)  # (B, C, H, W)
        # --8<-- [end:formulas]
        by_transpose = conv_transpose2d(
            g.reshape(pictures.shape), weight, stride=stride, padding=padding
        )  # (B, C, H, W)
    differences = {
        "y": y - pictures.flatten(2),
        "weight": grad_v.reshape(weight.shape) - exact[0],
        "bias": grad_bias - exact[1],
        "x": grad_x - exact[2],
        "x, transposed": by_transpose - exact[2],
    }
    largest = {name: error.abs().max().item() for name, error in differences.items()}
    for name, value in largest.items():
        print(f"{name:14s} {value:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
