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


LIST = "torch.nn.ModuleList([torch.nn.Linear(H, H) for _ in range(3)])"
ALONE = "return self.output_linear(self.input_linear(words).clamp(min=0))"
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
        (" for _ in range(3)]", "] * 3", "not registered: middle_linears.1.bias"),
        (LIST, "[torch.nn.Linear(H, H) for _ in range(3)]", "not registered"),
        ("[:depth]", "", "depth 0"),
        (
            "self.middle_linears[:depth]",
            "[self.middle_linears[0]] * depth",
            "the middle layers with a gradient",
        ),
    ],
    "ReaderNet": [
        ("in words:", "in words[-1:]:", "were forgotten"),
        ("in words:", "in words.flip(0):", "read from the end"),
        ("return y_pred", ALONE, "one prediction"),
        ("in words:", "in words.sum(dim=0, keepdim=True):", "should give 123"),
        ("h.clamp(min=0)", "h", "ReLU makes the first h 0"),
        ("new_zeros", "new_ones", "h starts at 0"),
    ],
}
