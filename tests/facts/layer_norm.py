"""What `derivation/layer-norm` says."""

import functools

import torch

from facts import record
from facts._matrices import ROUNDING, SEEDS, change, difference, gradient, jacobian, random
from snippets.answers import layer_norm as answers

EPSILON = 1e-5  # as in the run


def _normalise(x, epsilon=EPSILON):
    """Return each row of x with mean 0 and variance 1, up to epsilon."""
    return torch.nn.functional.layer_norm(x, x.shape[1:], eps=epsilon)


def _variance(x):
    """Return the variance of each row, divided by H."""
    return x.var(dim=1, correction=0)


def each_row_gets_mean_0_and_a_variance_a_little_below_1():
    """Normalisation gives each row the mean 0 and, because of epsilon, a variance just below 1."""
    for seed in SEEDS:
        y = _normalise(random((5, 8), seed=seed)[0])
        assert y.mean(dim=1).abs().max() < ROUNDING
        assert (_variance(y) < 1).all()
        assert (_variance(y) > 0.999).all()


def each_entry_depends_on_all_entries_of_its_row():
    """Each entry of a normalised row depends on each entry of the row."""
    (x,) = random((1, 6))
    assert (jacobian(_normalise, x) != 0).all()


def epsilon_prevents_a_division_by_0():
    """A row of equal numbers gives 0 with epsilon, and without it no number."""
    x = torch.full((1, 4), 5.0)
    assert (_normalise(x) == 0).all()
    assert ((x - x.mean()) / x.std(correction=0)).isnan().all()


def the_squared_definition_changes_alike_on_both_sides():
    """The changes of σ² and of its definition are those that the page says."""
    x, dx = random((5, 8), (5, 8))

    def deviation(x):
        return (x.var(dim=1, correction=0) + EPSILON).sqrt()

    left = 2 * deviation(x) * change(deviation, x, dx)
    centred, changes = (a - a.mean(dim=1, keepdim=True) for a in (x, dx))
    assert difference(left, 2 / 8 * (centred * changes).sum(dim=1)) < ROUNDING


def the_deviations_of_a_row_sum_to_0():
    """The deviations of a row from its mean sum to 0."""
    (x,) = random((5, 8))
    assert (x - x.mean(dim=1, keepdim=True)).sum(dim=1).abs().max() < ROUNDING


def _gradient_for_x(b, x, epsilon):
    """Return the gradient for x, by autograd, if that for the normalised rows is b."""
    return gradient(lambda x: (_normalise(x, epsilon) * b).sum(), x)


def the_gradient_has_no_mean():
    """Each row of the gradient sums to 0: B loses its mean."""
    for seed in SEEDS:
        b, x = random((5, 8), (5, 8), seed=seed)
        assert _gradient_for_x(b, x, EPSILON).sum(dim=1).abs().max() < ROUNDING


def the_gradient_has_no_part_along_the_normalised_row_up_to_epsilon():
    """The gradient loses its part along the normalised row, all of it without epsilon."""
    for seed in SEEDS:
        b, x = random((5, 8), (5, 8), seed=seed)
        along = (_gradient_for_x(b, x, 0) * _normalise(x, 0)).sum(dim=1)
        assert along.abs().max() < ROUNDING
        along = (_gradient_for_x(b, x, EPSILON) * _normalise(x)).sum(dim=1)
        assert ROUNDING < along.abs().max() < 1e-3  # of the order of epsilon


def shifting_a_row_and_stretching_it_about_its_mean_change_nothing():
    """Neither a shift of a row nor a stretch about its mean changes it once it is normalised.

    The stretch up to epsilon.
    """
    (x,) = random((5, 8))
    mean = x.mean(dim=1, keepdim=True)
    stretched = mean + 3 * (x - mean)
    assert difference(_normalise(x + 7), _normalise(x)) < ROUNDING
    assert difference(_normalise(stretched, 0), _normalise(x, 0)) < ROUNDING
    assert 0 < difference(_normalise(stretched), _normalise(x)) < 1e-3


def the_code_differs_from_autograd_by_rounding():
    """The gradients in code differ from those of autograd by rounding only."""
    assert max(record("derivations.layer_norm").values["largest"].values()) < ROUNDING


def the_columns_are_means_and_the_deviation():
    """The columns of shape (N, 1) are the standard deviations and two means of each row."""
    nodes = record("charts.shapes").values["norm"]["nodes"]
    columns = {name for name, node in nodes.items() if node.get("shape") == [5, 1]}
    assert columns == {"sigma", "mean_b", "mean_bx"}


@functools.cache
def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.layer_norm").output.split("\n\n")]


def the_first_two_rows_become_the_same_to_two_decimals():
    """To two decimals (1, 3) and (10, 30) become one row, and (5, 5) becomes 0."""
    y, _ = answers.program()
    assert torch.equal(y[0].round(decimals=2), y[1].round(decimals=2))
    assert y[2].tolist() == [0, 0]
    assert _printed()[0].splitlines()[0].endswith(" [[-1.0, 1.0], [-1.0, 1.0], [0.0, 0.0]]")


def the_sum_of_the_output_has_the_slope_0():
    """Each row of `y` sums to 0 for every `x`, and the gradient of that sum is 0."""
    for seed in SEEDS:
        (x,) = random((5, 8), seed=seed)
        assert _normalise(x).sum(dim=1).abs().max() < ROUNDING
        assert gradient(lambda x: _normalise(x).sum(), x).abs().max() < ROUNDING


def the_gradients_for_scale_and_shift_are_those_of_autograd():
    """In exercise 2 both gradients are those of autograd."""
    assert _printed()[1].splitlines() == ["gamma as autograd: True", "beta as autograd:  True"]


def layer_normalisation_divides_by_h_and_var_by_h_minus_1():
    """`torch.var` divides by H − 1 by default, and layer normalisation by H."""
    (x,) = random((5, 8))
    u = x - x.mean(dim=1, keepdim=True)
    assert difference(torch.var(x, dim=1), u.square().sum(dim=1) / 7) < ROUNDING
    sigma = (u.square().sum(dim=1, keepdim=True) / 8 + EPSILON).sqrt()
    assert difference(_normalise(x), u / sigma) < ROUNDING


def the_gradient_of_rmsnorm_is_that_of_autograd():
    """In exercise 3 the gradient is that of autograd."""
    assert _printed()[2].startswith("as autograd: True\n")


def _rms_norm(x, epsilon=EPSILON):
    """Return each row of x divided by the root of its mean square."""
    return x / (x.square().mean(dim=1, keepdim=True) + epsilon).sqrt()


def a_shift_changes_the_output_of_rmsnorm():
    """A shift of a row changes the output of RMSNorm, and rows of its gradient do not sum to 0."""
    (x,) = random((5, 8))
    assert difference(_rms_norm(x + 7), _rms_norm(x)) > 0.1
    assert "\nrows sum to 0: False\n" in _printed()[2]


def a_stretch_about_0_changes_nothing_in_rmsnorm():
    """A stretch about 0 leaves RMSNorm, up to epsilon, so gradient times `x` has row sums of 0."""
    (x,) = random((5, 8))
    assert difference(_rms_norm(3 * x, 0), _rms_norm(x, 0)) < ROUNDING
    assert difference(_rms_norm(3 * x), _rms_norm(x)) < 1e-3
    assert _printed()[2].endswith("times x, rows sum to 0: True")


def batch_normalisation_is_that_of_pytorch():
    """In exercise 4 the output and the three gradients are those of PyTorch."""
    assert _printed()[3].count("as PyTorch's: True") == 4


def batch_normalisation_is_layer_normalisation_of_the_transpose():
    """With γ of 1, batch normalisation does to columns what layer normalisation does to rows."""
    x, g = random((5, 8), (5, 8))
    ones = torch.ones(8, dtype=torch.float64)
    y, grad_x, _, _ = answers.batch_norm(x, ones, 0 * ones, g, EPSILON)
    assert difference(y, _normalise(x.T).T) < ROUNDING
    assert difference(grad_x, _gradient_for_x(g.T, x.T, EPSILON).T) < ROUNDING


def the_gradient_of_a_sample_depends_on_all_samples():
    """In batch normalisation the gradient of one sample depends on each sample of the batch."""
    x, g = random((5, 8), (5, 8))
    ones = torch.ones(8, dtype=torch.float64)

    def gradient_of_the_first(x):
        return answers.batch_norm(x, ones, ones, g, EPSILON)[1][0]

    slopes = jacobian(gradient_of_the_first, x)  # (8, 5, 8)
    assert (slopes.abs().amax(dim=(0, 2)) > 1e-3).all()
