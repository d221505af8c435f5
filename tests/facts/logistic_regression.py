"""What `derivation/logistic-regression` says."""

import functools
import math

import pytest
import torch

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, jacobian, random
from snippets.answers import logistic_regression as answers
from snippets.derivations import logistic_regression as page
from snippets.mistakes import logistic_regression_separable


def _problem(seed=0, samples=20, features=3):
    """Return random inputs, targets of 0 and 1, and weights."""
    x, w, draws = random((samples, features), (features, 1), (samples, 1), seed=seed)
    return x, (draws > 0).double(), w


def _reference(x, y, w):
    """Return the loss as PyTorch computes it from scores."""
    return torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y)


def the_last_layer_of_a_classifier_of_two_classes_is_one():
    """A network with one output has, for its last weights, the gradient of the page."""
    x, y, _ = _problem()
    torch.manual_seed(0)
    body = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.ReLU()).double()
    last = torch.nn.Linear(5, 1, bias=False).double()
    hidden = body(x)
    torch.nn.functional.binary_cross_entropy_with_logits(last(hidden), y).backward()
    ours, _ = page.derivatives(hidden.detach(), y, last.weight.detach().T)
    assert difference(ours, last.weight.grad.T) < ROUNDING


def each_symbol_has_its_shape_in_the_code():
    """The arrays of the code have the shapes of the table; a column of ones acts as a bias."""
    x, y, w = _problem(samples=7)
    grad_w, hessian = page.derivatives(x, y, w)
    shapes = [tuple(array.shape) for array in (x, y, w, x @ w, grad_w, hessian)]
    assert shapes == [(7, 3), (7, 1), (3, 1), (7, 1), (3, 1), (3, 3)]
    ones = torch.cat([torch.ones(7, 1).double(), x[:, 1:]], dim=1)
    assert difference(ones @ w, x[:, 1:] @ w[1:] + w[0]) < ROUNDING


def the_sigmoid_is_softmax_of_two_scores():
    """The sigmoid of a score is the probability of softmax beside a score of 0."""
    (z,) = random((20, 1))
    both = torch.cat([torch.zeros_like(z), z], dim=1)
    assert difference(torch.softmax(both, dim=1)[:, 1:], torch.sigmoid(z)) < ROUNDING


def the_slope_is_largest_in_the_middle():
    """The slope of the sigmoid is at most one quarter, at a score of 0."""
    z = torch.linspace(-10, 10, 2001, dtype=torch.float64)
    slopes = gradient(lambda z: torch.sigmoid(z).sum(), z)
    assert abs(slopes.max() - 0.25) < ROUNDING
    assert slopes.argmax() == 1000
    assert z[1000].abs() < ROUNDING


def a_probability_is_rounded_to_1():
    """In `float32` the probability of a score of 20 is 1, and log(1 - p) is minus infinity."""
    p = torch.sigmoid(torch.tensor(20.0))
    assert p == 1
    assert torch.log(1 - p) == -math.inf


def the_exponential_overflows_and_its_stable_form_does_not():
    """For a large z log(1 + exp(z)) overflows; the other form is finite for all finite scores."""
    assert torch.log(1 + torch.exp(torch.tensor(1000.0).double())) == math.inf
    for dtype in (torch.float32, torch.float64):
        largest = torch.finfo(dtype).max
        for z in (-largest, -1000, 0, 1000, largest):
            scores, one = torch.tensor([[z]], dtype=dtype), torch.ones(1, 1, dtype=dtype)
            assert page.loss_of(scores, 0 * one, one).isfinite()


def log1p_keeps_the_digits_of_a_small_number():
    """For a small u `log1p(u)` is u, and log(1 + u) is 0."""
    u = torch.tensor(1e-17, dtype=torch.float64)
    assert torch.log1p(u) == u
    assert torch.log(1 + u) == 0


@functools.cache
def _scores():
    """Return what the program of both losses found, by score."""
    seen = record("derivations.logistic_scores").values["seen"]
    return {float(score): row for score, row in seen.items()}


def bce_loss_stops_at_100():
    """BCELoss is off by a percent at 15 and is 100 from 20 on: a logarithm stops at -100."""
    seen = _scores()
    assert 0.005 < 1 - seen[15][0] / 15 < 0.02
    assert seen[20][0] == seen[200][0] == 100
    loss = torch.nn.functional.binary_cross_entropy
    one, zero = torch.ones(1), torch.zeros(1)
    assert loss(one, zero) == loss(zero, one) == 100
    tiny = torch.tensor([1e-44])  # its logarithm is -101
    assert tiny.log() < -100
    assert loss(tiny, one) == 100


def the_gradient_of_bce_loss_is_0_where_the_probability_is_1():
    """From 20 on the gradient of BCELoss is 0."""
    assert [score for score, row in _scores().items() if row[1] == 0] == [20, 200]


def the_loss_of_a_score_is_right():
    """BCEWithLogitsLoss of a large wrong score is the score, and its gradient is close to 1."""
    for score, row in _scores().items():
        exact = score + math.log1p(math.exp(-score))
        assert row[2] == pytest.approx(exact, rel=1e-6)  # float32 has 7 digits
        assert row[3] == pytest.approx(1 / (1 + math.exp(-score)), rel=1e-6)


def linear_regression_has_the_same_gradient_but_for_the_probability():
    """Half the mean squared error of the scores has the gradient with scores as predictions."""
    x, y, w = _problem()
    theirs = gradient(lambda w: (x @ w - y).square().mean() / 2, w)
    assert difference(theirs, x.T @ (x @ w - y) / 20) < ROUNDING


def the_hessian_does_not_see_the_targets():
    """Other targets leave the Hessian; multiplying rows by their slopes replaces S."""
    x, y, w = _problem()
    ours = page.derivatives(x, y, w)[1]
    assert torch.equal(ours, page.derivatives(x, 1 - y, w)[1])
    p = torch.sigmoid(x @ w)
    s = torch.diag((p * (1 - p)).flatten())
    assert difference(ours, x.T @ s @ x / 20) < ROUNDING


def the_hessian_has_no_negative_eigenvalue():
    """At random weights, near and far, no eigenvalue of the Hessian is negative."""
    for seed in SEEDS:
        x, y, w = _problem(seed)
        for scale in (0, 1, 10):
            assert torch.linalg.eigvalsh(page.derivatives(x, y, scale * w)[1]).min() > -ROUNDING


def the_loss_curves_upwards_along_every_line():
    """On random lines the loss half way is at most the mean of the losses at both ends."""
    for seed in range(50):
        x, y, w = _problem(seed)
        (other,) = random((3, 1), seed=1000 + seed)
        middle = page.loss_of(x, y, (w + other) / 2)
        assert middle <= (page.loss_of(x, y, w) + page.loss_of(x, y, other)) / 2


def equal_columns_make_the_hessian_singular():
    """With two equal columns the loss is level in one direction, and the Hessian is singular."""
    x, y, w = _problem()
    x[:, 2] = x[:, 1]
    v = torch.tensor([[0.0], [1.0], [-1.0]], dtype=torch.float64)
    assert difference(page.loss_of(x, y, w + 5 * v), page.loss_of(x, y, w)) < ROUNDING
    assert torch.linalg.eigvalsh(page.derivatives(x, y, w)[1]).min().abs() < ROUNDING


def this_learning_rate_never_raises_the_loss():
    """The curvature keeps to its bound, and no step of this learning rate or less raises the loss.

    From weights near and far, on five data sets.
    """
    for seed in SEEDS:
        x, y, w = _problem(seed)
        bound = torch.linalg.matrix_norm(x, 2) ** 2 / (4 * 20)
        for scale in (0, 0.1, 1, 10):
            at = scale * w
            grad_w, hessian = page.derivatives(x, y, at)
            assert torch.linalg.eigvalsh(hessian).max() <= bound + ROUNDING
            for share in (1, 0.5, 0.01):
                after = page.loss_of(x, y, at - share / bound * grad_w)
                assert after <= page.loss_of(x, y, at) + ROUNDING
            assert difference(page.descent_step(x, y, at), at - grad_w / bound) < ROUNDING


def the_parabola_leaves_terms_of_third_order():
    """What the parabola leaves of the change of the loss shrinks with the cube of the step."""
    x, y, w = _problem()
    (step,) = random((3, 1), seed=7)
    grad_w, hessian = page.derivatives(x, y, w)
    left = []
    for scale in (0.1, 0.01):
        v = scale * step
        parabola = (grad_w * v).sum() + (v * (hessian @ v)).sum() / 2
        left.append(abs(page.loss_of(x, y, w + v) - page.loss_of(x, y, w) - parabola))
    assert 500 < left[0] / left[1] < 2000  # a tenth of the step leaves a thousandth


def newtons_step_is_a_weighted_least_squares():
    """The new weights solve least squares with the weights s and the targets z + (y - p) / s."""
    x, y, w = _problem()
    z = x @ w
    p = torch.sigmoid(z)
    s = p * (1 - p)
    root = s.sqrt()
    solved = torch.linalg.lstsq(root * x, root * (z + (y - p) / s)).solution
    assert difference(solved, page.newton_step(x, y, w)) < 1e-10  # the condition costs digits


def the_formulas_differ_from_autograd_by_rounding():
    """Gradient and Hessian differ from those of torch.func by rounding only."""
    differences = record("derivations.logistic_regression").values["differences"]
    assert set(differences) == {"gradient", "Hessian"}
    assert max(differences.values()) < ROUNDING


def _run():
    """Return what the page's program left."""
    return record("derivations.logistic_regression").values


def newton_squares_the_error_and_is_done_in_five_steps():
    """The gradient is at rounding after five of Newton's steps; digits about double before."""
    lengths = _run()["newton"]
    assert lengths[4] > ROUNDING > lengths[5]
    digits = [-math.log10(length) for length in lengths]
    assert 1.5 < digits[3] / digits[2] < 2.5
    assert 1.5 < digits[4] / digits[3] < 2.5


def gradient_descent_needs_hundreds_of_steps():
    """The gradient is a hundredth after 10 steps; Newton's four steps take hundreds here."""
    newton, descent = _run()["newton"], _run()["descent"]
    assert 0.005 < descent[10] < 0.02
    first = next(step for step, length in enumerate(descent) if length <= newton[4])
    assert 200 < first <= 1000
    x, _ = page.data()
    assert len(x) == 200
    assert torch.corrcoef(x[:, 1:].T)[0, 1] > 0.9


def a_step_of_newton_costs_a_system():
    """Elimination takes about a third of D³ multiplications, and products take those counted."""
    d = 200
    inner = sum(k * k for k in range(d))  # below pivot k of a matrix of D rows
    assert abs(inner / (d**3 / 3) - 1) < 0.02


def far_from_the_minimum_newton_raises_the_loss():
    """From weights of 2, each of the three steps raises the loss."""
    plain, _ = _losses()
    assert plain[0] < plain[1] < plain[2] < plain[3]
    assert plain[3] > 1e6


def halving_makes_newton_safe():
    """With halving each of the three steps lowers the loss."""
    _, halved = _losses()
    assert halved[0] > halved[1] > halved[2] > halved[3]


def _losses():
    """Return the losses that the page's program printed from a far start, by method."""
    part = record("derivations.logistic_regression").output.split("\n\n")[2]
    return [[float(word) for word in line.split()[1:]] for line in part.strip().split("\n")]


def newtons_step_points_downhill():
    """The slope of the loss along Newton's step is negative, at weights near and far."""
    for seed in SEEDS:
        x, y, w = _problem(seed)
        for scale in (0, 1, 3):
            grad_w, _ = page.derivatives(x, y, scale * w)
            assert (grad_w * (page.newton_step(x, y, scale * w) - scale * w)).sum() < 0


def on_separable_data_larger_weights_are_always_better():
    """Where each score has the right sign, twice the weights lower each sample's loss."""
    x, y = page.separable()
    assert torch.equal(x > 0, y == 1)  # the weight 1 gives each score the right sign
    for w in (0.1, 1, 10, 100):
        before, after = (torch.log1p(torch.exp(-(k * w * x).abs())) for k in (1, 2))
        assert (after < before).all()


def each_newton_step_adds_about_1_to_the_weight():
    """Later steps add about 1 and divide loss and Hessian by about 2.7; `float32` ends at 0."""
    seen = {int(step): row for step, row in _run()["seen"].items()}
    for step in range(8, 20):
        (w, loss, hessian), after = seen[step], seen[step + 1]
        assert 0.97 < after[0] - w < 1.03
        assert 2.6 < loss / after[1] < 2.8
        assert 2.6 < hessian / after[2] < 2.8
    ran = record("mistakes.logistic_regression_separable")
    assert "singular" in ran.values["error"]
    with pytest.raises(torch.linalg.LinAlgError):
        logistic_regression_separable.main()
    p = torch.sigmoid(torch.tensor([-104.0]))  # beyond 100 steps of about 1
    assert p * (1 - p) == 0


def a_penalty_gives_separable_data_a_minimum():
    """With a penalty the Hessian's eigenvalues are at least λ, and separable data have a minimum.

    That minimum has gradient 0, from several starts.
    """
    x, y = page.separable()
    ends = []
    for start in (-1.0, 0.0, 1.0):
        w = torch.tensor([[start]], dtype=torch.float64)
        for _ in range(30):
            w = answers.newton_step(x, y, w, 0.01)
        grad_w, hessian = page.derivatives(x, y, w)
        assert (grad_w + 0.01 * w).abs().max() < ROUNDING
        assert hessian.item() + 0.01 >= 0.01
        ends.append(w.item())
    assert max(ends) - min(ends) < ROUNDING


def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.logistic_regression").output.split("\n\n")]


def the_three_scores_give_log_2_a_large_loss_and_0():
    """A score of 0 costs log 2, one of 1000 costs 1000, of which BCELoss shows 100, −1000 none."""
    assert _printed()[0].splitlines() == [
        "BCELoss           [0.69, 100.0, 0.0]",
        "BCEWithLogitsLoss [0.69, 1000.0, 0.0]",
    ]
    assert round(math.log(2), 2) == 0.69


def the_stable_loss_is_that_of_pytorch():
    """In exercise 2 the loss is that of PyTorch, for scores of 1000 and −1000 too."""
    assert _printed()[1].splitlines() == ["as PyTorch's: True"] * 2


def targets_between_0_and_1_are_allowed():
    """Loss, gradient and Hessian hold for targets between 0 and 1."""
    x, _, w = _problem()
    (draws,) = random((20, 1), seed=7)
    y = torch.sigmoid(draws)
    assert difference(page.loss_of(x, y, w), _reference(x, y, w)) < ROUNDING
    grad_w, hessian = page.derivatives(x, y, w)
    assert difference(grad_w, gradient(lambda w: _reference(x, y, w), w)) < ROUNDING
    slopes = jacobian(lambda w: page.derivatives(x, y, w)[0], w)
    assert difference(hessian, slopes.reshape(3, 3)) < ROUNDING


def with_a_penalty_newton_stops_on_separable_data():
    """In exercise 3 the weight's four decimals no longer change after ten steps."""
    weights = dict(line.split() for line in _printed()[2].splitlines())
    assert weights["10"] == weights["11"] == weights["12"]
    assert weights["5"] != weights["10"]


def the_derivatives_of_poisson_regression_are_those_of_autograd():
    """In exercise 4 gradient and Hessian differ from those of autograd by rounding."""
    assert all(float(line.split()[1]) < ROUNDING for line in _printed()[3].splitlines())


def the_slope_of_the_exponential_has_no_bound():
    """For each of four learning rates there are weights from which a step raises the loss."""
    x = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    y = torch.ones(2, 1, dtype=torch.float64)

    def loss(w):
        return (torch.exp(x @ w) - y * (x @ w)).mean()

    for rate in (1.0, 1e-2, 1e-4, 1e-6):
        w = torch.tensor([[math.log(1 / rate) + 10]], dtype=torch.float64)
        after = w - rate * answers.poisson(x, y, w)[0]
        assert loss(after) > loss(w)
