"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import autograd as right


def on_the_given_tensor(f, w):
    w.requires_grad_()
    f(w).backward()
    return w.grad


def clone_without_detach(f, w):
    leaf = w.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad if leaf.is_leaf else None  # without the warning that torch gives here


def through_the_given_tensor(f, w):
    leaf = w.clone().requires_grad_()
    leaf.retain_grad()
    f(leaf).backward()
    return leaf.grad


def all_at_once(forward, x, y, size):
    return right.accumulate(forward, x, y, len(x))


def parts(forward, x, y, size):
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        yield (forward(x[rows]) - y[rows]).pow(2)


def no_division(*given):
    total = 0.0
    for squares in parts(*given):
        squares.sum().backward()
        total += squares.sum().item()
    return total


def mean_of_means(forward, x, y, size):
    total, count = 0.0, -(-len(x) // size)
    for squares in parts(forward, x, y, size):
        loss = squares.mean() / count
        loss.backward()
        total += loss.item()
    return total


def last_part_dropped(forward, x, y, size):
    whole = len(x) // size * size
    return right.accumulate(forward, x[:whole], y[:whole], size)


def last_loss(forward, x, y, size):
    right.accumulate(forward, x, y, size)
    return 0.0


def no_backward(*given):
    return sum(squares.sum().item() for squares in parts(*given))


def in_forward_order(notes, loss):
    grad = {loss: 1.0}
    for result, inputs in notes:
        for name, slope in inputs:
            grad[name] = grad.get(name, 0.0) + grad.get(result, 0.0) * slope
    return grad


def replaced(notes, loss):
    grad = {loss: 1.0}
    for result, inputs in reversed(notes):
        for name, slope in inputs:
            grad[name] = grad.get(result, 0.0) * slope
    return grad


def slopes_only(notes, loss):
    return {name: slope + 1.0 for _, inputs in notes for name, slope in inputs}


WRONG = {
    "predict": [
        (lambda: ["mul", [3, 4], [5, 8], None], "comes last in the forward pass"),
        (lambda: ["sum", [1, 2], [5, 8], None], "slope along w[0]"),
        (lambda: ["sum", [3, 4], [2, 4], None], "nobody has cleared w.grad"),
        (lambda: ["sum", [3, 4], [5, 8], [1, 2]], "does v require gradients"),
    ],
    "gradient": [
        (on_the_given_tensor, "w requires gradients now"),
        (clone_without_detach, "a clone() of it is no leaf"),
        (through_the_given_tensor, "cut w off"),
        (lambda f, w: torch.zeros_like(w), "not what central differences measure"),
    ],
    "accumulate": [
        (all_at_once, "no more than 3 at once"),
        (last_part_dropped, "the last part may be smaller"),
        (no_backward, "call backward() for each part"),
        (no_division, "14 times"),
        (mean_of_means, "a smaller part less"),
        (last_loss, "the gradients are right"),
    ],
    "walk_back": [
        (slopes_only, "the gradient of the loss for itself is 1"),
        (in_forward_order, "begin at the last note"),
        (replaced, "each use adds"),
        (lambda notes, loss: right.walk_back(notes, notes[-1][0]), "asked for"),
    ],
}
