"""A torch.nn.ModuleList is used like a list, and the module looks into it."""

import torch


class TwoLayerNet(torch.nn.Module):
    """A module whose layers stand in a ModuleList."""

    def __init__(self):
        """Create the layers; the list registers them."""
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(1000, 100), torch.nn.Linear(100, 10)])


def main():
    """Hand the parameters to an optimizer; return their names."""
    model = TwoLayerNet()
    names = [name for name, _ in model.named_parameters()]
    torch.optim.SGD(model.parameters(), lr=1e-4)
    print("parameters found:", len(names), names)
    return names


if __name__ == "__main__":
    main()
