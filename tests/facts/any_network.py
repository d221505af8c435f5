"""What `derivation/any-network` says."""

import functools
import inspect
import itertools

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from facts import record
from facts._matrices import ROUNDING, SEEDS, change, difference, gradient, jacobian, random
from snippets import warmup_numpy
from snippets.answers import any_network as answers
from snippets.derivations import any_depth, gated_unit, skip_depth
from snippets.derivations.add_up_copies import add_up_copies
from snippets.derivations.layouts import vec


def the_main_derivation_has_two_layers_and_no_bias():
    """The network of the main derivation has two layers without bias, with ReLU between them."""
    x, y, w1, w2 = warmup_numpy.make_data()
    assert list(inspect.signature(warmup_numpy.gradients).parameters) == ["x", "y", "w1", "w2"]
    h_relu = torch.relu(torch.tensor(x.dot(w1)))
    loss, *_ = warmup_numpy.gradients(x, y, w1, w2)
    expected = (h_relu @ torch.tensor(w2) - torch.tensor(y)).square().sum()
    assert abs(loss / expected.item() - 1) < ROUNDING


def the_order_of_factors_matters():
    """The change of U V is dU V + U dV, and V dU is something else."""
    u, v, du, dv = random((4, 4), (4, 4), (4, 4), (4, 4))
    found = change(torch.matmul, (u, v), (du, dv))
    assert difference(found, du @ v + u @ dv) < ROUNDING
    assert difference(found, v @ du + u @ dv) > 0.1


def relu_is_the_number_or_0():
    """Near a positive number ReLU returns the number and has slope 1, near a negative one 0."""
    z = torch.tensor([2.0, -2.0])
    assert torch.relu(z).tolist() == [2, 0]
    assert gradient(lambda z: torch.relu(z).sum(), z).tolist() == [1, 0]


def the_slope_of_exp_is_its_value():
    """The slope of the exponential function is its value."""
    (z,) = random((3, 2))
    assert difference(gradient(lambda z: z.exp().sum(), z), z.exp()) < ROUNDING


def the_sum_of_products_is_a_trace():
    """`(u * v).sum()` is the trace of Uᵀ V."""
    u, v = random((4, 3), (4, 3))
    assert difference((u * v).sum(), torch.trace(u.T @ v)) < ROUNDING


def only_one_matrix_gives_the_change_for_every_change():
    """For a change of 1 in one entry the trace is that entry of G, and the slope there."""
    (u,) = random((3, 2))
    g = gradient(lambda u: u.exp().sum(), u)
    for n in range(3):
        for h in range(2):
            du = torch.zeros_like(u)
            du[n, h] = 1
            assert torch.trace(g.T @ du) == g[n, h]
            assert difference(change(lambda u: u.exp().sum(), u, du), g[n, h]) < ROUNDING


def twice_the_errors_is_the_gradient_for_the_prediction():
    """Of the sum of the squared errors, 2 E is the gradient for the errors and the predictions."""
    p, y = random((4, 3), (4, 3))
    ours = 2 * (p - y)
    assert difference(ours, gradient(lambda e: e.square().sum(), p - y)) < ROUNDING
    assert difference(ours, gradient(lambda p: (p - y).square().sum(), p)) < ROUNDING


def what_is_left_out_gets_100_times_smaller():
    """What is left out gets about 100 times smaller if the change gets 10 times smaller."""
    rows = record("derivations.put_in").values["rows"]
    for (size, true, left_out), (smaller, true_then, left_out_then) in itertools.pairwise(rows):
        assert abs(size / smaller - 10) < ROUNDING
        assert 9 < true / true_then < 11
        assert 90 < left_out / left_out_then < 110


def maximum_halves_a_tie():
    """Where both are equal, `torch.maximum` gives each half of the gradient."""
    u, v = (torch.tensor([2.0], requires_grad=True) for _ in range(2))
    torch.maximum(u, v).backward(torch.tensor([6.0]))
    assert (u.grad.item(), v.grad.item()) == (3, 3)


def amax_shares_among_ties():
    """`amax` shares the gradient equally among all entries that are the largest."""
    u = torch.tensor([1.0, 4.0, 4.0, 4.0])
    shared = gradient(lambda u: 6 * u.amax(), u)
    assert torch.allclose(shared, torch.tensor([0.0, 2, 2, 2]))


def the_gates_differ_from_autograd_by_rounding():
    """The gates give the gradients of autograd, up to rounding."""
    largest = record("derivations.gates").values["largest"]
    assert set(largest) == {"add", "copy", "multiply", "tanh", "matmul", "maximum"}
    assert max(largest.values()) < ROUNDING


def summing_is_the_adjoint_of_copying():
    """The products with copies and with sums have one total; what is summed gets copies back."""
    b, r = random((3,), (4, 3))
    assert difference((b.expand(4, 3) * r).sum(), (b * r.sum(dim=0)).sum()) < ROUNDING
    copied = gradient(lambda r: (r.sum(dim=0) * b).sum(), r)
    assert torch.equal(copied, b.expand(4, 3))


def adding_up_copies_differs_from_autograd_by_rounding():
    """For four shapes that are added to (6, 4), the sums are autograd's, up to rounding."""
    run = record("derivations.add_up_copies")
    assert run.values["shape"] == [6, 4]
    largest = [float(line.split()[-1]) for line in run.output.splitlines()]
    assert len(largest) == 4
    assert max(largest) < ROUNDING


class _Forgets(torch.autograd.Function):
    """A sum that does not add up the copies of its second input on the way back."""

    @staticmethod
    def forward(_, x, b):
        return x + b

    @staticmethod
    def backward(_, grad):
        return grad, grad


def pytorch_adds_up_the_copies_that_a_function_returns():
    """`.grad` refuses a gradient of another shape; one that `backward` returns is added up."""
    b = torch.zeros(4, requires_grad=True)
    with pytest.raises(RuntimeError, match="gradient of size"):
        b.grad = torch.ones(6, 4)
    _Forgets.apply(torch.zeros(6, 4), b).sum().backward()
    assert b.grad.tolist() == [6] * 4


def sum_to_size_adds_up_the_copies():
    """`sum_to_size` of PyTorch does the same as the function of the page."""
    (grad,) = random((6, 4))
    for shape in ((4,), (1, 4), (6, 1), (1, 1)):
        assert difference(add_up_copies(grad, shape), grad.sum_to_size(shape)) < ROUNDING


def the_step_needs_what_the_layer_got_and_put_out():
    """With its input, its weights and its output, a layer finds all gradients of its step."""
    a, w, b, grad_out = random((6, 5), (5, 4), (4,), (6, 4))
    out = torch.tanh(a @ w + b)
    grad_z = grad_out * (1 - out**2)
    ours = any_depth.layer_backward(grad_z, a, w)
    leaves = [leaf.requires_grad_() for leaf in (w, b, a)]
    exact = torch.autograd.grad(torch.tanh(a @ w + b), leaves, grad_out)
    assert max(map(difference, ours, exact)) < ROUNDING


def one_to_six_layers_differ_from_autograd_by_rounding():
    """For 1 to 6 layers all gradients are those of autograd, up to rounding."""
    largest = record("derivations.any_depth").values["largest"]
    assert list(largest) == ["1", "2", "3", "4", "5", "6"]
    assert max(largest.values()) < ROUNDING


def the_backward_pass_takes_two_products_for_each_of_the_forward_pass():
    """For any number of layers, going back takes twice the multiplications of going forward."""
    widths = [8, 7, 6, 5, 4]
    for depth in (1, 2, 4):
        weights, biases = any_depth.make_network(widths[: depth + 1])
        x, y = random((9, 8), (9, widths[depth]))
        with FlopCounterMode(display=False) as forward:
            a = any_depth.forward(x, weights, biases)
        with FlopCounterMode(display=False) as backward:
            any_depth.backward(a, y, weights)
        assert backward.get_total_flops() == 2 * forward.get_total_flops() > 0


def _slips():
    """Return what the slips gave with equal and with different widths."""
    lines = record("mistakes.any_network_fits").output.splitlines()
    assert (lines[0], lines[4]) == ("widths 4 4", "widths 4 3")
    said = [line.partition(": ")[2] for line in lines]
    return said[1:4], said[5:8]


def equal_widths_hide_the_slips():
    """With equal widths three slips fit, and each is off by more than 100 %."""
    equal, _ = _slips()
    for said in equal:
        assert said.startswith("fits, wrong by ")
        assert int(said.removeprefix("fits, wrong by ").removesuffix("%")) > 100


def different_widths_show_the_slips():
    """With different widths each slip shows in the shape or as an error."""
    _, different = _slips()
    assert all(said.startswith(("RuntimeError: ", "shape ")) for said in different)


def without_skips_little_arrives():
    """In a run with 20 units, less arrives at more depth without skips, and no less with them."""
    run = record("derivations.skip_depth").values
    assert run["D"] == 20
    without, with_skips = zip(*run["found"].values(), strict=True)
    assert list(without) == sorted(without, reverse=True)
    assert min(with_skips) >= 1


def the_norms_are_relative():
    """The output of the run is the norm of the gradient for the input over that for the output."""
    x, grad, w = random((8, 5), (8, 5), (5, 5))
    x.requires_grad_()
    for skip in (False, True):
        out = torch.tanh(x @ w) + (x if skip else 0)
        (exact,) = torch.autograd.grad(out, x, grad)
        ratio = skip_depth.arrives([w], x.detach(), grad, skip)
        assert abs(ratio / (exact.norm() / grad.norm()).item() - 1) < ROUNDING


def _kron(left, right):
    """Return the Kronecker product of two matrices, in whatever way they are stored."""
    return torch.kron(left.contiguous(), right.contiguous())


def the_jacobian_has_a_row_for_each_output():
    """J takes the vec of a change of M to that of R, and its transpose takes gradients back."""
    u, m, v, dm, grad_r = random((2, 3), (3, 4), (4, 5), (3, 4), (2, 5))
    j = _kron(v.T, u)
    assert j.shape == (10, 12)
    assert difference(j @ vec(dm), vec(u @ dm @ v)) < ROUNDING
    exact = gradient(lambda m: (u @ m @ v * grad_r).sum(), m)
    assert difference(j.T @ vec(grad_r), vec(exact)) < ROUNDING


def a_backward_step_never_forms_the_jacobian():
    """The two products of a backward step are the transposed Jacobian times the vec."""
    u, v, grad_r = random((2, 3), (4, 5), (2, 5))
    assert difference(vec(u.T @ grad_r @ v.T), _kron(v.T, u).T @ vec(grad_r)) < ROUNDING


def pytorch_takes_both_conventions():
    """In PyTorch a gradient has the shape of its variable, and a Jacobian outputs before inputs."""
    (m,) = random((3, 4))
    assert gradient(lambda m: m.exp().sum(), m).shape == (3, 4)
    assert torch.func.jacrev(lambda m: m.sum(dim=0))(m).shape == (4, 3, 4)


def the_table_of_layouts():
    """In the other layout the Jacobian and the order of a chain are transposed."""
    u, m, v, dm, grad_r = random((2, 3), (3, 4), (4, 5), (3, 4), (2, 5))
    ours, theirs = _kron(v.T, u), _kron(v, u.T)
    assert difference(theirs, ours.T) < ROUNDING
    assert difference(theirs.T @ vec(dm), vec(u @ dm @ v)) < ROUNDING
    one = torch.eye(4, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    first, second = _kron(one[0], u), _kron(v.T, one[1])  # M to U M, and U M to U M V
    assert difference(second @ first, ours) < ROUNDING
    assert difference(first.T @ second.T, theirs) < ROUNDING
    exact = gradient(lambda m: (u @ m @ v * grad_r).sum(), m)
    assert exact.shape == (3, 4)
    assert difference(theirs @ vec(grad_r), vec(exact)) < ROUNDING


def both_layouts_differ_from_jacrev_by_rounding():
    """Both formulas have the numbers of `jacrev`, and both take the gradient back."""
    largest = record("derivations.layouts").values["largest"]
    assert len(largest) == 4
    assert max(largest.values()) < ROUNDING


def jacrev_returns_four_axes():
    """`jacrev` returns an array with the axes of the output, then those of the input."""
    u, m, v = random((2, 3), (3, 4), (4, 5))
    slopes = torch.func.jacrev(lambda m: u @ m @ v)(m)
    assert slopes.shape == (2, 5, 3, 4)
    assert difference(slopes, jacobian(lambda m: u @ m @ v, m)) < ROUNDING


def a_direction_tests_all_entries_at_once():
    """One direction takes two losses, and notices a change of any single entry."""
    x, y, w1, w2 = random((6, 5), (6, 3), (5, 3), (5, 3))
    _, grad_w1, _ = gated_unit.backward(x, y, w1, w2)
    calls = []

    def loss(w1):
        calls.append(w1)
        return gated_unit.loss_of(x, y, w1, w2)

    for entry in range(grad_w1.numel()):
        torch.manual_seed(entry)
        wrong = grad_w1.clone()
        wrong.view(-1)[entry] += grad_w1.abs().max()
        assert gated_unit.disagreement(loss, w1, wrong) > 1e-3
    assert len(calls) == 2 * grad_w1.numel()


@functools.cache
def _disagreements():
    """Return by how much each gradient of the gated unit is off, by name."""
    return record("derivations.gated_unit").values["found"]


def right_gradients_are_below_a_millionth():
    """The three right gradients of the gated unit agree to a millionth of the slope."""
    assert max(_disagreements()[name] for name in ("x", "w1", "w2")) < 1e-6


def wrong_gradients_are_far_above():
    """The two wrong gradients of the gated unit are off by 10 % or more."""
    wrong = [value for name, value in _disagreements().items() if "forgotten" in name]
    assert len(wrong) == 2
    assert min(wrong) > 0.1


@functools.cache
def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.any_network").output.split("\n\n")]


def the_four_gates_by_hand():
    """In exercise 1 the gradients are 7 + 0 + 1, 7 and 5: m is 7 and s is 5."""
    u, v, w = (leaf.item() for leaf in answers.program())
    s, m = u + v, max(u, w)
    assert (s, m) == (5, 7)
    assert _printed()[0].splitlines() == ["u.grad 8", "v.grad 7", "w.grad 5"]


def scale_and_shift_is_that_of_autograd():
    """In exercise 2 the gradients are those of autograd, and that for c keeps its axis."""
    assert _printed()[1].count("as autograd: True") == 3
    u, v, c, g = random((6, 4), (4,), (6, 1), (6, 4))
    assert [grad.shape for grad in answers.scale_and_shift(u, v, c, g)] == [u.shape, (4,), (6, 1)]


def deep_relu_is_that_of_autograd():
    """In exercise 3 the gradients of all four layers are those of autograd for the mean."""
    assert _printed()[2].count("as autograd: True") == 4


def the_output_of_relu_tells_its_slope():
    """The output of ReLU is positive exactly where its input was."""
    for seed in SEEDS:
        (z,) = random((8, 8), seed=seed)
        assert torch.equal(torch.relu(z) > 0, z > 0)


def three_layers_are_those_of_autograd():
    """In exercise 4 the six gradients agree with autograd and with the measured slopes."""
    lines = _printed()[3].splitlines()
    assert [line[:2] for line in lines] == ["w1", "w2", "w3", "b1", "b2", "b3"]
    assert all(line.endswith("as autograd: True  as slopes: True") for line in lines)


def a_direction_of_ones_lets_a_transpose_pass():
    """A direction of ones gives the sum of the entries, which a transpose does not change."""
    (grad,) = random((4, 4))
    assert difference((grad * torch.ones(4, 4)).sum(), grad.sum()) < ROUNDING
    assert difference(grad.T.sum(), grad.sum()) < ROUNDING
    assert _printed()[4].split() == [
        "right",
        "True",
        "transposed",
        "False",
        "one",
        "entry",
        "False",
    ]


def the_test_rejects_a_wrong_gradient_where_the_weights_are_0():
    """The answer's test tells right from wrong at weights of 0; a step of 0 would pass both."""
    w = torch.zeros(4, 4, dtype=torch.float64)

    def loss(w):
        return w.exp().sum()

    assert answers.agrees(loss, w, w.exp())
    assert not answers.agrees(loss, w, 2 * w.exp())
    assert not torch.tensor(0.0) / 0 > 1  # what a step of 0 gives is NaN
