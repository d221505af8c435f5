"""What `derivation/derivative-basics` says."""

import functools
import inspect
import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from autograd import grad
from autograd import numpy as autograd_numpy

from facts import record
from facts._matrices import ROUNDING, SEEDS, change, difference, gradient, jacobian, random
from snippets import autograd, custom_module, warmup_numpy, weight_sharing
from snippets.answers import derivative_basics as answers
from snippets.derivations import central_difference, elementwise


@functools.cache
def _lesson_1():
    """Return lesson 1's arrays and, by autograd, the gradients of its loss, by name."""
    arrays = dict(
        zip(("x", "y", "w1", "w2"), map(torch.tensor, warmup_numpy.make_data()), strict=True)
    )
    w1, w2 = (arrays[name].requires_grad_() for name in ("w1", "w2"))
    arrays["h"] = arrays["x"] @ w1
    arrays["h_relu"] = torch.relu(arrays["h"])
    arrays["y_pred"] = arrays["h_relu"] @ w2
    loss = (arrays["y_pred"] - arrays["y"]).pow(2).sum()
    names = ("y_pred", "w2", "h_relu", "h", "w1")
    gradients = torch.autograd.grad(loss, [arrays[name] for name in names])
    return {name: array.detach() for name, array in arrays.items()}, dict(
        zip(names, gradients, strict=True)
    )


def the_steps_show_the_six_lines_of_the_backward_pass():
    """The backward pass of lesson 1 has six lines of code, and the steps show each in its order."""
    source = inspect.getsource(warmup_numpy.gradients)
    backward = re.search(r"\[start:backward\](.*)# --8<-- \[end:backward\]", source, re.DOTALL)[1]
    steps = re.findall(r"\[start:(\w+)\](.*?)# --8<-- \[end:\1\]", backward, re.DOTALL)

    def code_in(text):
        return [line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"]

    assert [name for name, _ in steps] == [
        "grad_y_pred",
        "grad_w2",
        "grad_h_relu",
        "grad_h",
        "grad_w1",
    ]
    assert code_in(backward)[-6:] == [line for _, text in steps for line in code_in(text)]
    assert len(code_in(backward)) == 6


def a_wrong_factor_may_fit():
    """With equal sizes, a transpose too many and swapped factors fit and give a wrong gradient."""
    h_relu, factor, w2 = random((4, 4), (4, 4), (4, 4))
    assert difference(h_relu @ factor, h_relu.T @ factor) > 1
    assert difference(w2.T @ factor, factor @ w2.T) > 1


def each_symbol_has_its_name_and_shape_in_the_code():
    """The arrays of lesson 1 have the shapes that the table says, and the loss is one number."""
    arrays, _ = _lesson_1()
    n, d_in, h, d_out = (getattr(warmup_numpy, name) for name in ("N", "D_in", "H", "D_out"))
    assert {name: tuple(array.shape) for name, array in arrays.items()} == {
        "x": (n, d_in),
        "w1": (d_in, h),
        "h": (n, h),
        "h_relu": (n, h),
        "w2": (h, d_out),
        "y_pred": (n, d_out),
        "y": (n, d_out),
    }
    assert len({n, d_in, h, d_out}) == 4, "sizes that are equal would tell nothing"
    loss, *_ = warmup_numpy.gradients(*warmup_numpy.make_data())
    expected = (arrays["y_pred"] - arrays["y"]).square().sum().item()
    assert np.ndim(loss) == 0
    assert math.isclose(loss, expected, rel_tol=ROUNDING)


def the_frobenius_norm_is_the_root_of_the_sum_of_squares():
    """The Frobenius norm is the root of the sum of all squared entries."""
    (matrix,) = random((4, 3))
    norm = torch.linalg.matrix_norm(matrix, "fro").item()
    assert math.isclose(norm, matrix.square().sum().sqrt().item(), rel_tol=ROUNDING)


def pytorch_gives_a_gradient_the_shape_of_its_matrix():
    """In PyTorch the gradient of a number for a matrix has the shape of the matrix."""
    (matrix,) = random((4, 3))
    matrix.requires_grad_()
    matrix.exp().sum().backward()
    assert matrix.grad.shape == matrix.shape == (4, 3)


def gradients_in_the_layout_of_the_page():
    """Of tr(BᵀW) the gradient is B, and of the squared Frobenius norm of W it is 2 W."""
    w, b = random((4, 3), (4, 3))
    assert difference(gradient(lambda w: torch.trace(b.T @ w), w), b) < ROUNDING
    norm = torch.linalg.matrix_norm
    assert difference(gradient(lambda w: norm(w, "fro").square(), w), 2 * w) < ROUNDING


def sums_transposes_and_traces_pass_a_change_on():
    """The change of a sum, a transpose or a trace is the sum, transpose or trace of changes."""
    x, y, dx, dy = random((3, 3), (3, 3), (3, 3), (3, 3))
    assert difference(change(torch.add, (x, y), (dx, dy)), dx + dy) < ROUNDING
    assert difference(change(torch.t, x, dx), dx.T) < ROUNDING
    assert difference(change(torch.trace, x, dx), torch.trace(dx)) < ROUNDING


def a_transpose_has_the_same_trace():
    """A square matrix and its transpose have the same trace."""
    (matrix,) = random((4, 4))
    assert difference(torch.trace(matrix), torch.trace(matrix.T)) < ROUNDING


def the_change_of_one_step_is_put_into_the_next():
    """The change of a quantity, put into the change of a function of it, gives the whole change."""
    x, dx = random((3, 3), (3, 3))

    def outer(a):
        return torch.trace(a @ a)

    step_by_step = change(outer, torch.exp(x), change(torch.exp, x, dx))
    at_once = change(lambda x: outer(torch.exp(x)), x, dx)
    assert math.isclose(step_by_step, at_once, rel_tol=ROUNDING)


def a_diagonal_entry_is_a_sum_of_slopes_times_changes():
    """Entry (j, j) of GᵀdX is the sum over i of the slope times the change of entry (i, j)."""
    g, dx = random((4, 3), (4, 3))
    assert difference((g.T @ dx).diagonal(), (g * dx).sum(dim=0)) < ROUNDING


def a_change_of_one_entry_leaves_one_slope():
    """If dX is 0 except for a 1 in one entry, tr(GᵀdX) is the slope of that entry."""
    (g,) = random((4, 3))
    for i in range(4):
        for j in range(3):
            dx = torch.zeros_like(g)
            dx[i, j] = 1
            assert torch.trace(g.T @ dx) == g[i, j]


def the_last_factor_may_move_to_the_front_of_a_trace():
    """A trace keeps its value when its last factor moves to the front."""
    a, b, c = random((2, 3), (3, 4), (4, 2))
    assert difference(torch.trace(a @ b @ c), torch.trace(c @ a @ b)) < ROUNDING


def neighbours_in_a_trace_may_not_be_swapped():
    """In a trace of three factors, two neighbours that are swapped change its value."""
    for seed in SEEDS:
        a, b, c = random((3, 3), (3, 3), (3, 3), seed=seed)
        assert difference(torch.trace(a @ b @ c), torch.trace(b @ a @ c)) > 1e-3


def what_the_product_rule_drops_is_of_second_order():
    """What the product rule drops is dB dC: a tenth of the changes makes it a hundredth."""
    b, c, db, dc = random((2, 3), (3, 4), (2, 3), (3, 4))

    def dropped(scale):
        whole = (b + scale * db) @ (c + scale * dc) - b @ c
        return whole - (scale * db @ c + b @ (scale * dc))

    assert difference(dropped(1), db @ dc) < ROUNDING
    assert difference(dropped(0.1), 0.01 * dropped(1)) < ROUNDING


def the_change_of_a_constant_is_0():
    """If B is constant, the change of B C is B dC."""
    b, c, dc = random((2, 3), (3, 4), (3, 4))
    assert difference(change(lambda c: b @ c, c, dc), b @ dc) < ROUNDING


def relu_has_slope_1_above_0_and_0_below():
    """ReLU has the slope 1 at positive and 0 at negative numbers."""
    z = torch.tensor([-2.0, -1e-3, 1e-3, 2.0], requires_grad=True)
    torch.relu(z).sum().backward()
    assert z.grad.tolist() == [0, 0, 1, 1]


def the_loss_is_a_trace():
    """The loss is the trace of EᵀE."""
    (e,) = random((6, 3))
    assert difference(torch.trace(e.T @ e), e.square().sum()) < ROUNDING


def the_second_term_is_the_change_from_the_second_weights_alone():
    """If W₂ alone changes, the loss changes by tr(Gᵀ A dW₂)."""
    a, w2, dw2, y = random((6, 4), (4, 3), (4, 3), (6, 3))
    change_of_loss = change(lambda w2: (a @ w2 - y).square().sum(), w2, dw2)
    g = 2 * (a @ w2 - y)
    assert math.isclose(change_of_loss, torch.trace(g.T @ a @ dw2), rel_tol=ROUNDING)


def each_gradient_has_the_shape_that_its_step_says():
    """The gradients of the five steps have the shapes that the steps say."""
    nodes = record("charts.shapes").values["numpy_backward"]["nodes"]
    n, d_in, h, d_out = (getattr(warmup_numpy, name) for name in ("N", "D_in", "H", "D_out"))
    shapes = {name: node["shape"] for name, node in nodes.items() if node["kind"] == "gradient"}
    assert shapes == {
        "grad_y_pred": [n, d_out],
        "grad_w2": [h, d_out],
        "grad_h_relu": [n, h],
        "grad_h": [n, h],
        "grad_w1": [d_in, h],
    }


def the_gradient_is_0_where_relu_cut_off():
    """Where ReLU cut off, the gradient for Z is 0; elsewhere it is the gradient for A."""
    arrays, gradients = _lesson_1()
    cut_off = arrays["h"] <= 0
    assert 0 < cut_off.sum() < cut_off.numel()
    assert (gradients["h"][cut_off] == 0).all()
    assert torch.equal(gradients["h"][~cut_off], gradients["h_relu"][~cut_off])


def the_six_lines_give_the_gradients_of_autograd():
    """On the numbers of lesson 1 the six lines give autograd's gradients, up to rounding."""
    _, gradients = _lesson_1()
    _, *by_hand = warmup_numpy.gradients(*warmup_numpy.make_data())
    for name, ours in zip(("w1", "w2"), by_hand, strict=True):
        largest = gradients[name].abs().max().item()
        assert difference(torch.from_numpy(ours), gradients[name]) < ROUNDING * largest


def the_slopes_along_a_path():
    """W₁ acts on one column of Z with slope X, Z on P with slope M W₂, and P on L with slope 2E."""
    x, w1, w2, y = random((2, 2), (2, 2), (2, 2), (2, 2))
    z = x @ w1
    p, mask, one = torch.relu(z) @ w2, (z > 0).double(), torch.eye(2, dtype=torch.float64)
    z_along_w1 = jacobian(lambda w1: x @ w1, w1)
    assert difference(z_along_w1, torch.einsum("ni,jk->nkij", x, one)) < ROUNDING
    p_along_z = jacobian(lambda z: torch.relu(z) @ w2, z)
    assert difference(p_along_z, torch.einsum("nm,mj,jk->nkmj", one, mask, w2)) < ROUNDING
    l_along_p = gradient(lambda p: (p - y).square().sum(), p)
    assert difference(l_along_p, 2 * (p - y)) < ROUNDING


def the_sums_are_the_formula():
    """The sum over k is G W₂ᵀ, entry by entry, and the sum over n a product with Xᵀ."""
    x, w1, w2, y = random((2, 2), (2, 2), (2, 2), (2, 2))
    z = x @ w1
    e, mask = torch.relu(z) @ w2 - y, (z > 0).double()
    over_k = torch.einsum("jk,nk->nj", w2, 2 * e)
    assert difference(over_k, 2 * e @ w2.T) < ROUNDING
    over_n = torch.einsum("ni,nj->ij", x, mask * over_k)
    assert difference(over_n, x.T @ (2 * e @ w2.T * mask)) < ROUNDING
    assert difference(elementwise.grad_w1_by_sums(x, y, w1, w2), over_n) < ROUNDING


def the_program_of_sums_differs_from_autograd_by_rounding():
    """The program of sums differs from autograd by rounding only."""
    assert record("derivations.elementwise").values["difference"] < ROUNDING


def a_kronecker_product_is_made_of_blocks():
    """In a Kronecker product, an entry of the left factor becomes it times the right factor."""
    left, right = random((2, 3), (4, 5))
    product = torch.kron(left, right)
    for i in range(2):
        for j in range(3):
            block = product[4 * i : 4 * (i + 1), 5 * j : 5 * (j + 1)]
            assert torch.equal(block, left[i, j] * right)


def a_jacobian_has_a_row_for_each_output():
    """The Jacobian of A X B has a row for each entry of A X B and a column for each one of X."""
    a, x, b = random((2, 3), (3, 4), (4, 5))

    def of_vectors(x):
        return (a @ x.reshape(3, 4) @ b).flatten()

    slopes = jacobian(of_vectors, x.flatten())
    assert slopes.shape == (2 * 5, 3 * 4)
    assert difference(slopes, torch.kron(a, b.T.contiguous())) < ROUNDING


def numpy_and_pytorch_flatten_by_rows():
    """By default numpy and PyTorch flatten a matrix row by row."""
    rows = [[1, 2, 3], [4, 5, 6]]
    assert np.array(rows).ravel().tolist() == np.array(rows).reshape(-1).tolist() == [*range(1, 7)]
    assert torch.tensor(rows).flatten().tolist() == [*range(1, 7)]


def the_wrong_flattening_makes_the_right_formula_wrong():
    """By rows kron(A, Bᵀ) is the Jacobian and kron(Bᵀ, A) is not; by columns kron(Bᵀ, A) is."""
    by_rows, mistake, by_columns = record("derivations.kronecker").values["largest"].values()
    assert max(by_rows, by_columns) < ROUNDING
    assert mistake > 0.1


def relu_has_two_slopes_at_0():
    """At 0 the slope of ReLU is 1 from the right and 0 from the left."""
    step, zero = torch.tensor(1e-3), torch.tensor(0.0)
    assert (torch.relu(zero + step) - torch.relu(zero)) / step == 1
    assert (torch.relu(zero) - torch.relu(zero - step)) / step == 0


def the_subgradients_of_relu_at_0_are_those_from_0_to_1():
    """A line through 0 stays below ReLU just if its slope is in [0, 1]."""
    z = torch.linspace(-1, 1, 21)
    for slope in (-0.1, 0.0, 0.3, 1.0, 1.1):
        assert bool((torch.relu(z) >= slope * z).all()) == (0 <= slope <= 1)


def the_spellings_of_relu_choose_differently():
    """At 0 the spellings of ReLU do not all give the same slope."""
    assert len(set(record("derivations.relu_at_zero").values["found"].values())) > 1


@functools.cache
def _slopes_at_0_in_2_14():
    """Return the slope at 0 by spelling, as recorded under torch 2.14."""
    path = "snippets/derivations/relu_at_zero.py"
    recorded = json.loads(Path("releases/torch-2.14.0.json").read_text(encoding="utf-8"))
    return recorded[path]["values"]["found"]


def relu_gives_0_at_0_in_both_releases():
    """At 0 `torch.relu` and `nn.ReLU` give the slope 0, in 2.13 and in 2.14."""
    for found in (record("derivations.relu_at_zero").values["found"], _slopes_at_0_in_2_14()):
        assert found["torch.relu(x)"] == found["torch.nn.ReLU()(x)"] == 0


def clamp_gives_1_at_0_in_2_13():
    """At 0 `clamp(min=0)` gives the slope 1 in PyTorch 2.13, which ran the page."""
    run = record("derivations.relu_at_zero")
    assert run.versions["torch"].startswith("2.13.")
    assert run.values["found"]["x.clamp(min=0)"] == 1


def clamp_gives_0_at_0_in_2_14():
    """At 0 `clamp(min=0)` gives the slope 0 in PyTorch 2.14."""
    assert _slopes_at_0_in_2_14()["x.clamp(min=0)"] == 0


def the_mask_by_hand_agrees_with_relu():
    """The mask `h <= 0` clears the gradient just where that of `nn.ReLU` is 0, also at 0."""
    h = torch.tensor([-1.0, -0.0, 0.0, 1e-30, 1.0], requires_grad=True)
    torch.nn.ReLU()(h).sum().backward()
    assert torch.equal(h.grad == 0, h.detach() <= 0)


def lessons_3_7_and_8_leave_the_slope_of_clamp_to_pytorch():
    """Lessons 3, 7 and 8 write `clamp(min=0)` and no mask."""
    for lesson in (autograd, custom_module, weight_sharing):
        source = inspect.getsource(lesson)
        assert ".clamp(min=0)" in source
        assert "<= 0" not in source


def training_in_float32_makes_exact_zeros():
    """Training in float32 makes hidden values that are exactly 0, though none is at the start."""
    assert record("mistakes.autograd_clamp_at_zero").values["first_zero"] > 0


def zeros_make_the_losses_of_lessons_2_and_3_differ():
    """With ReLU lesson 3 has the losses of lesson 2; with clamp they differ after the first 0."""
    values = record("mistakes.autograd_clamp_at_zero").values
    assert values["with_relu"] is None
    assert values["with_clamp"] == values["first_zero"] + 1


def a_row_of_zeros_makes_exact_zeros():
    """An input row of zeros, without a bias, makes hidden values of exactly 0."""
    zeros = record("derivations.zero_row").values["zeros"]
    assert zeros == [0, 4, 0]
    for seed in SEEDS:
        w1, x = random((5, 4), (3, 5), seed=seed)
        x[1] = 0
        assert ((x @ w1)[1] == 0).all()


def at_a_row_of_zeros_the_slope_changes_the_gradient_for_the_input_alone():
    """At an input row of zeros the slope at 0 changes the gradient for that row, not for weights.

    Slopes 0 and 1 at exactly 0, in the formulas of the page.
    """
    x, y, w1, w2 = random((3, 5), (3, 2), (5, 4), (4, 2))
    x[1] = 0
    z = x @ w1
    g = 2 * (torch.relu(z) @ w2 - y)
    gradients = []
    for mask in (z > 0, z >= 0):
        c = g @ w2.T * mask
        gradients.append((c @ w1.T, x.T @ c, torch.relu(z).T @ g))
    (x_0, *weights_0), (x_1, *weights_1) = gradients
    assert (x_0 != x_1).any(dim=1).tolist() == [False, True, False]
    assert all(map(torch.equal, weights_0, weights_1))


def a_change_of_the_bias_alone_changes_each_row_alike():
    """If b alone changes, each row of Z changes by dbᵀ."""
    x, w1, b, db = random((6, 5), (5, 4), (4,), (4,))
    changes = change(lambda b: x @ w1 + b, b, db)
    assert all(difference(row, db) < ROUNDING for row in changes)


def the_gradient_for_a_bias_is_the_column_sums():
    """The gradient for a bias is the column sums of the gradient for Z."""
    x, v, b, target = random((6, 5), (4, 5), (4,), (6, 4))
    b.requires_grad_()
    z = x @ v.T + b
    (z - target).square().sum().backward()
    assert difference(b.grad, 2 * (z - target).detach().sum(dim=0)) < ROUNDING


def the_copies_of_a_broadcast_are_added_up():
    """The gradient for an array that was broadcast is the sum over its copies."""
    for shape in ((4,), (1, 4), (6, 1), (1, 1), (), (1,)):
        small, weights = random(shape, (6, 4))
        small.requires_grad_()
        (torch.broadcast_to(small, (6, 4)) * weights).sum().backward()
        assert difference(small.grad, weights.sum_to_size(shape)) < ROUNDING


def the_mean_divides_by_the_number_of_squared_errors():
    """`reduction="mean"` divides the sum by N · D_out."""
    p, y = random((6, 3), (6, 3))
    total, mean = (torch.nn.functional.mse_loss(p, y, reduction=r) for r in ("sum", "mean"))
    assert math.isclose(total / mean, 6 * 3, rel_tol=ROUNDING)


def linear_stores_its_weight_transposed():
    """`nn.Linear` stores V of shape (H, D_in), and without a bias computes X Vᵀ."""
    linear = torch.nn.Linear(5, 4, bias=False, dtype=torch.float64)
    (x,) = random((6, 5))
    assert linear.weight.shape == (4, 5)
    assert difference(linear(x), x @ linear.weight.T) < ROUNDING


def bias_mean_and_linear_differ_from_autograd_by_rounding():
    """The formulas for bias, mean and `nn.Linear` differ from autograd by rounding only."""
    assert max(record("derivations.bias_mean_linear").values["largest"].values()) < ROUNDING


def the_slope_of_the_logarithm_of_softmax():
    """The slope of log P_nc along Z_nk is 1 if k = c and 0 otherwise, minus P_nk."""
    (z,) = random((3,))
    slopes = jacobian(lambda z: torch.log_softmax(z, dim=0), z)
    assert difference(slopes, torch.eye(3).double() - torch.softmax(z, dim=0)) < ROUNDING


def the_largest_of_the_steps_wins_in_float64():
    """In float64 the error grows as the step shrinks from 0.01 to a millionth, for each seed."""
    runs = [record("derivations.central_difference").values["errors"]["float64"]]
    with pytest.MonkeyPatch.context() as patch:
        for seed in SEEDS:
            patch.setattr(central_difference, "seed", seed)
            steps = (1e-2, 1e-4, 1e-6)
            runs.append([central_difference.relative_error(np.float64, step) for step in steps])
    assert all(large < middle < small < 1e-4 for large, middle, small in runs)


def _loss_along_one_entry():
    """Return the central difference's loss as a function of a step of W₁'s first entry, and Z."""
    x, y, w1, w2 = random((8, 5), (8, 3), (5, 4), (4, 3))
    unit = torch.zeros_like(w1)
    unit[0, 0] = 1

    def z_at(step):
        return x @ (w1 + step * unit)

    return lambda step: (torch.relu(z_at(step)) @ w2 - y).square().sum().item(), z_at


def the_loss_is_quadratic_in_one_entry_until_a_sign_changes():
    """While no entry of Z changes its sign, the loss is a quadratic function of one entry of W₁.

    Of a quadratic function, the third differences are 0.
    """
    loss, z_at = _loss_along_one_entry()

    def third_difference(step):
        return abs(loss(3 * step) - 3 * loss(2 * step) + 3 * loss(step) - loss(0))

    assert torch.equal(z_at(0) > 0, z_at(3e-3) > 0)
    assert third_difference(1e-3) < ROUNDING * loss(0) * 10
    assert not torch.equal(z_at(0) > 0, z_at(30) > 0)
    assert third_difference(10) > 1e-3


def a_central_difference_of_a_quadratic_has_no_truncation_error():
    """For a quadratic function the central difference is exact at any step, apart from rounding.

    Fractions do not round.
    """
    a, b, c, at = map(Fraction, (3, -5, 7, 2))
    for step in (Fraction(1, 1000), Fraction(1, 3), Fraction(1000)):
        above, below = (a * w * w + b * w + c for w in (at + step, at - step))
        assert (above - below) / (2 * step) == 2 * a * at + b


def a_large_step_crosses_a_kink():
    """In the run a step of 10 changes the sign of entries of Z, and the error is above 10 %."""
    x, _, w1, _ = warmup_numpy.make_data()  # the numbers of the run: one seed and one order
    column = x.dot(w1)[:, 0]
    assert ((column + 10 * x[:, 0] > 0) != (column > 0)).any()
    assert ((column + 0.01 * x[:, 0] > 0) == (column > 0)).all()
    assert central_difference.relative_error(np.float64, 10) > 0.1


def float32_has_about_7_digits_for_a_loss_of_tens_of_millions():
    """The loss is tens of millions, and float32 has about 7 digits."""
    loss, *_ = warmup_numpy.gradients(*warmup_numpy.make_data())
    assert 1e7 < loss < 1e8
    assert 1e-8 < torch.finfo(torch.float32).eps < 1e-6


def rounding_drowns_small_steps_in_float32():
    """In float32 the error at the smallest step is as large as the slope; at the largest less."""
    errors = record("derivations.central_difference").values["errors"]["float32"]
    assert errors[0] < 0.5 < errors[2]


def gradcheck_fails_at_the_kink():
    """`gradcheck` accepts `torch.relu` away from 0 and rejects it at 0."""
    run = record("derivations.gradcheck_kink")
    assert run.output.startswith("away from 0: True\n")
    assert run.error == "GradcheckError"
    assert "Jacobian mismatch" in run.values["error"]


def hips_autograd_agrees_with_the_six_lines():
    """The gradients of HIPS autograd and of the six lines agree to 12 digits of the largest."""
    assert record("derivations.autograd_bridge").values["agree"] == [True, True]


def equal_arguments_of_maximum_share_the_gradient():
    """Where its arguments are equal, each gets half of the gradient from a `maximum`.

    That of HIPS autograd and `torch.maximum`.
    """
    assert record("derivations.autograd_bridge").values["at_zero"] == 0.5
    halves = grad(autograd_numpy.maximum, argnum=(0, 1))(0.0, 0.0)
    assert [float(half) for half in halves] == [0.5, 0.5]
    assert record("derivations.relu_at_zero").values["found"]["torch.maximum(x, zero)"] == 0.5
    tensors = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    torch.maximum(*tensors).backward()
    assert [tensor.grad.item() for tensor in tensors] == [0.5, 0.5]


def a_wrong_matrix_of_the_right_shape_fits():
    """`grad_w2.T` in place of `w2.T` gives a gradient of the same shape that is wrong."""
    run = record("mistakes.warmup_numpy_wrong_transpose")
    shapes = re.findall(r"shape (\(\d+, \d+\))", run.output)
    assert len(shapes) == 2
    assert len(set(shapes)) == 1
    assert run.values["errors"]["w2.T"] < 1e-8  # what rounding leaves of a central difference
    assert run.values["errors"]["grad_w2.T"] > 1


def the_norm_of_the_page_is_not_the_spectral_norm():
    """Of the example, the Frobenius norm is the root of the sum of squares, not the spectral."""
    values = record("derivations.norms").values
    assert values["frobenius"] == values["from_entries"] == 5
    assert values["spectral"] == 4


def the_example_goes_forward_to_an_error_of_1():
    """In exercise 1, `h` is `[[3, -1]]`, the prediction 6 and the error 1."""
    h = np.array([[1.0, 2.0]]).dot(np.array([[1.0, -1.0], [1.0, 0.0]]))
    prediction = np.maximum(h, 0).dot(np.array([[2.0], [3.0]]))
    assert h.tolist() == [[3, -1]]
    assert prediction.item() == 6
    assert prediction.item() - 5 == 1
    for numbers in ("[[1.0, 2.0]]", "[[5.0]]", "[[1.0, -1.0], [1.0, 0.0]]", "[[2.0], [3.0]]"):
        assert f"np.array({numbers})" in inspect.getsource(answers.program)


@functools.cache
def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip() for part in record("answers.derivative_basics").output.split("\n\n")]


def a_unit_that_is_cut_off_gets_no_gradient():
    """In exercise 1 the second row of `grad_w2` and the second column of `grad_w1` are 0."""
    assert _printed()[0] == "[[6.0], [0.0]] [[4.0, 0.0], [8.0, 0.0]]"


def the_gradient_for_the_input_is_that_of_autograd():
    """In exercise 2 the gradient for the input is that of autograd."""
    assert _printed()[1].endswith("equal to autograd's: True")


def the_penalty_adds_the_same_multiple_of_each_weight():
    """With a factor of 0.1, each entry of the gradient changes by 0.2 times its weight."""
    assert _printed()[2].endswith(": [0.2]")
    assert answers.decay == 0.1


def the_penalty_pulls_each_weight_towards_0():
    """A step against the gradient of the penalty alone makes each weight smaller in size."""
    (w1,) = random((5, 4))
    pull = gradient(lambda w1: 0.1 * w1.square().sum(), w1)
    assert ((w1 - 0.01 * pull).abs() < w1.abs()).all()


def the_mean_divides_each_entry_by_18():
    """For 6 samples and 3 outputs, each entry of the gradient for W₂ is divided by 18."""
    assert (answers.N, answers.D_out) == (6, 3)
    assert _printed()[3].endswith(": [18.0]")


def the_mean_divides_all_gradients():
    """The mean divides the gradients for both weights by the same number."""
    x, y, w1, w2 = (array.numpy() for array in random((6, 5), (6, 3), (5, 4), (4, 3)))

    def mean(*tensors):
        return answers.squared_error(*tensors) / (6 * 3)

    totals, means = (
        answers.by_autograd(loss, x, y, w1, w2)[2:] for loss in (answers.squared_error, mean)
    )
    for of_sum, of_mean in zip(totals, means, strict=True):
        np.testing.assert_allclose(of_sum, 18 * of_mean, rtol=ROUNDING, atol=ROUNDING)


def the_gradients_of_the_shortcut_are_those_of_autograd():
    """In exercise 5 both gradients are those of autograd."""
    assert _printed()[4].count("equal to autograd's: True") == 2


def the_shortcut_passes_the_gradient_on_whole():
    """If the middle weights are 0, the gradient for A₁ is that for A₂."""
    a1, w2, y = random((6, 4), (4, 3), (6, 3))
    w_mid = torch.zeros(4, 4, dtype=torch.float64)

    def loss_of(a2):
        return (a2 @ w2 - y).square().sum()

    with_shortcut = gradient(lambda a1: loss_of(torch.relu(a1 @ w_mid) + a1), a1)
    assert torch.equal(with_shortcut, gradient(loss_of, a1))
