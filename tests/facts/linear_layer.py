"""What `derivation/linear-layer` says."""

import math

import torch

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, random
from snippets.answers import linear_layer as answers


def _linear(seed=0):
    """Return a layer of 5 features in and 4 out, and 6 samples for it."""
    torch.manual_seed(seed)
    return torch.nn.Linear(5, 4, dtype=torch.float64), *random((6, 5), seed=seed)


def linear_adds_a_bias_to_each_row_and_stores_its_weight_transposed():
    """`torch.nn.Linear` stores its weight as (H, D) and computes X Vᵀ plus the bias in each row."""
    linear, x = _linear()
    assert linear.weight.shape == (4, 5)
    assert difference(linear(x), x @ linear.weight.T + linear.bias) < ROUNDING


def a_column_of_ones_copies_the_bias_into_every_row():
    """A column of ones times the bias as a row is a matrix with the bias in every row."""
    (bias,) = random((4, 1))
    copies = torch.ones(6, 1, dtype=torch.float64) @ bias.T
    assert all(torch.equal(row, bias[:, 0]) for row in copies)


def the_gradients_hold_for_any_loss():
    """The three gradients hold for losses of different kinds."""
    losses = (
        lambda z: z.square().sum(),
        lambda z: torch.exp(z).mean(),
        lambda z: torch.logsumexp(z, dim=1).sum(),
    )
    linear, x = _linear()
    weight, bias = (parameter.detach() for parameter in (linear.weight, linear.bias))
    for loss in losses:
        arrays = [array.clone().requires_grad_() for array in (x, weight, bias)]
        exact = torch.autograd.grad(loss(torch.nn.functional.linear(*arrays)), arrays)
        c = gradient(loss, x @ weight.T + bias)
        ours = (c @ weight, c.T @ x, c.T @ torch.ones(6, dtype=torch.float64))
        assert max(map(difference, ours, exact)) < ROUNDING


def the_first_and_the_third_part_of_the_change():
    """Of the change of the loss, the parts from X and b have the forms that the page says."""
    c, dx, v, db = random((6, 4), (6, 5), (4, 5), (4, 1))
    ones = torch.ones(6, 1, dtype=torch.float64)
    from_x = torch.trace(c.T @ dx @ v.T)
    assert difference(from_x, torch.trace((c @ v).T @ dx)) < ROUNDING
    from_b = torch.trace(c.T @ ones @ db.T)
    assert difference(from_b, torch.trace((c.T @ ones).T @ db)) < ROUNDING


def each_gradient_has_the_shape_of_what_it_belongs_to():
    """The gradients have the shapes of X, V and b."""
    linear, x = _linear()
    x.requires_grad_()
    linear(x).square().sum().backward()
    for array in (x, linear.weight, linear.bias):
        assert array.grad.shape == array.shape


def two_halves_of_a_sum_add_up():
    """If the loss is a sum, `backward()` on both halves leaves the gradient of the whole batch."""
    linear, x = _linear()
    (exact,) = torch.autograd.grad(linear(x).square().sum(), [linear.weight])
    for half in (x[:2], x[2:]):
        linear(half).square().sum().backward()
    assert difference(linear.weight.grad, exact) < ROUNDING


def two_halves_of_a_mean_divide_by_the_number_of_the_whole():
    """If the loss is a mean, each half's sum is divided by the number for the whole batch."""
    linear, x = _linear()
    (target,) = random((6, 4), seed=1)
    exact = torch.autograd.grad(
        torch.nn.functional.mse_loss(linear(x), target), [linear.weight, linear.bias]
    )
    answers.two_halves(linear, x, target)
    ours = (linear.weight.grad, linear.bias.grad)
    assert max(map(difference, ours, exact)) < ROUNDING


def the_bias_gets_the_same_sum_without_x():
    """The gradient for the bias is the sum of the rows of the gradient for Z."""
    linear, x = _linear()
    z = linear(x)
    z.retain_grad()
    z.square().sum().backward()
    assert difference(linear.bias.grad, z.grad.sum(dim=0)) < ROUNDING


def the_code_differs_from_autograd_by_rounding():
    """The gradients in code differ from those of autograd by rounding only."""
    assert max(record("derivations.bias_mean_linear").values["largest"].values()) < ROUNDING


def six_rows_add_1_and_2():
    """Six rows give 6 in the gradient for the bias and 12 in that for the weight."""
    assert record("answers.linear_layer").output.startswith("(4, 5)\n6.0 12.0\n")


def the_weights_appear_in_the_gradient_for_the_input_alone():
    """With each gradient for the output given, other weights change the input's gradient alone."""
    ones = torch.ones(6, 4, dtype=torch.float64)
    found = []
    for seed in (0, 1):
        linear, _ = _linear(seed)
        x = torch.full((6, 5), 2.0, dtype=torch.float64, requires_grad=True)
        linear(x).backward(ones)
        found.append((x.grad, linear.weight.grad, linear.bias.grad))
    (x_0, *rest_0), (x_1, *rest_1) = found
    assert not torch.equal(x_0, x_1)
    assert all(map(torch.equal, rest_0, rest_1))


def a_sum_along_the_rows_leaves_one_number_for_each_output():
    """`sum(dim=0)` of a matrix (N, H) adds up its rows and leaves H numbers."""
    (matrix,) = random((6, 4))
    total = matrix.sum(dim=0)
    assert total.shape == (4,)
    assert difference(total, sum(matrix)) < ROUNDING


def two_halves_give_the_gradient_of_the_batch_and_two_means_do_not():
    """With 7 samples the two halves give the gradient of the batch, the mean of two means not."""
    output = record("answers.linear_layer").output
    assert answers.N == 7
    assert "two halves give the gradient of the batch: True\n" in output
    assert "the mean of two means does: False\n" in output


def the_mean_of_two_means_weighs_both_halves_alike():
    """In the mean of two means, 3 samples weigh together as much as the other 4."""
    errors = torch.tensor([1.0, 1, 1, 1, 8, 8, 8])
    mean_of_means = (errors[:4].mean() + errors[4:].mean()) / 2
    assert mean_of_means == (1 + 8) / 2
    assert errors.mean() == (4 * 1 + 3 * 8) / 7


def a_gradient_of_ones_counts_the_copies():
    """For a `grad` of ones of shape (6, 4), the answer gives the number of copies of each entry."""
    ones = torch.ones(6, 4)
    for shape in ((4,), (6, 1), (1, 4), ()):
        counted = answers.sum_to(ones, shape)
        assert counted.shape == shape
        assert (counted == 6 * 4 / math.prod(shape)).all()


def sum_to_size_is_the_same_function():
    """`grad.sum_to_size(shape)` gives what the answer gives, and for (4,) the bias's gradient."""
    for seed in SEEDS:
        (grad,) = random((6, 4), seed=seed)
        for shape in ((4,), (6, 1), (1, 4), (1, 1), (), (6, 4)):
            assert difference(answers.sum_to(grad, shape), grad.sum_to_size(shape)) < ROUNDING
        assert difference(answers.sum_to(grad, (4,)), grad.sum(dim=0)) < ROUNDING
