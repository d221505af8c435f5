"""One layer outside the list: training runs, and leaves the layers in the list alone."""

import torch

seed = 0
dtype = torch.float32


# --8<-- [start:net]
class Net(torch.nn.Module):
    """Two layers, one of them in a list of the kind that the caller names."""

    def __init__(self, kind):
        """Create the layers; kind is list or torch.nn.ModuleList."""
        super().__init__()
        self.hidden = kind([torch.nn.Linear(1000, 100)])
        self.output = torch.nn.Linear(100, 10)

    def forward(self, x):
        """Map inputs (N, 1000) to predictions (N, 10)."""
        for layer in self.hidden:
            x = layer(x).clamp(min=0)  # (N, 100)
        return self.output(x)


# --8<-- [end:net]


def train(kind):
    """Take 100 steps; return parameters found, how far the hidden weight moved, last loss."""
    torch.manual_seed(seed)
    x, y = torch.randn(64, 1000), torch.randn(64, 10)
    model = Net(kind)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    before = model.hidden[0].weight.detach().clone()  # (100, 1000)
    for _ in range(100):
        loss = (model(x) - y).pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    moved = (model.hidden[0].weight - before).abs().max().item()
    return len(list(model.parameters())), moved, loss.item()


def main():
    """Train with either kind of list; return what each gave."""
    found = [train(list), train(torch.nn.ModuleList)]
    for name, (count, moved, loss) in zip(("list", "ModuleList"), found, strict=True):
        print(f"{name:11s} {count} parameters, hidden weight moved by {moved:.2g}, loss {loss:.3g}")
    return found


if __name__ == "__main__":
    found = main()
