"""The hand-written gradients, and the claim that each rewrite keeps the computation."""

import numpy as np
import pytest
import torch

from snippets import custom_function, warmup_numpy
from snippets.charts import one_start


def small_problem(seed: int):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in [(7, 5), (7, 3), (5, 4), (4, 3)]]


def central_differences(loss, w, step=1e-5):
    slopes = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        nudge = np.zeros_like(w)
        nudge[index] = step
        slopes[index] = (loss(w + nudge) - loss(w - nudge)) / (2 * step)
    return slopes


@pytest.mark.parametrize("seed", range(5))
def test_hand_gradients_equal_autograd_and_central_differences(seed):
    """Autograd computes the same formulas in a different order: rounding differs by 1e-12 at most.

    The loss is about 1e2 with 16 digits; over a step of 1e-5 that leaves about 1e-8 relative.
    """
    x, y, w1, w2 = small_problem(seed)
    _, *gradients = warmup_numpy.gradients(x, y, w1, w2)
    t1, t2 = (torch.tensor(w, requires_grad=True) for w in (w1, w2))
    (torch.tensor(x).mm(t1).relu().mm(t2) - torch.tensor(y)).pow(2).sum().backward()
    measured = (
        central_differences(lambda w: warmup_numpy.gradients(x, y, w, w2)[0], w1),
        central_differences(lambda w: warmup_numpy.gradients(x, y, w1, w)[0], w2),
    )
    for gradient, tensor, slopes in zip(gradients, (t1, t2), measured, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-6, atol=1e-6)


def test_the_slope_at_exactly_zero_is_that_of_torch_relu():
    x, w2 = np.zeros((1, 1)), np.ones((1, 1))
    y, w1 = np.ones((1, 1)), np.ones((1, 1))
    x[0, 0], w1[0, 0] = 1.0, 0.0  # h is exactly 0, and the slope of the loss there is not
    _, grad_w1, _ = warmup_numpy.gradients(x, y, w1, w2)
    assert grad_w1[0, 0] == 0
    h = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    (custom_function.MyReLU.apply(h) + torch.relu(h)).sum().backward()
    assert h.grad.item() == 0


@pytest.fixture(scope="module")
def curves():
    """The losses of each lesson's code, from one start in float64."""
    return one_start.train_all("float64")


@pytest.mark.parametrize("name", [lesson.__name__.split(".")[1] for lesson in one_start.LESSONS])
def test_one_start_equal_curves(curves, name):
    """Relative to numpy's loss at each of the 500 steps.

    Rounding differs in the last of 16 digits, and 500 steps amplify that to about 1e-9 where
    the loss is near zero; 1e-8 leaves room for other machines, and no wrong line comes near it.
    """
    assert len(curves[name]) == 500
    np.testing.assert_allclose(curves[name], curves["warmup_numpy"], rtol=1e-8)


def test_a_wrong_line_shows_in_the_comparison(curves, monkeypatch):
    gradients = warmup_numpy.gradients

    def with_a_wrong_factor(*arguments):
        loss, grad_w1, grad_w2 = gradients(*arguments)
        return loss, grad_w1 * 0.999, grad_w2

    monkeypatch.setattr(warmup_numpy, "gradients", with_a_wrong_factor)
    wrong = warmup_numpy.train(*warmup_numpy.make_data())
    pairs = one_start.largest_differences({**curves, "warmup_numpy": wrong})
    assert all((value > 1e-4) == ("warmup_numpy" in pair) for pair, value in pairs.items())
