"""The gradients of layer normalisation, by formula and by autograd."""

import torch

N, H = 5, 8
epsilon = 1e-5
seed = 0
dtype = torch.float64


def main():
    """Return the largest difference from autograd for each gradient."""
    torch.manual_seed(seed)
    x = torch.randn(N, H, dtype=dtype, requires_grad=True)  # (N, H)
    target = torch.randn(N, H, dtype=dtype)  # (N, H)
    layer = torch.nn.LayerNorm(H, eps=epsilon, dtype=dtype)
    with torch.no_grad():
        layer.weight.normal_()  # gamma, (H,)
        layer.bias.normal_()  # beta, (H,)
    y = layer(x)  # (N, H)
    (y - target).pow(2).sum().backward()

    # --8<-- [start:formulas]
    with torch.no_grad():
        g = 2 * (y - target)  # (N, H): gradient for the output
        u = x - x.mean(dim=1, keepdim=True)  # (N, H)
        sigma = (u.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()  # (N, 1)
        x_hat = u / sigma  # (N, H)

        grad_gamma = (g * x_hat).sum(dim=0)  # (H,)
        grad_beta = g.sum(dim=0)  # (H,)
        b = g * layer.weight  # (N, H): gradient for x_hat
        mean_b = b.mean(dim=1, keepdim=True)  # (N, 1)
        mean_bx = (b * x_hat).mean(dim=1, keepdim=True)  # (N, 1)
        grad_x = (b - mean_b - x_hat * mean_bx) / sigma  # (N, H)
    # --8<-- [end:formulas]
    differences = {
        "gamma": grad_gamma - layer.weight.grad,
        "beta": grad_beta - layer.bias.grad,
        "x": grad_x - x.grad,
    }
    largest = {name: error.abs().max().item() for name, error in differences.items()}
    for name, value in largest.items():
        print(f"{name:5s} {value:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
