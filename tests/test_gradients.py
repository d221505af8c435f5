"""The hand-written gradients, and the claim that each rewrite keeps the computation."""

import numpy as np
import pytest
import torch

from snippets import (
    autograd,
    custom_function,
    custom_module,
    nn_sequential,
    optim,
    tensors,
    warmup_numpy,
)


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
def test_hand_gradients_equal_autograd(seed):
    """Same formulas, other order of operations: only rounding differs, at most 1e-12 relative."""
    x, y, w1, w2 = small_problem(seed)
    _, grad_w1, grad_w2 = warmup_numpy.gradients(x, y, w1, w2)
    t1, t2 = (torch.tensor(w, requires_grad=True) for w in (w1, w2))
    (torch.tensor(x).mm(t1).relu().mm(t2) - torch.tensor(y)).pow(2).sum().backward()
    np.testing.assert_allclose(grad_w1, t1.grad.numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(grad_w2, t2.grad.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_hand_gradients_equal_central_differences(seed):
    """The loss is about 1e2 with 16 digits; over a step of 1e-5 that leaves about 1e-8 relative."""
    x, y, w1, w2 = small_problem(seed)
    _, grad_w1, grad_w2 = warmup_numpy.gradients(x, y, w1, w2)
    measured1 = central_differences(lambda w: warmup_numpy.gradients(x, y, w, w2)[0], w1)
    measured2 = central_differences(lambda w: warmup_numpy.gradients(x, y, w1, w)[0], w2)
    np.testing.assert_allclose(grad_w1, measured1, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(grad_w2, measured2, rtol=1e-6, atol=1e-6)


def test_the_slope_at_exactly_zero_is_that_of_torch_relu():
    x, w2 = np.zeros((1, 1)), np.ones((1, 1))
    y, w1 = np.ones((1, 1)), np.ones((1, 1))
    x[0, 0], w1[0, 0] = 1.0, 0.0  # h is exactly 0, and the slope of the loss there is not
    _, grad_w1, _ = warmup_numpy.gradients(x, y, w1, w2)
    assert grad_w1[0, 0] == 0
    h = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    (custom_function.MyReLU.apply(h) + torch.relu(h)).sum().backward()
    assert h.grad.item() == 0


def bias_free_model(w1, w2):
    model = torch.nn.Sequential(
        torch.nn.Linear(1000, 100, bias=False, dtype=torch.float64),
        torch.nn.ReLU(),
        torch.nn.Linear(100, 10, bias=False, dtype=torch.float64),
    )
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor(w1.T))
        model[2].weight.copy_(torch.tensor(w2.T))
    return model


@pytest.fixture(scope="module")
def curves():
    """The losses of each implementation, from one start in float64."""
    x, y, w1, w2 = warmup_numpy.make_data()

    def torch_start(requires_grad):
        weights = [torch.tensor(w, requires_grad=requires_grad) for w in (w1, w2)]
        return [torch.tensor(x), torch.tensor(y), *weights]

    found = {
        "numpy": warmup_numpy.train(x, y, w1.copy(), w2.copy()),
        "tensors": tensors.train(*torch_start(False)),
        "autograd": autograd.train(*torch_start(True)),
        "function": custom_function.train(*torch_start(True)),
    }
    x, y = torch.tensor(x), torch.tensor(y)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn_sequential, "learning_rate", 1e-6)
        found["nn"] = nn_sequential.train(bias_free_model(w1, w2), x, y)
    for name, lesson in [("optim", optim), ("module", custom_module)]:
        model = bias_free_model(w1, w2)
        sgd = torch.optim.SGD(model.parameters(), lr=1e-6)
        found[name] = lesson.train(model, sgd, x, y)
    return found


@pytest.mark.parametrize("name", ["tensors", "autograd", "function", "nn", "optim", "module"])
def test_one_start_equal_curves(curves, name):
    """Relative to numpy's loss at each of the 500 steps.

    Rounding differs in the last of 16 digits, and 500 steps amplify that to about 2e-10 where
    the loss is near zero; 1e-8 leaves room for other machines, and no wrong line comes near it.
    """
    assert len(curves[name]) == 500
    np.testing.assert_allclose(curves[name], curves["numpy"], rtol=1e-8)


def test_the_comparison_of_curves_can_fail(curves):
    wrong = [loss * (1 + 1e-7) for loss in curves["numpy"]]
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(wrong, curves["numpy"], rtol=1e-8)
