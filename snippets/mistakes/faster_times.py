"""Three functions to compile; with a C++ compiler, `python faster_times.py --times` times them."""

import statistics
import sys
import time

import torch
from torch.utils import benchmark

seed = 0


# --8<-- [start:curve]
def gelu(x):
    """Map each entry of x by the function GELU, in its form with tanh."""
    return 0.5 * x * (1 + torch.tanh(0.7978845608 * (x + 0.044715 * x**3)))


# --8<-- [end:curve]


def cases():
    """Return by name what is called, and with what."""
    torch.manual_seed(seed)
    network = torch.nn.Sequential(
        torch.nn.Linear(64, 100), torch.nn.ReLU(), torch.nn.Linear(100, 10)
    )
    pictures = torch.rand(359, 64)  # (N, D_in)
    return {
        "one": (network, pictures[:1]),
        "batch": (network, pictures),
        "gelu": (gelu, torch.randn(1000, 1000)),
    }


def operations(function, x):
    """Return how many operations the graph of a function has."""
    sizes = []

    def count(graph, example_inputs):
        sizes.append(sum(node.op == "call_function" for node in graph.graph.nodes))
        return graph.forward

    torch.compiler.reset()  # forget what was compiled before
    torch.compile(function, backend=count, fullgraph=True)(x)
    return sum(sizes)


# --8<-- [start:times]
def times(function, x):
    """Return seconds: of a call as it is, of a compiled one, and of the first compiled one."""
    torch.compiler.reset()  # forget what was compiled before
    compiled = torch.compile(function)
    started = time.perf_counter()
    compiled(x)  # compiles
    first = time.perf_counter() - started
    spent = {function: [], compiled: []}
    for _ in range(9):
        for f in (function, compiled):  # in turns: both meet the same disturbances
            timer = benchmark.Timer("f(x)", globals={"f": f, "x": x})
            spent[f].append(timer.blocked_autorange(min_run_time=0.1).median)
    return statistics.median(spent[function]), statistics.median(spent[compiled]), first


# --8<-- [end:times]


def main(measure):
    """Return the operations of each case; print their times, too, if asked to."""
    found = {}
    for name, (function, x) in cases().items():
        found[name] = operations(function, x)
        print(f"{name:5s} {found[name]} operations on {tuple(x.shape)}")
        if measure:
            with torch.no_grad():
                plain, fast, first = times(function, x)
            print(f"      {plain * 1e6:.0f} µs, compiled {fast * 1e6:.0f} µs, first {first:.1f} s")
    return found


if __name__ == "__main__":
    found = main("--times" in sys.argv)
