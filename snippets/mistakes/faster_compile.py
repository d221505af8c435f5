"""torch.compile makes a graph for each depth; where forward draws it, the graph ends early."""

import random

import torch

seed = 0


class DynamicNet(torch.nn.Module):
    """The network of lesson 8, smaller; the depth is drawn unless the caller gives one."""

    def __init__(self):
        """Create three layers."""
        super().__init__()
        self.input_linear = torch.nn.Linear(8, 6)
        self.middle_linear = torch.nn.Linear(6, 6)
        self.output_linear = torch.nn.Linear(6, 2)

    def forward(self, x, depth=None):
        """Map inputs (N, 8) to predictions (N, 2)."""
        h_relu = self.input_linear(x).clamp(min=0)  # (N, 6)
        for _ in range(random.randint(0, 3) if depth is None else depth):
            h_relu = self.middle_linear(h_relu).clamp(min=0)  # (N, 6)
        return self.output_linear(h_relu)


def draw_inside():
    """Return whether torch.compile makes one graph of a pass that draws its own depth."""
    # --8<-- [start:inside]
    model = torch.compile(DynamicNet(), backend="eager", fullgraph=True)
    try:
        model(torch.ones(4, 8))
    except RuntimeError as error:
        print(type(error).__name__)
        return False
    # --8<-- [end:inside]
    return True


def give_depths(depths):
    """Call a compiled network at each depth; return the operations of each graph made."""
    # --8<-- [start:outside]
    graphs = []

    def keep(graph, example_inputs):
        """Keep the graph and run it as it is: a compiler that compiles nothing."""
        graphs.append(graph)
        return graph.forward

    model = torch.compile(DynamicNet(), backend=keep)
    x = torch.ones(4, 8)  # (N, 8)
    for depth in depths:
        before = len(graphs)
        model(x, depth)
        print(f"depth {depth}  graphs made: {len(graphs) - before}")
    # --8<-- [end:outside]
    calls = ("call_function", "call_method")
    return [sum(node.op in calls for node in graph.graph.nodes) for graph in graphs]


def main():
    """Return whether the draw can be compiled, and the sizes of the graphs for given depths."""
    torch.compiler.reset()  # forget what an earlier run compiled
    torch.manual_seed(seed)
    inside = draw_inside()
    print()
    operations = give_depths([3, 1, 0, 1, 3, 2, 0, 2])
    print("operations in each graph:", operations)
    return inside, operations


if __name__ == "__main__":
    main()
