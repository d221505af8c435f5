"""Train with the code of all lessons and the interlude from one start, in two precisions."""

import ast
import contextlib
import inspect
import io
import itertools
import re

import torch

from snippets import (
    autograd,
    custom_function,
    custom_module,
    nn_sequential,
    optim,
    tensors,
    tiny_autograd,
    warmup_numpy,
    weight_sharing,
)

learning_rate = 1e-6
LESSONS = [
    warmup_numpy,
    tensors,
    autograd,
    custom_function,
    nn_sequential,
    optim,
    custom_module,
    weight_sharing,
]


# --8<-- [start:without_biases]
def without_biases(model, w1, w2):
    """Take the biases out of a model and give it our weights.

    Args:
        model (torch.nn.Module): Its first and last Linear are used; more may lie between them.
        w1 (np.ndarray): First weights, shape (D_in, H).
        w2 (np.ndarray): Second weights, shape (H, D_out).
    """
    linears = [layer for layer in model.modules() if isinstance(layer, torch.nn.Linear)]
    model.to(torch.tensor(w1).dtype)
    with torch.no_grad():
        for layer, w in ((linears[0], w1), (linears[-1], w2)):
            layer.weight.copy_(torch.tensor(w.T))
            layer.bias = None
    return model


# --8<-- [end:without_biases]


@contextlib.contextmanager
def setting(owner, name, value):
    """Set an attribute for a while."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def train_all(dtype):
    """Train with each lesson's own code from lesson 1's data and weights.

    Args:
        dtype (str): The numpy dtype of data and weights.

    Returns:
        losses (dict[str, list[float]]): 500 losses for each lesson.
    """
    # --8<-- [start:train_all]
    x, y, w1, w2 = (array.astype(dtype) for array in warmup_numpy.make_data())
    tensor_x, tensor_y = torch.tensor(x), torch.tensor(y)
    losses = {
        lesson.__name__.split(".")[1]: lesson.train(x, y, w1.copy(), w2.copy())
        for lesson in (warmup_numpy, tiny_autograd)
    }
    for lesson in (tensors, autograd, custom_function):
        weights = [torch.tensor(w, requires_grad=lesson is not tensors) for w in (w1, w2)]
        losses[lesson.__name__.split(".")[1]] = lesson.train(tensor_x, tensor_y, *weights)
    with setting(nn_sequential, "learning_rate", learning_rate):
        model = without_biases(nn_sequential.make_model(), w1, w2)
        losses["nn_sequential"] = nn_sequential.train(model, tensor_x, tensor_y)
    models = {
        optim: optim.make_model(),
        custom_module: custom_module.TwoLayerNet(1000, 100, 10),
        weight_sharing: weight_sharing.DynamicNet(1000, 100, 10),
    }
    with setting(weight_sharing.random, "randint", lambda low, high: 0):  # depth 0
        for lesson, model in models.items():
            without_biases(model, w1, w2)
            sgd = torch.optim.SGD(model.parameters(), lr=learning_rate)
            losses[lesson.__name__.split(".")[1]] = lesson.train(model, sgd, tensor_x, tensor_y)
    # --8<-- [end:train_all]
    return losses


def largest_differences(losses):
    """Return, for each pair of lessons, the largest relative difference of a loss in 500 steps."""
    return {
        f"{one} {other}": max(
            abs(a - b) / max(a, b) for a, b in zip(losses[one], losses[other], strict=True)
        )
        for one, other in itertools.combinations(losses, 2)
    }


def unmoved(dtype):
    """Train lesson 1 and return the share of weights that one more step would leave as they are.

    Args:
        dtype (str): The numpy dtype of data and weights.
    """
    x, y, w1, w2 = (array.astype(dtype) for array in warmup_numpy.make_data())
    warmup_numpy.train(x, y, w1, w2)
    # --8<-- [start:unmoved]
    _, grad_w1, grad_w2 = warmup_numpy.gradients(x, y, w1, w2)
    same_w1 = w1 - learning_rate * grad_w1 == w1  # (D_in, H)
    same_w2 = w2 - learning_rate * grad_w2 == w2  # (H, D_out)
    # --8<-- [end:unmoved]
    return float((same_w1.sum() + same_w2.sum()) / (w1.size + w2.size))


def drift(losses):
    """Return, step by step, the largest relative difference from lesson 1's loss.

    Steps without any difference are left out: a logarithmic axis has no 0.
    """
    found = []
    for t, reference in enumerate(losses["warmup_numpy"]):
        largest = max(abs(curve[t] - reference) for curve in losses.values()) / reference
        if largest > 0:
            found.append([t, float(f"{largest:.3g}")])
    return found


def rounded(losses):
    """Keep six significant digits, enough for a curve."""
    return {name: [float(f"{loss:.6g}") for loss in curve] for name, curve in losses.items()}


# What a line of a training loop is for, by what it begins with or contains.
PURPOSES = {
    "forward": re.compile(r"^(h|h_relu|relu|y_pred|loss) ="),
    "gradients": re.compile(r"^grad_|backward\(|zero_"),
    "update": re.compile(r"-=|\.step\(|no_grad|^for param"),
}


def code_lines(lesson):
    """Count the lines of a lesson's training step by what they are for.

    Comments, docstrings, blank lines and the printing of losses are not counted.

    Returns:
        counts (dict[str, int]): By the names of PURPOSES, and `program` for the whole file.
    """
    tree = ast.parse(inspect.getsource(lesson))
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    (loop,) = (node for node in functions["train"].body if isinstance(node, ast.For))
    steps = loop.body + (functions["gradients"].body if "gradients" in functions else [])
    lines = [line.strip() for step in steps for line in ast.unparse(step).split("\n")]
    counts = {
        purpose: sum(bool(pattern.search(line)) for line in lines)
        for purpose, pattern in PURPOSES.items()
    }
    loop.body = [step for step in loop.body if "print(" not in ast.unparse(step)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:]
    counts["program"] = len(ast.unparse(tree).replace("\n\n", "\n").split("\n"))
    return counts


def print_pairs(title, pairs, names):
    """Print a triangle of largest differences; lessons have numbers, the interlude a plus."""
    numbers = itertools.count(1)
    marks = ["+" if name == "tiny_autograd" else str(next(numbers)) for name in names]
    print(f"{title:17s}" + "".join(f"{mark:>8s}" for mark in marks[:-1]))
    for row, name in enumerate(names[1:], 1):
        cells = "".join(f"{pairs[f'{other} {name}']:8.0e}" for other in names[:row])
        print(f"{marks[row]} {name:15s}{cells}")


def print_lines(lines):
    """Print the table of code lines."""
    print(f"{'':17s}" + "".join(f"{purpose:>11s}" for purpose in lines["optim"]))
    for number, (name, counts) in enumerate(lines.items(), 1):
        print(f"{number} {name:15s}" + "".join(f"{count:11d}" for count in counts.values()))


def main():
    """Train everything twice; return the losses by dtype, the lines of code, unmoved weights."""
    with contextlib.redirect_stdout(io.StringIO()):
        losses = {dtype: train_all(dtype) for dtype in ("float64", "float32")}
    lines = {lesson.__name__.split(".")[1]: code_lines(lesson) for lesson in LESSONS}
    print_lines(lines)
    for dtype, curves in losses.items():
        print()
        print_pairs(dtype, largest_differences(curves), list(curves))
    with contextlib.redirect_stdout(io.StringIO()):
        shares = {dtype: unmoved(dtype) for dtype in losses}
    print()
    for dtype, share in shares.items():
        print(f"{dtype}  weights that one more step leaves as they are: {share:.0%}")
    return losses, lines, shares


if __name__ == "__main__":
    _losses, lines, shares = main()
    curves64 = rounded(_losses["float64"])
    both = {dtype: rounded(curves)["warmup_numpy"] for dtype, curves in _losses.items()}
    drifts = {dtype: drift(curves) for dtype, curves in _losses.items()}
    worst = {dtype: max(largest_differences(curves).values()) for dtype, curves in _losses.items()}
    ratio = both["float32"][-1] / both["float64"][-1]
