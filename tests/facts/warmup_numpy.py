"""What `lessons/warmup-numpy` says."""

import ast
import contextlib
import functools
import inspect
import io
import itertools
import math
import re
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from facts import _sections, record
from loom.draw import figures
from snippets import warmup_numpy
from snippets.answers import warmup_numpy as answers
from snippets.charts.one_start import LESSONS
from snippets.derivations import chain_rule, six_lines
from snippets.mistakes import warmup_numpy_sum_or_mean, warmup_numpy_wrong_transpose

SEEDS = range(5)
SMALL = {"N": 16, "D_in": 50, "H": 20, "D_out": 4}  # the small network of the live box
BELONGS_TO = {
    "grad_y_pred": "y_pred",
    "grad_w2": "w2",
    "grad_h_relu": "h_relu",
    "grad_h": "h",
    "grad_w1": "w1",
}


def _losses():
    """Return the 500 losses of the run that the page shows."""
    return np.array(record("warmup_numpy").values["losses"])


@functools.cache
def _trained(**changes):
    """Train with changed globals of the program; return the losses, data and weights."""
    with (
        mock.patch.multiple(warmup_numpy, **changes),
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="ignore"),
    ):
        data = warmup_numpy.make_data()
        return np.array(warmup_numpy.train(*data)), data


def _drawn(seed, N=7, D_in=5, H=4, D_out=3):
    """Return x, y, w1 and w2 of a small network by name; central differences take few steps."""
    rng = np.random.default_rng(seed)
    shapes = {"x": (N, D_in), "y": (N, D_out), "w1": (D_in, H), "w2": (H, D_out)}
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def _passes(names):
    """Run the lines of the page, forward and backward, on these arrays."""
    return _sections.run("warmup_numpy", "forward", "loss", "backward", np=np, **names)


def _loss_from(name, names):
    """Return the loss as it follows from one array: `names` has this array and all before it."""
    lines = [*_sections.code("warmup_numpy", "forward"), *_sections.code("warmup_numpy", "loss")]
    made = [line.split(" = ")[0] for line in lines]
    rest = lines[made.index(name) + 1 :] if name in made else lines
    names = {**names, "np": np}
    exec("\n".join(rest), names)
    return names["loss"]


def _slopes(name, names, step=1e-5):
    """Measure the slope of the loss along each entry of one of the arrays."""
    slopes = np.zeros_like(names[name])
    for index in np.ndindex(slopes.shape):
        nudge = np.zeros_like(slopes)
        nudge[index] = step
        above, below = (
            _loss_from(name, names | {name: names[name] + sign * nudge}) for sign in (1, -1)
        )
        slopes[index] = (above - below) / (2 * step)
    return slopes


def _size(arrays):
    """Return the length of all entries of some arrays as one vector."""
    return math.sqrt(sum(np.square(array).sum() for array in arrays))


def _loss_after(fraction, step):
    """Return how the loss of the page changes, if one of its steps is only a fraction as long."""
    with mock.patch.multiple(warmup_numpy, steps=step), contextlib.redirect_stdout(io.StringIO()):
        x, y, w1, w2 = warmup_numpy.make_data()
        warmup_numpy.train(x, y, w1, w2)
    loss, *gradients = warmup_numpy.gradients(x, y, w1, w2)
    length = fraction * warmup_numpy.learning_rate
    moved = (w - length * gradient for w, gradient in zip((w1, w2), gradients, strict=True))
    return warmup_numpy.gradients(x, y, *moved)[0] - loss


# The problem, and the forward pass


def the_program_needs_numpy_only():
    """The program imports numpy and nothing else."""
    tree = ast.parse(inspect.getsource(warmup_numpy))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imports] == ["import numpy as np"]


def inputs_and_targets_are_random_and_unrelated():
    """Inputs and targets are normal random numbers, and neither tells anything about the other.

    The bounds are five standard errors.
    """
    x, y, _, _ = warmup_numpy.make_data()
    for array in (x, y):
        assert abs(array.mean()) < 5 / math.sqrt(array.size)
        assert abs(array.var() - 1) < 5 * math.sqrt(2 / array.size)
    correlations = np.corrcoef(x.T, y.T)[: x.shape[1], x.shape[1] :]
    assert np.abs(correlations).max() < 5 / math.sqrt(len(x))


@pytest.mark.thorough
def the_network_learns_64_random_samples_by_heart():
    """With these weights the network learns 64 random samples by heart, whatever the seed."""
    for seed in SEEDS:
        _, (x, y, w1, w2) = _trained(seed=seed)
        assert np.abs(np.maximum(x.dot(w1), 0).dot(w2) - y).max() < 0.01


def each_comment_is_the_shape_of_its_array():
    """The comment at the end of each line is the shape of the array that the line makes."""
    names = _sections.run("warmup_numpy", "sizes", "data", "forward", "loss", "backward", np=np)
    found = 0
    for section in ("data", "forward", "backward"):
        for line in _sections.code("warmup_numpy", section):
            if comment := re.fullmatch(r"(\w+)(?:\[.*\])? = .*  # (\(.*\))", line):
                assert names[comment[1]].shape == eval(comment[2], dict(names)), line
                found += 1
    assert found == 4 + 3 + 6


def rows_are_samples_in_all_lessons():
    """In all lessons rows are samples: row 3 of the prediction follows from `x[3]` alone."""
    for lesson in LESSONS:
        with contextlib.redirect_stdout(io.StringIO()):
            x, y = lesson.make_data()[:2]
        assert x.shape == (lesson.N, lesson.D_in)
        assert y.shape == (lesson.N, lesson.D_out)
    names = _drawn(0)
    alone = _passes(names | {"x": names["x"][3:4], "y": names["y"][3:4]})
    np.testing.assert_allclose(alone["y_pred"][0], _passes(names)["y_pred"][3], rtol=1e-12)


def relu_keeps_positive_numbers_and_replaces_negative_ones_by_0():
    """ReLU keeps positive numbers and replaces negative ones by 0."""
    names = _passes(_drawn(0))
    h, h_relu = names["h"], names["h_relu"]
    assert (h < 0).any()
    assert (h > 0).any()
    assert (h_relu[h > 0] == h[h > 0]).all()
    assert (h_relu[h < 0] == 0).all()


def without_relu_the_two_products_are_one():
    """Without ReLU the two products are one, with the product of the weights.

    Sums of 1000 numbers differ in rounding: 1e-9 relative to a result of about 300.
    """
    x, _, w1, w2 = warmup_numpy.make_data()
    np.testing.assert_allclose(x.dot(w1).dot(w2), x.dot(w1.dot(w2)), rtol=1e-9, atol=1e-9)


def the_forward_pass_has_the_shapes_of_the_text():
    """From (N, D_in) come the shapes (N, H), again (N, H), and (N, D_out)."""
    names = _passes(_drawn(0, N=7, D_in=5, H=4, D_out=3))
    assert [names[name].shape for name in ("h", "h_relu", "y_pred")] == [(7, 4), (7, 4), (7, 3)]


def the_picture_has_the_shapes_of_the_run():
    """The shapes in the picture are those of the run."""
    x, y, w1, w2 = warmup_numpy.make_data()
    names = _passes({"x": x, "y": y, "w1": w1, "w2": w2})
    shown = [node for node in _nodes("forward") if "shape" in node]
    assert {node["name"] for node in shown} == {"x", "w1", "h", "h_relu", "w2", "y_pred"}
    assert all(tuple(node["shape"]) == names[node["name"]].shape for node in shown)


def _nodes(direction):
    """Return the boxes and lines of code of a picture of the page."""
    return record("charts.shapes").values[f"numpy_{direction}"]["nodes"].values()


def boxes_are_scaled_by_square_roots():
    """The sides of a box grow with the square roots of its array's sizes."""
    nodes = {
        str(size): {"name": "a", "kind": "data", "shape": [size, 4 * size]} for size in (1, 100)
    }
    picture = figures.Picture("snippets/charts/shapes.py", "numpy_forward", "graph", "")
    svg = figures.draw(picture, {}, {"nodes": nodes, "edges": []}, ".cache/loom")
    small, large = (
        [float(side) for side in sides]
        for sides in re.findall(r'<rect x="[^"]*" width="([^"]*)" height="([^"]*)"', svg)
    )
    (wide, tall), (wider, taller) = small, large
    assert wide - tall == pytest.approx((math.sqrt(4) - 1) * (taller - tall) / 9)
    assert wider - wide == pytest.approx(2 * (taller - tall))


# The loss


def the_loss_is_the_sum_of_the_squared_errors():
    """The loss is the sum of the squared errors over all samples and all outputs."""
    names = _passes(_drawn(0))
    errors = (names["y_pred"] - names["y"]).flatten().tolist()
    assert len(errors) == 7 * 3
    assert names["loss"] == pytest.approx(math.fsum(error**2 for error in errors))


def the_mean_differs_by_a_constant_factor():
    """The mean squared error differs from the sum by a factor that does not depend on the errors.

    Both add up the same 640 numbers, so only rounding differs.
    """
    shape = (warmup_numpy.N, warmup_numpy.D_out)
    for seed in SEEDS:
        squared = np.square(np.random.default_rng(seed).standard_normal(shape))
        assert squared.sum() / squared.mean() == pytest.approx(math.prod(shape), rel=1e-12)


# The backward pass


def the_gradient_is_the_slope_along_each_weight():
    """The gradient has for each weight the slope of the loss along that weight.

    Between kinks the loss is quadratic along a weight, so that only rounding is left of the error.
    """
    for seed in SEEDS:
        names = _drawn(seed)
        found = _passes(names)
        for name in ("w1", "w2"):
            np.testing.assert_allclose(
                found[f"grad_{name}"], _slopes(name, names), rtol=1e-6, atol=1e-6
            )


def each_later_line_takes_one_gradient_further_back():
    """The first line follows from the loss; each later one starts from one known gradient."""
    edges = record("charts.shapes").values["numpy_backward"]["edges"]
    uses = {made: [one for one, line, _ in edges if line == by] for by, made, _ in edges}
    gradients = [name for name in uses if name.startswith("grad_")]
    assert gradients == list(BELONGS_TO)
    taken = {name: [one for one in uses[name] if one.startswith("grad_")] for name in gradients}
    assert taken == {
        "grad_y_pred": [],
        "grad_w2": ["grad_y_pred"],
        "grad_h_relu": ["grad_y_pred"],
        "grad_h": ["grad_h_relu"],
        "grad_w1": ["grad_h"],
    }


def grad_h_takes_two_lines():
    """`grad_h` takes two lines; each of the other gradients takes one."""
    lines = _sections.code("warmup_numpy", "backward")
    counts = {
        name: sum(bool(re.match(rf"{name}\b", line)) for line in lines) for name in BELONGS_TO
    }
    assert counts == {name: 2 if name == "grad_h" else 1 for name in BELONGS_TO}


def the_table_says_what_each_gradient_belongs_to():
    """Each gradient is the slope of the loss along the entries of the array in the table."""
    names = _passes(_drawn(0))
    for gradient, name in BELONGS_TO.items():
        np.testing.assert_allclose(names[gradient], _slopes(name, names), rtol=1e-6, atol=1e-6)


def each_gradient_has_the_shape_of_its_array():
    """Each gradient has the shape of the array that it belongs to, that of the table."""
    names = _passes(_drawn(0, N=7, D_in=5, H=4, D_out=3))
    for gradient, name in BELONGS_TO.items():
        assert names[gradient].shape == names[name].shape
    shapes = [names[gradient].shape for gradient in BELONGS_TO]
    assert shapes == [(7, 3), (4, 3), (7, 4), (7, 4), (5, 4)]


def where_h_is_negative_a_small_change_changes_nothing():
    """Where `h` is negative a small change of `h` leaves the loss as it is."""
    names = _passes(_drawn(0))
    for index in np.argwhere(names["h"] < -1e-3):
        for change in (-1e-3, 1e-3):
            h = names["h"].copy()
            h[tuple(index)] += change
            assert _loss_from("h", names | {"h": h}) == names["loss"]


def the_mask_sets_part_of_the_gradient_to_0():
    """The mask sets the gradient to 0 where `h` is negative, and nowhere else."""
    names = _passes(_drawn(0))
    changed = names["grad_h"] != names["grad_h_relu"]
    assert 0 < changed.sum() < changed.size
    assert (changed == (names["h"] < 0)).all()
    assert (names["grad_h"][changed] == 0).all()


def at_0_relu_has_the_slope_0_on_the_left_and_1_on_the_right():
    """At exactly 0 ReLU has the slope 0 on the left and 1 on the right."""
    step = 1e-3
    left, right = ((np.maximum(sign * step, 0) - 0) / (sign * step) for sign in (-1, 1))
    assert (left, right) == (0, 1)


def at_0_the_program_takes_the_slope_0():
    """At exactly 0 the program takes the slope 0."""
    names = _drawn(0)
    names["x"][0] = 0  # so that h[0] is exactly 0
    found = _passes(names)
    assert (found["h"][0] == 0).all()
    assert (found["grad_h_relu"][0] != 0).all()
    assert (found["grad_h"][0] == 0).all()


def the_backward_pass_has_six_lines():
    """The backward pass has six lines."""
    assert len(_sections.code("warmup_numpy", "backward")) == 6


def dashed_boxes_are_the_gradients():
    """In the picture the boxes of gradients, and no others, have a dashed outline."""
    style = Path("theme/assets/course.css").read_text(encoding="utf-8")
    dashed = re.findall(r"^\.node--(\w+) rect \{[^}]*stroke-dasharray", style, re.M)
    assert dashed == ["gradient"]
    kinds = {node["name"]: node["kind"] for node in _nodes("backward") if "shape" in node}
    assert [name for name, kind in kinds.items() if kind == "gradient"] == list(BELONGS_TO)


def filled_cells_are_where_h_is_positive():
    """In the picture of the mask a cell is filled where `h` is positive, before and after."""
    masks = record("charts.relu_mask").values["masks"]
    _, _, w1, _ = warmup_numpy.make_data()
    _, (x, _, trained, _) = _trained(seed=0)
    for name, weights in (("before", w1), ("after", trained)):
        filled = np.array([list(row) for row in masks[name]]) == "1"
        h = x.dot(weights)
        clear = np.abs(h) > 1e-6  # rounding may turn the sign of what is nearly 0
        assert (filled == (h > 0))[clear].all()


def the_mask_has_a_cell_for_each_sample_and_hidden_unit():
    """The mask has 64 × 100 = 6400 cells."""
    rows = record("charts.relu_mask").values["masks"]["before"]
    assert (len(rows), {len(row) for row in rows}) == (64, {100})
    assert 64 * 100 == 6400


# The update


def the_loss_grows_fastest_along_the_gradient():
    """A small step along the gradient raises the loss more than one in any of 1000 directions."""
    names = _drawn(0)
    found = _passes(names)
    gradients = {name: found[f"grad_{name}"] for name in ("w1", "w2")}
    rng = np.random.default_rng(0)

    def growth(direction):
        length = 1e-4 / _size(direction.values())
        moved = {name: names[name] + length * change for name, change in direction.items()}
        return _passes(names | moved)["loss"] - found["loss"]

    along = growth(gradients)
    others = [
        growth({name: rng.standard_normal(array.shape) for name, array in gradients.items()})
        for _ in range(1000)
    ]
    assert along > max(others)
    assert growth({name: -array for name, array in gradients.items()}) < min(others)


def a_short_step_against_the_gradient_lowers_the_loss():
    """A short step against the gradient lowers the loss."""
    for seed in SEEDS:
        with mock.patch.multiple(warmup_numpy, seed=seed):
            x, y, w1, w2 = warmup_numpy.make_data()
        loss, grad_w1, grad_w2 = warmup_numpy.gradients(x, y, w1, w2)
        assert warmup_numpy.gradients(x, y, w1 - 1e-8 * grad_w1, w2 - 1e-8 * grad_w2)[0] < loss


def learning_rate_is_the_length_of_the_step_relative_to_the_gradient():
    """`learning_rate` is the length of the step divided by that of the gradient."""
    names = _passes(_drawn(0))
    before = {name: names[name].copy() for name in ("w1", "w2")}
    _sections.run("warmup_numpy", "update", learning_rate=1e-3, **names)
    step = _size(names[name] - before[name] for name in before)
    assert step / _size(names[f"grad_{name}"] for name in before) == pytest.approx(1e-3)


def gradients_are_huge_because_of_the_sum_and_of_large_weights():
    """The gradients are huge because the loss is a sum and the weights start large.

    Small weights make outputs of the size of their inputs. Either change alone is not enough.
    """
    x, y, w1, w2 = warmup_numpy.make_data()
    _, *huge = warmup_numpy.gradients(x, y, w1, w2)
    _, *small_start = warmup_numpy.gradients(x, y, w1 / math.sqrt(1000), w2 / math.sqrt(100))
    for gradient, of_small_start in zip(huge, small_start, strict=True):
        assert np.abs(gradient).mean() > 1000
        assert np.abs(gradient / y.size).mean() > 1
        assert np.abs(of_small_start).mean() > 1
        assert np.abs(of_small_start / y.size).mean() < 0.1


def the_loss_adds_640_squared_errors():
    """The loss of the lesson is a sum over 640 squared errors."""
    _, y, _, _ = warmup_numpy.make_data()
    assert y.size == 640


def all_samples_take_part_in_each_step():
    """The gradient is the sum of the gradients of all samples, and each of these is not 0.

    The sum is taken in a different order: 1e-9 leaves room for rounding.
    """
    x, y, w1, w2 = warmup_numpy.make_data()
    of_all = warmup_numpy.gradients(x, y, w1, w2)[1:]
    of_one = [warmup_numpy.gradients(x[i : i + 1], y[i : i + 1], w1, w2)[1:] for i in range(len(x))]
    assert all(_size(gradients) > 0 for gradients in of_one)
    for whole, parts in zip(of_all, zip(*of_one, strict=True), strict=True):
        np.testing.assert_allclose(whole, sum(parts), rtol=1e-9, atol=1e-9 * np.abs(whole).max())


def no_step_draws_anything_at_random():
    """Training draws nothing at random: from the same data and weights it takes the same path."""
    with contextlib.redirect_stdout(io.StringIO()), mock.patch.multiple(warmup_numpy, steps=20):
        first, second = (warmup_numpy.train(*warmup_numpy.make_data()) for _ in range(2))
    assert first == second


def a_gradient_of_fewer_samples_is_noisier():
    """The fewer samples a gradient is taken from, the farther it is from that of all of them.

    The mean of 100 draws of 1, 8 and 32 samples, each scaled to the whole batch.
    """
    x, y, w1, w2 = warmup_numpy.make_data()
    of_all = warmup_numpy.gradients(x, y, w1, w2)[2]
    rng = np.random.default_rng(0)
    distances = []
    for count in (1, 8, 32):
        found = []
        for _ in range(100):
            rows = rng.choice(len(x), count, replace=False)
            gradient = warmup_numpy.gradients(x[rows], y[rows], w1, w2)[2] * len(x) / count
            found.append(np.linalg.norm(gradient - of_all) / np.linalg.norm(of_all))
        distances.append(np.mean(found))
    assert distances[0] > 2 * distances[1] > 0
    assert distances[1] > 1.5 * distances[2]


def a_gradient_of_fewer_samples_is_cheaper():
    """The gradient of one sample takes a 64th of the multiplications that the whole batch takes."""
    counts = []
    for N in (64, 1):
        tensors = {name: torch.tensor(array) for name, array in _drawn(0, N=N).items()}
        with FlopCounterMode(display=False) as counter:
            _sections.run("tensors", "forward", "loss", "backward", **tensors)
        counts.append(counter.get_total_flops())
    assert counts[0] == 64 * counts[1] > 0


# What the program printed


def the_loop_runs_500_times():
    """The loop runs 500 times."""
    assert len(_losses()) == 500


def it_prints_the_first_loss_and_each_hundredth():
    """The program prints the first loss, then that of every hundredth step."""
    printed = re.findall(r"^step +(\d+)  loss (\S+)$", record("warmup_numpy").output, re.M)
    losses = _losses()
    assert [int(step) for step, _ in printed] == [0, 99, 199, 299, 399, 499]
    assert all(f"{losses[int(step)]:.4g}" == loss for step, loss in printed)


def random_weights_make_predictions_with_a_deviation_above_200():
    """Weights with a deviation of 1, 1000 inputs and 100 hidden units make one above 200.

    An input adds 1 to the variance of a hidden value, and ReLU keeps half of its square.
    """
    deviations = []
    for seed in SEEDS:
        with mock.patch.multiple(warmup_numpy, seed=seed):
            x, _, w1, w2 = warmup_numpy.make_data()
        assert (w1.shape, w2.shape) == ((1000, 100), (100, 10))
        assert w1.std() == pytest.approx(1, abs=0.02)
        assert w2.std() == pytest.approx(1, abs=0.1)
        deviations.append(np.maximum(x.dot(w1), 0).dot(w2).std())
    assert min(deviations) > 200
    assert np.mean(deviations) == pytest.approx(math.sqrt(1000 * 100 / 2), rel=0.1)


def in_the_end_each_prediction_is_close_to_its_target():
    """After the training each prediction is within 0.001 of its target."""
    _, (x, y, w1, w2) = _trained(seed=0)
    assert np.abs(np.maximum(x.dot(w1), 0).dot(w2) - y).max() < 1e-3


@pytest.mark.thorough
def on_new_samples_it_is_worse_than_predicting_0():
    """On 64 new random samples the loss is above ten million, and below 1000 for predictions 0."""
    for seed in SEEDS:
        _, (_, _, w1, w2) = _trained(seed=seed)
        rng = np.random.default_rng(1000 + seed)
        x, y = rng.standard_normal((64, 1000)), rng.standard_normal((64, 10))
        assert np.square(np.maximum(x.dot(w1), 0).dot(w2) - y).sum() > 1e7
        assert np.square(y).sum() < 1000


def the_loss_rises_at_steps_2_and_3_and_falls_at_all_others():
    """In this run the loss rises at steps 2 and 3, and falls at each of the other steps."""
    changes = np.diff(_losses())
    assert (np.flatnonzero(changes > 0) + 1).tolist() == [2, 3]
    assert (changes != 0).all()


def half_as_long_a_step_lowers_the_loss_there_too():
    """Half as long, both steps after which the loss rises would have lowered it."""
    for before in (1, 2):
        assert _loss_after(1, before) > 0
        assert _loss_after(0.5, before) < 0


def from_step_4_to_step_20_the_curve_is_steeper():
    """From step 4 to step 20 each step takes away more than any step after step 100 does."""
    shares = 1 - _losses()[1:] / _losses()[:-1]  # shares[t - 1] is what step t takes away
    assert shares[3:20].min() > 1.2 * shares[100:].max()


def from_step_100_on_each_step_takes_away_4_to_7_percent():
    """From step 100 on each step takes away between 4 and 7 % of the loss."""
    shares = 1 - _losses()[100:] / _losses()[99:-1]
    assert shares.min() > 0.04
    assert shares.max() < 0.07


# The small network of the live box


def the_small_network_has_smaller_gradients():
    """The small network has smaller gradients than that of the lesson."""
    with mock.patch.multiple(warmup_numpy, **SMALL):
        small = warmup_numpy.gradients(*warmup_numpy.make_data())[1:]
    large = warmup_numpy.gradients(*warmup_numpy.make_data())[1:]
    for one, other in zip(small, large, strict=True):
        assert 10 * np.abs(one).mean() < np.abs(other).mean()


def the_small_network_is_still_in_the_thousands_after_500_steps():
    """After 500 steps the loss of the small network is still in the thousands."""
    losses, _ = _trained(**SMALL)
    assert 1000 < losses[-1] < 10000


def the_small_network_learns_with_1e_4():
    """With `learning_rate = 1e-4` the small network ends near 0."""
    losses, _ = _trained(learning_rate=1e-4, **SMALL)
    assert losses[-1] < 0.1


def the_other_seven_lessons_need_torch():
    """Of the eight lessons only this one runs without PyTorch."""
    needs = [bool(re.search("^import torch", inspect.getsource(one), re.M)) for one in LESSONS]
    assert needs == [False] + 7 * [True]


# What goes wrong


def w2_and_grad_w2_have_the_same_shape():
    """`w2` and `grad_w2` have the same shape, so that numpy multiplies with either."""
    names = _passes(_drawn(0))
    assert names["w2"].shape == names["grad_w2"].shape
    wrong = names["grad_y_pred"].dot(names["grad_w2"].T)
    assert wrong.shape == names["grad_h_relu"].shape


def a_central_difference_takes_two_forward_passes_for_each_weight():
    """A central difference takes two forward passes for each weight."""
    module = warmup_numpy_wrong_transpose
    with mock.patch.object(module, "loss_of", side_effect=module.loss_of) as counted:
        names = _drawn(0)
        module.central_differences(*names.values())
    assert counted.call_count == 2 * names["w1"].size


def for_the_network_of_the_lesson_that_is_202_000():
    """For all weights of the lesson's network that is 202,000 forward passes."""
    _, _, w1, w2 = warmup_numpy.make_data()
    assert 2 * (w1.size + w2.size) == 202_000


def with_w2_the_formula_and_the_measurement_agree():
    """With `w2.T` the formula and the measurement agree up to rounding.

    The loss is about 100, its 16 digits and a distance of 1e-4 leave 1e-10 of the slopes.
    """
    assert record("mistakes.warmup_numpy_wrong_transpose").values["errors"]["w2.T"] < 1e-8


def with_grad_w2_the_error_is_many_times_the_gradient():
    """With `grad_w2.T` the error is more than ten times as large as the gradient."""
    assert record("mistakes.warmup_numpy_wrong_transpose").values["errors"]["grad_w2.T"] > 10


def sum_and_mean_have_the_same_direction():
    """The gradients of the sum and of the mean have the same direction."""
    names = _sections.run(
        "mistakes/warmup_numpy_sum_or_mean",
        "compare",
        np=np,
        y_pred=np.arange(12.0).reshape(4, 3),
        y=np.ones((4, 3)),
    )
    of_sum, of_mean = names["grad_of_sum"].flatten(), names["grad_of_mean"].flatten()
    cosine = of_sum.dot(of_mean) / np.linalg.norm(of_sum) / np.linalg.norm(of_mean)
    assert cosine == pytest.approx(1)
    assert names["factor"] == pytest.approx(4 * 3)


def the_factor_is_the_number_of_all_errors():
    """The gradient of the sum is N · D_out times as long as that of the mean, not N times."""
    N, D_out = warmup_numpy_sum_or_mean.N, warmup_numpy_sum_or_mean.D_out
    factor = record("mistakes.warmup_numpy_sum_or_mean").values["factor"]
    assert factor == pytest.approx(N * D_out)
    assert N * D_out != N


def with_the_mean_500_steps_take_away_about_half():
    """With the mean and the same learning rate, 500 steps leave about half of the loss."""
    losses, _ = _trained(learning_rate=warmup_numpy.learning_rate / 640)  # of the sum, to compare
    assert 0.4 < losses[-1] / losses[0] < 0.6


def with_the_sum_a_rate_for_the_mean_explodes():
    """With the sum, a learning rate that suits the mean makes training explode."""
    losses, _ = _trained(learning_rate=640 * warmup_numpy.learning_rate, steps=20)
    assert not np.isfinite(losses).all()


def with_the_factor_in_the_rate_the_step_is_the_same():
    """With the factor in the learning rate the step is the same."""
    assert record("mistakes.warmup_numpy_sum_or_mean").output.endswith("the same step: True\n")


# The answers to the exercises


def x_t_dot_grad_h_is_grad_w1():
    """`x.T.dot(grad_h)` is `grad_w1`, and has the shape of `w1`."""
    names = _passes(_drawn(0))
    assert (names["x"].T.dot(names["grad_h"]) == names["grad_w1"]).all()
    assert names["grad_w1"].shape == names["w1"].shape


def the_steps_of_the_answer_are_those_of_the_program():
    """The program of the lesson, with its learning rate changed, ends at the steps of the answer.

    That the loss is finite is no matter of rounding: it squares its size with each step.
    """
    shown = re.findall(r"^(\S+)  (\w+)$", record("answers.warmup_numpy").output, re.M)
    assert shown == [("1e-06", "None"), ("1e-05", "6"), ("1e-04", "5")]
    for rate, step in shown:
        losses, _ = _trained(learning_rate=float(rate), steps=20)
        assert str(answers.first_bad_step(losses)) == step


def ten_times_the_rate_ends_one_step_sooner():
    """With ten times the learning rate the end comes one step sooner."""
    one, ten = (answers.first_bad_step(answers.losses_at(rate)) for rate in (1e-5, 1e-4))
    assert one - ten == 1


def the_loss_grows_by_larger_factors_from_step_to_step():
    """From step to step the loss grows by a larger factor, until it is no finite number."""
    for rate in (1e-5, 1e-4):
        losses = answers.losses_at(rate)
        finite = np.log10(losses[: answers.first_bad_step(losses)])
        factors = np.diff(finite)
        assert factors[0] > 0
        assert (np.diff(factors) > 0).all()


def the_example_of_the_leaky_relu():
    """What is printed is the gradient for `h = [[-2, 3]]` and an incoming gradient of ones."""
    shown = record("answers.warmup_numpy").output.split("\n\n")[2]
    h = np.array([[-2.0, 3.0]])
    step = 1e-3
    above, below = (np.where(h > 0, h, 0.1 * h) for h in (h + step, h - step))
    assert shown == str(np.round((above - below) / (2 * step), 6))


def there_are_101_000_weights():
    """The two weight matrices have 101,000 entries."""
    _, _, w1, w2 = warmup_numpy.make_data()
    assert w1.size + w2.size == 101_000


def _small_graph():
    """Return the slopes of the open graph of seven numbers, by edge."""
    edges = record("derivations.chain_rule").values["open_graph"]["edges"]
    return {(start, end): float(text.removeprefix("× ")) for start, end, text in edges}


def slopes_of_the_single_steps():
    """The slope of a product is the other factor, of a sum 1, of an open ReLU 1, of g² 2g."""
    v, slope = record("derivations.chain_rule").values["v"], _small_graph()
    assert slope["a", "e"] == v["b"] == 3
    assert slope["b", "e"] == v["a"]
    assert slope["e", "f"] == slope["c", "f"] == slope["f", "g"] == 1
    assert slope["g", "L"] == 2 * v["g"] == 16


def slopes_are_multiplied_along_a_path():
    """The product of the slopes from a to L is the measured slope, 48."""
    values = record("derivations.chain_rule").values
    assert values["product"] == values["measured"] == 3 * 1 * 1 * 16


def paths_are_added_up():
    """With a in the place of c, the measured slope is the sum over both paths, 48 and 16."""
    values = record("derivations.chain_rule").values
    assert (values["first"], values["second"], values["both"]) == (48, 16, 48 + 16)


def a_shut_relu_lets_no_change_through():
    """With c = -10, f is negative, its slope through ReLU is 0, and L stays 0 near a = 2."""
    shut = record("derivations.chain_rule").values["shut"]
    assert shut["f"] < 0
    assert chain_rule.edges(shut)["f -> g"] == 0
    assert all(chain_rule.forward(a, 3.0, -10.0)["L"] == 0 for a in (1.9, 2.0, 2.1))


def each_gradient_line_is_the_measured_slope():
    """An entry of each of the five gradients is the slope that nudging measures."""
    found = record("derivations.six_lines").values["found"]
    assert set(found) == {"y_pred", "w2", "h_relu", "h", "w1"}
    for formula, measured in found.values():  # the loss is 3e7: nudging leaves 7 digits
        assert math.isclose(formula, measured, rel_tol=1e-4, abs_tol=1e-3)


def slope_is_called_as_the_text_says():
    """The program measures entry (3, 5) of an array, `w1` too, with its function of `loss_of`."""
    source = inspect.getsource(six_lines.main)
    assert "slope(loss_of[name], arrays[name], entry)" in source
    assert "entry in ((name, (3, 5)) for name in arrays)" in source
    assert '"w1": w1' in source
    assert six_lines.step == 0.001


def only_one_product_of_x_and_grad_h_has_the_shape_of_w1():
    """Of the products of x and grad_h, transposed or not, only x.T.dot(grad_h) is (D_in, H)."""
    x, grad_h = np.ones((64, 1000)), np.ones((64, 100))
    fitting = [
        (a.shape, b.shape)
        for a, b in itertools.permutations((x, x.T, grad_h, grad_h.T), 2)
        if a.shape[1] == b.shape[0] and (a.shape[0], b.shape[1]) == (1000, 100)
    ]
    assert fitting == [((1000, 64), (64, 100))]
