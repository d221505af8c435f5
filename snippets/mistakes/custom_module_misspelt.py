"""Misspell forward: the call finds no method to run."""
# raises: NotImplementedError

import torch


class TwoLayerNet(torch.nn.Module):
    """A module whose forward method has another name."""

    def foward(self, x):
        """Double the input; never called."""
        return 2 * x


def main():
    """Call the module."""
    model = TwoLayerNet()
    return model(torch.ones(3))


if __name__ == "__main__":
    main()
