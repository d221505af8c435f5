"""The losses of lesson 8 by the depth drawn, and what a step at one depth does to the others."""

import random

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
steps = 500
seed = 0
dtype = torch.float32


class DynamicNet(torch.nn.Module):
    """The network of lesson 8, but one pass gives the predictions at all four depths."""

    def __init__(self, D_in, H, D_out):
        """Create three layers; the sizes are numbers of features."""
        super().__init__()
        self.input_linear = torch.nn.Linear(D_in, H)
        self.middle_linear = torch.nn.Linear(H, H)
        self.output_linear = torch.nn.Linear(H, D_out)

    def forward(self, x):
        """Map inputs (N, D_in) to four predictions (N, D_out), of depths 0 to 3."""
        h_relu = self.input_linear(x).clamp(min=0)  # (N, H)
        y_preds = [self.output_linear(h_relu)]
        for _ in range(3):
            h_relu = self.middle_linear(h_relu).clamp(min=0)  # (N, H)
            y_preds.append(self.output_linear(h_relu))
        return y_preds


def train(learning_rate, momentum):
    """Train as lesson 8 does, and note the loss at all four depths before each step.

    Returns:
        depths (list[int]): The depth that each step drew.
        losses (list[list[float]]): For each step, the loss at depths 0 to 3.
    """
    torch.manual_seed(seed)
    random.seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = DynamicNet(D_in, H, D_out)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=momentum)
    depths, losses = [], []
    # --8<-- [start:loop]
    for _ in range(steps):
        at_depth = [(y_pred - y).pow(2).sum() for y_pred in model(x)]  # four losses
        losses.append([loss.item() for loss in at_depth])
        depths.append(random.randint(0, 3))
        optimizer.zero_grad()
        at_depth[depths[-1]].backward()  # only the one that was drawn
        optimizer.step()
    # --8<-- [end:loop]
    return depths, losses


def mean_by_depth(depths, losses, first, last):
    """Return, for each depth, the mean loss of those steps from first to last that drew it."""
    # --8<-- [start:mean]
    means = []
    for depth in range(4):
        drawn = [losses[t][depth] for t in range(first, last + 1) if depths[t] == depth]
        means.append(sum(drawn) / len(drawn))
    # --8<-- [end:mean]
    return means


def rises(depths, losses):
    """Return how many in 100 steps at each depth (row) raised the loss at each depth (column)."""
    table = []
    for depth in range(4):
        drawn = [t for t in range(steps - 1) if depths[t] == depth]
        raised = [sum(losses[t + 1][i] > losses[t][i] for t in drawn) for i in range(4)]
        table.append([100 * count / len(drawn) for count in raised])
    return table


def main():
    """Return the lesson's losses, their means by depth, and the table of rises."""
    depths, losses = train(learning_rate=1e-4, momentum=0.9)  # as in the lesson
    # --8<-- [start:steps]
    for t in range(400, 408):
        print(f"step {t}  depth {depths[t]}  loss {losses[t][depths[t]]:.3g}")
    # --8<-- [end:steps]
    print()
    early = mean_by_depth(depths, losses, 0, 99)
    late = mean_by_depth(depths, losses, 400, 499)
    print("mean loss   steps 0-99   steps 400-499")
    for depth in range(4):
        print(f"depth {depth}{early[depth]:15.3g}{late[depth]:16.3g}")
    print()
    table = rises(*train(learning_rate=5e-5, momentum=0))  # half the step, no momentum
    print("raises the loss at depth    0    1    2    3")
    for depth, row in enumerate(table):
        print(f"a step at depth {depth}      " + "".join(f"{share:4.0f}%" for share in row))
    drawn = [before[depth] for before, depth in zip(losses, depths, strict=True)]
    return drawn, (early, late), table


if __name__ == "__main__":
    main()
