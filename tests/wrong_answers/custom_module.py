"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import custom_module as right


class PlainTensors(right.MyLinear):
    def __init__(self, D_in, H):
        torch.nn.Module.__init__(self)
        self.weight = torch.randn(H, D_in, dtype=torch.float64, requires_grad=True)
        self.bias = torch.zeros(H, dtype=torch.float64, requires_grad=True)


class Wrapped(torch.nn.Module):
    def __init__(self, D_in, H):
        super().__init__()
        self.linear = torch.nn.Linear(D_in, H)

    def forward(self, x):
        return self.linear(x)


NAMES = right.predict()
START = "torch.randn(H, D_in) / math.sqrt(D_in)"
WRONG = {
    "predict": [
        (lambda: [*NAMES, "third.0.weight", "third.0.bias"], "is a plain list looked into"),
        (lambda: [*NAMES[:2], "first.weight", *NAMES[2:]], "local variables"),
        (lambda: NAMES[:2], "no name of fourth"),
        (lambda: ["second", *NAMES[2:]], "look at the names"),
        (lambda: NAMES[:-1], "not in your list: 1"),
    ],
    "ShortcutNet": [
        ("        super().__init__()\n", "", "which line comes first"),
        ("def forward", "def foward", "there is no method forward"),  # cspell:disable-line
        (" + x[:, : self.D_out]", "", "with all weights and biases 0"),
        (".clamp(min=0)", "", "there is no ReLU"),
        ("return y_pred", "return y_pred.clamp(min=0)", "with all weights and biases 0"),
        (
            "return y_pred",
            "return y_pred.sum(dim=1, keepdim=True) + x",
            "the result has the shape (6, 5)",
        ),
    ],
    "DeepNet": [
        ("torch.nn.ModuleList(layers)", "layers", "in a plain list"),
        ("return last(x)", "return last(x).clamp(min=0)", "after the last layer"),
        (".clamp(min=0)", "", "no ReLU between the layers"),
        ("(sizes)]", "([*sizes[:2], sizes[-1]])]", "the parameters have the shapes"),
    ],
    "MyLinear": [
        (PlainTensors, "torch.nn.Parameter"),
        ("torch.randn(H, D_in)", "torch.randn(D_in, H)", "the weight is (H, D_in)"),
        (" + self.bias", "", "the results differ"),
        (" / math.sqrt(D_in)", "", "the smaller the weights must start"),
        (START, "torch.zeros(H, D_in)", "draw the weights at random"),
        (Wrapped, "do without"),
    ],
}
