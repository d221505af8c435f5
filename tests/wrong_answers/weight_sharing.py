"""Likely wrong answers, each with words that the check must say to it."""

import itertools
import random

import torch

from snippets.answers import weight_sharing as right

CALLS = itertools.count()


def seeded_in_each_call():
    if next(CALLS) >= 400:  # the first 400 show that all depths come
        torch.manual_seed(0)
    return right.draw_depth()


class OneMiddleLayer(right.UnsharedNet):
    def __init__(self, D_in, H, D_out):
        super().__init__(D_in, H, D_out)
        self.middle_linears = torch.nn.ModuleList([torch.nn.Linear(H, H)] * 3)


class PlainList(right.UnsharedNet):
    def __init__(self, D_in, H, D_out):
        super().__init__(D_in, H, D_out)
        del self.middle_linears
        self.middle_linears = [torch.nn.Linear(H, H) for _ in range(3)]


class AllThree(right.UnsharedNet):
    def forward(self, x, depth):
        return super().forward(x, 3)


class FirstOneAgain(right.UnsharedNet):
    def forward(self, x, depth):
        h_relu = self.input_linear(x).clamp(min=0)
        for _ in range(depth):
            h_relu = self.middle_linears[0](h_relu).clamp(min=0)
        return self.output_linear(h_relu)


class Forgetful(right.ReaderNet):
    def forward(self, words):
        return super().forward(words[-1:])


class FromTheEnd(right.ReaderNet):
    def forward(self, words):
        return super().forward(words.flip(0))


class EachWordAlone(right.ReaderNet):
    def forward(self, words):
        return self.output_linear(self.input_linear(words).clamp(min=0))


class AddedUp(right.ReaderNet):
    def forward(self, words):
        return super().forward(words.sum(dim=0, keepdim=True))


class NoRelu(right.ReaderNet):
    def forward(self, words):
        h = words.new_zeros(self.H)
        for word in words:
            h = self.input_linear(word) + self.hidden_linear(h)
        return self.output_linear(h)


class StartsAtOne(right.ReaderNet):
    def forward(self, words):
        h_relu = words.new_ones(self.H)
        for word in words:
            h_relu = (self.input_linear(word) + self.hidden_linear(h_relu)).clamp(min=0)
        return self.output_linear(h_relu)


WRONG = {
    "predict": [
        (lambda: [24, 20.0, None], "how many layers were made"),
        (lambda: [9, 20.0, None], "a weight and a bias"),
        (lambda: [12, 10.0, None], "add up"),
        (lambda: [12, 20.0, 0], "does unused take part"),
    ],
    "draw_depth": [
        (lambda: random.randint(0, 3), "which generator"),
        (lambda: int(torch.randint(0, 3, ())), "does the upper end belong"),
        (lambda: torch.randint(0, 4, ()), "a Python integer"),
        (seeded_in_each_call, "seed once"),
    ],
    "UnsharedNet": [
        (OneMiddleLayer, "not registered: middle_linears.1.bias"),
        (PlainList, "not registered"),
        (AllThree, "depth 0"),
        (FirstOneAgain, "the middle layers with a gradient"),
    ],
    "ReaderNet": [
        (Forgetful, "were forgotten"),
        (FromTheEnd, "read from the end"),
        (EachWordAlone, "one prediction"),
        (AddedUp, "should give 123"),
        (NoRelu, "ReLU makes the first h 0"),
        (StartsAtOne, "h starts at 0"),
    ],
}
