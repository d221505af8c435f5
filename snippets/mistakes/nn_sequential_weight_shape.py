"""Why is the weight of Linear(1000, 100) stored as (100, 1000)?"""

import torch

seed = 0


def main():
    """Compare the layer with the product it stands for."""
    torch.manual_seed(seed)
    # --8<-- [start:compare]
    linear = torch.nn.Linear(1000, 100)
    x = torch.randn(64, 1000)  # (N, D_in)
    by_hand = x.mm(linear.weight.t()) + linear.bias  # (N, H)
    difference = (linear(x) - by_hand).abs().max().item()
    # --8<-- [end:compare]
    print("weight", tuple(linear.weight.shape), " bias", tuple(linear.bias.shape))
    print("x.mm(weight.t()) + bias equals the layer:", difference < 1e-5)
    return str(tuple(linear.weight.shape)), difference


if __name__ == "__main__":
    shape, difference = main()
