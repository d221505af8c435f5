"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import random

import torch

from snippets.answers import weight_sharing as right


def seeded_in_each_call():
    torch.manual_seed(0)
    return right.draw_depth()


class AppendedLayers(torch.nn.Module):
    def __init__(self, D_in, H, D_out):
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linears = torch.nn.ModuleList()
        for _ in range(3):
            self.middle_linears.append(torch.nn.Linear(H, H))
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x, depth):
        x = torch.relu(self.input_linear(x))
        for i in range(depth):
            x = torch.relu(self.middle_linears[i](x))
        return self.output_linear(x)


class ByRecursion(right.ReaderNet):
    def hidden(self, words):
        h_relu = self.hidden(words[:-1]) if len(words) > 1 else torch.zeros(self.H)
        return torch.relu(self.input_linear(words[-1]) + self.hidden_linear(h_relu))

    def forward(self, words):
        return self.output_linear(self.hidden(words))


class InRows(right.ReaderNet):
    def forward(self, words):
        inputs = self.input_linear(words)
        h_relu = torch.zeros(1, self.H)
        for t in range(words.shape[0]):
            h_relu = torch.relu(inputs[t : t + 1] + self.hidden_linear(h_relu))
        return self.output_linear(h_relu)[0]


class WithoutFirstBias(right.ReaderNet):
    def forward(self, words):
        h_relu = None
        for word in words:
            h = self.input_linear(word)
            if h_relu is not None:
                h = h + self.hidden_linear(h_relu)
            h_relu = h.clamp(min=0)
        return self.output_linear(h_relu)


LIST = "torch.nn.ModuleList([torch.nn.Linear(H, H) for _ in range(3)])"
ALONE = "return self.output_linear(self.input_linear(words).clamp(min=0))"
SUM = "self.input_linear(word) + self.hidden_linear(h_relu)"
WRONG = {
    "predict": [
        (lambda: [24, 20.0, None], "how many layers were made"),
        (lambda: [9, 20.0, None], "a weight and a bias"),
        (lambda: [12, 10.0, None], "add up"),
        (lambda: [12, 5.0, None], "add up"),
        (lambda: [12, 20.0, 0], "does unused take part"),
        (lambda: [12, 20.0], "prints three things"),
    ],
    "draw_depth": [
        (lambda: random.randint(0, 3), "which generator"),
        (lambda: int(torch.randint(0, 3, ())), "does the upper end belong"),
        (lambda: int(torch.randint(0, 5, ())), "drawn in 4000 calls: [0, 1, 2, 3, 4]"),
        (lambda: torch.randint(0, 4, ()), "a Python integer"),
        (lambda: round(3 * torch.rand(1).item()), "each should be as likely"),
        (lambda: min(3, int(5 * torch.rand(1).item())), "each should be as likely"),
        (seeded_in_each_call, "seed once"),
    ],
    "UnsharedNet": [
        (" for _ in range(3)]", "] * 3", "not registered: middle_linears.1.bias"),
        (LIST, "[torch.nn.Linear(H, H) for _ in range(3)]", "not registered"),
        ("range(3)", "range(4)", "not asked for: middle_linears.3.bias"),
        (
            "torch.nn.Linear(D_in, H)",
            "torch.nn.Linear(H, D_in)",
            "input_linear.weight has the shape",
        ),
        ("[:depth]", "", "depth 0"),
        ("[:depth]", "[: depth - 1]", "depth 0"),
        ("middle_linear(h_relu).clamp(min=0)", "middle_linear(h_relu)", "followed by a ReLU"),
        ("[:depth]", "[3 - depth :]", "the middle layers with a gradient"),
        ("self.middle_linears[:depth]", "[self.middle_linears[0]] * depth", "with a gradient"),
        ("self.middle_linears[:depth]", "self.middle_linears[:depth][::-1]", "take them in order"),
        ("def forward", "def foward", "there is no method forward"),  # cspell:disable-line
    ],
    "ReaderNet": [
        ("in words:", "in words[-1:]:", "should give 123, not 3"),
        ("in words:", "in words.flip(0):", "should give 123, not 321"),
        ("return y_pred", ALONE, "one prediction"),
        ("in words:", "in words.sum(dim=0, keepdim=True):", "should give 123, not 6"),
        ("h.clamp(min=0)", "h", "ReLU makes the first h 0"),
        ("new_zeros", "new_ones", "h starts at 0"),
        (SUM, "self.input_linear(word).clamp(min=0) + self.hidden_linear(h_relu)", "after the sum"),
        (
            SUM,
            "self.input_linear(word) + self.hidden_linear(h_relu).clamp(min=0)",
            "random weights",
        ),
        (SUM, "self.input_linear(word) + self.hidden_linear(h_relu.detach())", "is h_relu cut off"),
        (SUM, "self.input_linear(word) + h_relu @ self.hidden_linear.weight.T", "all three biases"),
        (WithoutFirstBias, "of zeros it makes its bias"),
    ],
}

RIGHT = {
    "predict": [lambda: (12, 20, None), lambda: [12.0, 20.0, None], lambda: [9 + 3, 2 * 10, None]],
    "draw_depth": [
        lambda: int(torch.randint(4, (1,))),
        lambda: int(4 * torch.rand(())),
        lambda: torch.randperm(4).tolist()[0],
    ],
    "UnsharedNet": [
        AppendedLayers,
        (".clamp(min=0)  # (N, H)\n        y", ".relu()\n        y"),
        (
            "for middle_linear in self.middle_linears[:depth]:",
            "for middle_linear in list(self.middle_linears)[:depth]:",
        ),
    ],
    "ReaderNet": [
        ByRecursion,
        InRows,
        ("for word in words:", "for t in range(len(words)):\n            word = words[t]"),
    ],
}
