"""What the networks of lesson 11, trained together, say between the data and beside them."""

import torch
from torch.func import functional_call, vmap

from snippets import functions


def predictions():
    """Draw and train as the lesson does, without sample 7.

    Returns:
        at (torch.Tensor): Places from -2 to 2, shape (81, D_in).
        y_pred (torch.Tensor): What each of the K networks says there, shape (K, 81).
    """
    torch.manual_seed(functions.seed)
    x, y = functions.make_data()
    functions.make_model()  # the lesson draws one network before the ensemble
    keep = torch.arange(functions.N) != 7  # (N,)
    models = [functions.make_model() for _ in range(functions.K)]
    params, _ = functions.train_together(models, x[keep], y[keep])
    at = torch.linspace(-2, 2, 81, dtype=functions.dtype)[:, None]  # (81, D_in)
    y_pred = vmap(lambda params: functional_call(models[0], params, (at,)))(params)
    return at, y_pred[:, :, 0]


def points(at, values):
    """Return pairs of numbers for a curve, from at (81, D_in) and values (81,)."""
    pairs = zip(at[:, 0].tolist(), values.tolist(), strict=True)
    return [[round(place, 3), round(value, 4)] for place, value in pairs]


if __name__ == "__main__":
    at, y_pred = predictions()
    curves = {"truth": points(at, torch.sin(3 * at[:, 0]))}
    curves["highest"] = points(at, y_pred.amax(dim=0))
    curves["lowest"] = points(at, y_pred.amin(dim=0))
    print(f"spread at 0: {y_pred.std(dim=0)[40].item():.3f}")
