"""The method that a call runs is named forward."""

import torch


class TwoLayerNet(torch.nn.Module):
    """A module whose forward method has the right name."""

    def forward(self, x):
        """Double the input."""
        return 2 * x


def main():
    """Call the module."""
    doubled = TwoLayerNet()(torch.ones(3))
    print(doubled)
    return doubled


if __name__ == "__main__":
    main()
