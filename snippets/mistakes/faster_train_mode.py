"""Export a model that is in training mode: dropout is on for good."""

import torch

seed = 0


def main():
    """Return whether two calls gave the same scores, for both modes, and what eval() said."""
    torch.manual_seed(seed)
    # --8<-- [start:modes]
    model = torch.nn.Sequential(torch.nn.Linear(64, 10), torch.nn.Dropout(0.5))
    x = torch.ones(4, 64)  # (N, D_in)
    same = []
    for mode in (True, False):
        model.train(mode)
        run = torch.export.export(model, (x,)).module()
        same.append(torch.equal(run(x), run(x)))
    # --8<-- [end:modes]
    print("exported after train(), two calls give the same:", same[0])
    print("exported after eval(), two calls give the same:", same[1])
    try:
        # --8<-- [start:eval]
        run.eval()
        # --8<-- [end:eval]
    except NotImplementedError as error:
        message = f"{type(error).__name__}: {error}"
    print(message)
    return same, message


if __name__ == "__main__":
    found = main()
