"""Call super().__init__() first, then assign layers."""

import torch


class TwoLayerNet(torch.nn.Module):
    """A module that can register its layers."""

    def __init__(self):
        """Set the bookkeeping up, then create a layer."""
        super().__init__()
        self.linear1 = torch.nn.Linear(1000, 100)


def main():
    """Return the names of the parameters that the module found."""
    model = TwoLayerNet()
    names = [name for name, _ in model.named_parameters()]
    print(names)
    return names


if __name__ == "__main__":
    main()
