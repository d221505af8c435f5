"""Parameters that require gradients: grad works, and each step also records a graph."""

import torch
from torch.func import functional_call, grad

seed = 0


def size(tensor):
    """Return how many nodes the graph has from which a tensor comes."""
    found, to_visit = set(), [tensor.grad_fn]
    while to_visit:
        node = to_visit.pop()
        if node is not None and node not in found:
            found.add(node)
            to_visit += [parent for parent, _ in node.next_functions]
    return len(found)


def main():
    """Return the sizes of the graph after each step, by the kind of parameters."""
    torch.manual_seed(seed)
    x, y = torch.randn(8, 3), torch.randn(8, 1)
    model = torch.nn.Linear(3, 1)

    def loss(params, x, y):
        return (functional_call(model, params, (x,)) - y).pow(2).mean()

    sizes = {}
    kinds = {
        "as they are": dict(model.named_parameters()),
        "detached": {name: param.detach() for name, param in model.named_parameters()},
    }
    for kind, params in kinds.items():
        sizes[kind] = []
        for _ in range(4):
            # --8<-- [start:step]
            grads = grad(loss)(params, x, y)
            params = {name: params[name] - 0.1 * grads[name] for name in params}
            # --8<-- [end:step]
            sizes[kind].append(size(params["weight"]))
        print(f"{kind:12s}", *sizes[kind])
    return sizes


if __name__ == "__main__":
    sizes = main()
