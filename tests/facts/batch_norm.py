"""What `derivation/batch-norm` says."""

import functools
import re
from pathlib import Path

import pytest
import torch
from torch.nn.functional import batch_norm, conv2d, layer_norm, rms_norm

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, jacobian, random
from snippets.answers import batch_norm as answers
from snippets.derivations import batch_norm as program

EPSILON = 1e-5  # as in the run


def _columns(x, epsilon=EPSILON):
    """Return each column of x with mean 0 and, up to epsilon, variance 1."""
    return batch_norm(x, None, None, training=True, eps=epsilon)


def _layer(x, momentum=0.1):
    """Return a batch normalisation that has seen one batch."""
    layer = torch.nn.BatchNorm1d(x.shape[1], momentum=momentum, dtype=x.dtype)
    layer(x)
    return layer


def batch_normalisation_takes_columns_and_layer_normalisation_rows():
    """Batch normalisation gives columns mean 0 and variance 1, layer normalisation gives rows."""
    for seed in SEEDS:
        (x,) = random((5, 8), seed=seed)
        for y, dim in ((_columns(x), 0), (layer_norm(x, (8,)), 1)):
            assert y.mean(dim=dim).abs().max() < ROUNDING
            variance = y.var(dim=dim, correction=0)
            assert ((variance < 1) & (variance > 0.99)).all()


def rmsnorm_divides_each_row_by_the_root_of_its_mean_square():
    """RMSNorm divides each row by the root of its mean square, and subtracts nothing."""
    for seed in SEEDS:
        (x,) = random((5, 8), seed=seed)
        root = (x.square().mean(dim=1, keepdim=True) + EPSILON).sqrt()
        assert difference(rms_norm(x, (8,), eps=EPSILON), x / root) < ROUNDING


def in_training_a_result_depends_on_the_other_samples():
    """In training the output and the gradient of a sample depend on each sample of the batch."""
    x, g = random((5, 3), (5, 3))
    slopes = jacobian(_columns, x)  # (5, 3, 5, 3)
    assert (slopes.abs().amax(dim=(1, 3)) > 1e-3).all()

    def gradient_for_x(x):
        return torch.autograd.functional.vjp(_columns, x, g, create_graph=True)[1]

    slopes = jacobian(gradient_for_x, x)
    assert (slopes.abs().amax(dim=(1, 3)) > 1e-3).all()


def each_symbol_has_its_name_and_shape_in_the_code():
    """Each name of the table stands in the program, and its line has the shape of the table."""
    assert program.N != program.H, "else a shape could be turned round"
    shown = {"N × H": "(N, H)", "H × 1": "(H,)", "N × 1": "(N, 1)"}
    source = Path(program.__file__).read_text(encoding="utf-8")
    page = Path("docs/en/derivation/batch-norm.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \$[^|]+\$ \| `(\w+)` \| \$(\w) \\times (\w)\$ \|", page, re.MULTILINE)
    assert len(rows) == 15
    for name, *shape in rows:
        line = re.search(rf"\b{name} = .*# (\([^)]*\))", source)
        assert line, name
        assert line[1] == shown[" × ".join(shape)], name


def the_gradient_of_a_group_has_no_mean_and_no_part_along_it():
    """The gradient for a group has mean 0 and, without epsilon, no part along the group."""
    for seed in SEEDS:
        q, f = random((1, 6), (1, 6), seed=seed)
        for epsilon, bound in ((0, ROUNDING), (EPSILON, 1e-3)):

            def loss(q, f=f, epsilon=epsilon):
                return (layer_norm(q, (6,), eps=epsilon) * f).sum()

            slope = gradient(loss, q)
            assert abs(slope.mean()) < ROUNDING
            assert abs((slope * layer_norm(q, (6,), eps=epsilon)).sum()) < bound


def the_layers_have_the_groups_of_the_table():
    """An entry depends on its column, on its row, or on its row; each layer has these parameters.

    In evaluation only batch normalisation gives something else.
    """
    (x,) = random((5, 3))
    column, row = torch.zeros(2, 5, 3, dtype=torch.bool)
    column[:, 1], row[2] = True, True
    for make, group, parameters, changes in (
        (torch.nn.BatchNorm1d, column, {"weight", "bias"}, True),
        (torch.nn.LayerNorm, row, {"weight", "bias"}, False),
        (torch.nn.RMSNorm, row, {"weight"}, False),
    ):
        layer = make(3, dtype=torch.float64)
        slopes = jacobian(layer, x)[2, 1]  # of one entry of the output
        assert ((slopes.abs() > 1e-6) == group).all()
        assert {name for name, _ in layer.named_parameters()} == parameters
        trained = layer(x)
        assert (difference(trained, layer.eval()(x)) > 0.01) == changes


def a_layer_norm_of_the_transpose_is_a_batch_norm():
    """Layer normalisation of the transpose is batch normalisation, which subtracts means too."""
    (x,) = random((5, 3))
    assert difference(layer_norm(x.T, (5,), eps=EPSILON).T, _columns(x)) < ROUNDING


def a_bias_in_front_gets_no_gradient():
    """In training a shift of a column changes nothing: a bias in front gets the gradient 0."""
    for seed in SEEDS:
        x, b, g = random((5, 3), (3,), (5, 3), seed=seed)
        assert difference(_columns(x + b), _columns(x)) < ROUNDING
        assert gradient(lambda b, x=x, g=g: (_columns(x + b) * g).sum(), b).abs().max() < ROUNDING
        sums = gradient(lambda x, g=g: (_columns(x) * g).sum(), x).sum(dim=0)
        assert sums.abs().max() < ROUNDING


@functools.cache
def _values():
    """Return the values of the program of formulas."""
    return record("derivations.batch_norm").values


def the_code_differs_from_autograd_by_rounding():
    """The gradients in code differ from those of autograd by rounding only."""
    values = _values()
    exact = [*values["evaluation"].values(), *values["root_mean_square"].values()]
    exact += [values["training"][name] for name in ("gamma", "beta", "x")]
    assert max(exact) < ROUNDING


def without_the_sums_the_gradient_is_wrong():
    """The gradient with mean and variance held constant has the right shape and is far off."""
    assert _values()["training"]["x, first term"] > 1


def the_forward_pass_divides_by_n_and_the_running_variance_by_n_minus_1():
    """The forward pass uses the variance divided by N and keeps the one divided by N − 1."""
    variances = record("derivations.batch_norm_running").values["variances"]
    rows = {name: torch.tensor(row, dtype=torch.float64) for name, row in variances.items()}
    by_n, by_less = rows["divided by N"], rows["divided by N - 1"]
    assert difference(by_n * 5 / 4, by_less) < ROUNDING
    assert difference(rows["in the forward pass"], by_n) < ROUNDING
    assert difference(rows["kept in running_var"], by_less) < ROUNDING


def the_biased_variance_is_too_small_on_average():
    """Divided by N, the variance of a batch is on average (N − 1)/N of that of the data."""
    for n in (2, 5):
        (x,) = random((n, 100_000))  # the mean of so many variances is exact to about 0.005
        assert abs(x.var(dim=0, correction=0).mean().item() - (n - 1) / n) < 0.02
        assert abs(x.var(dim=0).mean().item() - 1) < 0.02


def the_running_values_move_by_the_share_momentum():
    """The running values start at 0 and 1 and move to those of a batch by `momentum`, 0.1."""
    (x,) = random((5, 3))
    fresh, layer = torch.nn.BatchNorm1d(3), _layer(x)
    assert fresh.momentum == 0.1
    assert fresh.running_mean.tolist() == [0] * 3
    assert fresh.running_var.tolist() == [1] * 3
    assert difference(layer.running_mean, 0.1 * x.mean(dim=0)) < ROUNDING
    assert difference(layer.running_var, 0.9 + 0.1 * x.var(dim=0)) < ROUNDING


def after_10_batches_a_third_of_the_start_is_left():
    """After 10 batches 35 % of the start is in the running values, after 50 less than 1 %."""
    x = torch.tensor([[0.0], [0.0]], dtype=torch.float64)  # adds nothing of its own
    layer = torch.nn.BatchNorm1d(1, dtype=torch.float64)
    left = {}
    for batch in range(1, 51):
        layer(x)
        left[batch] = layer.running_var.item()
    assert round(left[10], 2) == 0.35
    assert left[50] < 0.01 < left[40]


def in_evaluation_a_sample_stands_alone():
    """In evaluation an entry of x acts on one entry of the output; the kept values stay."""
    x, other = random((5, 3), (5, 3))
    layer = _layer(x).eval()
    before = layer.running_mean.clone(), layer.running_var.clone()
    slopes = jacobian(layer, other).reshape(15, 15)
    assert (slopes == torch.diag(slopes.diagonal())).all()
    assert torch.equal(layer.running_mean, before[0])
    assert torch.equal(layer.running_var, before[1])


def rmsnorm_needs_one_mean_in_each_direction():
    """On the pages layer normalisation takes two means in each direction, and RMSNorm one."""
    for path, section, means in (
        ("layer_norm", "formulas", {"forward": 2, "backward": 2}),
        ("batch_norm", "rms", {"forward": 1, "backward": 1}),
    ):
        source = Path(f"snippets/derivations/{path}.py").read_text(encoding="utf-8")
        lines = source.split(f"[start:{section}]")[1].split(f"[end:{section}]")[0]
        forward, backward = lines.split("grad_gamma")[0], lines.split("grad_gamma")[1]
        found = {"forward": forward.count(".mean("), "backward": backward.count(".mean(")}
        assert found == means


def the_default_epsilon_of_rmsnorm_belongs_to_the_dtype():
    """Unless named, ε is about 10⁻⁷ in `nn.RMSNorm` for `float32`, and 10⁻⁵ in `nn.LayerNorm`."""
    assert torch.nn.LayerNorm(3).eps == 1e-5
    assert torch.nn.RMSNorm(3).eps is None
    assert 1e-7 < torch.finfo(torch.float32).eps < 1.3e-7
    for dtype in (torch.float32, torch.float64):
        x = torch.full((1, 3), 1e-5, dtype=dtype)  # small, so that epsilon shows
        root = (x.square().mean() + torch.finfo(dtype).eps).sqrt()
        assert torch.allclose(torch.nn.RMSNorm(3, dtype=dtype)(x), x / root, rtol=1e-5)


def a_group_of_one_number_loses_everything():
    """A number minus the mean of itself is 0, so the formula gives β whatever the input is."""
    for seed in SEEDS:
        x, beta = random((1, 4), (4,), seed=seed)
        y, *_ = x - x.mean(dim=0) + beta
        assert torch.equal(y, beta)


def pictures_have_many_numbers_for_each_channel():
    """`BatchNorm2d` takes one picture in training unless that has a single pixel.

    Its groups are the channels, over the pixels of all pictures.
    """
    x, y = random((2, 3, 4, 5), (1, 3, 1, 1))
    layer = torch.nn.BatchNorm2d(3, dtype=torch.float64)
    assert layer(x[:1]).isfinite().all()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        layer(y)
    rows = x.permute(0, 2, 3, 1).reshape(-1, 3)
    assert difference(layer(x).permute(0, 2, 3, 1).reshape(-1, 3), _columns(rows)) < ROUNDING


def drop_last_leaves_out_an_incomplete_batch():
    """Of 5 samples in batches of 2 the last batch has 1; `drop_last=True` leaves it out."""
    for drop, sizes in ((False, [2, 2, 1]), (True, [2, 2])):
        loader = torch.utils.data.DataLoader(torch.arange(5), batch_size=2, drop_last=drop)
        assert [len(batch) for batch in loader] == sizes


def evaluation_takes_a_batch_of_one():
    """In evaluation the layer takes a batch of one sample."""
    x, one = random((5, 3), (1, 3))
    assert _layer(x).eval()(one).isfinite().all()


def _found():
    """Return what the program without eval() found."""
    return record("mistakes.batch_norm_eval").values["found"]


def without_eval_the_prediction_depends_on_the_batch():
    """In training mode the two outputs for the same sample differ, in evaluation they agree."""
    train, evaluation = _found()["train"], _found()["eval"]
    assert abs(train[0] - train[1]) > 0.1
    assert evaluation[0] == evaluation[1]


def without_eval_a_prediction_moves_the_running_mean():
    """In training mode the calls move the running mean, `no_grad` or not; in evaluation none do."""
    train, evaluation = _found()["train"], _found()["eval"]
    assert train[2] != train[3]
    assert evaluation[2] == evaluation[3]
    x, other, sample = random((5, 3), (5, 3), (1, 3))
    layer = _layer(x)
    before = layer.running_mean.clone()
    with torch.no_grad():
        first = layer(torch.cat([sample, x]))[0]
        second = layer(torch.cat([sample, other]))[0]
    assert difference(layer.running_mean, before) > 0.01
    assert difference(first, second) > 0.01


@functools.cache
def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.batch_norm").output.split("\n\n")]


def the_column_0_4_has_the_variances_4_and_8():
    """Of (0, 4) the squares sum to 8; the variance is 4 by N and 8 by N − 1, which gives 1.7."""
    column = torch.tensor([0.0, 4.0])
    assert (column - column.mean()).tolist() == [-2, 2]
    assert column.var(correction=0) == 4
    assert column.var() == 8
    y, _, var = answers.program()
    assert y[:, 0].detach().round(decimals=3).tolist() == [-1, 1]
    assert abs(var[0].item() - (0.9 * 1 + 0.1 * 8)) < ROUNDING


def a_constant_column_becomes_0():
    """In exercise 1 the constant column becomes 0, and its running variance 0.9."""
    y, _, var = answers.program()
    assert y[:, 1].tolist() == [0, 0]
    assert abs(var[1].item() - 0.9) < ROUNDING


def the_layer_has_the_running_values_of_exercise_2():
    """In exercise 2 both running values are those of PyTorch after ten batches."""
    lines = _printed()[1].splitlines()
    assert [line.split(": ")[1].strip() for line in lines] == ["True", "True"]


def the_momentum_of_sgd_is_the_share_of_the_old():
    """In `torch.optim.SGD` momentum multiplies the old value, and not the new gradient."""
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=1, momentum=0.9)
    buffers = []
    for slope in (1.0, 0.0):
        weight.grad = torch.tensor([slope])
        optimizer.step()
        buffers.append(round(optimizer.state[weight]["momentum_buffer"].item(), 6))
    assert buffers == [1, 0.9]


def the_gradients_of_exercise_3_are_those_of_autograd():
    """In exercise 3 the three gradients are those of autograd."""
    assert _printed()[2].count("as autograd: True") == 3


def in_evaluation_the_columns_of_the_gradient_do_not_sum_to_0():
    """In evaluation a shift changes the output, and the columns of the gradient have sums."""
    x, other, g = random((5, 3), (5, 3), (5, 3))
    layer = _layer(x).eval()
    assert difference(layer(other + 1), layer(other)) > 0.1
    sums = gradient(lambda other: (layer(other) * g).sum(), other).sum(dim=0)
    assert sums.abs().min() > 0.01


def one_linear_layer_does_what_two_do():
    """In exercise 4 one layer gives the output of two, up to rounding; so does one convolution."""
    assert float(_printed()[3].removeprefix("largest difference: ")) < ROUNDING
    x, weight, bias, y = random((2, 3, 6, 6), (4, 3, 2, 2), (4,), (5, 4))
    layer = _layer(y).eval()
    scale = 1 / (layer.running_var + layer.eps).sqrt()
    one = conv2d(x, scale[:, None, None, None] * weight, scale * (bias - layer.running_mean))
    pixels = conv2d(x, weight, bias).permute(0, 2, 3, 1)
    assert (
        difference(layer(pixels.reshape(-1, 4)).reshape(pixels.shape).permute(0, 3, 1, 2), one)
        < ROUNDING
    )


def the_gradient_of_exercise_5_is_that_of_autograd():
    """In exercise 5 the gradient is that of autograd, with 40 numbers in a group."""
    assert _printed()[4].splitlines() == ["as autograd: True", "40 numbers share a mean"]
