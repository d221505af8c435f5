"""Multiply by the weight of a layer as if it were our w1."""
# raises: RuntimeError

import torch


def main():
    """Compare the two weights' shapes, then multiply by the layer's."""
    x = torch.ones(64, 1000)  # (N, D_in)
    w1 = torch.ones(1000, 100)  # (D_in, H)
    linear = torch.nn.Linear(1000, 100)
    print("w1", tuple(w1.shape), " linear.weight", tuple(linear.weight.shape))
    return x.mm(linear.weight)


if __name__ == "__main__":
    main()
