"""The layers are fixed, the depth is not: neither while training nor afterwards."""

import random

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0
dtype = torch.float32


# --8<-- [start:module]
class DynamicNet(torch.nn.Module):
    """The network of lesson 8; the depth is drawn unless the caller gives one."""

    def __init__(self, D_in, H, D_out):
        """Create three layers, however deep the network will run."""
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x, depth=None):
        """Map inputs (N, D_in) to predictions (N, D_out)."""
        if depth is None:
            depth = random.randint(0, 3)
        h_relu = self.input_linear(x).clamp(min=0)  # (N, H)
        for _ in range(depth):
            h_relu = self.middle_linear(h_relu).clamp(min=0)  # (N, H)
        return self.output_linear(h_relu)


# --8<-- [end:module]


def operations(tensor):
    """Return the number of operations in the graph that computed a tensor."""
    found, ahead = set(), [tensor.grad_fn]
    while ahead:
        node = ahead.pop()
        if node is not None and node not in found and node.next_functions:
            found.add(node)
            ahead += [before for before, _ in node.next_functions]
    return len(found)


def main():
    """Return the sizes of the graphs, and how many predictions one input gets."""
    torch.manual_seed(seed)
    random.seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    model = DynamicNet(D_in, H, D_out)
    graphs = [operations(model(x, depth)) for depth in range(4)]
    print("tensors in parameters():", len(list(model.parameters())))
    print("operations in the graph at depth 0, 1, 2, 3:", graphs)

    # --8<-- [start:calls]
    model.eval()
    drawn = {model(x)[0, 0].item() for _ in range(20)}
    given = {model(x, depth=2)[0, 0].item() for _ in range(20)}
    # --8<-- [end:calls]
    print(f"20 calls of model(x):          {len(drawn)} different predictions")
    print(f"20 calls of model(x, depth=2): {len(given)} prediction")
    return graphs, len(drawn), len(given)


if __name__ == "__main__":
    main()
