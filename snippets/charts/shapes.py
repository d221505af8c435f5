"""Shape diagrams: which array each line of a program makes of which others, with real shapes."""

import ast
import contextlib
import inspect
import io
import sys

import numpy as np
import torch

from snippets import tensors, warmup_numpy
from snippets.derivations import (
    attention,
    batch_norm,
    bias_mean_linear,
    convolution,
    heads,
    layer_norm,
    softmax_cross_entropy,
)


class _Finished(Exception):  # noqa: N818 - not an error
    """Raised to leave a function once all the lines have run."""


def shapes_in(function, call, lines):
    """Run a function once over some of its lines and return the shapes of its local arrays.

    Args:
        function (Callable): The function that is watched.
        call (Callable): Calls it, directly or not, with no arguments.
        lines (range): Line numbers in its file; the run ends after the last of them.

    Returns:
        shapes (dict[str, list[int]]): Shapes by name.
    """
    shapes = {}

    def watch(frame, event, argument):
        if frame.f_code is not function.__code__:
            return None
        for name, value in frame.f_locals.items():
            if isinstance(value, (np.ndarray, np.generic, torch.Tensor)):
                shapes[name] = list(value.shape)
        if event == "line" and frame.f_lineno >= lines.stop:
            raise _Finished
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(_Finished):
            call()
    finally:
        sys.settrace(before)
    return shapes


def section(function, name):
    """Return the line numbers between a function's marks [start:name] and [end:name]."""
    source, first = inspect.getsourcelines(function)
    start, end = (
        first + next(i for i, line in enumerate(source) if f"[{mark}:{name}]" in line)
        for mark in ("start", "end")
    )
    return range(start, end)


def diagram(function, call, *names, leaves=("w1", "w2")):
    """Return a graph of the lines in some sections of a function.

    Args:
        function (Callable): Holds the sections.
        call (Callable): Calls the function, with no arguments.
        names (str): The sections, in order.
        leaves (Sequence[str]): The arrays that are learned.

    Returns:
        graph (dict): `nodes` are arrays, with their shapes, and the right sides of the lines;
            `edges` lead from what a line uses to what it makes.
    """
    parts = [section(function, name) for name in names]
    shapes = shapes_in(function, call, parts[-1])
    nodes, edges = {}, []

    def array(name, kind):
        nodes.setdefault(name, {"name": name, "kind": kind, "shape": shapes[name]})

    source, first = inspect.getsourcelines(function)
    tree = ast.parse(inspect.cleandoc("\n" + "".join(source)))
    ast.increment_lineno(tree, first - 1)
    made_by = {}
    for line in ast.walk(tree):
        if not isinstance(line, ast.Assign) or not any(line.lineno in part for part in parts):
            continue
        (target,) = line.targets
        used = {
            node.id: None
            for node in ast.walk(line)
            if isinstance(node, ast.Name) and node.id in shapes
        }
        if isinstance(target, ast.Subscript):  # grad_h[h <= 0] = 0 changes what is there
            made = target.value.id
            nodes[made_by[made]]["name"] += f"\n{ast.unparse(line)}"
            used.pop(made)
        else:
            made = target.id
            if made not in shapes:
                continue
            used.pop(made, None)
            made_by[made] = f"line {line.lineno}"
            nodes[made_by[made]] = {"name": ast.unparse(line.value), "kind": "op"}
            array(made, "gradient" if made.startswith("grad_") or made in "gb" else "result")
            edges.append([made_by[made], made, ""])
        for name in used:
            array(name, "data" if name in ("x", "y", "target") else "result")
            if [name, made_by[made], ""] not in edges:
                edges.append([name, made_by[made], ""])
    for name in set(leaves) & set(nodes):
        nodes[name]["kind"] = "leaf"
    return {"nodes": nodes, "edges": edges}


if __name__ == "__main__":
    by_numpy = warmup_numpy.gradients, lambda: warmup_numpy.gradients(*warmup_numpy.make_data())
    by_torch = tensors.train, lambda: tensors.train(*tensors.make_data())
    numpy_forward = diagram(*by_numpy, "forward")
    numpy_backward = diagram(*by_numpy, "backward")
    torch_passes = {name: diagram(*by_torch, name) for name in ("forward", "backward")}
    linear = diagram(bias_mean_linear.main, bias_mean_linear.main, "formulas", leaves=["weight"])
    softmax = diagram(
        softmax_cross_entropy.difference,
        lambda: softmax_cross_entropy.difference(torch.eye(5, 3).double()),
        "formula",
        leaves=["z"],
    )
    norm = diagram(layer_norm.main, layer_norm.main, "formulas", leaves=[])
    batch = diagram(batch_norm.train, batch_norm.main, "formulas", leaves=[])
    convolved = diagram(convolution.main, convolution.main, "formulas", leaves=["weight", "bias"])
    one_head = diagram(attention.main, attention.main, "formulas", leaves=["q", "k", "v"])
    several = diagram(heads.forward, heads.main, "forward", leaves=["w_q", "w_k", "w_v", "w_o"])
    for name, graph in (("forward", numpy_forward), ("backward", numpy_backward)):
        shapes = [
            f"{n['name']} {tuple(n['shape'])}" for n in graph["nodes"].values() if "shape" in n
        ]
        print(f"{name}:", ", ".join(shapes))
