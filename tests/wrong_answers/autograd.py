"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import autograd as right


def clone_without_detach(f, w):
    leaf = w.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad if leaf.is_leaf else None  # without the warning that torch gives here


def slopes_only(notes, loss):
    return {name: slope + 1.0 for _, inputs in notes for name, slope in inputs}


LEAF = "w.detach().clone().requires_grad_()"
WHOLE_PARTS = "mean, whole = 0.0, len(x) // size * size\n    x, y = x[:whole], y[:whole]"
WRONG = {
    "predict": [
        (lambda: ["mul", [3, 4], [5, 8], None], "comes last in the forward pass"),
        (lambda: ["sum", [1, 2], [5, 8], None], "slope along w[0]"),
        (lambda: ["sum", [3, 4], [2, 4], None], "nobody has cleared w.grad"),
        (lambda: ["sum", [3, 4], [5, 8], [1, 2]], "does v require gradients"),
    ],
    "gradient": [
        (LEAF, "w.requires_grad_()", "w requires gradients now"),
        (clone_without_detach, "a clone() of it is no leaf"),
        (LEAF, "w.clone().requires_grad_()\n    leaf.retain_grad()", "cut w off"),
        (lambda f, w: torch.zeros_like(w), "not what central differences measure"),
    ],
    "accumulate": [
        ("mean = 0.0", "mean, size = 0.0, len(x)", "no more than 3 at once"),
        ("mean = 0.0", WHOLE_PARTS, "the last part may be smaller"),
        ("        loss.backward()\n", "", "call backward() for each part"),
        (" / y.numel()", "", "14 times"),
        ("sum() / y.numel()", "mean() / -(-len(x) // size)", "a smaller part less"),
        ("return mean", "return 0.0", "the gradients are right"),
    ],
    "walk_back": [
        (slopes_only, "the gradient of the loss for itself is 1"),
        ("reversed(notes)", "notes", "begin at the last note"),
        ("grad.get(name, 0.0) + ", "", "each use adds"),
        (lambda notes, loss: right.walk_back(notes, notes[-1][0]), "asked for"),
    ],
}
