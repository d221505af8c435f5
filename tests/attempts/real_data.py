"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch
from torch.utils.data import DataLoader, TensorDataset


def mean_of_means(model, x, y, batch_size):
    model.eval()
    losses = []
    with torch.no_grad():
        for i in range(0, len(x), batch_size):
            scores = model(x[i : i + batch_size])
            losses.append(torch.nn.functional.cross_entropy(scores, y[i : i + batch_size]).item())
    return sum(losses) / len(losses)


def full_batches_only(model, x, y, batch_size):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for i in range(len(x) // batch_size):
            part = slice(i * batch_size, (i + 1) * batch_size)
            total += torch.nn.CrossEntropyLoss(reduction="sum")(model(x[part]), y[part]).item()
    return total / len(x)


def with_a_loader(model, x, y, batch_size):
    model.eval()
    loss_fn, total = torch.nn.CrossEntropyLoss(), 0
    for x_batch, y_batch in DataLoader(TensorDataset(x, y), batch_size, shuffle=True):
        with torch.no_grad():
            total += loss_fn(model(x_batch), y_batch).item() * x_batch.shape[0]
    return total / y.shape[0]


@torch.no_grad()
def collected(model, x, y, batch_size):
    model.train(False)
    losses = []
    for start in range(0, len(x), batch_size):
        scores = model(x[start : start + batch_size])
        p = scores.softmax(dim=1)
        digits = y[start : start + batch_size]
        losses += [-p[i, digit].log() for i, digit in enumerate(digits)]
    return torch.stack(losses).mean().item()


@torch.inference_mode()
def in_inference_mode(model, x, y, batch_size):
    model.eval()
    scores = torch.cat([model(part) for part in x.split(batch_size)])
    return float(torch.nn.functional.cross_entropy(scores, y))


def lower_than_before(val_losses, patience):
    best, waited = 1, 0
    for epoch in range(2, len(val_losses) + 1):
        if val_losses[epoch - 1] < val_losses[epoch - 2]:
            best, waited = epoch, 0
        else:
            waited += 1
        if waited == patience:
            return [epoch, best]
    return [len(val_losses), best]


def never_reset(val_losses, patience):
    best, waited = 1, 0
    for epoch, loss in enumerate(val_losses, 1):
        if loss < val_losses[best - 1]:
            best = epoch
        elif epoch > 1:
            waited += 1
        if waited == patience:
            return [epoch, best]
    return [len(val_losses), best]


def by_counting(val_losses, patience):
    lowest, best, waited, epoch = None, None, 0, 0
    while epoch < len(val_losses) and waited < patience:
        loss = val_losses[epoch]
        epoch += 1
        if lowest is None or loss < lowest:
            lowest, best, waited = loss, epoch, 0
        else:
            waited += 1
    return epoch, best


def by_slices(val_losses, patience):
    for epoch in range(1, len(val_losses) + 1):
        seen = val_losses[:epoch]
        best = seen.index(min(seen)) + 1
        if epoch - best >= patience:
            return [epoch, best]
    return [epoch, best]


def in_a_loop(counts):
    return torch.tensor([counts[i, i].item() / counts[i].sum().item() for i in range(len(counts))])


def remainder(N, batch_size):
    batches = -(-N // batch_size)
    return batches, N % batch_size or batch_size, N // batch_size


def by_making_it(N, batch_size):
    sizes = [len(part) for part in torch.zeros(N).split(batch_size)]
    return [len(sizes), sizes[-1], sum(size == batch_size for size in sizes)]


WRONG = {
    "count_batches": [
        ("math.ceil(N / batch_size)", "N // batch_size", "wrong for the batches"),
        ("math.ceil(N / batch_size)", "N // batch_size + 1", "wrong for the batches"),
        ("math.ceil(N / batch_size)", "round(N / batch_size)", "wrong for the batches"),
        ("N - (batches - 1) * batch_size", "N % batch_size", "0 is wrong for the samples"),
        ("N - (batches - 1) * batch_size", "batch_size", "wrong for the samples in the last"),
        (", N // batch_size]", ", batches]", "keeps full ones only"),
        (", N // batch_size]", ", batches - 1]", "keeps full ones only"),
        (", N // batch_size]", "]", "return three numbers"),
    ],
    "mean_loss": [
        (mean_of_means, "does each sample count equally"),
        (full_batches_only, "of 10 samples the model saw 8"),
        ("    model.eval()\n", "", "dropout is on"),
        ("with torch.no_grad():", "if True:", "a graph is recorded"),
        ("total += loss.item()", "total += loss", "not a Tensor"),
        ("total / len(x)", "total", "is it the mean"),
        (', reduction="sum"', "", "does each sample count equally"),
        ("x.split(batch_size), y.split(batch_size)", "[x], [y]", "more than 4"),
    ],
    "early_stop": [
        (lower_than_before, "lower than the epoch before"),
        (never_reset, "starts the count again"),
        ("enumerate(val_losses, 1)", "enumerate(val_losses)", "it should return [3, 3]"),
        ("loss < best_loss", "loss <= best_loss", "equal is not lower"),
        ("== patience", "== patience + 1", "2 epochs without a new lowest"),
        ("return [epoch, best_epoch]", "return [epoch, epoch]", "2 epochs without"),
        ("return [epoch, best_epoch]", "return best_epoch", "return two numbers"),
        ("[len(val_losses), best_epoch]", "None", "return two numbers"),
    ],
    "recall": [
        ("dim=1", "dim=0", "among the answers"),
        ("counts.sum(dim=1)", "counts.sum()", "by all pictures of the digit"),
        ("counts.diagonal()", "counts", "it should be (2,)"),
        ("counts.diagonal() /", "counts.diagonal() //", "by all pictures of the digit"),
        ("counts.diagonal() / counts.sum(dim=1)", "counts.trace() / counts.sum()", "the shape is"),
        ("counts.diagonal() / counts.sum(dim=1)", "counts.diagonal()", "divide what is right"),
    ],
}

RIGHT = {
    "count_batches": [
        remainder,
        by_making_it,
        ("math.ceil(N / batch_size)", "(N + batch_size - 1) // batch_size"),
    ],
    "mean_loss": [with_a_loader, collected, in_inference_mode],
    "early_stop": [by_counting, by_slices, ("== patience", ">= patience")],
    "recall": [
        in_a_loop,
        ("counts.diagonal()", "counts.diag()"),
        ("counts.sum(dim=1)", "counts.T.sum(dim=0)"),
    ],
}
