"""Answers to the exercises of lesson 8."""

import random

import torch

seed = 0


def program():
    """Print three things: the reader is to say which."""
    # --8<-- [start:program]
    layer, unused = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)
    model = torch.nn.Sequential(layer, torch.nn.ReLU(), layer)
    print(sum(param.numel() for param in model.parameters()))

    w = torch.tensor(2.0, requires_grad=True)
    (w * (w * 5)).backward()
    print(w.grad.item())

    model(torch.ones(4, 3)).pow(2).sum().backward()
    print(unused.weight.grad)
    # --8<-- [end:program]


# --8<-- [start:predict]
def predict():
    """Return what the program prints: one layer is counted once, two uses are added up."""
    return [12, 20.0, None]


# --8<-- [end:predict]


# --8<-- [start:draw_depth]
def draw_depth():
    """Return 0, 1, 2 or 3 (int), drawn by PyTorch's generator."""
    return torch.randint(0, 4, ()).item()


# --8<-- [end:draw_depth]


# --8<-- [start:unshared]
class UnsharedNet(torch.nn.Module):
    """Three middle layers of its own for the three rounds of the loop."""

    def __init__(self, D_in, H, D_out):
        """Create five layers; the sizes are numbers of features."""
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linears = torch.nn.ModuleList([torch.nn.Linear(H, H) for _ in range(3)])
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x, depth):
        """Map inputs (N, D_in) to predictions (N, D_out) through the first depth layers."""
        h_relu = self.input_linear(x).clamp(min=0)  # (N, H)
        for middle_linear in self.middle_linears[:depth]:
            h_relu = middle_linear(h_relu).clamp(min=0)  # (N, H)
        y_pred = self.output_linear(h_relu)  # (N, D_out)
        return y_pred


# --8<-- [end:unshared]


# --8<-- [start:reader]
class PaddedReader(torch.nn.Module):
    """Reads sentences of different lengths at once; what stands behind their ends is padding."""

    def __init__(self, D_in, H, D_out):
        """Create three layers, however long the sentences are."""
        super().__init__()
        self.H = H
        self.input_linear = torch.nn.Linear(D_in, H)
        self.hidden_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, words, lengths):
        """Map sentences (T, N, D_in) of lengths (N,) to predictions (N, D_out)."""
        h_relu = words.new_zeros(words.shape[1], self.H)  # (N, H)
        for t, word in enumerate(words):
            h = self.input_linear(word) + self.hidden_linear(h_relu)  # (N, H)
            inside = (t < lengths)[:, None]  # (N, 1)
            h_relu = torch.where(inside, h.clamp(min=0), h_relu)  # (N, H)
        y_pred = self.output_linear(h_relu)  # (N, D_out)
        return y_pred


# --8<-- [end:reader]


class SharedNet(torch.nn.Module):
    """The network of lesson 8; the caller says how deep."""

    def __init__(self, D_in, H, D_out):
        """Create three layers; the sizes are numbers of features."""
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x, depth):
        """Map inputs (N, D_in) to predictions (N, D_out)."""
        h_relu = self.input_linear(x).clamp(min=0)  # (N, H)
        for _ in range(depth):
            h_relu = self.middle_linear(h_relu).clamp(min=0)  # (N, H)
        return self.output_linear(h_relu)


def train(kind):
    """Train as the lesson does; return the number of parameters and the losses."""
    torch.manual_seed(seed)
    random.seed(seed)
    N, D_in, H, D_out = 64, 1000, 100, 10
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = kind(D_in, H, D_out)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)
    losses = []
    for _ in range(500):
        loss = (model(x, random.randint(0, 3)) - y).pow(2).sum()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return sum(param.numel() for param in model.parameters()), losses


def read_digits(rows, lengths):
    """Read rows of digits with weights 1, 10 and 1; return the predictions, (N,)."""
    reader = PaddedReader(1, 1, 1)
    with torch.no_grad():
        for param, value in zip(reader.parameters(), (1, 0, 10, 0, 1, 0), strict=True):
            param.fill_(value)
        words = torch.tensor(rows, dtype=torch.float32).t()[:, :, None]  # (T, N, D_in)
        return reader(words, torch.tensor(lengths))[:, 0]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    torch.manual_seed(seed)
    print([draw_depth() for _ in range(12)])
    torch.manual_seed(seed)
    print([draw_depth() for _ in range(12)])
    print()
    for kind in (SharedNet, UnsharedNet):
        count, losses = train(kind)
        early, late = sum(losses[:100]) / 100, sum(losses[-100:]) / 100
        print(f"{kind.__name__:11s} {count:,} parameters, mean loss {early:.3g}, then {late:.3g}")
    print()
    rows = [[7, 0, 0, 0], [4, 2, 0, 0], [1, 9, 8, 4]]
    for lengths in ([1, 2, 4], [4, 4, 4]):
        print("lengths", lengths, "->", read_digits(rows, lengths).tolist())


if __name__ == "__main__":
    main()
