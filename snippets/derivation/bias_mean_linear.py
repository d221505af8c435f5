"""Bias, mean reduction and nn.Linear's transposed weight, each beside autograd."""

import torch

N, D_in, H = 6, 5, 4
seed = 0
dtype = torch.float64


def main():
    """Return the largest difference from autograd for each of the three formulas."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, H, dtype=dtype)  # (N, H)
    linear = torch.nn.Linear(D_in, H, dtype=dtype)
    e = (linear(x) - y).detach()  # (N, H)

    # --8<-- [start:formulas]
    torch.nn.functional.mse_loss(linear(x), y, reduction="sum").backward()
    g = 2 * e  # (N, H)
    bias = g.sum(dim=0) - linear.bias.grad  # (H,): column sums
    weight = g.t().mm(x) - linear.weight.grad  # (H, D_in): as Linear stores it

    linear.zero_grad()
    torch.nn.functional.mse_loss(linear(x), y, reduction="mean").backward()
    mean = g.t().mm(x) / (N * H) - linear.weight.grad  # (H, D_in)
    # --8<-- [end:formulas]
    differences = {"bias": bias, "weight": weight, "mean": mean}
    largest = {name: error.abs().max().item() for name, error in differences.items()}
    for name, value in largest.items():
        print(f"{name:6s} {value:.1e}")
    return largest


if __name__ == "__main__":
    largest = main()
