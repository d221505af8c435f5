"""What `explorer` says about its 72 runs, from their records."""

import functools
import itertools

import numpy as np
import pytest

from facts import record
from snippets import nn_sequential
from snippets.charts import explorer

WIDTHS = ("10", "30", "100")
RATES = ("1e-05", "3e-05", "1e-04", "3e-04", "1e-03", "3e-03", "1e-02", "3e-02")
OPTIMIZERS = ("SGD", "momentum", "Adam")


@functools.cache
def _runs():
    """Return all runs by their names, such as `SGD 100 1e-04`."""
    programs = ("explorer", "explorer_momentum", "explorer_adam")
    shown = [record(f"charts.{program}").values["explorer"]["runs"] for program in programs]
    return {name: run for runs in shown for name, run in runs.items()}


def _run(optimizer, width, rate):
    return _runs()[f"{optimizer} {width} {rate}"]


def _diverged(run):
    return run["steps"] < 500


def _steps_to(power, optimizer, rate, width="100"):
    """Return the first stored step at which the loss was at most ten to a power, or infinity."""
    powers = _run(optimizer, width, rate)["powers"]
    return next((4 * i for i, stored in enumerate(powers) if stored <= 100 * power), np.inf)


def there_are_72_runs():
    """There are 72 runs: three optimizers, three widths and eight learning rates."""
    choices = itertools.product(OPTIMIZERS, WIDTHS, RATES)
    assert sorted(_runs()) == sorted(" ".join(choice) for choice in choices)
    assert len(_runs()) == 72


def runs_of_a_width_have_the_same_start():
    """All runs of one width begin with the same loss."""
    for width in WIDTHS:
        assert len({_run(*choice)["first"] for choice in _with(width)}) == 1


def _with(width):
    return itertools.product(OPTIMIZERS, [width], RATES)


def a_diverged_run_became_large():
    """The last finite loss of each run that diverged is far above its first."""
    diverged = [run for run in _runs().values() if _diverged(run)]
    assert diverged
    assert all(float(run["last"]) > 1000 * float(run["first"]) for run in diverged)


def a_run_that_diverged_at_step_3_or_4_has_one_stored_loss():
    """Of a run that diverged at step 3 or 4 one loss is stored; of all others more."""
    assert any(run["steps"] < 5 for run in _runs().values())
    for run in _runs().values():
        assert (len(run["powers"]) == 1) == (run["steps"] in (3, 4))


def sgd_falls_faster_up_to_3e_04():
    """SGD at width 100 falls faster with each larger rate up to 3e-04."""
    losses = [float(_run("SGD", "100", rate)["last"]) for rate in RATES[:4]]
    assert all(after < before / 10 for before, after in itertools.pairwise(losses))


def sgd_at_1e_03_is_faster_first_and_slower_later():
    """SGD at width 100 reaches 1 sooner with 1e-03 than with 3e-04, and 1e-8 later."""
    assert _steps_to(0, "SGD", "1e-03") < _steps_to(0, "SGD", "3e-04") - 8  # measured: 28, 48
    assert _steps_to(-8, "SGD", "1e-03") > _steps_to(-8, "SGD", "3e-04") + 40  # 340, 256


def sgd_explodes_at_3e_03():
    """SGD at width 100 diverges within ten steps with the rate 3e-03."""
    assert _run("SGD", "100", "3e-03")["steps"] < 10


def momentum_is_faster_up_to_1e_04():
    """With rates up to 1e-04, momentum falls faster than SGD at the same rate."""
    for rate in RATES[:3]:
        by_sgd, by_momentum = (float(_run(o, "100", rate)["last"]) for o in ("SGD", "momentum"))
        assert by_momentum < by_sgd / 1000


def momentum_hardly_minds_the_rate_from_3e_05_to_1e_03():
    """Momentum takes about as many steps to 1e-10 with each rate from 3e-05 to 1e-03."""
    taken = [_steps_to(-10, "momentum", rate) for rate in RATES[1:5]]
    assert max(taken) < 1.3 * min(taken)


def momentum_does_not_move_the_edge_to_larger_rates():
    """At each width and rate where SGD diverges, momentum does so too."""
    for width, rate in itertools.product(WIDTHS, RATES):
        if _diverged(_run("SGD", width, rate)):
            assert _diverged(_run("momentum", width, rate))


def adam_never_diverges_here():
    """No run with Adam diverged."""
    assert not any(_diverged(_run("Adam", *choice)) for choice in itertools.product(WIDTHS, RATES))


def adam_hardly_minds_the_rate_from_3e_04_to_3e_03():
    """Adam takes about as many steps to 1e-10 with each rate from 3e-04 to 3e-03."""
    taken = [_steps_to(-10, "Adam", rate) for rate in RATES[3:6]]
    assert max(taken) < 1.3 * min(taken)


def adam_is_the_slowest_at_the_smallest_rate():
    """At the smallest rate and at each width, the loss of Adam ends highest."""
    for width in WIDTHS:
        *others, adam = (float(_run(o, width, "1e-05")["last"]) for o in OPTIMIZERS)
        assert adam > 1.2 * max(others)


def adam_does_not_settle_at_the_largest_rate():
    """With Adam's largest rate the loss grows tenfold again and again, with 1e-03 it never does."""
    jumps = {}
    for rate in ("1e-03", "3e-02"):
        powers = _run("Adam", "100", rate)["powers"]
        jumps[rate] = sum(after > before + 100 for before, after in itertools.pairwise(powers))
    assert jumps["1e-03"] == 0
    assert jumps["3e-02"] >= 3


def every_run_of_width_10_ends_above_100():
    """At width 10, every run ends above 100."""
    assert min(float(_run(*choice)["last"]) for choice in _with("10")) > 100


def ten_hidden_values_are_enough():
    """Ten hidden values are enough for a loss of 0: there are weights that give it."""
    x, y = (tensor.cpu().double().numpy() for tensor in nn_sequential.make_data())
    lowest = y.min()
    w1 = np.linalg.pinv(x) @ (y - lowest)  # (D_in, 10): the hidden values are y - lowest
    y_pred = np.maximum(x @ w1, 0) @ np.eye(10) + lowest
    assert np.square(y_pred - y).sum() < 1e-12  # measured: 4e-26


def sgd_gets_furthest_at_width_10():
    """At width 10, the lowest final loss is one of plain SGD."""
    best = min(_with("10"), key=lambda choice: float(_run(*choice)["last"]))
    assert best[0] == "SGD"


def one_of_the_runs_is_lesson_5():
    """SGD at width 100 with 1e-04 is the training of lesson 5, up to rounding."""
    lesson = explorer.compact(record("nn_sequential").values["losses"])
    run = _run("SGD", "100", "1e-04")
    assert run["first"] == lesson["first"]
    assert run["powers"] == pytest.approx(lesson["powers"], abs=5)


def a_fourth_of_the_losses_is_stored_as_logarithms():
    """Every fourth loss is stored, as its logarithm to base 10 with two decimal places."""
    kept = explorer.compact([100.0, 90.0, 80.0, 70.0, 10.0, 0.0])
    assert kept == {"powers": [200, 100], "first": "100", "last": "0", "steps": 6}
    assert len(_run("Adam", "10", "1e-05")["powers"]) == 125
