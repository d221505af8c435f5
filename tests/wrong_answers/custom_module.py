"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import custom_module as right


class NoSuper(torch.nn.Module):
    def __init__(self, D_in, H, D_out):
        self.linear1 = torch.nn.Linear(D_in, H)


class NoShortcut(right.ShortcutNet):
    def forward(self, x):
        return self.linear2(self.linear1(x).clamp(min=0))


class NoRelu(right.ShortcutNet):
    def forward(self, x):
        return self.linear2(self.linear1(x)) + x[:, : self.D_out]


class Misspelt(torch.nn.Module):
    def __init__(self, D_in, H, D_out):
        super().__init__()

    def foward(self, x):
        return x


class AddedEarly(right.ShortcutNet):
    def forward(self, x):
        return (self.linear2(self.linear1(x)) + x[:, : self.D_out]).clamp(min=0)


class WholeInput(right.ShortcutNet):
    def forward(self, x):
        return super().forward(x).sum(dim=1, keepdim=True) + x


class PlainList(right.DeepNet):
    def __init__(self, sizes):
        super().__init__(sizes)
        layers = list(self.layers)
        del self.layers
        self.layers = layers


class ReluAtTheEnd(right.DeepNet):
    def forward(self, x):
        return super().forward(x).clamp(min=0)


class NoReluBetween(right.DeepNet):
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


class TwoLayersOnly(right.DeepNet):
    def __init__(self, sizes):
        super().__init__([sizes[0], sizes[1], sizes[-1]])


class PlainTensors(right.MyLinear):
    def __init__(self, D_in, H):
        torch.nn.Module.__init__(self)
        self.weight = torch.randn(H, D_in, dtype=torch.float64, requires_grad=True)
        self.bias = torch.zeros(H, dtype=torch.float64, requires_grad=True)


class Transposed(right.MyLinear):
    def __init__(self, D_in, H):
        super().__init__(D_in, H)
        self.weight = torch.nn.Parameter(torch.randn(D_in, H))


class BiasForgotten(right.MyLinear):
    def forward(self, x):
        return x.mm(self.weight.t())


class LargeStart(right.MyLinear):
    def __init__(self, D_in, H):
        super().__init__(D_in, H)
        self.weight = torch.nn.Parameter(torch.randn(H, D_in))


class ZeroStart(right.MyLinear):
    def __init__(self, D_in, H):
        super().__init__(D_in, H)
        self.weight = torch.nn.Parameter(torch.zeros(H, D_in))


class Wrapped(torch.nn.Module):
    def __init__(self, D_in, H):
        super().__init__()
        self.linear = torch.nn.Linear(D_in, H)

    def forward(self, x):
        return self.linear(x)


NAMES = right.predict()
WRONG = {
    "predict": [
        (lambda: [*NAMES, "third.0.weight", "third.0.bias"], "is a plain list looked into"),
        (lambda: [*NAMES[:2], "first.weight", *NAMES[2:]], "local variables"),
        (lambda: NAMES[:2], "no name of fourth"),
        (lambda: ["second", *NAMES[2:]], "look at the names"),
        (lambda: NAMES[:-1], "not in your list: 1"),
    ],
    "ShortcutNet": [
        (NoSuper, "which line comes first"),
        (Misspelt, "there is no method forward"),
        (NoShortcut, "with all weights and biases 0"),
        (NoRelu, "there is no ReLU"),
        (AddedEarly, "with all weights and biases 0"),
        (WholeInput, "the result has the shape (6, 5)"),
    ],
    "DeepNet": [
        (PlainList, "in a plain list"),
        (ReluAtTheEnd, "after the last layer"),
        (NoReluBetween, "no ReLU between the layers"),
        (TwoLayersOnly, "the parameters have the shapes"),
    ],
    "MyLinear": [
        (PlainTensors, "torch.nn.Parameter"),
        (Transposed, "the weight is (H, D_in)"),
        (BiasForgotten, "the results differ"),
        (LargeStart, "the smaller the weights must start"),
        (ZeroStart, "draw the weights at random"),
        (Wrapped, "do without"),
    ],
}
