"""Computation graphs, walked from the grad_fn chains that the lessons' own networks leave."""

import torch

from snippets import (
    autograd,
    custom_function,
    custom_module,
    custom_module_shortcut,
    nn_sequential,
    weight_sharing,
    weight_sharing_reader,
)

seed = 0


def walk(loss, leaves):
    """Return the graph that autograd recorded behind a loss.

    Args:
        loss (torch.Tensor): A tensor of shape () with a grad_fn.
        leaves (dict[str, torch.Tensor]): The leaves that require grad, by name.

    Returns:
        graph (dict): `nodes`: name, kind and shape by id; `edges`: [from, to, shape], in the
            direction of the forward pass. Shapes are those of the tensor that flows along the
            edge, and of its gradient, which flows back.
    """
    names = {id(tensor): name for name, tensor in leaves.items()}
    ids, nodes, edges = {}, {}, []

    def visit(function):
        if function in ids:
            return ids[function]
        node = ids[function] = f"n{len(ids)}"
        if hasattr(function, "variable"):  # AccumulateGrad: here .grad is filled in
            leaf = function.variable
            nodes[node] = {"name": names[id(leaf)], "kind": "leaf", "shape": list(leaf.shape)}
        else:
            nodes[node] = {"name": function.name().split("::")[-1], "kind": "op"}
        for before, output in function.next_functions:
            if before is not None:
                shape = before._input_metadata[output].shape  # of what it returned
                text = "" if hasattr(before, "variable") else str(tuple(shape))
                edges.append([visit(before), node, text])
        return node

    last = visit(loss.grad_fn)
    nodes["loss"] = {"name": "loss", "kind": "result", "shape": []}
    edges.append([last, "loss", ""])
    return {"nodes": nodes, "edges": edges}


def of_weights(lesson):
    """Return the graph of one forward pass of lesson 3 or 4, whose weights are plain tensors."""
    recorded = {}

    def keep(loss, *arguments, **keywords):
        recorded["loss"] = loss
        raise StopIteration

    x, y, w1, w2 = lesson.make_data()
    backward, torch.Tensor.backward = torch.Tensor.backward, keep
    try:
        lesson.train(x, y, w1, w2)
    except StopIteration:
        pass
    finally:
        torch.Tensor.backward = backward
    return walk(recorded["loss"], {"w1": w1, "w2": w2})


def of_model(model):
    """Return the graph of one forward pass of a model with the lessons' loss."""
    x, y = nn_sequential.make_data()
    loss = torch.nn.MSELoss(reduction="sum")(model(x), y)
    return walk(loss, dict(model.named_parameters()))


def of_depth(depth):
    """Return the graph of lesson 8's network at a given depth."""
    torch.manual_seed(seed)
    model = weight_sharing.DynamicNet(1000, 100, 10)
    randint, weight_sharing.random.randint = weight_sharing.random.randint, lambda a, b: depth
    try:
        return of_model(model)
    finally:
        weight_sharing.random.randint = randint


def of_length(T):
    """Return the graph of lesson 8's reader, without its biases, for numbers of T digits."""
    model = weight_sharing_reader.make_reader()
    for layer in model.children():
        layer.bias = None
    digits, y = weight_sharing_reader.all_numbers(T)
    loss = torch.nn.MSELoss()(model(digits), y)
    return walk(loss, dict(model.named_parameters()))


if __name__ == "__main__":
    weights = of_weights(autograd)
    own_function = of_weights(custom_function)
    sequential = of_model(nn_sequential.make_model())
    module = of_model(custom_module.TwoLayerNet(1000, 100, 10))
    forms = {
        name: of_model(custom_module_shortcut.make_model(1, shortcuts))
        for name, shortcuts in custom_module_shortcut.FORMS.items()
    }
    lengths = {f"{T}_digits": of_length(T) for T in (1, 2, 3)}
    depths = {f"depth {depth}": of_depth(depth) for depth in range(4)}
    for name, graph in depths.items():
        print(name, len(graph["nodes"]), "nodes,", len(graph["edges"]), "edges")
