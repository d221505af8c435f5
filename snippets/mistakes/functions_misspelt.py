"""A parameter under a misspelt name: the model uses its own, and nothing says so."""

import torch
from torch.func import functional_call, grad

seed = 0


def main():
    """Return the prediction and the gradient with a misspelt name."""
    torch.manual_seed(seed)
    # --8<-- [start:misspelt]
    model = torch.nn.Linear(2, 1)
    params = {"wieght": torch.zeros(1, 2), "bias": torch.zeros(1)}
    x = torch.ones(2)  # (2,)

    def predict(params):
        return functional_call(model, params, (x,)).sum()

    y_pred = predict(params)
    grads = grad(predict)(params)
    # --8<-- [end:misspelt]
    print(f"prediction {y_pred.item():.3f}")
    print("gradients", {name: part.tolist() for name, part in grads.items()})
    # --8<-- [start:strict]
    try:
        functional_call(model, params, (x,), strict=True)
    except RuntimeError as error:
        print(error)
    # --8<-- [end:strict]
    return y_pred.item(), grads["wieght"].abs().sum().item()


if __name__ == "__main__":
    y_pred, slope = main()
