"""What `derivation/softmax-cross-entropy` says."""

import functools
import itertools
import math

import torch

from facts import record
from facts._matrices import ROUNDING, SEEDS, change, difference, gradient, jacobian, random
from snippets.answers import softmax_cross_entropy as answers
from snippets.derivations import softmax_cross_entropy


def softmax_makes_each_number_positive_and_each_row_sum_to_1():
    """Softmax makes the numbers of a row positive, and lets them sum to 1."""
    (z,) = random((5, 3))
    p = torch.softmax(z, dim=1)
    assert (p > 0).all()
    assert difference(p.sum(dim=1), torch.ones(5, dtype=torch.float64)) < ROUNDING


def a_number_added_to_a_row_changes_nothing():
    """A number added to all scores of a row does not change its softmax."""
    z, m = random((5, 3), (5, 1))
    assert difference(torch.softmax(z + m, dim=1), torch.softmax(z, dim=1)) < ROUNDING


def subtracting_the_largest_score_prevents_overflow():
    """For a score of 1000 the plain fraction overflows; with the largest subtracted it does not."""
    z = torch.tensor([[1000.0, 0.0, -1000.0]], dtype=torch.float64)
    plain = z.exp() / z.exp().sum(dim=1, keepdim=True)
    u = z - z.amax(dim=1, keepdim=True)
    subtracted = u.exp() / u.exp().sum(dim=1, keepdim=True)
    assert z.exp().isinf().any()
    assert not plain.isfinite().all()
    assert torch.equal(subtracted, torch.softmax(z, dim=1))
    assert subtracted.isfinite().all()


def every_probability_depends_on_every_score_of_its_row_alone():
    """Each probability has a slope along each score of its row, and none along other rows."""
    (z,) = random((2, 3))
    slopes = jacobian(lambda z: torch.softmax(z, dim=1), z)  # (2, 3, 2, 3)
    for row in range(2):
        assert (slopes[row, :, row] != 0).all()
        assert (slopes[row, :, 1 - row] == 0).all()


def the_change_of_a_logarithm_is_divided_by_its_argument():
    """The change of log P is the change of P divided by P, entry by entry."""
    z, dz = random((5, 3), (5, 3))
    p, dp = torch.softmax(z, dim=1), change(lambda z: torch.softmax(z, dim=1), z, dz)
    of_logarithm = change(lambda z: torch.log_softmax(z, dim=1), z, dz)
    assert difference(of_logarithm, dp / p) < ROUNDING


def the_sum_of_the_entries_of_a_product_is_a_trace():
    """The sum of all entries of P ⊙ dZ is the trace of PᵀdZ."""
    p, dz = random((5, 3), (5, 3))
    assert difference((p * dz).sum(), torch.trace(p.T @ dz)) < ROUNDING


def the_targets_enter_the_second_term_with_their_row_sums():
    """If a row has one number in all columns, its sum weighted with Y is that times Y's row sum."""
    y, mean = random((5, 3), (5, 1))
    assert difference((y * mean).sum(dim=1), mean[:, 0] * y.sum(dim=1)) < ROUNDING


def the_formula_needs_rows_that_sum_to_1():
    """The formula (P − Y) / N is autograd's gradient just if the rows of Y sum to 1.

    In the run, and for more factors of rows that sum to 1.
    """
    values = record("derivations.softmax_cross_entropy").values
    assert values["right"] < ROUNDING
    assert values["wrong"] > 0.01
    (scores,) = random((5, 3))
    y = torch.softmax(scores, dim=1)
    assert softmax_cross_entropy.difference(y) < ROUNDING
    for factor in (0.5, 0.9, 1.1, 3):
        assert softmax_cross_entropy.difference(factor * y) > 0.001


@functools.cache
def _printed():
    """Return what the answers print, by exercise."""
    return [
        part.strip("\n") for part in record("answers.softmax_cross_entropy").output.split("\n\n")
    ]


def equal_scores_of_10_classes_give_a_loss_of_2_3():
    """With equal scores, the loss of a classifier of 10 classes is about 2.3."""
    assert _printed()[0].startswith("N = 4, C =  10:  2.303 ")
    loss, *_ = answers.fresh(4, 10)
    assert abs(loss - 2.3) < 0.01


def large_random_scores_start_far_above():
    """With large random scores the first loss is far above that of equal scores."""
    losses = []
    for seed in SEEDS:
        (z,) = random((64, 10), seed=seed)
        labels = torch.arange(64) % 10
        losses.append(torch.nn.functional.cross_entropy(10 * z, labels).item())
    assert min(losses) > 2 * math.log(10)


def the_formula_gives_no_finite_number_and_the_function_does():
    """For this row no result of the plain formula is finite, and all of the function's are."""
    formula, ours = _printed()[1].splitlines()
    assert formula.endswith("[False, False, False]")
    assert ours.endswith("[0.0, -1000.0, -2000.0]")


def the_largest_exponential_is_1():
    """With the largest score subtracted, the largest exponential is 1, so their sum is >= 1."""
    for seed in SEEDS:
        (z,) = random((5, 3), seed=seed)
        exponentials = (1000 * z - (1000 * z).amax(dim=1, keepdim=True)).exp()
        assert (exponentials.amax(dim=1) == 1).all()
        assert (exponentials.sum(dim=1) >= 1).all()
        expected = torch.log_softmax(1000 * z, dim=1)
        assert difference(answers.log_softmax(1000 * z), expected) < 1000 * ROUNDING


def the_weighted_gradient_is_that_of_pytorch():
    """With weights, PyTorch divides by their sum for class numbers, and by N for one-hot rows."""
    assert _printed()[2] == "as autograd: True"
    z = random((5, 3))[0]
    labels, weight = torch.tensor([0, 2, 1, 1, 0]), torch.tensor([0.5, 2.0, 4.0]).double()
    losses = torch.nn.functional.cross_entropy(z, labels, weight=weight, reduction="none")
    mean = torch.nn.functional.cross_entropy(z, labels, weight=weight)
    assert difference(mean, losses.sum() / weight[labels].sum()) < ROUNDING
    one_hot = torch.nn.functional.one_hot(labels, 3).double()
    as_shares = torch.nn.functional.cross_entropy(z, one_hot, weight=weight)
    assert difference(as_shares, losses.sum() / 5) < ROUNDING


def each_row_of_the_weighted_gradient_sums_to_0():
    """With class weights, too, each row of the gradient sums to 0."""
    for seed in SEEDS:
        z, weight = random((5, 3), (3,), seed=seed)
        y = torch.eye(3, dtype=torch.float64)[[0, 2, 1, 1, 0]]
        rows = answers.class_weights(z, y, weight.exp()).sum(dim=1)
        assert rows.abs().max() < ROUNDING


def the_loss_of_the_classifier_falls_at_each_step():
    """In the run the loss falls at each of the 100 steps."""
    losses = answers.losses_of_training()
    assert all(before > after for before, after in itertools.pairwise(losses))
    shown = [float(line.split()[1]) for line in _printed()[3].splitlines()]
    assert shown == [round(losses[step], 4) for step in (0, 10, 100)]


def the_rest_of_the_backward_pass_is_that_of_lesson_1():
    """From `grad_z` back, the classifier's gradients are made by the lines of lesson 1."""
    x, w1, w2, scores = random((6, 3), (3, 8), (8, 4), (6, 4))
    y = torch.softmax(scores, dim=1)
    _, grad_w1, grad_w2 = answers.classifier(x, y, w1, w2)
    h = x @ w1
    h_relu = h.clamp(min=0)
    grad_z = gradient(lambda z: -(y * torch.log_softmax(z, dim=1)).sum() / 6, h_relu @ w2)
    grad_h = grad_z @ w2.T
    grad_h[h <= 0] = 0
    assert difference(grad_w2, h_relu.T @ grad_z) < ROUNDING
    assert difference(grad_w1, x.T @ grad_h) < ROUNDING
