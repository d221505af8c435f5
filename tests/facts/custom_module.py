"""What `lessons/custom-module` says."""

import ast
import contextlib
import functools
import inspect
import io
import itertools
from unittest import mock

import pytest
import torch

from facts import record
from facts._start import SEEDS, D_in, D_out, H, start
from snippets import (
    custom_module,
    nn_sequential,
    optim,
    warmup_numpy,
    weight_sharing,
    weight_sharing_reader,
)
from snippets import custom_module_shortcut as shortcut
from snippets.answers import custom_module as answers
from snippets.mistakes import (
    custom_module_list_silent,
    custom_module_misspelt,
    custom_module_misspelt_fixed,
)

LAYERS = ["linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"]


def _net(seed: int = 0) -> custom_module.TwoLayerNet:
    """Return the untrained network of the lesson, drawn from a seed."""
    torch.manual_seed(seed)
    return custom_module.TwoLayerNet(D_in, H, D_out)


def _sequential(seed: int = 0) -> torch.nn.Sequential:
    """Return the untrained network of lesson 5, drawn from a seed."""
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out))


def _names(model: torch.nn.Module) -> list[str]:
    """Return the names of a model's parameters."""
    return [name for name, _ in model.named_parameters()]


def sequential_takes_one_input():
    """A `Sequential` cannot be called with two inputs."""
    x, _, model = start(0)
    with pytest.raises(TypeError, match="positional arguments"):
        model(x, x)


def the_chain_of_the_block_loses_its_input():
    """With all weights 0, the chain of the block's layers gives zeros."""
    chain, _ = shortcut.compare_one()
    assert chain == [[0, 0, 0]]


def the_block_adds_a_change():
    """With all weights 0 the block returns its input, and in general it adds a change to it."""
    _, block = shortcut.compare_one()
    assert block == [[-1, 2, 3]]
    block, h = shortcut.Block(4), torch.randn(5, 4)
    assert torch.equal(block(h), h + block.linear(h).clamp(min=0))


def _ends_of_relu(form):
    """Return how many arrows leave the first ReLU in a graph of the page."""
    graph = record("charts.autograd_graphs").values["forms"][form]
    # The walk begins at the loss, so that the ReLU that runs first is the last to be found.
    *_, first = [node for node, of in graph["nodes"].items() if of["name"] == "ReluBackward0"]
    return sum(before == first for before, _, _ in graph["edges"])


def the_shortcut_is_an_arrow_past_the_layer():
    """One arrow leaves the first ReLU in the chain, and two with a shortcut."""
    assert (_ends_of_relu("chain"), _ends_of_relu("shortcuts")) == (1, 2)


def a_block_stands_in_a_sequential():
    """A block is a layer of a `Sequential`, and its parameters are found there."""
    model = shortcut.make_model(3, shortcuts=True)
    assert isinstance(model, torch.nn.Sequential)
    assert isinstance(model[2], shortcut.Block)
    assert "2.linear.weight" in _names(model)
    shapes = [
        [param.shape for param in shortcut.make_model(3, form).parameters()]
        for form in (False, True)
    ]
    assert shapes[0] == shapes[1], "the same layers in both forms"


def the_data_of_seed_0_are_those_of_lessons_5_and_6():
    """The data of seed 0 are those of lessons 5 and 6."""
    ours = shortcut.make_data(0)
    for lesson in (nn_sequential, optim):
        for made, theirs in zip(ours, lesson.make_data(), strict=True):
            assert torch.equal(made, theirs)


def _gradients():
    """Return the lengths of the gradients that the page shows, by form and depth."""
    printed = record("custom_module_shortcut").output.split("\n\n")[1]
    rows = [line.split() for line in printed.splitlines()]
    return {(form, int(depth)): float(length) for _, depth, form, length in rows}


def in_the_chain_the_first_gradient_vanishes():
    """In the chain it shrinks with each depth; at 10 it is less than a thousandth of that at 1."""
    found = _gradients()
    lengths = [found["chain", depth] for depth in (1, 2, 5, 10)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] < lengths[0] / 1000


def with_shortcuts_the_first_gradient_does_not_vanish():
    """With shortcuts it grows with the depth here; past a layer it comes back unchanged."""
    found = _gradients()
    lengths = [found["shortcuts", depth] for depth in (1, 2, 5, 10)]
    assert lengths == sorted(lengths)
    block, h = shortcut.Block(3), torch.randn(1, 3, requires_grad=True)
    with torch.no_grad():
        block.linear.weight.zero_()
    block(h).sum().backward()
    assert h.grad.tolist() == [[1, 1, 1]]


def both_forms_start_from_equal_weights():
    """With equal seeds both forms start from equal weights and data."""
    starts = []
    for form in (False, True):
        data = shortcut.make_data(3)
        starts.append([*data, *shortcut.make_model(10, form).parameters()])
    assert all(torch.equal(one, other) for one, other in zip(*starts, strict=True))


def with_shortcuts_the_loss_ends_far_lower():
    """For five seeds, shortcuts start higher and end below 0.1; the chain keeps a quarter."""
    losses = record("custom_module_shortcut").values["losses"]
    assert len(losses) == 5
    for of_seed in losses:
        chain, blocks = of_seed["chain"], of_seed["shortcuts"]
        assert len(chain) == len(blocks) == 100
        assert blocks[0] > 2 * chain[0]
        assert blocks[-1] < 0.1  # measured: 0.017 and less
        assert chain[-1] > 200  # measured: 252 and more
        assert chain[-1] > chain[0] / 4


@pytest.mark.thorough
def the_chain_is_slow_rather_than_stuck():
    """Within 1000 steps, the loss of the chain gets below 30 with each of five seeds."""
    for seed in range(5):
        x, y = shortcut.make_data(seed)
        with mock.patch.object(shortcut, "steps", 1000):
            losses = shortcut.train(shortcut.make_model(10, shortcuts=False), x, y)
        assert min(losses) < 30 < losses[99] / 5  # measured: 17.3 and less


@pytest.mark.thorough
def the_same_at_a_larger_and_a_smaller_rate():
    """At a tenth and at ten times the rate, chains stay above 200, shortcuts end below 100."""
    for seed, rate in itertools.product(range(5), (1e-4, 1e-2)):
        last = {}
        for form, shortcuts in shortcut.FORMS.items():
            x, y = shortcut.make_data(seed)
            with mock.patch.object(shortcut, "learning_rate", rate):
                last[form] = shortcut.train(shortcut.make_model(10, shortcuts), x, y)[-1]
        assert last["chain"] > 200  # measured: 350 and more
        assert last["shortcuts"] < 100  # measured: 66 and less


@pytest.mark.thorough
def a_larger_start_helps_the_chain():
    """With kaiming_normal_ the chain ends below 1 for each of five seeds; shortcuts end lower."""
    with_shortcuts = record("custom_module_shortcut").values["losses"]
    for seed in range(5):
        x, y = shortcut.make_data(seed)
        model, plain = (shortcut.make_model(10, shortcuts=False) for _ in range(2))
        for layer, default in zip(model, plain, strict=True):
            if isinstance(layer, torch.nn.Linear):
                torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                torch.nn.init.zeros_(layer.bias)
                assert layer.weight.std() > 1.5 * default.weight.std()
        last = shortcut.train(model, x, y)[-1]
        assert with_shortcuts[seed]["shortcuts"][-1] < last < 1  # measured: 0.14 and less


def the_layers_are_its_submodules():
    """The submodules of the network are the two layers that `__init__` creates."""
    assert [name for name, _ in _net().named_children()] == ["linear1", "linear2"]


def super_init_must_come_before_the_first_layer():
    """A layer cannot be assigned before `super().__init__()`; a number can."""

    class Late(torch.nn.Module):
        def __init__(self, first):
            self.first = first
            super().__init__()

    assert Late(3).first == 3
    with pytest.raises(AttributeError, match=r"before Module.__init__\(\) call"):
        Late(torch.nn.Linear(2, 2))


def super_init_sets_up_the_dictionaries():
    """`Module.__init__` sets up the dictionaries for submodules and for parameters."""
    model = torch.nn.Module.__new__(torch.nn.Module)
    assert vars(model) == {}
    torch.nn.Module.__init__(model)
    assert vars(model)["_modules"] == vars(model)["_parameters"] == {}


def an_assigned_layer_is_registered():
    """A layer that is assigned to a module is registered, and `parameters()` finds its weights."""
    model = torch.nn.Module()
    assert list(model.parameters()) == []
    model.layer = layer = torch.nn.Linear(3, 2)
    assert dict(model.named_children()) == {"layer": layer}
    assert [id(param) for param in model.parameters()] == [id(layer.weight), id(layer.bias)]


def clamp_gives_what_relu_gives():
    """`clamp(min=0)` gives what the ReLU layer gives."""
    x = torch.tensor([-2.0, -0.5, 0.0, 0.5, 2.0])
    assert torch.equal(x.clamp(min=0), torch.nn.ReLU()(x))


def autograd_derives_the_backward_pass():
    """The class has no `backward`, and autograd finds the gradients that it finds in lesson 5."""
    assert not hasattr(custom_module.TwoLayerNet, "backward")
    for seed in SEEDS:
        x, y, _ = start(seed)
        models = _net(seed), _sequential(seed)
        for model in models:
            (model(x) - y).pow(2).sum().backward()
        for ours, theirs in zip(*(model.parameters() for model in models), strict=True):
            assert (ours.grad - theirs.grad).norm() <= 1e-5 * theirs.grad.norm()  # float32


def a_new_layer_is_on_the_cpu_in_float32():
    """By default, a new layer keeps its weights on the CPU, in `float32`."""
    for param in torch.nn.Linear(3, 2).parameters():
        assert param.device == torch.device("cpu")
        assert param.dtype == torch.float32


def to_moves_all_parameters():
    """`.to(…)` moves all parameters to the device and the dtype."""
    model = _net().to(device="meta", dtype=torch.float64)  # a device that each machine has
    assert {(param.device.type, param.dtype) for param in model.parameters()} == {
        ("meta", torch.float64)
    }


def the_loop_is_that_of_lesson_6():
    """Without its comments, the loop is that of lesson 6."""
    loops = []
    for lesson in (custom_module, optim):
        tree = ast.parse(inspect.getsource(lesson.train))
        loops += [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.For)]
    assert len(loops) == 2
    assert loops[0] == loops[1]


def losses_differ_from_those_of_lesson_5_by_less_than_a_thousandth():
    """In each of 500 steps, the loss differs from that of lesson 5 by less than a thousandth."""
    ours, theirs = (record(name).values["losses"] for name in ("custom_module", "nn_sequential"))
    assert len(ours) == 500
    assert ours == pytest.approx(theirs, rel=1e-3)


def seeds_are_those_of_lesson_5():
    """The seed equals that of lesson 5."""
    seeds = {record(name).values["seed"] for name in ("custom_module", "nn_sequential")}
    assert len(seeds) == 1


def from_equal_seeds_untrained_predictions_are_bitwise_equal():
    """From equal seeds, the untrained networks give bitwise equal predictions."""
    assert record("mistakes.custom_module_same_as_sequential").values["same"] is True
    for seed in SEEDS:
        x, _, _ = start(seed)
        assert torch.equal(_net(seed)(x), _sequential(seed)(x))


def the_names_of_the_parameters_differ():
    """The networks' parameters have different names and equal shapes."""
    ours, theirs = _net(), _sequential()
    assert _names(ours) == LAYERS
    assert not set(_names(ours)) & set(_names(theirs))
    shapes = [[param.shape for param in model.parameters()] for model in (ours, theirs)]
    assert shapes[0] == shapes[1]


def a_file_stores_parameters_by_name():
    """A saved file holds the parameters by name, and loads into a model with these names only."""
    file = io.BytesIO()
    torch.save(_net().state_dict(), file)
    file.seek(0)
    stored = torch.load(file)
    assert list(stored) == LAYERS
    _net(1).load_state_dict(stored)
    with pytest.raises(RuntimeError, match="Missing key"):
        _sequential().load_state_dict(stored)


def the_graph_has_clamp_for_relu_and_our_names():
    """The graph is that of lesson 5 with `clamp` for `ReLU`, and with the layers' names."""
    ours, theirs = (
        record("charts.autograd_graphs").values[name] for name in ("module", "sequential")
    )
    names = {
        "ReluBackward0": "ClampBackward1",
        "0.weight": "linear1.weight",
        "0.bias": "linear1.bias",
        "2.weight": "linear2.weight",
        "2.bias": "linear2.bias",
    }
    renamed = {
        key: dict(node, name=names.get(node["name"], node["name"]))
        for key, node in theirs["nodes"].items()
    }
    assert ours == {"nodes": renamed, "edges": theirs["edges"]}


def without_super_init_the_layer_cannot_be_registered():
    """Without `super().__init__()`, assigning the layer raises an error."""
    error = record("mistakes.custom_module_no_super").values["error"]
    assert "cannot assign module before Module.__init__() call" in error


def the_older_form_of_super_does_the_same():
    """`super(TwoLayerNet, self).__init__()` does what `super().__init__()` does."""

    class TwoLayerNet(torch.nn.Module):
        def __init__(self):
            super(TwoLayerNet, self).__init__()  # noqa: UP008
            self.linear1 = torch.nn.Linear(1000, 100)

    assert _names(TwoLayerNet()) == ["linear1.weight", "linear1.bias"]


def with_super_init_the_layer_is_registered():
    """With the line, the module finds the parameters of the layer."""
    printed = record("mistakes.custom_module_no_super_fixed").output
    assert ast.literal_eval(printed) == ["linear1.weight", "linear1.bias"]


def a_module_does_not_look_into_lists():
    """Layers in a list are not registered: the optimizer finds no parameters and says so."""
    shown = record("mistakes.custom_module_list")
    assert shown.output.startswith("parameters found: 0\n")
    assert "optimizer got an empty parameter list" in shown.values["error"]


def a_module_list_is_indexed_and_looped_over_but_is_no_list():
    """A `ModuleList` can be indexed and looped over, and is not a `list`."""
    layers = [torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)]
    found = torch.nn.ModuleList(layers)
    assert found[1] is layers[1]
    assert [id(layer) for layer in found] == [id(layer) for layer in layers]
    assert not isinstance(found, list)


def a_module_list_registers_its_layers_under_their_numbers():
    """The layers of a `ModuleList` are registered, each with its number in its name."""
    count, names = record("mistakes.custom_module_list_fixed").output.split(": ")[1].split(" ", 1)
    assert int(count) == 4
    assert ast.literal_eval(names) == [
        "layers.0.weight",
        "layers.0.bias",
        "layers.1.weight",
        "layers.1.bias",
    ]


@functools.cache
def _with_each_list():
    """Return what training gave with a list and with a `ModuleList`: count, moved, loss."""
    with contextlib.redirect_stdout(io.StringIO()):
        return custom_module_list_silent.main()


def with_a_layer_outside_the_optimizer_does_not_complain():
    """With one layer outside the list, the optimizer finds 2 of 4 parameters and raises nothing."""
    (count, _, _), (all_of_them, _, _) = _with_each_list()
    assert (count, all_of_them) == (2, 4)


def with_a_plain_list_the_loss_goes_down():
    """With a plain list the loss goes down, but not below 4 as with a `ModuleList`."""
    (_, _, loss_list), (_, _, loss_module_list) = _with_each_list()
    assert loss_module_list < 4 < loss_list < 600  # it begins at about 630


def the_hidden_layer_stays_at_its_random_start():
    """With a plain list the weight of the hidden layer does not move at all."""
    (_, moved, _), (_, fixed_moved, _) = _with_each_list()
    assert moved == 0 < fixed_moved


def to_and_the_file_miss_the_layer_in_a_plain_list():
    """`.to(…)` leaves the layer in a plain list as it is, and a saved file lacks it."""
    model = custom_module_list_silent.Net(list).to(torch.float64)
    assert model.output.weight.dtype == torch.float64
    assert model.hidden[0].weight.dtype == torch.float32
    assert list(model.state_dict()) == ["output.weight", "output.bias"]


def a_misspelt_forward_is_reported_as_missing():
    """The error for a misspelt `forward` says that it is missing."""
    error = record("mistakes.custom_module_misspelt").values["error"]
    assert 'missing the required "forward" function' in error
    assert hasattr(custom_module_misspelt.TwoLayerNet, "foward")


def calling_the_model_calls_forward():
    """Calling a model gives what its `forward` gives."""
    model = custom_module_misspelt_fixed.TwoLayerNet()
    x = torch.ones(3)
    assert model(x).tolist() == model.forward(x).tolist() == [2, 2, 2]


def the_name_of_a_local_variable_means_nothing():
    """The layer `first` is registered as `fourth.0`, and no name begins with `first`."""
    names = record("answers.custom_module").output.split("\n\n")[0].split()
    assert "fourth.0.weight" in names
    assert not any(name.startswith("first") for name in names)


def the_layer_in_the_plain_list_is_lost():
    """No parameter of the layer in the plain list is found."""
    names = record("answers.custom_module").output.split("\n\n")[0].split()
    assert len(names) == 6
    assert not any(name.startswith("third") for name in names)


def print_lists_the_submodules_in_the_order_of_init():
    """`print` lists the submodules in the order in which `__init__` made them."""

    class Swapped(answers.TwoInputNet):
        def forward(self, x, z):
            return super().forward(z, x)

    shown = str(answers.TwoInputNet(D_in, 20, H, D_out))
    assert shown in record("answers.custom_module").output
    layers = [line.split(":")[0].strip() for line in shown.splitlines()[1:-1]]
    assert layers == ["(linear_x)", "(linear_z)", "(linear_out)"]
    other = str(Swapped(D_in, 20, H, D_out))
    assert other == shown.replace("TwoInputNet", "Swapped"), "forward makes no difference"


def answer_3_a_tensor_that_is_only_assigned_is_in_neither_list():
    """A tensor that is only assigned is in neither list, and `.to` leaves it in its dtype."""
    module = torch.nn.Module()
    module.mean = torch.zeros(2)
    assert not list(module.parameters())
    assert not module.state_dict()
    assert module.to(torch.float64).mean.dtype == torch.float32


def answer_3_state_dict_brings_the_scale_of_the_training_inputs():
    """A model that loads the state_dict scales as the model from which it comes."""
    first, second = (answers.Rescale(torch.tensor([[0.0], [size]])) for size in (2.0, 50.0))
    x = torch.tensor([[3.0]])
    assert not torch.equal(first(x), second(x))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(x), second(x))


def two_of_our_layers_learn_the_data():
    """Two of our layers with a ReLU between them bring the loss below 0.001."""
    for seed in range(2):
        x, y, _ = start(seed)
        model = torch.nn.Sequential(
            answers.MyLinear(D_in, H), torch.nn.ReLU(), answers.MyLinear(H, D_out)
        )
        _, last = answers.train(model, x, y)
        assert last < 1e-3


def the_weight_is_w1_transposed_and_with_a_bias():
    """The weight has the shape of lesson 1's `w1`, transposed, and there is a bias."""
    _, _, w1, _ = warmup_numpy.make_data()
    layer = answers.MyLinear(D_in, H)
    assert layer.weight.shape == w1.T.shape
    assert layer.bias.shape == (H,)


def the_layer_shows_its_parameters_to_the_optimizer():
    """The optimizer finds both parameters of the layer."""
    assert _names(answers.MyLinear(D_in, H)) == ["weight", "bias"]


def the_reader_of_lesson_8_has_a_loop():
    """One network of lesson 8 has a loop in `forward` and takes any number of digits."""
    assert "for " in inspect.getsource(weight_sharing_reader.ReaderNet.forward)
    model = weight_sharing_reader.ReaderNet(1, 4, 1)
    for T in (1, 7, 40):
        assert model(torch.ones(T, 2, 1)).shape == (2, 1)


def lesson_8_draws_a_depth_in_each_forward_pass():
    """The other network of lesson 8 has a loop in `forward`, and its depth is drawn each time."""
    assert "for " in inspect.getsource(weight_sharing.DynamicNet.forward)
    model = weight_sharing.DynamicNet(8, 4, 2)
    used = []
    model.middle_linear.register_forward_hook(lambda *_: used.append(1))
    depths = set()
    for _ in range(100):
        used.clear()
        model(torch.ones(1, 8))
        depths.add(len(used))
    assert depths == {0, 1, 2, 3}
