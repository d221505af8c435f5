"""The graph of numbers of lesson 1 in the interlude's autograd, walked from the last result."""

from snippets.tiny_autograd import Tensor, in_order


def graph(last, names):
    """Return the graph behind a number for a picture: values in nodes, gradients on edges.

    Args:
        last (Tensor): The number that `backward` was called on.
        names (dict[Tensor, str]): Names of the tensors.
    """
    order = in_order(last)
    nodes = {
        names[tensor]: {
            "name": f"{names[tensor]} = {tensor.data:g}",
            "kind": "result" if tensor.made_of else "leaf",
        }
        for tensor in order
    }
    edges = [
        [names[source], names[tensor], f"{send_back(tensor.grad):g}"]
        for tensor in order
        for source, send_back in tensor.made_of
    ]
    return {"nodes": nodes, "edges": edges}


if __name__ == "__main__":
    # --8<-- [start:numbers]
    a, b, c = (Tensor(value, requires_grad=True) for value in (2.0, 3.0, 2.0))
    e = a * b
    f = e + c
    g = f.relu()
    L = g**2
    L.backward()
    # --8<-- [end:numbers]
    named = {"a": a, "b": b, "c": c, "e": e, "f": f, "g": g, "L": L}
    for name in ("a", "b", "c"):
        print(f"{name}.grad  {named[name].grad:g}")
    gradients = {name: float(tensor.grad) for name, tensor in named.items()}
    numbers = graph(L, {tensor: name for name, tensor in named.items()})
