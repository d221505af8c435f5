"""What `one-start` says."""

import functools
import inspect
import re
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import torch

from facts import record
from snippets import (
    autograd,
    custom_function,
    custom_module,
    nn_sequential,
    optim,
    tensors,
    warmup_numpy,
    weight_sharing,
)
from snippets.charts import one_start

HALF_A_GAP = np.spacing(np.float32(1)) / 2  # half the distance from 1 to the next float32


def _values():
    return record("charts.one_start").values


def _lines(purpose):
    """Return how many lines each lesson has for a purpose, lesson 1 first."""
    return [counts[purpose] for counts in _values()["lines"].values()]


def _pairs(dtype):
    """Return the printed triangle: the largest difference of two lessons, by their marks."""
    _, *parts = record("charts.one_start").output.split("\n\n")
    (triangle,) = (part for part in parts if part.startswith(dtype) and "\n" in part)
    (_, *marks), *rows = (line.split() for line in triangle.splitlines())
    return {
        (mark, other): float(cell)
        for mark, _, *cells in rows
        for other, cell in zip(marks, cells, strict=False)
    }


@functools.cache
def _at_the_end():
    """Return the data and the weights of lesson 1 after its training in float32."""
    given = [array.astype("float32") for array in warmup_numpy.make_data()]
    warmup_numpy.train(*given)
    return given


def _final_loss(of_weights, of_gradients):
    """Train lesson 1 with a dtype for the weights and one for gradients; measure in float64."""
    given = [array.astype(of_weights) for array in warmup_numpy.make_data()]
    x, y, *weights = given
    inputs = [array.astype(of_gradients) for array in (x, y)]
    for _ in range(500):
        now = [w.astype(of_gradients) for w in weights]
        _, *gradients = warmup_numpy.gradients(*inputs, *now)
        for w, gradient in zip(weights, gradients, strict=True):
            w -= 1e-6 * gradient.astype(of_weights)
    loss, *_ = warmup_numpy.gradients(*(array.astype("float64") for array in (x, y, *weights)))
    return loss


def numpy_and_torch_draw_different_numbers():
    """NumPy and PyTorch draw different random numbers."""
    x, *_ = warmup_numpy.make_data()
    torch_x, *_ = tensors.make_data()
    assert x.shape == tuple(torch_x.shape)
    assert not np.allclose(x, torch_x.cpu().numpy(), atol=1e-3)


def from_lesson_5_on_there_are_biases_and_a_smaller_start():
    """From lesson 5 on there are biases, and the weights start smaller."""
    _, _, w1, _ = custom_function.make_data()
    models = (
        nn_sequential.make_model(),
        optim.make_model(),
        custom_module.TwoLayerNet(1000, 100, 10),
        weight_sharing.DynamicNet(1000, 100, 10),
    )
    for model in models:
        weight, bias = list(model.parameters())[:2]
        assert bias.shape == (100,)
        assert weight.std() < w1.std() / 10


def without_biases_gives_the_network_of_lesson_1():
    """Without biases and with its weights transposed, a model computes what lesson 1 does."""
    x, _, w1, w2 = warmup_numpy.make_data()
    model = one_start.without_biases(nn_sequential.make_model().cpu(), w1, w2)
    expected = np.maximum(x @ w1, 0) @ w2
    np.testing.assert_allclose(model(torch.tensor(x)).detach(), expected, rtol=1e-9, atol=1e-9)
    assert model[0].weight.shape == w1.T.shape


def at_depth_0_lesson_8_has_two_layers():
    """At depth 0 the network of lesson 8 is the two-layer one."""
    x, y = nn_sequential.make_data()
    net = weight_sharing.DynamicNet(1000, 100, 10)
    two = torch.nn.Sequential(net.input_linear, torch.nn.ReLU(), net.output_linear)
    with mock.patch.object(weight_sharing.random, "randint", return_value=0):
        assert torch.equal(net(x.cpu()), two(x.cpu()))
    assert y.shape == (64, 10)


def no_two_losses_differ_by_1e_8():
    """In float64 no loss of any lesson differs by 1e-8 of its size from the others."""
    assert 0 < _values()["worst"]["float64"] < 1e-8


def the_difference_begins_in_the_16th_digit_and_grows():
    """In float64 the difference is one of rounding at first; 500 steps amplify it."""
    first, *_, last = (difference for _, difference in _values()["drifts"]["float64"])
    assert first < 1e-14
    assert last > 1000 * first


@pytest.mark.thorough
def lessons_5_and_6_differ_by_one_rounding():
    """With its update written as one operation, lesson 5 has the very losses of lesson 6."""
    _, _, w1, w2 = warmup_numpy.make_data()
    x, y = (torch.tensor(array) for array in warmup_numpy.make_data()[:2])
    source = inspect.getsource(nn_sequential.train)
    two_operations = "param -= learning_rate * param.grad"
    assert two_operations in source
    names = {**vars(nn_sequential), "learning_rate": one_start.learning_rate}
    exec(source.replace(two_operations, "param.sub_(param.grad, alpha=learning_rate)"), names)
    by_hand = one_start.without_biases(nn_sequential.make_model().cpu(), w1, w2)
    model = one_start.without_biases(optim.make_model().cpu(), w1, w2)
    sgd = torch.optim.SGD(model.parameters(), lr=one_start.learning_rate)
    assert names["train"](by_hand, x, y) == optim.train(model, sgd, x, y)


def float32_keeps_about_7_digits_and_is_the_default():
    """PyTorch's default dtype is float32, which keeps about 7 digits."""
    assert torch.get_default_dtype() == torch.float32
    assert np.log10(2.0**24) == pytest.approx(7, abs=0.3)  # 24 bits of the number are kept


def lesson_3_leaves_lessons_2_and_4_in_float32():
    """In float32, lessons 2 and 4 agree in every digit and lesson 3 does not."""
    pairs = _pairs("float32")
    assert pairs["4", "2"] == 0
    assert pairs["3", "2"] > 0 < pairs["4", "3"]


@pytest.mark.thorough
def clamp_at_exactly_0_is_why_lesson_3_leaves():
    """With relu for clamp lesson 3 agrees with lesson 2: some hidden values are exactly 0."""
    x, y, *weights = (torch.tensor(a.astype("float32")) for a in warmup_numpy.make_data())
    zeros = []
    clamp = torch.Tensor.clamp

    def count(tensor, min):
        zeros.append((tensor == 0).sum().item())
        return clamp(tensor, min=min)

    with mock.patch.object(torch.Tensor, "clamp", count):
        by_hand = tensors.train(x, y, *(w.clone() for w in weights))
    assert sum(zeros) > 0
    with mock.patch.object(torch.Tensor, "clamp", lambda tensor, min: torch.relu(tensor)):
        by_autograd = autograd.train(x, y, *(w.clone().requires_grad_() for w in weights))
    assert by_autograd == by_hand


def clamp_takes_the_slope_1_at_0_and_the_masks_take_0():
    """In PyTorch 2.13 the slope of clamp at 0 is 1, and that of the masks is 0."""
    for function, slope in ((lambda x: x.clamp(min=0), 1), (custom_function.MyReLU.apply, 0)):
        x = torch.zeros(1, requires_grad=True)
        function(x).backward()
        assert x.grad == slope


def the_difference_grows_in_both_dtypes_from_different_sizes():
    """In both dtypes the difference grows; in float64 it begins and ends far smaller."""
    (first64, last64), (first32, last32) = (
        (differences[0][1], differences[-1][1]) for differences in _values()["drifts"].values()
    )
    assert last64 > 1000 * first64
    assert last32 > 1000 * first32
    assert first64 < first32 / 1e6
    assert last64 < last32 / 1e6


def float32_falls_with_float64_down_to_a_hundredth():
    """Down to a loss of about 0.01 the losses in float32 and float64 are within 5 %."""
    double, single = _values()["both"].values()
    for wide, narrow in zip(double, single, strict=True):
        assert wide < 0.01 or narrow == pytest.approx(wide, rel=0.05)


def float32_ends_far_above():
    """At the end the loss in float32 is many times that in float64."""
    assert 20 < _values()["ratio"] < 500


def most_steps_are_lost_in_float32():
    """At the end of the training one more step leaves most weights as they are in float32."""
    shares = _values()["shares"]
    assert shares["float64"] < 0.01
    assert shares["float32"] > 0.8


def neighbours_of_1_are_1e_7_apart():
    """Near 1, neighbouring float32 numbers are about 1e-7 apart."""
    assert np.spacing(np.float32(1)) == pytest.approx(1e-7, rel=0.2)


def weights_are_about_1_and_steps_smaller_than_half_a_gap():
    """The weights are about 1 in size, and nearly all steps are smaller than half a gap."""
    _, _, *weights = _at_the_end()
    assert [w.std() for w in weights] == pytest.approx([1, 1], abs=0.3)
    _, *gradients = warmup_numpy.gradients(*_at_the_end())
    steps = np.concatenate([1e-6 * np.abs(gradient).ravel() for gradient in gradients])
    assert (steps < HALF_A_GAP).mean() > 0.99


@pytest.mark.thorough
def lost_steps_hold_the_loss_up_and_not_the_gradients():
    """With weights in float64, gradients in float32 let the loss fall below a fifth."""
    assert _final_loss("float64", "float32") < _final_loss("float32", "float32") / 5
    assert _final_loss("float32", "float64") > _final_loss("float32", "float32") / 2


def the_gradients_are_inaccurate_by_then():
    """At the end of the training in float32, the gradient is off by more than a tenth."""
    _, *single = warmup_numpy.gradients(*_at_the_end())
    _, *double = warmup_numpy.gradients(*(array.astype("float64") for array in _at_the_end()))
    for narrow, wide in zip(single, double, strict=True):
        assert np.linalg.norm(narrow - wide) > 0.1 * np.linalg.norm(wide)  # measured: 0.4, 0.7


def torch_loses_steps_too():
    """In float32, the losses of all lessons stay within a tenth of each other, high up."""
    assert max(_pairs("float32").values()) < 0.1


def autograd_takes_six_lines_and_leaves_three():
    """From lesson 2 to 3 six lines of gradients become `backward()` and two that clear."""
    assert _lines("gradients")[1:3] == [6, 3]
    source = inspect.getsource(autograd.train)
    assert len(re.findall(r"\.backward\(\)", source)) == 1
    assert len(re.findall(r"\.grad\.zero_\(\)", source)) == 2


def the_optimizer_makes_the_update_one_line():
    """From lesson 5 to 6 the update shrinks to one line, `optimizer.step()`."""
    assert _lines("update")[4:6] == [3, 1]
    assert inspect.getsource(optim.train).count("optimizer.step()") == 1


def lessons_4_7_and_8_are_not_shorter():
    """The programs of lessons 4, 7 and 8 are longer than those of the lessons before them."""
    program = _lines("program")
    assert all(program[i] > program[i - 1] for i in (3, 6, 7))


def the_two_lines_of_lesson_6_serve_lesson_8_unchanged():
    """Lesson 8, whose network changes from step to step, has the two lines of lesson 6."""
    assert _lines("gradients")[5::2] == [2, 2]
    for lesson in (optim, weight_sharing):
        source = inspect.getsource(lesson.train)
        assert "optimizer.zero_grad()" in source
        assert "loss.backward()" in source


def the_tests_allow_1e_8():
    """The tests compare each curve with that of lesson 1, and allow 1e-8."""
    source = Path("tests/test_gradients.py").read_text(encoding="utf-8")
    assert 'np.testing.assert_allclose(curves[name], curves["warmup_numpy"], rtol=1e-8)' in source
