"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import collections

import torch

from snippets.answers import autograd as right


def clone_without_detach(f, w):
    leaf = w.clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad if leaf.is_leaf else None  # without the warning that torch gives here


def on_and_off(f, w):
    before = w.requires_grad
    w.requires_grad_()
    f(w).backward()
    w.requires_grad_(before)
    return w.grad


def without_the_old(f, w):
    before, w.grad = w.grad, None
    answer = right.gradient(f, w)
    return answer if before is None else answer + before


def with_a_step(f, w):
    answer = right.gradient(f, w)
    w.data -= 0.1 * answer
    return answer


def measured(f, w):
    leaf, step = w.detach().clone(), 1e-5
    slopes = torch.zeros_like(leaf)
    for i in range(leaf.numel()):
        nudge = torch.zeros_like(leaf)
        nudge.view(-1)[i] = step
        slopes.view(-1)[i] = (f(leaf + nudge) - f(leaf - nudge)) / (2 * step)
    return slopes


def all_at_the_end(forward, x, y, size):
    total = 0.0
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        total = total + (forward(x[rows]) - y[rows]).pow(2).sum() / y.numel()
    total.backward()
    return total.item()


def in_splits(forward, x, y, size):
    mean = 0
    for x_part, y_part in zip(x.split(size), y.split(size), strict=True):
        loss = torch.nn.functional.mse_loss(forward(x_part), y_part) * len(x_part) / len(x)
        loss.backward()
        mean += loss.item()
    return mean


def in_while(forward, x, y, size):
    losses = []
    while len(losses) * size < len(x):
        begin = len(losses) * size
        end = min(begin + size, x.shape[0])
        loss = torch.square(forward(x[begin:end]) - y[begin:end]).sum()
        losses.append(loss.item() / y.shape[0] / y.shape[1])
        (loss / (y.shape[0] * y.shape[1])).backward()
    return sum(losses)


def slopes_only(notes, loss):
    return {name: slope + 1.0 for _, inputs in notes for name, slope in inputs}


def only_leaves(notes, loss):
    results = {result for result, _ in notes}
    return {name: g for name, g in right.walk_back(notes, loss).items() if name not in results}


def by_recursion(notes, loss):
    steps, grad = dict(notes), collections.Counter()

    def walk(name, incoming):
        grad[name] += incoming
        for earlier, slope in steps.get(name, []):
            walk(earlier, incoming * slope)

    walk(loss, 1)
    return grad


def with_default(notes, loss):
    grad = collections.defaultdict(float)
    grad[loss] = 1
    while notes:
        result, inputs = notes.pop()
        for name, slope in inputs:
            grad[name] += grad[result] * slope
    return grad


def for_all_names(notes, loss):
    names = {name for result, inputs in notes for name in (result, *(i for i, _ in inputs))}
    grad = dict.fromkeys(names, 0.0)
    grad[loss] = 1.0
    for result, inputs in notes[::-1]:
        for name, slope in inputs:
            grad[name] = grad[name] + slope * grad[result]
    return grad


def in_chunks(forward, x, y, size):
    mean = 0.0
    for xs, ys in zip(x.chunk(size), y.chunk(size), strict=True):
        loss = (forward(xs) - ys).pow(2).sum() / y.numel()
        loss.backward()
        mean += loss.item()
    return mean


def one_part_too_many(forward, x, y, size):
    mean = 0.0
    for k in range(len(x) // size + 1):
        xs, ys = (part[k * size : (k + 1) * size] for part in (x, y))
        loss = (forward(xs) - ys).pow(2).mean() * len(xs) / len(x)
        loss.backward()
        mean += loss.item()
    return mean


LEAF = "w.detach().clone().requires_grad_()"
WHOLE_PARTS = "mean, whole = 0.0, len(x) // size * size\n    x, y = x[:whole], y[:whole]"
WRONG = {
    "predict": [
        (lambda: ["mul", [3, 4], [5, 8], None], "comes last in the forward pass"),
        (lambda: ["", [3, 4], [5, 8], None], "comes last in the forward pass"),
        (lambda: ["sum", [1, 2], [5, 8], None], "slope along w[0]"),
        (lambda: ["sum", [3, 4], [2, 4], None], "nobody has cleared w.grad"),
        (lambda: ["sum", [3, 4], [3, 4], None], "nobody has cleared w.grad"),
        (lambda: ["sum", [3, 4], [5, 8], [1, 2]], "does v require gradients"),
        (lambda: ["sum", [3, 4], [5, 8], [0, 0]], "does v require gradients"),
        (lambda: ["sum", [3, 4], [5, 8]], "prints four things"),
    ],
    "gradient": [
        (LEAF, "w.requires_grad_()", "w requires gradients now"),
        (with_a_step, "w holds other numbers"),
        (on_and_off, "w has a .grad now"),
        (without_the_old, "that one must not be counted in"),
        (clone_without_detach, "a clone() of it is no leaf"),
        (LEAF, "w.clone().requires_grad_()\n    leaf.retain_grad()", "cut w off"),
        (lambda f, w: torch.zeros_like(w), "not what central differences measure"),
        ("return leaf.grad", "return leaf.grad.sum()", "the shape is ()"),
        ("return leaf.grad", "return None", "is a return missing"),
        ("return leaf.grad", "return w.grad", "of a tensor that f was not given"),
    ],
    "accumulate": [
        ("mean = 0.0", "mean, size = 0.0, len(x)", "no more than 3 at once"),
        ("mean = 0.0", WHOLE_PARTS, "the last part may be smaller"),
        ("        loss.backward()\n", "", "call backward() for each part"),
        (in_chunks, "no more than 2 at once"),
        (one_part_too_many, "leave the empty part out"),
        (all_at_the_end, "the graphs of all parts fill the memory"),
        (" / y.numel()", "", "14 times"),
        ("y.numel()", "len(x)", "2 times"),
        ("sum() / y.numel()", "mean() / -(-len(x) // size)", "a smaller part less"),
        ("return mean", "return 0.0", "the gradients are right"),
        ("mean += loss.item()", "mean += loss.detach()", "the loss is a Tensor"),
        ("mean += loss.item()", "mean = loss.item()", "the gradients are right; the loss is"),
    ],
    "walk_back": [
        (slopes_only, "the gradient of the loss for itself is 1"),
        (only_leaves, "every name of the notes is wanted, results too"),
        ("reversed(notes)", "notes", "begin at the last note"),
        ("grad.get(name, 0.0) + ", "", "each use adds"),
        (" * slope", " + slope", "times the slope"),
        (lambda notes, loss: right.walk_back(notes, notes[-1][0]), "asked for"),
        (lambda notes, loss: list(right.walk_back(notes, loss).items()), "return a dictionary"),
    ],
}

RIGHT = {
    "predict": [
        lambda: ("SumBackward0", (3.0, 4.0), (5.0, 8.0), None),
        lambda: ["sum()", torch.tensor([3.0, 4.0]), torch.tensor([5.0, 8.0]), None],
        lambda: ["Sum", [3, 4], [5, 8], None],
    ],
    "gradient": [
        (
            "f(leaf).backward()\n    return leaf.grad",
            "return torch.autograd.grad(f(leaf), leaf)[0]",
        ),
        lambda f, w: torch.func.grad(f)(w.detach()),
        lambda f, w: right.gradient(f, w).numpy(),
        (LEAF, "torch.tensor(w.tolist(), dtype=w.dtype, requires_grad=True)"),
        measured,
    ],
    "accumulate": [
        in_splits,
        in_while,
        ("y.numel()", "(len(x) * y.shape[1])"),
    ],
    "walk_back": [by_recursion, with_default, for_all_names],
}
