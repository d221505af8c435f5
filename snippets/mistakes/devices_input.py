"""A layer with bfloat16 weights refuses float32 inputs."""
# raises: RuntimeError

import torch


def main():
    """Halve the bytes of the weights, and forget the inputs."""
    model = torch.nn.Linear(1000, 100).to(torch.bfloat16)  # (N, D_in) -> (N, H)
    x = torch.randn(64, 1000)  # (N, D_in)
    h = model(x)  # (N, H)
    return h


if __name__ == "__main__":
    main()
