"""Answers to the exercises of lesson 7."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0


# --8<-- [start:program]
class Puzzle(torch.nn.Module):
    """Layers in four places."""

    def __init__(self):
        """Create the layers."""
        super().__init__()
        first = torch.nn.Linear(4, 3)
        self.second = torch.nn.Linear(4, 3)
        self.third = [torch.nn.Linear(3, 3)]
        self.fourth = torch.nn.ModuleList([first, torch.nn.Linear(3, 2)])


def program():
    """Print the names of the parameters: the reader is to say which."""
    for name, _ in Puzzle().named_parameters():
        print(name)


# --8<-- [end:program]


# --8<-- [start:predict]
def predict():
    """Return the names of the parameters that Puzzle has registered."""
    return [
        "second.weight",
        "second.bias",
        "fourth.0.weight",
        "fourth.0.bias",
        "fourth.1.weight",
        "fourth.1.bias",
    ]


# --8<-- [end:predict]


# --8<-- [start:two_inputs]
class TwoInputNet(torch.nn.Module):
    """Gives each of two inputs a layer of its own, and puts the results side by side."""

    def __init__(self, D_x, D_z, H, D_out):
        """Create the layers; the sizes are numbers of features."""
        super().__init__()
        self.linear_x = torch.nn.Linear(D_x, H)
        self.linear_z = torch.nn.Linear(D_z, H)
        self.linear_out = torch.nn.Linear(2 * H, D_out)

    def forward(self, x, z):
        """Map inputs (N, D_x) and (N, D_z) to predictions (N, D_out)."""
        h = torch.cat([self.linear_x(x), self.linear_z(z)], dim=1)  # (N, 2 * H)
        h_relu = h.clamp(min=0)  # (N, 2 * H)
        y_pred = self.linear_out(h_relu)  # (N, D_out)
        return y_pred


# --8<-- [end:two_inputs]


# --8<-- [start:rescale]
class Rescale(torch.nn.Module):
    """Subtracts the mean of the training inputs from each column and divides by their std."""

    def __init__(self, x_train):
        """Keep the mean and the standard deviation of each column of x_train, (N, D_in)."""
        super().__init__()
        self.register_buffer("mean", x_train.mean(dim=0))  # (D_in,)
        self.register_buffer("std", x_train.std(dim=0))  # (D_in,)

    def forward(self, x):
        """Map inputs (M, D_in) to inputs of the same shape."""
        return (x - self.mean) / self.std


# --8<-- [end:rescale]


# --8<-- [start:linear]
class MyLinear(torch.nn.Module):
    """A linear layer that multiplies by weight.t() and adds a bias."""

    def __init__(self, D_in, H):
        """Create the weight (H, D_in) and the bias (H,); torch.nn.Parameter registers them."""
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(H, D_in) / D_in**0.5)  # (H, D_in)
        self.bias = torch.nn.Parameter(torch.zeros(H))  # (H,)

    def forward(self, x):
        """Map inputs (N, D_in) to outputs (N, H)."""
        return x.mm(self.weight.t()) + self.bias


# --8<-- [end:linear]


def train(model, x, y):
    """Take 500 steps of SGD; return the first and the last loss."""
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    losses = []
    for _ in range(500):
        loss = (model(x) - y).pow(2).sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses[0], losses[-1]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    print(TwoInputNet(D_in, 20, H, D_out))
    print()
    rescale = Rescale(torch.tensor([[1.0, 200.0], [3.0, 600.0], [5.0, 1000.0]]))
    print("state_dict", {name: kept.tolist() for name, kept in rescale.state_dict().items()})
    print("parameters", list(rescale.parameters()))
    print("dtype     ", rescale.to(torch.float64).mean.dtype)
    print()
    model = torch.nn.Sequential(MyLinear(D_in, H), torch.nn.ReLU(), MyLinear(H, D_out))
    first, last = train(model, x, y)
    print(f"loss {first:.4g} -> below 0.001: {last < 1e-3}")


if __name__ == "__main__":
    main()
