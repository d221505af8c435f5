"""What `lessons/nn-sequential` says."""

import contextlib
import functools
import inspect
import io
import itertools
import math
import warnings
from unittest import mock

import numpy as np
import pytest
import torch

from facts import record
from facts._start import SEEDS, D_in, D_out, H, N, gradient, start, start_from_randn, train
from snippets import autograd, custom_function, nn_sequential, tensors, warmup_numpy
from snippets.answers import nn_sequential as answers
from snippets.mistakes import (
    nn_sequential_call,
    nn_sequential_mean,
    nn_sequential_weight_shape,
)

SUM = torch.nn.MSELoss(reduction="sum")
LESSONS_BEFORE = (warmup_numpy, tensors, autograd, custom_function)


def lesson_3_names_each_weight_in_four_places():
    """Lesson 3 names each weight to create, to use and to update it, and to clear its gradient."""
    source = inspect.getsource(autograd)
    for w in ("w1", "w2"):
        for use in (f"{w} = torch.randn(", f".mm({w})", f"{w} -= ", f"{w}.grad.zero_()"):
            assert use in source


def torch_nn_has_more_than_a_hundred_kinds_of_layers():
    """`torch.nn` has more than a hundred kinds of layers, losses and containers left out."""
    kinds = {kind for kind in vars(torch.nn).values() if inspect.isclass(kind)}
    others = ("Loss", "Sequential", "List", "Dict", "Module", "Container")
    layers = [
        kind
        for kind in kinds
        if issubclass(kind, torch.nn.Module) and not kind.__name__.endswith(others)
    ]
    assert len(layers) > 100


def sequential_gives_each_layer_the_result_of_the_layer_before():
    """`Sequential` gives each layer the result of the layer before it."""
    x, _, model = start(0)
    first, relu, last = model
    assert torch.equal(model(x), last(relu(first(x))))


def linear_multiplies_and_adds_a_bias():
    """`Linear(D_in, H)` multiplies by a weight and adds a bias of the shape (H,)."""
    x, _, (first, *_) = start(0)
    assert first.bias.shape == (H,)
    assert torch.allclose(first(x), x @ first.weight.T + first.bias, atol=1e-5)  # values near 1


def networks_before_have_no_bias():
    """The networks of lessons 1 to 4 have two weights and no bias."""
    for lesson in LESSONS_BEFORE:
        assert list(inspect.signature(lesson.train).parameters) == ["x", "y", "w1", "w2"]


def without_a_bias_the_layers_predict_what_lesson_4_predicts():
    """With the weights of lesson 4 and no bias, the layers make the predictions of lesson 4."""
    x, _, w1, w2 = custom_function.make_data()
    by_hand = custom_function.MyReLU.apply(x.mm(w1)).mm(w2)
    # Predictions are about 200; float32 has 7 digits.
    assert torch.allclose(answers.as_layers(w1, w2)(x), by_hand, rtol=1e-3, atol=1e-2)


def mse_loss_takes_the_mean_by_default():
    """`MSELoss()` without an argument takes the mean of the squared errors."""
    x, y, model = start(0)
    loss = torch.nn.MSELoss()(model(x), y)
    assert loss.item() == pytest.approx((model(x) - y).pow(2).mean().item())


def the_sum_is_the_loss_of_the_lessons_before():
    """With `reduction="sum"` the loss is that of lessons 1 to 4."""
    for lesson in LESSONS_BEFORE:
        x, y, w1, w2 = (torch.as_tensor(array).detach() for array in lesson.make_data())
        loss = SUM(x.mm(w1).clamp(min=0).mm(w2), y).item()
        losses = record(lesson.__name__.removeprefix("snippets.")).values["losses"]
        assert loss == pytest.approx(losses[0], rel=1e-4)  # sums in float32


def zero_grad_sets_each_gradient_to_none():
    """`model.zero_grad()` sets the `.grad` of all parameters to `None`."""
    x, y, model = start(0)
    SUM(model(x), y).backward()
    assert all(param.grad is not None for param in model.parameters())
    model.zero_grad()
    assert all(param.grad is None for param in model.parameters())


def the_next_backward_makes_new_gradients():
    """After `zero_grad()`, `backward()` makes new tensors for the gradients."""
    x, y, model = start(0)
    SUM(model(x), y).backward()
    before = [param.grad for param in model.parameters()]
    model.zero_grad()
    SUM(model(x), y).backward()
    after = [param.grad for param in model.parameters()]
    for old, new in zip(before, after, strict=True):
        assert old is not new
        assert torch.equal(old, new)


def lesson_3_clears_after_the_update_and_lesson_5_before_backward():
    """Lesson 3 clears the gradients after the update, lesson 5 before `backward()`."""
    source = inspect.getsource(autograd.train)
    assert source.index("w2 -= ") < source.index("w1.grad.zero_()")
    source = inspect.getsource(nn_sequential.train)
    assert source.index("model.zero_grad()") < source.index("loss.backward()")


def _losses_when_clearing(place):
    """Return the losses of 20 steps that clear the gradients in a given place."""
    x, y, model = start(0)
    losses = []
    for _ in range(20):
        loss = SUM(model(x), y)
        losses.append(loss.item())
        if place == "before backward":
            model.zero_grad()
        loss.backward()
        if place == "between":
            model.zero_grad()
        with torch.no_grad():
            for param in model.parameters():
                param -= 1e-4 * param.grad
        if place == "after the update":
            model.zero_grad()
    return losses


def clearing_before_backward_or_after_the_update_is_the_same():
    """Clearing before `backward()` and clearing after the update give the same losses."""
    before = _losses_when_clearing("before backward")
    assert before == _losses_when_clearing("after the update")
    assert before[-1] < before[0]


def clearing_in_between_leaves_no_gradient_for_the_update():
    """Cleared between `backward()` and the update, the gradients are `None`: the update fails."""
    with pytest.raises(TypeError, match="NoneType"):
        _losses_when_clearing("between")


def _graph():
    """Return the names of the graph's nodes by id, its leaves, and its edges as pairs of names."""
    graph = record("charts.autograd_graphs").values["sequential"]
    names = {node: entry["name"] for node, entry in graph["nodes"].items()}
    leaves = {entry["name"] for entry in graph["nodes"].values() if entry["kind"] == "leaf"}
    return list(names.values()), leaves, [(names[a], names[b]) for a, b, _ in graph["edges"]]


def each_linear_is_one_addmm():
    """The graph has one `AddmmBackward0` for each `Linear` and no other product or sum."""
    names, _, _ = _graph()
    assert sorted(name for name in names if name.endswith("Backward0")) == [
        *["AddmmBackward0"] * 2,
        "MseLossBackward0",
        "ReluBackward0",
        *["TBackward0"] * 2,
    ]


def the_transposed_weight_arrives_through_t_backward():
    """Each weight reaches its `AddmmBackward0` through a `TBackward0`."""
    _, _, edges = _graph()
    for name in ("0.weight", "2.weight"):
        assert [after for before, after in edges if before == name] == ["TBackward0"]
    assert edges.count(("TBackward0", "AddmmBackward0")) == 2


def biases_are_leaves_too():
    """The leaves of the graph are both weights and both biases."""
    _, leaves, _ = _graph()
    assert leaves == {"0.weight", "0.bias", "2.weight", "2.bias"}


def parameters_are_every_weight_and_every_bias():
    """`model.parameters()` lists every weight and every bias."""
    _, _, model = start(0)
    first, _, last = model
    expected = [first.weight, first.bias, last.weight, last.bias]
    for found, param in zip(model.parameters(), expected, strict=True):
        assert found is param


def the_loop_trains_two_hundred_layers():
    """The loop of the lesson updates each of the 400 parameters of two hundred layers."""
    torch.manual_seed(0)
    model = answers.any_depth([D_in] + 199 * [20] + [D_out])
    params = list(model.parameters())
    x, y, _ = start(0)
    quiet = contextlib.redirect_stdout(io.StringIO())
    with quiet, mock.patch.object(nn_sequential, "steps", 2):
        nn_sequential.train(model, x, y)
    assert len(params) == 400
    assert all(param.grad is not None for param in params)


def the_first_loss_was_tens_of_millions():
    """The first loss is tens of millions in lessons 3 and 4, and below a thousand in lesson 5."""
    for lesson in ("autograd", "custom_function"):
        assert 1e7 < record(lesson).values["losses"][0] < 1e8
    assert record("nn_sequential").values["losses"][0] < 1000


def the_learning_rate_grew_a_hundredfold():
    """The learning rate is a hundred times that of the lessons before."""
    rate = record("nn_sequential").values["learning_rate"]
    for lesson in LESSONS_BEFORE:
        assert rate / lesson.learning_rate == pytest.approx(100)


def weights_from_randn_explode_at_this_learning_rate():
    """At this learning rate the network explodes from `torch.randn` and learns from `Linear`."""
    for seed in SEEDS:
        ends = []
        for x, y, model in (start_from_randn(seed), start(seed)):
            sgd = torch.optim.SGD(model.parameters(), lr=nn_sequential.learning_rate)
            ends.append(train(x, y, model, sgd, steps=20)[-1])
        assert not math.isfinite(ends[0])
        assert ends[1] < 500


def weights_from_randn_learn_at_the_old_learning_rate():
    """At the learning rate of lesson 4 the same network learns from `torch.randn`."""
    for seed in SEEDS:
        x, y, model = start_from_randn(seed)
        sgd = torch.optim.SGD(model.parameters(), lr=custom_function.learning_rate)
        losses = train(x, y, model, sgd, steps=100)
        assert losses[-1] < losses[0] / 1000


def randn_has_standard_deviation_1():
    """`torch.randn` draws with standard deviation 1."""
    for seed in SEEDS:
        torch.manual_seed(seed)
        assert torch.randn(D_in, H).std().item() == pytest.approx(1, rel=0.02)  # 100,000 numbers


def _spreads(inputs):
    """Return the standard deviations of a layer's weight and outputs; its inputs have 1."""
    found = []
    for seed in SEEDS:
        torch.manual_seed(seed)
        layer = torch.nn.Linear(inputs, 100)
        outputs = layer(torch.randn(64, inputs))
        found.append((layer.weight.std().item(), outputs.std().item()))
    return found


def linear_draws_smaller_weights_the_more_inputs_it_has():
    """`Linear` draws weights below those of `torch.randn`, and smaller ones for more inputs."""
    spreads = [[weight for weight, _ in _spreads(inputs)] for inputs in (10, 100, 1000, 10_000)]
    assert max(spreads[0]) < 0.25
    for few, many in itertools.pairwise(spreads):
        assert max(many) < min(few) / 2


def outputs_stay_in_the_order_of_the_inputs():
    """Whatever the number of inputs, the outputs of `Linear` are about half as large as these."""
    for inputs in (10, 100, 1000, 10_000):
        assert all(0.45 < outputs < 0.75 for _, outputs in _spreads(inputs))


def the_first_loss_is_little_more_than_that_of_predicting_0():
    """Predictions start small, and the first loss is little more than the sum of the squared y."""
    for seed in SEEDS:
        x, y, model = start(seed)
        y_pred = model(x)
        assert y_pred.std() < 0.4
        assert y.pow(2).sum() < SUM(y_pred, y) < 1.2 * y.pow(2).sum()


def the_first_predictions_are_small_beside_the_targets():
    """The first predictions deviate from 0 by less than half as much as the targets do."""
    x, y = nn_sequential.make_data()
    with torch.no_grad():
        assert nn_sequential.make_model()(x).std() < y.std() / 2


def small_weights_make_small_gradients():
    """From small weights, the first gradient is thousands of times shorter."""
    for seed in SEEDS:
        large, small = gradient(*start_from_randn(seed)), gradient(*start(seed))
        assert large.norm() > 2000 * small.norm()


def _change(x, y, model):
    """Return how much the gradient changes, for each unit of distance, along a short step down."""
    before = gradient(x, y, model)
    params = list(model.parameters())
    length = 1e-3 * torch.nn.utils.parameters_to_vector(params).norm()
    step = length * before / before.norm()
    with torch.no_grad():
        for param, part in zip(
            params, step.split([param.numel() for param in params]), strict=True
        ):
            param -= part.view_as(param)
    return ((gradient(x, y, model) - before).norm() / length).item()


def small_weights_make_gradients_that_change_slowly():
    """From small weights, the gradient changes at least a hundred times more slowly."""
    for seed in SEEDS:
        assert _change(*start_from_randn(seed)) > 100 * _change(*start(seed))


def the_bias_has_little_to_do_with_it():
    """Without biases, the first loss and what 100 steps make of it are much the same."""
    for seed in SEEDS:
        losses = []
        for bias in (True, False):
            x, y, model = start(seed, bias=bias)
            losses.append(train(x, y, model, torch.optim.SGD(model.parameters(), lr=1e-4), 100))
        with_bias, without = losses
        assert without[0] == pytest.approx(with_bias[0], rel=0.1)
        assert max(with_bias[-1], without[-1]) < with_bias[0] / 100


def _distances():
    """Return the distances of the ten predictions for sample 0 from their targets, by step."""
    predictions = record("charts.training_in_nn").values["predictions"]
    return {
        int(step.removeprefix("step ")): np.abs(np.subtract(values, predictions["targets"]))
        for step, values in predictions["frames"].items()
    }


def the_predictions_come_to_their_targets():
    """At step 100 all ten predictions for the sample are near their targets; at step 0 few are."""
    distances = _distances()
    assert distances[100].max() < 0.1
    assert (distances[0] > 0.3).sum() == 8


def outputs_4_and_7_move_away_first():
    """In this run outputs 4 and 7 are near at first, move away and come back."""
    distances = _distances()
    for output in (4, 7):
        assert distances[0][output] < 0.05
        assert distances[20][output] > 0.15
        assert distances[100][output] < 0.03


def the_loss_falls_while_two_outputs_move_away():
    """The loss over all samples falls in each step in which outputs 4 and 7 move away."""
    losses = record("nn_sequential").values["losses"]
    assert all(after < before for before, after in itertools.pairwise(losses[:21]))
    distances = _distances()
    assert all(distances[20][output] > distances[5][output] for output in (4, 7))


@functools.cache
def _weights():
    """Return the first layer's weight before and after the training, as vectors."""
    x, y = nn_sequential.make_data()
    model = nn_sequential.make_model()
    before = model[0].weight.detach().flatten().clone()
    with contextlib.redirect_stdout(io.StringIO()):
        nn_sequential.train(model, x, y)
    return before, model[0].weight.detach().flatten()


def weights_start_evenly_between_two_bounds():
    """The first weights lie evenly between two bounds, as many in each bin of the histogram."""
    before, _ = _weights()
    bound = 1 / math.sqrt(D_in)
    assert before.abs().max() <= bound
    counts = torch.histc(before, 20, -bound, bound)
    assert counts.sum() == before.numel()
    assert ((counts - counts.mean()).abs() < 0.07 * counts.mean()).all()  # 5 deviations


def training_moves_most_weights_a_little():
    """In this run most weights move, by less than a third of the bound."""
    before, after = _weights()
    moved = (after - before).abs()
    assert (moved > 0).float().mean() > 0.9
    assert (moved < 1 / math.sqrt(D_in) / 3).float().mean() > 0.9


def training_blurs_the_edges():
    """After the training, some weights lie beyond the bounds."""
    _, after = _weights()
    beyond = (after.abs() > 1 / math.sqrt(D_in)).float().mean()
    assert 0.02 < beyond < 0.2


def _median_power(counts, edges):
    """Return the middle of the bin in which the median of a histogram lies."""
    total = np.cumsum(counts)
    middle = int(np.searchsorted(total, total[-1] / 2))
    return (edges[middle] + edges[middle + 1]) / 2


def typical_gradients_shrink_by_four_powers_of_ten():
    """From the first step to the last, the median gradient shrinks by about four powers of ten."""
    gradients = record("charts.training_in_nn").values["gradients"]
    first, last = (_median_power(**gradients[name]) for name in ("first", "last"))
    assert 3.5 < first - last < 5


@functools.cache
def _first_and_last():
    """Return the errors and the first weight's gradients at the first and at the last step."""
    x, y = nn_sequential.make_data()
    model = nn_sequential.make_model()
    found = []
    for steps in (0, 499):
        with (
            contextlib.redirect_stdout(io.StringIO()),
            mock.patch.object(nn_sequential, "steps", steps),
        ):
            nn_sequential.train(model, x, y)
        model.zero_grad()
        y_pred = model(x)
        SUM(y_pred, y).backward()
        found.append(((y_pred - y).detach().abs(), model[0].weight.grad.abs()))
    return found


def most_gradients_shrink_by_three_powers_of_ten():
    """From the first step to the last, most gradients shrink by at least three powers of ten."""
    (_, first), (_, last) = _first_and_last()
    assert (last < first / 1000).float().mean() > 0.75


def errors_shrink_as_the_gradients_do():
    """The errors shrink by as many powers of ten as the gradients, give or take half a power."""
    first, last = _first_and_last()
    powers = [
        math.log10(before.median() / after.median())
        for before, after in zip(first, last, strict=True)
    ]
    assert powers[0] == pytest.approx(powers[1], abs=0.5)
    assert powers[0] > 3.5


def multiplying_by_the_weight_as_it_is_raises():
    """Multiplied as `w1` is, the stored weight does not fit, and PyTorch raises an error."""
    error = record("mistakes.nn_sequential_weight_product").values["error"]
    assert "mat1 and mat2 shapes cannot be multiplied (64x1000 and 100x1000)" in error


def linear_stores_out_in_and_multiplies_by_the_transpose():
    """`Linear(1000, 100)` stores (100, 1000) and multiplies by the transpose of that."""
    with contextlib.redirect_stdout(io.StringIO()):
        shape, difference = nn_sequential_weight_shape.main()
    assert shape == "(100, 1000)"
    assert difference < 1e-5  # outputs are about 1, and float32 has 7 digits


def with_equal_sizes_the_numbers_are_wrong_without_an_error():
    """With as many inputs as outputs, the untransposed weight gives wrong numbers and no error."""
    torch.manual_seed(0)
    layer = torch.nn.Linear(50, 50)
    x = torch.randn(4, 50)
    assert (x.mm(layer.weight) + layer.bias - layer(x)).abs().max() > 0.1


def the_gradient_is_transposed_along_with_the_weight():
    """The gradient of the weight has its shape and is the transpose of the gradient of `w1`."""
    x, y, w1, w2 = custom_function.make_data()
    model = answers.as_layers(w1, w2)
    SUM(model(x), y).backward()
    SUM(x.mm(w1).clamp(min=0).mm(w2), y).backward()
    assert model[0].weight.grad.shape == (H, D_in)
    difference = (model[0].weight.grad - w1.grad.t()).norm()
    assert difference < 1e-4 * w1.grad.norm()  # sums in float32


def with_the_mean_the_network_hardly_learns():
    """With the mean, 100 steps take off less than 2 %; with the sum, more than 99 %."""
    lines = record("mistakes.nn_sequential_mean").output.splitlines()
    untrained, mean, summed = (float(line.split()[-1]) for line in lines)
    assert 0.98 * untrained < mean < untrained
    assert summed < 0.01 * untrained


def the_mean_gives_no_warning():
    """Training with the mean raises no error and no warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nn_sequential_mean.errors_after(torch.nn.MSELoss(), steps=2)
    assert caught == []


def the_gradient_of_the_mean_is_640_times_shorter():
    """From the same weights, the gradient of the mean is 640 times shorter than that of the sum."""
    x, y, model = start(0)
    norms = []
    for loss_fn in (SUM, torch.nn.MSELoss()):
        model.zero_grad()
        loss_fn(model(x), y).backward()
        norms.append(model[0].weight.grad.norm().item())
    assert norms[0] / norms[1] == pytest.approx(N * D_out, rel=1e-4)
    assert N * D_out == 640


Y = torch.tensor([1.0, 2.0, 3.0, 4.0])  # of mistakes/nn_sequential_broadcast.py


def each_prediction_is_compared_with_every_target():
    """The shapes (4, 1) and (4,) broadcast to (4, 4), and the loss is the mean of 16 squares."""
    differences = Y.reshape(4, 1) - Y
    assert differences.shape == (4, 4)
    loss = record("mistakes.nn_sequential_broadcast").values["wrong"]
    assert loss == differences.pow(2).mean() == 2.5


def broadcasting_gives_wrong_gradients():
    """At a perfect prediction the gradient is 0; after broadcasting it is not."""
    y_pred = Y.reshape(4, 1).clone().requires_grad_()
    (wrong,) = torch.autograd.grad(torch.nn.MSELoss()(y_pred, Y), y_pred)
    (right,) = torch.autograd.grad(torch.nn.MSELoss()(y_pred.squeeze(1), Y), y_pred)
    assert wrong.abs().max() > 0.1
    assert right.abs().max() == 0


def broadcasting_warns_once_in_a_loop():
    """In a loop, PyTorch warns of the different shapes once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            torch.nn.MSELoss()(Y.reshape(4, 1), Y)
    (warning,) = caught
    assert "different to the input size" in str(warning.message)


def squeezed_the_shapes_agree_and_the_loss_is_0():
    """`y_pred.squeeze(1)` drops the dimension of size 1, and the loss is 0."""
    assert Y.reshape(4, 1).squeeze(1).shape == (4,)
    assert record("mistakes.nn_sequential_broadcast").values["right"] == 0


def rebinding_changes_nothing_and_in_place_does():
    """`param = param - …` leaves the weight as it is, and `-=` moves it."""
    values = record("mistakes.nn_sequential_rebind").values
    assert values["rebound"] == 0 < values["in_place"]


def rebinding_makes_a_new_tensor():
    """`param - …` is a new tensor, and `-=` changes the tensor that the model owns."""
    model = torch.nn.Linear(3, 2)
    param = next(model.parameters())
    assert (param - 0.1) is not model.weight
    with torch.no_grad():
        param -= 0.1
    assert param is model.weight


def call_and_forward_compute_the_same_here():
    """Without hooks, `model(x)` and `model.forward(x)` give the same numbers."""
    x, _, model = start(0)
    assert torch.equal(model(x), model.forward(x))


def only_the_call_runs_the_hooks():
    """`model(x)` runs the hooks and `model.forward(x)` does not."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert nn_sequential_call.main() == 1
    assert [line.split()[-1] for line in printed.getvalue().splitlines()] == ["0", "1"]


def a_hook_can_change_the_result():
    """What a forward hook returns takes the place of the result."""
    x, _, model = start(0)
    expected = model(x)
    model.register_forward_hook(lambda module, args, output: 2 * output)
    assert torch.equal(model(x), 2 * expected)


def nearly_all_parameters_are_in_the_first_weight():
    """Of the parameters, 98 % and more are in the first weight."""
    shapes, count = answers.program(D_in, H, D_out)
    assert math.prod(shapes[0]) > 0.98 * count


def the_biases_are_110_numbers():
    """The two biases are 110 numbers together."""
    shapes, _ = answers.program(D_in, H, D_out)
    assert sum(math.prod(shape) for shape in shapes if len(shape) == 1) == 110


def the_rate_for_the_mean_takes_the_same_steps():
    """With the learning rate for the mean, mean and sum take the same steps."""
    x, y, _ = start(0)
    rate = answers.rate_for_mean(1e-4, y)
    summed = answers.weight_after(SUM, 1e-4, x, y)
    mean = answers.weight_after(torch.nn.MSELoss(), rate, x, y)
    assert torch.allclose(summed, mean, atol=1e-6)  # weights are at most 0.04


def losses_of_the_mean_are_640_times_smaller():
    """The loss that is printed with the mean is 640 times smaller."""
    x, y, model = start(0)
    ratio = SUM(model(x), y) / torch.nn.MSELoss()(model(x), y)
    assert ratio.item() == pytest.approx(640, rel=1e-4)


def the_layers_start_with_the_loss_of_lesson_4():
    """With the data and the weights of lesson 4, the layers start with the loss of lesson 4."""
    printed = record("answers.nn_sequential").output.split("\n\n")[2]
    loss = float(printed.split()[-1])
    assert loss == pytest.approx(record("custom_function").values["losses"][0], rel=1e-3)


@functools.cache
def _last_layer_trained():
    """Return the first layer's weight before and after training the last one, and the losses."""
    x, y, model = start(0)
    before = model[0].weight.detach().clone()
    losses = answers.train_last(model, x, y, 1e-3, 500)
    return before, model[0].weight.detach(), losses


def the_first_layer_stays_random():
    """Training the last layer leaves the first layer exactly as it was drawn."""
    before, after, _ = _last_layer_trained()
    assert torch.equal(before, after)


def the_last_layer_alone_brings_the_loss_far_down():
    """In 500 steps the last layer alone takes off more than 97 % of the loss."""
    _, _, losses = _last_layer_trained()
    assert len(losses) == 500
    assert losses[-1] < 0.03 * losses[0]


def no_line_of_the_loop_changes_with_the_depth():
    """The loop of the lesson trains the network of three layers as it is."""
    torch.manual_seed(0)
    model = answers.any_depth([1000, 100, 100, 10])
    x, y, _ = start(0)
    quiet = contextlib.redirect_stdout(io.StringIO())
    with quiet, mock.patch.object(nn_sequential, "steps", 100):
        losses = nn_sequential.train(model, x, y)
    assert losses[-1] < 0.5 * losses[0]
