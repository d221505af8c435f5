"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import pickle
import statistics

import torch


def first_call_counts(slow, fast, clock, repeats):
    medians = []
    for function in (slow, fast):
        started = clock()
        function()
        medians.append(clock() - started)
        for _ in range(repeats):
            function()
    return medians[0] / medians[1]


def mean(slow, fast, clock, repeats):
    slow(), fast()
    spent = [0, 0]
    for _ in range(repeats):
        for number, function in enumerate((slow, fast)):
            started = clock()
            function()
            spent[number] += clock() - started
    return spent[0] / spent[1]


def one_after_the_other(slow, fast, clock, repeats):
    medians = []
    for function in (slow, fast):
        function()
        spent = []
        for _ in range(repeats):
            started = clock()
            function()
            spent.append(clock() - started)
        medians.append(statistics.median(spent))
    return medians[0] / medians[1]


def once(slow, fast, clock, repeats):
    slow(), fast()
    times = [clock()]
    for function in (slow, fast):
        function()
        times.append(clock())
    return (times[1] - times[0]) / (times[2] - times[1])


def smallest(slow, fast, clock, repeats):
    slow()
    fast()
    spent = {"slow": [], "fast": []}
    for _ in range(repeats):
        for name, function in (("fast", fast), ("slow", slow)):
            started = clock()
            function()
            spent[name] += [clock() - started]
    return min(spent["slow"]) / min(spent["fast"])


def median_of_ratios(slow, fast, clock, repeats):
    ratios = []
    for _ in range(repeats + 1):
        times = [clock()]
        for function in (slow, fast):
            function()
            times.append(clock())
        ratios.append((times[1] - times[0]) / (times[2] - times[1]))
    return statistics.median(ratios[1:])


def sorted_by_hand(slow, fast, clock, repeats):
    pairs = []
    for _ in range(repeats + 1):
        before = clock()
        slow()
        between = clock()
        fast()
        pairs.append((between - before, clock() - between))
    columns = [sorted(column)[repeats // 2] for column in zip(*pairs[1:], strict=True)]
    return columns[0] / columns[1]


def when_it_differs_from_the_last(depths):
    return [int(i == 0 or depths[i] != depths[i - 1]) for i in range(len(depths))]


def without_a_limit(depths):
    return [int(depth not in depths[:i]) for i, depth in enumerate(depths)]


def by_an_ordered_dict(depths):
    first = list(dict.fromkeys(depths))[:8]
    return [int(depth in first and depths.index(depth) == i) for i, depth in enumerate(depths)]


def by_a_list(depths):
    cache, made = [], []
    for depth in depths:
        made.append(0)
        if depth not in cache and len(cache) < 8:
            cache.append(depth)
            made[-1] = 1
    return made


def by_counting_down(depths):
    left, seen, answer = 8, {}, ()
    for depth in depths:
        new = left > 0 and not seen.get(depth, False)
        if new:
            seen[depth], left = True, left - 1
        answer += (1 if new else 0,)
    return answer


def with_if(x):
    if x.norm() > 1:
        return x / x.norm()
    return x


def with_item(x):
    return x / max(1.0, x.norm().item())


def always(x):
    return x / x.norm()


def with_print(x):
    length = x.norm()
    print(length, end="\r")
    return x / length.clamp(min=1)


def entry_by_entry(x):
    return x.clamp(-1, 1)


def detached(x):
    return x / x.norm().clamp(min=1).detach()


def with_where(x):
    length = x.norm()
    return torch.where(length > 1, x / length, x)


def with_maximum(x):
    return x / torch.maximum((x * x).sum().sqrt(), torch.tensor(1.0))


def by_multiplying(x):
    return x * x.norm().clamp(min=1).reciprocal()


def swallows_everything(path):
    try:
        weights = torch.load(path)
    except Exception:
        return None
    return {name.replace("_orig_mod.", ""): weight for name, weight in weights.items()}


def tries_again(path):
    try:
        weights = torch.load(path)
    except pickle.UnpicklingError:
        torch.load(path, weights_only=False)
        return None
    return {name.removeprefix("_orig_mod."): weight for name, weight in weights.items()}


def by_a_loop(path):
    weights = {}
    try:
        content = torch.load(path, map_location="cpu")
    except pickle.UnpicklingError:
        return None
    for name in content:
        weights[name.split("_orig_mod.")[-1]] = content[name]
    return weights


def asks_first(path):
    with open(path, "rb") as file:
        if torch.serialization.get_unsafe_globals_in_checkpoint(file):
            return None
    return {k.removeprefix("_orig_mod."): v for k, v in torch.load(path).items()}


def in_two_steps(path):
    try:
        weights = torch.load(path, weights_only=True)
    except pickle.UnpicklingError:
        weights = None
    if weights is None:
        return None
    torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(weights, "_orig_mod.")
    return dict(weights)


def in_eval_for_good(model, D_in):
    model.eval()
    shapes = ({0: torch.export.Dim.DYNAMIC},)
    return torch.export.export(model, (torch.rand(3, D_in),), dynamic_shapes=shapes)


def the_model_itself(model, D_in):
    return model.eval()


def with_auto(model, D_in):
    mode = model.training
    model.train(False)
    x = torch.rand(7, D_in)
    shapes = ({0: torch.export.Dim.AUTO},)
    program = torch.export.export(model, (x,), dynamic_shapes=shapes)
    if mode:
        model.train()
    return program


def with_a_tuple(model, D_in):
    before = model.training
    try:
        return torch.export.export(
            model.eval(),
            (torch.ones(4, D_in),),
            dynamic_shapes=[(torch.export.Dim("N", min=1), torch.export.Dim.STATIC)],
        )
    finally:
        model.train(before)


WRONG = {
    "compare": [
        (first_call_counts, "the first call of each does not count"),
        ("    slow(), fast()  # the first call pays\n", "", "called once before"),
        (mean, "the median does not mind"),
        (one_after_the_other, "measure both in turns"),
        (once, "calls are too few"),
        (
            "spent[0] / spent[1]",
            "spent[1] / spent[0]",
            "and not the reverse",
        ),
        (
            "return statistics.median(ratios)",
            "return ratios",
            "return a number",
        ),
    ],
    "new_graphs": [
        (when_it_differs_from_the_last, "a graph is kept"),
        (without_a_limit, "eight graphs"),
        ("< 8", "< 9", "eight graphs"),
        ("int(is_new)", "1", "the same depth"),
        ("int(is_new)", "len(known)", "the same depth needs no further graph"),
        ("depth not in known", "depth and depth not in known", "is a depth, too"),
        ("return made", "return sum(made)", "one number for each call"),
    ],
    "limit": [
        (with_if, "cannot make one graph of it: Data-dependent branching"),
        (with_item, "has a number left its tensor"),
        (always, "for [0.3, -0.4]"),
        (with_print, "cannot make one graph"),
        (entry_by_entry, "it should be [0.6"),
        (detached, "its gradient is"),
        ("clamp(min=1)", "clamp(max=1)", "it should be [0.6"),
        ("return x / x.norm().clamp(min=1)", "return x.norm().clamp(min=1)", "the shape is ()"),
    ],
    "load_weights": [
        ("weights_only=True", "weights_only=False", "a call in the file was run"),
        (tries_again, "a call in the file was run"),
        (swallows_everything, "a missing file is not one that was refused"),
        ('name.removeprefix("_orig_mod.")', "name", "a compiled model: the names are"),
        (
            'name.removeprefix("_orig_mod.")',
            'name.removeprefix("_orig_mod")',
            "the names are ['.weight', '.bias']",
        ),
        ("return None", "return {}", "gives None, not a dict"),
        (
            'name.removeprefix("_orig_mod."): weight',
            'name.removeprefix("_orig_mod."): weight.to(torch.float16)',
            "these are other numbers",
        ),
    ],
    "export_scores": [
        (in_eval_for_good, "afterwards model.training is False"),
        ("    model.eval()\n", "", "dropout is on"),
        (", dynamic_shapes=({0: batch},)", "", "N = 1: the program does not take it"),
        ('Dim("batch")', 'Dim("batch", max=9)', "N = 50: the program does not take it"),
        (the_model_itself, "not a Sequential"),
        ("return program", "return program.module()", "return what torch.export.export returns"),
        ("model.train(was_training)", "model.train()", "afterwards model.training is True"),
    ],
}

RIGHT = {
    "compare": [smallest, median_of_ratios, sorted_by_hand],
    "new_graphs": [by_an_ordered_dict, by_a_list, by_counting_down],
    "limit": [with_where, with_maximum, by_multiplying],
    "load_weights": [by_a_loop, asks_first, in_two_steps],
    "export_scores": [with_auto, with_a_tuple, ('Dim("batch")', 'Dim("N", min=1, max=9999)')],
}
