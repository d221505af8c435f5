"""Export a model that draws: the draw is made once, while the model is traced."""

import random

import torch

seed = 0


# --8<-- [start:model]
class Draws(torch.nn.Module):
    """Add 1 as often as Python draws."""

    def forward(self, x):
        """Map x (N,) to x + 1, x + 2 or x + 3."""
        for _ in range(random.randint(1, 3)):
            x = x + 1  # (N,)
        return x


# --8<-- [end:model]


def main():
    """Return which results fifty calls gave, of the model and of the exported program."""
    random.seed(seed)
    # --8<-- [start:calls]
    model, x = Draws(), torch.zeros(1)
    run = torch.export.export(model, (x,)).module()
    plain = {model(x).item() for _ in range(50)}
    exported = {run(x).item() for _ in range(50)}
    # --8<-- [end:calls]
    print("model:   ", sorted(plain))
    print("exported:", sorted(exported))
    return sorted(plain), sorted(exported)


if __name__ == "__main__":
    found = main()
