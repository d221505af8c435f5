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


class OneByOne(right.PaddedReader):
    def read(self, words):
        h_relu = torch.zeros(self.H)
        for word in words:
            h_relu = torch.relu(self.input_linear(word) + self.hidden_linear(h_relu))
        return self.output_linear(h_relu)

    def forward(self, words, lengths):
        return torch.stack([self.read(words[:T, n]) for n, T in enumerate(lengths)])


class Collected(right.PaddedReader):
    def forward(self, words, lengths):
        h_relu, seen = torch.zeros(words.shape[1], self.H), []
        for word in words:
            h_relu = torch.relu(self.input_linear(word) + self.hidden_linear(h_relu))
            seen.append(h_relu)
        last = torch.stack(seen)[lengths - 1, torch.arange(len(lengths))]
        return self.output_linear(last)


class WithoutFirstBias(right.PaddedReader):
    def forward(self, words, lengths):
        h_relu = self.input_linear(words[0]).clamp(min=0)
        for t in range(1, len(words)):
            h = self.input_linear(words[t]) + self.hidden_linear(h_relu)
            h_relu = torch.where((t < lengths)[:, None], h.clamp(min=0), h_relu)
        return self.output_linear(h_relu)


LIST = "torch.nn.ModuleList([torch.nn.Linear(H, H) for _ in range(3)])"
EACH = "return self.output_linear(self.input_linear(words).clamp(min=0))"
NOT_ZERO = "(word != 0).any(dim=1, keepdim=True)"
WHERE = "torch.where(inside, h.clamp(min=0), h_relu)"
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
    "PaddedReader": [
        (WHERE, "h.clamp(min=0)", "should give [7, 1984, 42], not [7000.0, 1984.0, 4200.0]"),
        ("t < lengths", "t <= lengths", "a sentence that has ended keeps its hidden values"),
        (WHERE, "h.clamp(min=0) * inside", "a sentence that has ended keeps its hidden values"),
        ("t < lengths", "t < lengths[0] + 0 * lengths", "should give [7, 1984, 42]"),
        ("(t < lengths)[:, None]", NOT_ZERO, "padding may be any number"),
        ("enumerate(words)", "enumerate(words.flip(0))", "should give [123, 456], not [321"),
        ("return y_pred", EACH, "one prediction for each sentence"),
        ("h.clamp(min=0)", "h", "ReLU comes after the sum"),
        (
            SUM,
            "self.input_linear(word).clamp(min=0) + self.hidden_linear(h_relu)",
            "should give [2, 9]",
        ),
        ("new_zeros", "new_ones", "no padding yet"),
        (SUM, "self.input_linear(word) + self.hidden_linear(h_relu.detach())", "is h_relu cut off"),
        (SUM, "self.input_linear(word) + h_relu @ self.hidden_linear.weight.T", "all three biases"),
        (WithoutFirstBias, "for the first word too"),
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
    "PaddedReader": [
        OneByOne,
        Collected,
        (WHERE, "inside * h.clamp(min=0) + ~inside * h_relu"),
    ],
}
