"""The data of lesson 12's pictures: graphs of torch.compile, and operator calls by batch size."""

import os

import torch

from snippets import faster
from snippets.mistakes import faster_breaks

seed = 0
CALLS = ("call_function", "call_method")


def drawn(graph):
    """Return a graph of torch.compile as nodes and edges, with the shapes on the way."""
    nodes, edges = {}, []
    for node in graph.graph.nodes:
        before = list(node.all_input_nodes)
        if node.op == "output":
            for number, source in enumerate(before):
                name = source.name.removesuffix("_1")
                nodes[f"out{number}"] = {"name": name, "kind": "result", "shape": shape(source)}
                edges.append([source.name, f"out{number}", ""])
            continue
        name = getattr(node.target, "__name__", node.target)
        name = name.removeprefix("L_").strip("_")  # an input x is called L_x_
        kind = "op" if node.op in CALLS else "leaf"
        nodes[node.name] = {"name": name, "kind": kind, "shape": shape(node)}
        for source in before:
            text = str(tuple(shape(source))) if source.op in CALLS else ""
            edges.append([source.name, node.name, text])
    return {"nodes": nodes, "edges": edges}


def shape(node):
    """Return the shape of what a node of the graph hands on."""
    return list(node.meta["example_value"].shape)


def calls_by_batch_size():
    """Return [power of two, operator calls] for all pictures, for batches of 1 to 256."""
    os.environ["KINETO_LOG_LEVEL"] = "99"
    torch.manual_seed(seed)
    model, x = faster.make_model(), torch.rand(faster.N, faster.D_in)  # (N, D_in)
    points = []
    with torch.no_grad():
        for power in range(9):
            found = faster.profiled(lambda size=2**power: [model(part) for part in x.split(size)])
            points.append([power, sum(count for count, _ in found.values())])
    return points


if __name__ == "__main__":
    x = torch.ones(4, 8)  # (N, H)
    faster_breaks.pieces(faster_breaks.asks, x)
    first, second = map(drawn, faster_breaks.graphs)
    faster_breaks.pieces(faster_breaks.chooses, x)
    (whole,) = map(drawn, faster_breaks.graphs)
    pieces = {"first": first, "second": second, "whole": whole}
    calls = {"calls": calls_by_batch_size()}
    print(calls["calls"])
    for name, graph in pieces.items():
        print(name, [node["name"] for node in graph["nodes"].values()])
