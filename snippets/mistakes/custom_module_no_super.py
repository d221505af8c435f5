"""Forget super().__init__() in a module of our own."""
# raises: AttributeError

import torch


class TwoLayerNet(torch.nn.Module):
    """A module whose bookkeeping was never set up."""

    def __init__(self):
        """Assign a layer before Module.__init__ has run."""
        self.linear1 = torch.nn.Linear(1000, 100)


def main():
    """Create the module."""
    return TwoLayerNet()


if __name__ == "__main__":
    main()
