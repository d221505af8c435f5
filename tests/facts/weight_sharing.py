"""What `lessons/weight-sharing` says."""

import contextlib
import functools
import inspect
import io
import itertools
import random
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
    weight_sharing,
)
from snippets import weight_sharing_reader as reading
from snippets.answers import weight_sharing as answers
from snippets.mistakes import (
    weight_sharing_by_depth,
    weight_sharing_decisions,
    weight_sharing_fixed,
    weight_sharing_gradient,
    weight_sharing_hand_update_fixed,
    weight_sharing_randint,
)

DEPTHS = range(4)
SEEDS = range(5)
AS_IN_THE_LESSON = (1e-4, 0.9)  # learning rate, momentum
SMALL_STEPS = (5e-5, 0)


def _nodes(tensor):
    """Return the operations that autograd recorded behind a tensor, without the leaves."""
    found, ahead = set(), [tensor.grad_fn]
    while ahead:
        node = ahead.pop()
        if node is not None and node.next_functions and node not in found:
            found.add(node)
            ahead += [before for before, _ in node.next_functions]
    return found


def _structure(node):
    """Return the names of a node and of all nodes before it, nested as they are connected."""
    return node and (node.name(), [_structure(before) for before, _ in node.next_functions])


def _graphs_of(train, *arguments):
    """Return the structure of the graph behind each loss that a training goes back from."""
    found = []
    backward = torch.Tensor.backward

    def note(loss):
        found.append(_structure(loss.grad_fn))
        backward(loss)

    with mock.patch.object(torch.Tensor, "backward", note):
        train(*arguments)
    return found


def _sgd(model, lr=1e-4, momentum=0):
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def _net(torch_seed=0, random_seed=0):
    """Return the lesson's network and its inputs, each generator with a seed of its own."""
    x, _ = weight_sharing.make_data()
    torch.manual_seed(torch_seed)
    random.seed(random_seed)
    return weight_sharing.DynamicNet(1000, 100, 10), x.cpu()


def _depths_drawn(model, x, passes):
    """Return how often each of several passes used the middle layer."""
    uses = []
    handle = model.middle_linear.register_forward_hook(lambda *_: uses.append(1))
    counts = []
    for _ in range(passes):
        uses.clear()
        model(x)
        counts.append(len(uses))
    handle.remove()
    return counts


@functools.cache
def _by_depth(setting, seed=0):
    """Return the depths and the losses at all depths of a training from a seed."""
    with mock.patch.object(weight_sharing_by_depth, "seed", seed):
        return weight_sharing_by_depth.train(*setting)


@functools.cache
def _rises(setting, seed=0):
    """Return the table of how often a step at one depth raised the loss at each depth."""
    return weight_sharing_by_depth.rises(*_by_depth(setting, seed))


def _last_hundred(setting, seed):
    """Return the mean of the last hundred losses that were trained on."""
    depths, losses = _by_depth(setting, seed)
    return sum(losses[t][depths[t]] for t in range(400, 500)) / 100


def _answer(kind, seed):
    """Return the losses of the third exercise's training."""
    with mock.patch.object(answers, "seed", seed):
        _, losses = answers.train(kind)
    return losses


def lessons_3_to_7_record_the_same_graph_in_each_step():
    """In lessons 3 to 7 the graph has the same structure in each step."""
    for lesson in (autograd, custom_function, nn_sequential, optim, custom_module):
        arguments = lesson.make_data()
        if lesson is custom_module:
            model = custom_module.TwoLayerNet(1000, 100, 10).to(arguments[0].device)
            arguments = (model, _sgd(model), *arguments)
        elif lesson in (nn_sequential, optim):
            model = lesson.make_model()
            arguments = (model, *([_sgd(model)] if lesson is optim else []), *arguments)
        with mock.patch.object(lesson, "steps", 20):
            first, *others = _graphs_of(lesson.train, *arguments)
        assert len(others) == 19
        assert all(graph == first for graph in others), lesson


@functools.cache
def _reader(seed=0):
    """Return the untrained reader, the trained one and the losses, from a seed."""
    with (
        mock.patch.object(reading, "seed", seed),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        untrained, trained = reading.make_reader(), reading.make_reader()
        return untrained, trained, reading.train(trained)


def looping_over_a_tensor_goes_through_its_first_dimension():
    """A loop over a tensor goes through its first dimension; each round has the other ones."""
    rounds = list(torch.arange(24).reshape(4, 3, 2))
    assert len(rounds) == 4
    assert rounds[1].tolist() == [[6, 7], [8, 9], [10, 11]]


def the_reader_has_three_layers_for_any_length():
    """The reader has three layers, and reads numbers of any length with them."""
    model = reading.make_reader()
    assert len(list(model.children())) == 3
    for T in (1, 5, 50):
        assert model(torch.ones(T, 7, 1, device=reading.device)).shape == (7, 1)
    assert len(list(model.parameters())) == 6


def the_number_101_is_5():
    """The digits 1, 0, 1 are those of the number 5."""
    digits, y = reading.all_numbers(3)
    assert digits[:, 5, 0].tolist() == [1, 0, 1]
    assert y[5] == 5


def the_digits_are_those_of_the_values():
    """There are 2**T numbers of T digits, whose digits are those that Python writes for them."""
    for T in (1, 3, 6):
        digits, y = reading.all_numbers(T)
        assert digits.shape == (T, 2**T, 1)
        for n in range(2**T):
            assert y[n] == n
            assert "".join(f"{digit:.0f}" for digit in digits[:, n, 0]) == f"{n:0{T}b}"
    assert 0b101101 // 4 == 0b1011, "without its last two digits"
    assert 0b1011 % 2 == 1, "the last digit"


def the_table_has_five_lengths():
    """The gradients in the output are those for 1, 2, 4, 8 and 16 digits."""
    shown = record("weight_sharing_reader").output.split("\n\n")[3].splitlines()
    for name, line in zip(("untrained", "trained", "by_hand"), shown, strict=True):
        numbers = [abs(float(number)) for number in line.split()[-5:]]
        expected = [_by_length(name)[T] for T in (1, 2, 4, 8, 16)]
        assert numbers == pytest.approx(expected, rel=0.06), "two digits are printed"


def divided_by_the_size_short_numbers_count_too():
    """To zeros, the loss for 5 digits is 2.5 times that for 1 digit, and undivided 651 times."""
    targets = {T: reading.all_numbers(T)[1] for T in (1, 5)}
    divided = {T: (y / 2**T).pow(2).mean().item() for T, y in targets.items()}
    undivided = {T: y.pow(2).mean().item() for T, y in targets.items()}
    assert round(divided[5] / divided[1], 1) == 2.5
    assert round(undivided[5] / undivided[1]) == 651


def the_rate_falls_to_almost_0():
    """The last step's learning rate is a thousandth of the first one's, and steps fall evenly."""
    rates = []
    step = torch.optim.Adam.step

    def note(optimizer, *arguments):
        rates.append(optimizer.param_groups[0]["lr"])
        return step(optimizer, *arguments)

    model = reading.make_reader()
    with (
        mock.patch.object(torch.optim.Adam, "step", note),
        mock.patch.object(reading, "longest", 1),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        reading.train(model)
    assert rates[0] == reading.learning_rate
    assert rates[-1] == pytest.approx(rates[0] / 1000)
    assert rates == sorted(rates, reverse=True)


def the_reader_learns():
    """The mean of the last hundred losses is less than a thousandth of the first loss."""
    losses = record("weight_sharing_reader").values["losses"]
    assert sum(losses[-100:]) / 100 < losses[0] / 1000  # measured: less than a millionth


@pytest.mark.thorough
def all_trained_lengths_are_read_right():
    """With each of five seeds, all numbers of up to five digits are read right."""
    assert reading.longest == 5
    for seed in SEEDS:
        _, trained, _ = _reader(seed)
        for T in range(1, 6):
            right, error = reading.measure(trained, T)
            assert right == 1
            assert error < 0.4, "far enough from a half"  # measured: 0.25 and less


@pytest.mark.thorough
def much_longer_numbers_are_read_wrong():
    """With each of five seeds, the longer, the fewer right; of those with ten digits hardly any."""
    for seed in SEEDS:
        _, trained, _ = _reader(seed)
        right = [reading.measure(trained, T)[0] for T in (5, 8, 10, 12)]
        assert right == sorted(right, reverse=True)
        assert right[2] < 0.2  # measured: 0.11 and less


def _read(model, value, T):
    """Return what the reader says of one number of T digits."""
    digits = [int(digit) for digit in f"{value:0{T}b}"]
    with torch.no_grad():
        return int(model(torch.tensor(digits, dtype=reading.dtype).reshape(T, 1, 1)).item())


def by_hand_24_digits_are_right():
    """With one hidden value and the weights 1, 2 and 1, up to 24 digits are right, and not 25."""
    model = reading.by_hand()
    assert model.H == 1
    for T in range(1, 15):
        assert reading.measure(model, T) == (1, 0)
    for value in (2**24 - 1, 2**23 + 1, 11184811):
        assert _read(model, value, 24) == value
    assert _read(model, 2**24 + 1, 25) != 2**24 + 1


@pytest.mark.thorough
def errors_more_than_double_with_each_digit():
    """From 5 digits to 12, the largest error grows to more than what 7 doublings would give."""
    for seed in SEEDS:
        _, trained, _ = _reader(seed)
        errors = [reading.measure(trained, T)[1] for T in range(5, 13)]
        assert errors == sorted(errors)
        assert errors[-1] > 1.5 * 2**7 * errors[0]  # measured: 2.9 times that and more


def the_graph_of_the_reader_grows_and_its_leaves_do_not():
    """The leaves are three weights for each length; two of them get an arrow per digit."""
    for T in (1, 2, 3):
        graph = record("charts.autograd_graphs").values["lengths"][f"{T}_digits"]
        leaves = {id_: n["name"] for id_, n in graph["nodes"].items() if n["kind"] == "leaf"}
        arrows = dict.fromkeys(leaves.values(), 0)
        for before, _, _ in graph["edges"]:
            if before in leaves:
                arrows[leaves[before]] += 1
        layers = {"input_linear": T, "hidden_linear": T, "output_linear": 1}
        assert arrows == {f"{layer}.weight": uses for layer, uses in layers.items()}


def _by_length(name):
    """Return the gradients of the first digit, without their sign, by the number of digits."""
    return dict(map(tuple, record("weight_sharing_reader").values["gradients"][name]))


def each_digit_multiplies_the_gradient_by_the_same_weights():
    """With weights by hand, whose ReLU lets all through, each digit doubles the gradient."""
    assert _by_length("by_hand") == {T: 2 ** (T - 1) for T in range(1, 17)}


@pytest.mark.thorough
def untrained_the_gradient_vanishes():
    """For 16 digits the untrained gradient is less than a thousandth of that for one digit."""
    found = _by_length("untrained")
    assert found[16] < found[1] / 1000  # measured: a two-thousandth
    for seed in SEEDS:
        untrained, _, _ = _reader(seed)
        assert abs(reading.first_digit_gradient(untrained, 16)) < 1e-5


def trained_the_gradient_doubles_with_each_digit():
    """In the trained network, from each length to the next, the gradient about doubles."""
    found = _by_length("trained")
    for T in range(1, 16):
        assert 1.7 < found[T + 1] / found[T] < 2.4  # measured: 1.9 to 2.3


def autograd_grad_returns_what_backward_would_add():
    """`torch.autograd.grad` returns the gradient and leaves `.grad` alone."""
    weight = torch.tensor(2.0, requires_grad=True)
    (slope,) = torch.autograd.grad(weight**2, weight)
    assert weight.grad is None
    (weight**2).backward()
    assert weight.grad == slope


def _readings():
    """Return the value and the slope that the page shows for each text."""
    lines = record("mistakes.weight_sharing_decisions").output.split("\n\n")[0].splitlines()
    found = {}
    for line in lines:
        value, slope = line[10:].split(", slope ")
        found[line[:9].strip()] = float(value), float(slope)
    return found


def what_did_not_run_does_not_count():
    """Spaces, and what stands behind the full stop, change neither the value nor the slope."""
    readings = _readings()
    assert readings["101."] == readings["1 01. 11"]


def the_slopes_are_those_of_the_powers():
    """`101.` gives w² + 1 and the slope 2 w = 4, `1000.` gives w³ and the slope 3 w² = 12."""
    readings = _readings()
    assert readings["101."] == (2**2 + 1, 4)
    assert readings["1000."] == (2**3, 12)


def a_decision_has_no_gradient():
    """The input has the slope of the branch that ran, and the limit has no gradient."""
    of_x, of_limit = weight_sharing_decisions.main()
    assert of_x == 3
    assert of_limit is None
    x = torch.tensor(2.0, requires_grad=True)
    weight_sharing_decisions.triple_above(x, 4.0).backward()
    assert x.grad == 1


def if_wants_one_number():
    """`if` works with one number; with three, PyTorch and numpy raise an error."""
    shown = record("mistakes.weight_sharing_if")
    assert shown.output.startswith("tensor(15.)\n")
    assert "more than one value is ambiguous" in shown.values["error"]
    with pytest.raises(ValueError, match="ambiguous"):
        bool(np.array([5.0, 1.0, 6.0]) > 4)


def where_decides_entry_by_entry():
    """`torch.where` gives each entry value and slope of its branch, unless the other's is nan."""
    shown = record("mistakes.weight_sharing_if_fixed")
    assert shown.output == "[15.0, 1.0, 18.0]\n[3.0, 1.0, 3.0]\n"
    x = torch.tensor([4.0, 0.0, -1.0], requires_grad=True)
    torch.where(x > 0, x.sqrt(), x * 0).sum().backward()
    assert x.grad[0] == 0.25
    assert x.grad[1:].isnan().all()


def each_pass_builds_a_graph_of_its_own():
    """Each run of `forward` builds a new graph, with nodes of its own."""
    model, x = _net()
    passes = [_nodes(model(x)) for _ in range(5)]
    assert all(passes)
    assert len(set().union(*passes)) == sum(map(len, passes))


def three_layers_are_made_once():
    """There are three layers, made once: passes add none and replace none."""
    model, x = _net()
    layers = list(model.children())
    assert len(layers) == 3
    _depths_drawn(model, x, 20)
    assert all(now is before for now, before in zip(model.children(), layers, strict=True))


def the_middle_layer_is_used_0_to_3_times():
    """A pass uses the middle layer 0, 1, 2 or 3 times."""
    model, x = _net()
    assert set(_depths_drawn(model, x, 200)) == set(DEPTHS)


def the_middle_layer_keeps_the_shape():
    """Input and output of the middle layer have the shape (N, H)."""
    model, _ = _net()
    h_relu = torch.ones(64, 100)
    assert model.middle_linear(h_relu).shape == h_relu.shape


def depth_comes_from_python_and_weights_from_torch():
    """A different seed of `random` changes the depths alone, one of PyTorch the weights alone."""
    (model, x), (other_depths, _), (other_weights, _) = _net(), _net(random_seed=1), _net(1)
    assert torch.equal(model.input_linear.weight, other_depths.input_linear.weight)
    assert not torch.equal(model.input_linear.weight, other_weights.input_linear.weight)
    drawn = []
    for seed, net in ((0, model), (1, other_depths), (0, other_weights)):
        random.seed(seed)
        drawn.append(_depths_drawn(net, x, 20))
    assert drawn[0] == drawn[2] != drawn[1]


def the_seed_of_torch_leaves_random_as_it_was():
    """`torch.manual_seed` does not touch Python's generator."""
    _, _, unchanged = weight_sharing_randint.main()
    assert unchanged


@pytest.mark.thorough
def momentum_leaves_less_than_a_fifth_of_the_loss():
    """With momentum the last hundred losses are less than a fifth as large, for five seeds."""
    for seed in SEEDS:
        with_momentum = _last_hundred(AS_IN_THE_LESSON, seed)
        assert with_momentum < _last_hundred((1e-4, 0), seed) / 5  # measured: / 8 and less


def the_loss_falls_but_not_at_every_step():
    """The loss goes down in the end, but not at every step."""
    losses = record("weight_sharing").values["losses"]
    assert losses[-1] < losses[0] / 100
    assert any(after > before for before, after in itertools.pairwise(losses))


@pytest.mark.skipif(torch.accelerator.is_available(), reason="it draws different random numbers")
def the_losses_by_depth_are_those_of_the_lesson():
    """The program that groups the losses by depth repeats the lesson's run."""
    lesson = record("weight_sharing").values["losses"]
    depths, losses = _by_depth(AS_IN_THE_LESSON)
    for t in range(100):  # later, float32 has amplified what rounding leaves open
        assert losses[t][depths[t]] == pytest.approx(lesson[t], rel=1e-2)


def _means(first, last):
    return weight_sharing_by_depth.mean_by_depth(*_by_depth(AS_IN_THE_LESSON), first, last)


def every_depth_fits_the_data():
    """At every depth the mean loss falls to less than a fiftieth."""
    early, late = _means(0, 99), _means(400, 499)
    assert all(after < before / 50 for before, after in zip(early, late, strict=True))


def deeper_passes_leave_larger_losses_in_this_run():
    """In this run, the deeper the network was, the larger is the loss that is left."""
    late = _means(400, 499)
    assert late == sorted(late)


@pytest.mark.thorough
def learning_rate_and_momentum_each_carry_steps_too_far():
    """At the full learning rate, and with momentum, some steps raise the loss they came from."""
    for setting in ((1e-4, 0), (5e-5, 0.9)):
        table = _rises(setting)
        assert max(table[depth][depth] for depth in DEPTHS) > 10


def small_steps_never_raise_the_loss_that_they_came_from():
    """At half the learning rate and without momentum no step raised its own loss in this run."""
    table = _rises(SMALL_STEPS)
    assert all(table[depth][depth] == 0 for depth in DEPTHS)


def depth_0_and_the_others_raise_each_other_in_more_than_half_of_the_steps():
    """In this run most steps at depth 0 raise the loss at each other depth, and the reverse."""
    table = _rises(SMALL_STEPS)
    assert all(table[0][depth] > 50 and table[depth][0] > 50 for depth in (1, 2, 3))


def depths_1_to_3_hardly_raise_each_other_in_this_run():
    """In this run less than a tenth of the steps at depths 1 to 3 raise the loss at the others."""
    table = _rises(SMALL_STEPS)
    assert max(table[one][other] for one in (1, 2, 3) for other in (1, 2, 3)) < 10


@pytest.mark.thorough
def depth_0_is_in_the_way_more_than_the_others_for_five_seeds():
    """For each of five seeds, depth 0 and another raise each other more often than others do."""
    for seed in SEEDS:
        table = _rises(SMALL_STEPS, seed)
        with_0 = [share for depth in (1, 2, 3) for share in (table[0][depth], table[depth][0])]
        without_0 = [table[one][other] for one in (1, 2, 3) for other in (1, 2, 3)]
        assert min(with_0) > max(without_0) + 10  # measured: at least 16 more, of 100


def outputs_differ_and_parameters_do_not():
    """The output depends on the depth; the number of parameters is the same at each depth."""
    shown = record("mistakes.weight_sharing_parameters")
    assert len(set(shown.values["outputs"])) == 4
    assert shown.output.count(f"{shown.values['parameters']:,} parameters") == 4
    model, _ = _net()
    assert sum(param.numel() for param in model.parameters()) == shown.values["parameters"]


def a_shared_weight_gets_the_sum_of_the_gradients_of_its_uses():
    """The gradient of a weight that was used twice is the sum of the gradients of its uses."""
    assert weight_sharing_gradient.main() < 1e-12  # float64


def uses_in_one_pass_and_in_two_add_up_alike():
    """Used in one pass or in two, a weight gets the same sum of gradients."""
    x = torch.tensor([[1.0, -2.0, 3.0]])
    once, twice = (torch.ones(3, 3, requires_grad=True) for _ in range(2))
    (x.mm(once).sum() + (2 * x).mm(once).sum()).backward()
    x.mm(twice).sum().backward()
    (2 * x).mm(twice).sum().backward()
    assert torch.equal(once.grad, twice.grad)


def the_middle_weight_is_one_leaf_with_an_arrow_for_each_use():
    """At depth 0 the middle weight is not in the graph; deeper it is one leaf, an arrow per use."""
    for depth in DEPTHS:
        graph = record("charts.autograd_graphs").values["depths"][f"depth {depth}"]
        leaves = [
            node for node, of in graph["nodes"].items() if of["name"] == "middle_linear.weight"
        ]
        arrows = [edge for edge in graph["edges"] if edge[0] in leaves]
        assert len(leaves) == min(depth, 1)
        assert len(arrows) == depth


def training_changes_numbers_only():
    """From the first step to the last there are the same three weights and three biases."""
    model, x = _net()
    before = list(model.parameters())
    names = [name.split(".")[1] for name, _ in model.named_parameters()]
    values = [param.detach().clone() for param in before]
    with mock.patch.object(weight_sharing, "steps", 20):
        weight_sharing.train(model, _sgd(model, *AS_IN_THE_LESSON), x, torch.ones(64, 10))
    assert sorted(names) == 3 * ["bias"] + 3 * ["weight"]
    assert all(now is then for now, then in zip(model.parameters(), before, strict=True))
    assert not any(torch.equal(now, then) for now, then in zip(before, values, strict=True))


def each_use_puts_three_operations_into_the_graph():
    """Each further use of the middle layer puts three more operations into the graph."""
    sizes, _, _ = weight_sharing_fixed.main()
    assert [after - before for before, after in itertools.pairwise(sizes)] == [3, 3, 3]


def eval_changes_some_layers_and_not_the_draw():
    """`model.eval()` changes what Dropout does; four depths are still drawn after it."""
    torch.manual_seed(0)
    dropout, x = torch.nn.Dropout(), torch.ones(100)
    assert not torch.equal(dropout(x), x)
    assert torch.equal(dropout.eval()(x), x)
    model, inputs = _net()
    assert set(_depths_drawn(model.eval(), inputs, 200)) == set(DEPTHS)


def one_input_gets_four_predictions_and_with_a_depth_one():
    """One input gets four different predictions, and one if the caller says how deep."""
    _, drawn, given = weight_sharing_fixed.main()
    assert (drawn, given) == (4, 1)


def what_takes_no_part_has_no_gradient():
    """At depth 0 the middle layer gets no gradient: `.grad` is None, not zeros."""
    assert record("mistakes.weight_sharing_depth_zero").values["has_grad"] == [0, 1, 1, 1]


def _optimizers():
    """Return the optimizers of PyTorch, but the one that takes sparse gradients alone."""
    kinds = [kind for kind in vars(torch.optim).values() if isinstance(kind, type)]
    bases = (torch.optim.Optimizer, torch.optim.SparseAdam)
    return [kind for kind in kinds if issubclass(kind, bases[0]) and kind not in bases]


def optimizers_skip_what_has_no_gradient():
    """PyTorch's optimizers leave a parameter as it is that got no gradient in this step."""
    loss = torch.ones(())
    for kind in _optimizers():
        param = torch.nn.Parameter(torch.eye(3))
        optimizer = kind([param], **({"momentum": 0.9} if kind is torch.optim.SGD else {}))
        param.grad = torch.ones(3, 3)
        optimizer.step(lambda: loss)  # one of them wants a function that returns the loss
        before = param.detach().clone()
        assert not torch.equal(before, torch.eye(3)), kind
        param.grad = None
        optimizer.step(lambda: loss)
        assert torch.equal(param, before), kind


def the_loop_of_lesson_5_fails_at_none():
    """The hand-written update of lesson 5 raises an error at a gradient that is None."""
    shown = record("mistakes.weight_sharing_hand_update")
    assert "'float' and 'NoneType'" in shown.values["error"]


def asking_for_none_first_moves_the_others():
    """The update that asks for None first moves the parameters that have a gradient."""
    shown = record("mistakes.weight_sharing_hand_update_fixed")
    assert shown.output == "2 of 4 parameters moved\n"


def the_first_of_two_layers_moves():
    """The model has two layers; the second takes no part, so the first layer's two move."""
    source = inspect.getsource(weight_sharing_hand_update_fixed.main)
    model = torch.nn.ModuleList([torch.nn.Linear(8, 6), torch.nn.Linear(6, 6)])
    assert "[torch.nn.Linear(8, 6), torch.nn.Linear(6, 6)]" in source
    model[0](torch.ones(4, 8)).pow(2).sum().backward()
    moved = [name for name, param in model.named_parameters() if param.grad is not None]
    assert moved == ["0.weight", "0.bias"]
    assert len(list(model.parameters())) == 4


def python_includes_the_upper_end_and_torch_does_not():
    """`random.randint(0, 3)` draws 3 too, `torch.randint(0, 3, ())` does not."""
    from_python, from_torch, _ = weight_sharing_randint.main()
    assert from_python == [0, 1, 2, 3]
    assert from_torch == [0, 1, 2]


def the_wrong_randint_never_draws_depth_3():
    """With `torch.randint(0, 3, ())` in `forward` depth 3 never comes, and no error."""
    model, x = _net()
    with mock.patch.object(random, "randint", lambda low, high: torch.randint(low, high, ())):
        assert set(_depths_drawn(model, x, 200)) == {0, 1, 2}


def the_counterpart_of_randint_has_4_as_its_end():
    """`torch.randint(0, 4, ())` draws what `random.randint(0, 3)` draws."""
    output = record("mistakes.weight_sharing_randint").output
    assert "torch.randint(0, 4, ()): [0, 1, 2, 3]" in output


def exercise_1_prints_what_is_predicted():
    """The program of the first exercise prints what the answer predicts."""
    part, *_ = record("answers.weight_sharing").output.split("\n\n")
    assert part == "\n".join(map(str, answers.predict()))


def one_layer_has_9_weights_and_3_biases():
    """A `Linear(3, 3)` has 9 weights and 3 biases, and counts once though it is used twice."""
    layer = torch.nn.Linear(3, 3)
    model = torch.nn.Sequential(layer, torch.nn.ReLU(), layer)
    assert [param.numel() for param in model.parameters()] == [9, 3]


def each_use_of_w_contributes_10():
    """Each of the two uses of w contributes a gradient of 2 · 5 = 10."""
    first, second = (torch.tensor(2.0, requires_grad=True) for _ in range(2))
    (first * (second * 5)).backward()
    assert (first.grad, second.grad) == (10, 10)


def unused_is_in_no_graph():
    """`unused` is in no graph: it has no gradient."""
    assert record("answers.weight_sharing").output.split("\n")[2] == "None"


def exercise_2_needs_no_seed_of_random():
    """With `draw_depth` in `forward`, the training does not depend on the seed of `random`."""
    found = []
    for seed in (0, 1):
        model, x = _net(random_seed=seed)
        with (
            mock.patch.object(random, "randint", side_effect=lambda *_: answers.draw_depth()),
            mock.patch.object(weight_sharing, "steps", 20),
        ):
            sgd = _sgd(model, *AS_IN_THE_LESSON)
            found.append(weight_sharing.train(model, sgd, x, torch.ones(64, 10)))
    assert found[0] == found[1]


def exercise_3_has_two_layers_more():
    """Without sharing there are two layers more, of 10,100 parameters each."""
    shared, unshared = (
        [param.numel() for param in kind(1000, 100, 10).parameters()]
        for kind in (answers.SharedNet, answers.UnsharedNet)
    )
    assert len(unshared) - len(shared) == 4, "two weights and two biases"
    assert sum(unshared) - sum(shared) == 2 * 10_100


@pytest.mark.thorough
def exercise_3_starts_slower_and_ends_lower():
    """Without sharing the loss falls more slowly first and ends smaller, for each of five seeds."""
    for seed in SEEDS:
        shared, unshared = _answer(answers.SharedNet, seed), _answer(answers.UnsharedNet, seed)
        assert sum(unshared[:100]) > 1.03 * sum(shared[:100])  # measured: 1.07 and more
        assert sum(unshared[-100:]) < 0.8 * sum(shared[-100:])  # measured: 0.6 and less


def exercise_3_trains_each_layer_only_at_its_depths():
    """At a depth, the layers up to that one get a gradient, and those behind it none."""
    for depth in DEPTHS:
        model = answers.UnsharedNet(8, 6, 2)
        model(torch.ones(4, 8), depth).sum().backward()
        learned = [layer.weight.grad is not None for layer in model.middle_linears]
        assert learned == [number <= depth for number in (1, 2, 3)]


def exercise_4_reads_digits_of_different_lengths():
    """With the weights 1, 10 and 1 it reads rows of digits; lengths say where each of them ends."""
    rows = [[7, 0, 0, 0], [4, 2, 0, 0], [1, 9, 8, 4]]
    assert answers.read_digits(rows, [1, 2, 4]).tolist() == [7, 42, 1984]
    assert answers.read_digits(rows, [4, 4, 4]).tolist() == [7000, 4200, 1984]


def exercise_4_padding_has_no_influence():
    """Padding changes neither predictions nor gradients; with nan in it a gradient is nan."""
    torch.manual_seed(0)
    model, lengths = answers.PaddedReader(3, 4, 2), torch.tensor([1, 5, 3])
    words = torch.randn(5, 3, 3)
    padded = torch.arange(5)[:, None] >= lengths
    other = torch.where(padded[:, :, None], 100.0, words)
    found = []
    for each in (words, other):
        y_pred = model(each, lengths)
        found.append([y_pred, *torch.autograd.grad(y_pred.sum(), list(model.parameters()))])
    assert not torch.equal(words, other)
    assert all(torch.equal(one, two) for one, two in zip(*found, strict=True))
    y_pred = model(torch.where(padded[:, :, None], torch.nan, words), lengths)
    assert torch.equal(y_pred, found[0][0])
    gradients = torch.autograd.grad(y_pred.sum(), list(model.parameters()))
    assert any(gradient.isnan().any() for gradient in gradients)


def the_gradient_took_six_lines():
    """In lesson 1 the gradients take six lines."""
    assert record("charts.one_start").values["lines"]["warmup_numpy"]["gradients"] == 6


def up_to_lesson_4_the_computation_is_the_same():
    """From one start, lessons 1 to 4 give the same losses."""
    losses = record("charts.one_start").values["curves64"]
    for lesson in ("tensors", "autograd", "custom_function"):
        assert losses[lesson] == pytest.approx(losses["warmup_numpy"], rel=1e-5)


def lesson_5_brought_biases_and_a_smaller_start():
    """Lesson 5 has biases, which lessons 1 to 4 have not, and its weights start smaller."""
    _, _, *weights = autograd.make_data()
    params = dict(nn_sequential.make_model().named_parameters())
    assert len(weights) == 2
    assert [name for name in params if name.endswith("bias")] == ["0.bias", "2.bias"]
    assert params["0.weight"].std() < weights[0].std() / 10
    assert params["2.weight"].std() < weights[1].std() / 10
