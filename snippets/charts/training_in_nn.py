"""What 500 steps of lesson 5 do to weights, gradients and predictions."""

import contextlib
import io
import math

import torch

from snippets import nn_sequential

SHOWN = (0, 1, 2, 5, 10, 20, 50, 100)  # steps whose predictions are drawn
BINS = 40


def histogram(values, low, high):
    """Count the entries of a tensor of any shape in equal bins from low to high."""
    counts = torch.histc(values.flatten(), BINS, low, high)
    edges = torch.linspace(low, high, BINS + 1)
    return {
        "edges": [round(edge, 4) for edge in edges.tolist()],
        "counts": [int(count) for count in counts],
    }


def sizes(gradient):
    """Return the powers of ten of a gradient's entries, those that are exactly 0 left out."""
    return gradient[gradient != 0].abs().log10()


class Watch(torch.nn.Sequential):
    """Lesson 5's network, which remembers its predictions for the first sample."""

    def __init__(self, model):
        super().__init__(*model)
        self.predictions = []

    def forward(self, x):
        """Map inputs (N, D_in) to predictions (N, D_out)."""
        y_pred = super().forward(x)  # (N, D_out)
        self.predictions.append(y_pred[0].tolist())
        return y_pred


if __name__ == "__main__":
    x, y = nn_sequential.make_data()
    model = Watch(nn_sequential.make_model())
    weight = model[0].weight
    before = weight.detach().clone()  # (H, D_in)

    torch.nn.MSELoss(reduction="sum")(model(x), y).backward()
    first_gradient = weight.grad.clone()  # (H, D_in)
    model.predictions.clear()
    with contextlib.redirect_stdout(io.StringIO()):
        nn_sequential.train(model, x, y)
    last_gradient = weight.grad  # (H, D_in)

    limit = math.ceil(1000 * max(before.abs().max(), weight.abs().max()).item()) / 1000
    weights = {
        "before": histogram(before, -limit, limit),
        "after": histogram(weight.detach(), -limit, limit),
    }
    moved = histogram(weight.detach() - before, -limit, limit)
    powers = [sizes(first_gradient), sizes(last_gradient)]
    low, high = (
        min(p.min() for p in powers).floor().item(),
        max(p.max() for p in powers).ceil().item(),
    )
    gradients = {
        name: histogram(power, low, high)
        for name, power in zip(("first", "last"), powers, strict=True)
    }
    predictions = {
        "targets": [round(value, 4) for value in y[0].tolist()],
        "frames": {f"step {t}": [round(value, 4) for value in model.predictions[t]] for t in SHOWN},
    }
    print(f"weights up to {limit}, gradients from 1e{low:.0f} to 1e{high:.0f}")
