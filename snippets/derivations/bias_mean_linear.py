"""Bias, mean reduction and nn.Linear's transposed weight, each beside autograd."""

import torch

N, D_in, H = 6, 5, 4
seed = 0
dtype = torch.float64


def main():
    """Return the largest difference from autograd for each of the formulas."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, dtype=dtype, requires_grad=True)  # (N, D_in)
    y = torch.randn(N, H, dtype=dtype)  # (N, H)
    linear = torch.nn.Linear(D_in, H, dtype=dtype)
    weight, bias = linear.weight, linear.bias  # (H, D_in) and (H,)

    # --8<-- [start:formulas]
    with torch.no_grad():
        z = linear(x)  # (N, H)
        g = 2 * (z - y)  # (N, H): gradient for z
        grad_x = g.mm(weight)  # (N, D_in)
        grad_weight = g.t().mm(x)  # (H, D_in): as Linear stores it
        grad_bias = g.sum(dim=0)  # (H,): column sums
        grad_mean = g.t().mm(x) / (N * H)  # (H, D_in): if the loss is the mean
    # --8<-- [end:formulas]
    total = torch.nn.functional.mse_loss(linear(x), y, reduction="sum")
    mean = torch.nn.functional.mse_loss(linear(x), y, reduction="mean")
    exact = torch.autograd.grad(total, [x, weight, bias]) + torch.autograd.grad(mean, weight)
    formulas = {"x": grad_x, "weight": grad_weight, "bias": grad_bias, "mean": grad_mean}
    largest = {
        name: (ours - theirs).abs().max().item()
        for (name, ours), theirs in zip(formulas.items(), exact, strict=True)
    }
    for name, value in largest.items():
        print(f"{name:6s} {value:.1e}")
    return largest


if __name__ == "__main__":
    largest = main()
