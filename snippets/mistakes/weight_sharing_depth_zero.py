"""At depth 0 the middle layer takes no part: its gradient stays None."""

import torch

N, D_in, H, D_out = 4, 8, 6, 2
seed = 0


def main():
    """Return, for each depth 0-3, whether the middle layer got a gradient."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    has_grad = []
    for depth in range(4):
        input_linear = torch.nn.Linear(D_in, H)
        middle_linear = torch.nn.Linear(H, H)
        output_linear = torch.nn.Linear(H, D_out)
        h_relu = input_linear(x).clamp(min=0)  # (N, H)
        for _ in range(depth):
            h_relu = middle_linear(h_relu).clamp(min=0)  # (N, H)
        output_linear(h_relu).pow(2).sum().backward()
        has_grad.append(middle_linear.weight.grad is not None)
        print(f"depth {depth}: middle layer has a gradient: {has_grad[-1]}")
    return has_grad


if __name__ == "__main__":
    has_grad = main()
