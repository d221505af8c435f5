"""Keep the layers in a plain Python list: the module does not see them."""
# raises: ValueError

import torch


# --8<-- [start:module]
class TwoLayerNet(torch.nn.Module):
    """A module that hides its layers in a list."""

    def __init__(self):
        """Create the layers; torch.nn.ModuleList would register them."""
        super().__init__()
        self.layers = [torch.nn.Linear(1000, 100), torch.nn.Linear(100, 10)]
        # --8<-- [end:module]


def main():
    """Hand the parameters to an optimizer."""
    # --8<-- [start:use]
    model = TwoLayerNet()
    print("parameters found:", len(list(model.parameters())))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    # --8<-- [end:use]
    return optimizer


if __name__ == "__main__":
    main()
