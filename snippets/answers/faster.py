"""The answers to the exercises of lesson 12."""

import itertools
import pickle
import statistics
import tempfile
import time
from pathlib import Path

import torch

seed = 0


# --8<-- [start:compare]
def compare(slow, fast, clock, repeats):
    """Return how many times as long slow() takes as fast() does, by the clock."""
    ratios = []
    slow(), fast()  # the first call pays
    for _ in range(repeats):
        spent = []
        for function in (slow, fast):  # in turns: both meet the same disturbances
            started = clock()
            function()
            spent.append(clock() - started)
        ratios.append(spent[0] / spent[1])
    return statistics.median(ratios)


# --8<-- [end:compare]


# --8<-- [start:new_graphs]
def new_graphs(depths):
    """Return for each call how many graphs torch.compile makes: 1 or 0."""
    known, made = set(), []
    for depth in depths:
        is_new = depth not in known and len(known) < 8
        if is_new:
            known.add(depth)
        made.append(int(is_new))
    return made


# --8<-- [end:new_graphs]


# --8<-- [start:limit]
def limit(x):
    """Divide x (N,) by its length if that is more than 1, in one graph."""
    return x / x.norm().clamp(min=1)  # (N,)


# --8<-- [end:limit]


# --8<-- [start:load_weights]
def load_weights(path):
    """Return the weights in a file, by the names of the plain model; None if it holds more."""
    try:
        weights = torch.load(path, weights_only=True)
    except pickle.UnpicklingError:
        return None
    return {name.removeprefix("_orig_mod."): weight for name, weight in weights.items()}


# --8<-- [end:load_weights]


# --8<-- [start:export_scores]
def export_scores(model, D_in):
    """Return a program that maps (N, D_in) to scores for any N; leave the model in its mode."""
    was_training = model.training
    model.eval()
    example = torch.zeros(2, D_in)  # (N, D_in)
    batch = torch.export.Dim("batch")
    program = torch.export.export(model, (example,), dynamic_shapes=({0: batch},))
    model.train(was_training)
    return program


# --8<-- [end:export_scores]


def disturbed(seconds):
    """Return a function that takes its time on a made-up clock, and now and then far longer."""
    pauses = itertools.chain([5], itertools.cycle([seconds, seconds, 40 * seconds, seconds]))
    return lambda: now.append(now[-1] + next(pauses))


now = [0.0]


def main():
    """Print what the answers give; the parts are those of the page."""
    ratio = compare(disturbed(3), disturbed(1), lambda: now[-1], 5)
    print(f"on a made-up clock: {ratio:g}")
    slower = compare(lambda: time.sleep(0.02), lambda: None, time.perf_counter, 3) > 1
    print("a pause takes longer than none:", slower)
    print()
    print(new_graphs([3, 1, 0, 1, 3, 2, 0, 2]))
    print(new_graphs([*range(10), 0, 9]))
    print()
    for x in (torch.tensor([3.0, 4.0]), torch.tensor([0.3, 0.4])):
        print(x, "->", limit(x))
    print()
    torch.manual_seed(seed)
    model = torch.nn.Linear(64, 10)
    path = Path(tempfile.mkdtemp(), "weights.pt")
    torch.save(torch.compile(model, backend="eager").state_dict(), path)
    print("weights:", [*load_weights(path)])
    torch.save(model, path)
    print("a model:", load_weights(path))
    print()
    model = torch.nn.Sequential(model, torch.nn.Dropout(0.5))
    run = export_scores(model, 64).module()
    for N in (1, 359):
        print(f"{N} x 64 -> {tuple(run(torch.ones(N, 64)).shape)}")
    print("model.training is", model.training)


if __name__ == "__main__":
    main()
