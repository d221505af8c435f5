"""What ends a graph of torch.compile too early, what fullgraph=True says of it, and the repair."""

import random

import torch

seed = 0
graphs = []


def keep(graph, example_inputs):
    """Keep the graph and run it as it is: a compiler that compiles nothing."""
    graphs.append(graph)
    return graph.forward


# --8<-- [start:broken]
def asks(x):
    """Let a number in a tensor decide which operations come next."""
    h = (x * 2).relu()  # (N, H)
    if h.sum() > 0:
        h = h + 1  # (N, H)
    return h * 3


def talks(x):
    """Print a number in a tensor."""
    h = (x * 2).relu()  # (N, H)
    print("  largest:", h.max())
    return h * 3


def draws(x):
    """Let Python draw the number of rounds."""
    h = (x * 2).relu()  # (N, H)
    for _ in range(random.randint(1, 3)):
        h = h + 1  # (N, H)
    return h * 3


# --8<-- [end:broken]


# --8<-- [start:whole]
def chooses(x):
    """Compute both, and choose: nothing is asked."""
    h = (x * 2).relu()  # (N, H)
    h = torch.where(h.sum() > 0, h + 1, h)  # (N, H)
    return h * 3


def returns(x):
    """Return the number; the caller prints it."""
    h = (x * 2).relu()  # (N, H)
    return h * 3, h.max()


def receives(x, rounds):
    """Receive the number of rounds from the caller, who draws it."""
    h = (x * 2).relu()  # (N, H)
    for _ in range(rounds):
        h = h + 1  # (N, H)
    return h * 3


# --8<-- [end:whole]


def refusal(function, *arguments):
    """Demand one graph; return what the error says, and the line of the function it names."""
    torch.compiler.reset()  # forget what was compiled before
    # --8<-- [start:demand]
    whole = torch.compile(function, backend=keep, fullgraph=True)
    try:
        whole(*arguments)
    except RuntimeError as error:
        message = str(error)
    # --8<-- [end:demand]
    place = message.partition("from user code:")[2].strip().splitlines()
    return message.splitlines()[0], place[1].strip()


def pieces(function, *arguments):
    """Compile without demanding anything; return the names of the operations in each graph."""
    torch.compiler.reset()
    graphs.clear()
    torch.compile(function, backend=keep)(*arguments)
    calls = ("call_function", "call_method")
    return [
        [
            getattr(node.target, "__name__", node.target)
            for node in graph.graph.nodes
            if node.op in calls
        ]
        for graph in graphs
    ]


def main():
    """Return what is said of each broken function, and the pieces of all functions."""
    random.seed(seed)
    x = torch.ones(4, 8)  # (N, H)
    said, found = {}, {}
    for function in (asks, talks, draws):
        said[function.__name__] = refusal(function, x)
        print(f"{function.__name__}: {said[function.__name__][0]}")
        print(f"       {said[function.__name__][1]}")
    print()
    for function, *more in ((asks,), (talks,), (draws,), (chooses,), (returns,), (receives, 2)):
        if function is chooses:
            print()
        name = function.__name__
        found[name] = pieces(function, x, *more)
        print(f"{name}: " + " | ".join(", ".join(piece) for piece in found[name]))
    return said, found


if __name__ == "__main__":
    said, found = main()
