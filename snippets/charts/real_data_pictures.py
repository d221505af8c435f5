"""Pictures of lesson 9: some digits, and those that the trained network reads worst."""

import contextlib
import io

import torch

from snippets import real_data


def trained():
    """Train as the lesson does.

    Returns:
        model (torch.nn.Module): Maps pictures (N, D_in) to scores (N, D_out).
        train_set (Digits): What it has learned from.
        test_set (Digits): What neither training nor the choice of the epoch has seen.
        curves (dict): Pairs of epoch and loss, for training and validation.
    """
    x, y = real_data.load_data()
    train_set, val_set, test_set = (
        real_data.Digits(x[part], y[part]) for part in real_data.split(len(x))
    )
    torch.manual_seed(real_data.seed)
    model = real_data.make_model()
    with contextlib.redirect_stdout(io.StringIO()):
        losses, _ = real_data.train(model, train_set, val_set)
    curves = {name: [list(point) for point in enumerate(part, 1)] for name, part in losses.items()}
    return model.eval(), train_set, test_set, curves


def picture(samples, index, name):
    """Return a sample as the pixels of the data set, 0 to 16, with a name to show below it."""
    return {"name": name, "pixels": (16 * samples.x[index]).round().int().tolist()}


if __name__ == "__main__":
    model, train_set, test_set, curves = trained()
    some = [picture(train_set, i, str(train_set.y[i].item())) for i in range(8)]

    with torch.no_grad():
        scores = model(test_set.x)  # (N, D_out)
    answers = scores.argmax(dim=1)  # (N,)
    each = torch.nn.functional.cross_entropy(scores, test_set.y, reduction="none")  # (N,)
    numbers = each.argsort(descending=True)[:8].tolist()
    worst = [picture(test_set, i, f"{test_set.y[i]} → {answers[i]}") for i in numbers]
    print("the worst:", ", ".join(one["name"] for one in worst))
