"""The class of lesson 7 and the Sequential of lesson 5, from equal seeds."""

import torch

D_in, H, D_out = 1000, 100, 10
seed = 0
dtype = torch.float32


class TwoLayerNet(torch.nn.Module):
    """The network of lesson 7."""

    def __init__(self, D_in, H, D_out):
        """Create the layers; the sizes are numbers of features."""
        super().__init__()
        self.linear1 = torch.nn.Linear(D_in, H)
        self.linear2 = torch.nn.Linear(H, D_out)

    def forward(self, x):
        """Map inputs (N, D_in) to predictions (N, D_out)."""
        return self.linear2(self.linear1(x).clamp(min=0))


def main():
    """Return whether both networks give bitwise equal predictions."""
    torch.manual_seed(seed)
    sequential = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    torch.manual_seed(seed)
    custom = TwoLayerNet(D_in, H, D_out)
    x = torch.randn(64, D_in)  # (N, D_in)
    same = torch.equal(sequential(x), custom(x))
    print("same predictions:", same)
    print("Sequential: ", [name for name, _ in sequential.named_parameters()])
    print("TwoLayerNet:", [name for name, _ in custom.named_parameters()])
    return same


if __name__ == "__main__":
    same = main()
