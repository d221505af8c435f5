"""What `labs/checking-gradients` says."""

import inspect

import numpy as np
import torch

from facts import lab

RUN = "checking-gradients"
EPS = {name: np.finfo(name).eps for name in ("float64", "float32")}


def _errors(name):
    """Return the steps, and the errors of that name, as arrays."""
    return np.array(lab(RUN).steps), np.array(getattr(lab(RUN), name))


def the_gradient_written_by_hand_is_that_of_autograd():
    """In float64 the gradient written by hand is that of autograd, with tanh and with ReLU."""
    run = lab(RUN)
    x, y, w2 = map(torch.tensor, (run.x, run.y, run.w2))
    for by_hand, activation in ((np.tanh, torch.tanh), (run.relu, torch.relu)):
        w1 = torch.tensor(run.w1, requires_grad=True)
        (activation(x @ w1) @ w2 - y).square().sum().backward()
        computed = run.gradient(run.w1, by_hand)
        assert computed.dtype == np.float64
        assert np.allclose(computed, w1.grad.numpy(), rtol=1e-10, atol=1e-10)  # rounding


def a_tenth_of_the_step_has_a_hundredth_of_the_error():
    """From 0.1 to 1e-4 a tenth of the step has a hundredth of the error, in float64."""
    steps, errors = _errors("tanh64")
    assert np.allclose(steps[1:5], [1e-1, 1e-2, 1e-3, 1e-4])
    ratios = errors[1:4] / errors[2:5]
    assert all((ratios > 80) & (ratios < 120))


def then_shorter_steps_have_larger_errors():
    """From the lowest point on, the error grows on the whole as the steps shrink."""
    for name in ("tanh64", "tanh32"):
        _, errors = _errors(name)
        rising = errors[errors.argmin() :]
        assert rising[-1] > 1e3 * rising[0]
        assert all(rising[2:] > rising[:-2]) or all(rising[-5:] == 1), "over two steps"


def in_float32_the_two_losses_end_up_equal():
    """Where the error in float32 is 1, the two losses are equal and the measured slope is 0."""
    run = lab(RUN)
    steps, errors = _errors("tanh32")
    w1 = run.w1.astype(np.float32)
    equal = [run.central_difference(run.loss, w1, step) == 0 for step in steps]
    assert sum(equal) >= 3
    assert np.array_equal(errors == 1, equal)


def the_cube_root_of_eps_has_the_order_of_the_best_step():
    """The cube root of eps has the order of magnitude of the best step, in both types."""
    for name, eps in EPS.items():
        steps, errors = _errors("tanh" + name.removeprefix("float"))
        assert 0.1 < steps[errors.argmin()] / eps ** (1 / 3) < 10


def float32_agrees_to_three_or_four_digits():
    """At its best, float32 agrees to three or four digits."""
    _, errors = _errors("tanh32")
    assert 1e-5 < errors.min() < 1e-3


def relu_falls_to_the_bottom_before_its_kink():
    """The first step shorter than the distance to the kink already has an error below 1e-12."""
    steps, errors = _errors("relu64")
    shorter = errors[steps < lab(RUN).nearest_kink]
    assert shorter[0] < 1e-12
    assert shorter[0] == errors.min()


def between_two_kinks_the_loss_is_quadratic():
    """Between two kinks the loss is a quadratic function of the weight."""
    run = lab(RUN)

    def loss(distance):
        w1 = run.w1.copy()
        w1[0, 0] += distance
        return run.relu_loss(w1)

    distances = np.linspace(-0.99, 0.99, 7) * run.nearest_kink
    losses = [loss(distance) for distance in distances]
    assert abs(np.diff(losses, 1)).min() > 1e-3
    assert abs(np.diff(losses, 3)).max() < 1e-11  # losses near 100, in float64


def beyond_the_kink_the_error_exceeds_ten_percent():
    """For steps longer than the distance to the kink the error is above ten per cent."""
    steps, errors = _errors("relu64")
    beyond = errors[steps > lab(RUN).nearest_kink]
    assert len(beyond) >= 1
    assert all(beyond > 0.1)


def some_weights_have_a_kink_within_a_thousandth():
    """Some weights have a kink within 1e-3, much nearer than that of the weight of the lab."""
    run = lab(RUN)
    assert 0 < (run.distances < 1e-3).sum() < run.w1.size
    assert run.nearest_kink > 10e-3


def at_the_kink_the_central_difference_takes_the_mean():
    """At the kink, the central difference is 0.5, the mean of the slopes 0 and 1."""
    relu = lab(RUN).relu
    for step in (1e-1, 1e-4, 1e-8):
        assert (relu(step) - relu(-step)) / (2 * step) == 0.5
        assert (relu(0) - relu(-step)) / step == 0
        assert (relu(step) - relu(0)) / step == 1


def at_the_kink_autograd_says_0():
    """At the kink, autograd says 0."""
    assert lab(RUN).zero.grad == 0


def gradcheck_takes_steps_of_1e_6():
    """The function `gradcheck` takes steps of 1e-6, accepts float64, rejects float32 and kinks."""
    run = lab(RUN)
    assert inspect.signature(torch.autograd.gradcheck).parameters["eps"].default == 1e-6
    double = run.inputs.detach().double()
    for function in (torch.tanh, torch.relu):
        assert run.check(function, double.clone())
    assert not run.check(torch.tanh, double.float())
    assert not run.check(torch.relu, torch.zeros(8, dtype=torch.float64))


def float64_notices_all_four_mistakes():
    """In float64, the error of each wrong gradient is its mistake, far above that of the right."""
    noticed = lab(RUN).noticed
    assert noticed[0][0] < 5e-10  # 1e-10 or 2e-10, as the processor rounds
    for mistake in (1e-2, 1e-4, 1e-6, 1e-8):
        assert abs(noticed[mistake][0] / mistake - 1) < 0.02


def float32_notices_only_the_largest_mistake():
    """In float32, only the error of the largest mistake exceeds that of the right gradient."""
    noticed = {mistake: float32 for mistake, (_, float32) in lab(RUN).noticed.items()}
    assert noticed[1e-2] > 10 * noticed[0]
    assert all(noticed[mistake] < 3 * noticed[0] for mistake in (1e-4, 1e-6, 1e-8))


def one_sided_a_tenth_of_the_step_has_a_tenth_of_the_error():
    """With a one-sided difference, from 1e-3 to 1e-6 a tenth of the step has that of the error."""
    steps, errors = _errors("one_sided")
    assert np.allclose(steps[3:7], [1e-3, 1e-4, 1e-5, 1e-6])
    ratios = errors[3:6] / errors[4:7]
    assert all((ratios > 8) & (ratios < 12))


def one_sided_the_best_step_is_near_the_square_root_of_eps():
    """With a one-sided difference, the best step is near the square root of eps."""
    steps, errors = _errors("one_sided")
    assert 0.1 < steps[errors.argmin()] / EPS["float64"] ** (1 / 2) < 10


def one_sided_the_lowest_error_is_a_thousand_times_as_large():
    """The lowest error of the one-sided difference is more than 1000 times as large."""
    assert min(lab(RUN).one_sided) > 1000 * min(lab(RUN).tanh64)


def in_other_units_the_best_step_is_1000_times_as_long():
    """In units in which the weights are 1000 times larger, the best step is 1000 times as long."""
    run = lab(RUN)
    assert np.isclose(run.loss(run.w1), run.rescaled_loss(1000 * run.w1), rtol=1e-12)
    # Rounding may move the lowest point to the next step of the ten.
    assert 50 < run.best_rescaled / run.steps[np.argmin(run.tanh64)] < 20_000


def in_other_units_the_old_step_is_too_short():
    """In the new units, the error with a step of 1e-5 is more than 100 times as large."""
    run = lab(RUN)
    assert np.allclose([run.steps[5], run.longer[8]], 1e-5)
    before, now = run.at_1e_5
    assert now > 100 * before


def one_direction_notices_a_doubled_entry_and_a_missing_one():
    """One direction notices a doubled entry, and less clearly that the smallest is missing."""
    seen = {name: errors[0] for name, errors in lab(RUN).seen.items()}
    assert seen["right"] < 1e-7
    assert seen["entry missing"] > 100 * seen["right"]
    assert seen["entry doubled"] > 100 * seen["entry missing"]
    assert seen["entry missing"] < 1e-3, "on its own, the error would be infinite"


def a_mistake_across_a_direction_needs_a_second_one():
    """A mistake at right angles to the direction is invisible to it, and not to a second one."""
    run = lab(RUN)
    assert np.linalg.norm(run.across) > 0.1 * np.linalg.norm(run.right), "the mistake is large"
    first, second = run.seen["across the first"]
    assert first < 1e-7
    assert second > 1e-3
