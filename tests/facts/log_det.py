"""What `derivation/log-det` says."""

import math

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, gradient, jacobian, random
from snippets.answers import log_det as answers
from snippets.derivations import log_det as page
from snippets.derivations import log_det_operations as operations


def _covariance(size, seed=0):
    """Return a random symmetric positive definite matrix."""
    (factor,) = random((size, size), seed=seed)
    return factor @ factor.T + torch.eye(size, dtype=torch.float64)


def _identity(size):
    return torch.eye(size, dtype=torch.float64)


def the_log_density_of_a_normal_distribution_holds_both():
    """The mean log-likelihood is that of PyTorch up to the constant with the number of variables.

    It is made of a log-determinant and an inverse.
    """
    x, mean = random((9, 4), (4, 1))
    c = _covariance(4)
    e = x - mean.T
    quadratic = (e @ torch.linalg.inv(c) * e).sum() / 9
    ours = (torch.logdet(c) + quadratic) / 2
    theirs = -torch.distributions.MultivariateNormal(mean[:, 0], c).log_prob(x).mean()
    assert difference(ours + 2 * math.log(2 * math.pi), theirs) < ROUNDING
    assert difference(ours, page.loss_of(x, mean, c)) < ROUNDING


def the_symbols_have_their_shapes_in_the_code():
    """The gradients have the shapes of mean and covariance, and the factor is lower triangular."""
    x, mean = random((9, 4), (4, 1))
    grad_mean, grad_c = page.gradients(x, mean, _covariance(4))
    assert (grad_mean.shape, grad_c.shape) == ((4, 1), (4, 4))
    k = torch.linalg.cholesky(_covariance(4))
    assert torch.equal(k, k.tril())
    assert difference(k @ k.T, _covariance(4)) < ROUNDING


def a_small_change_leaves_a_matrix_invertible():
    """A small change of a matrix changes its determinant little, so that it stays invertible."""
    for seed in SEEDS:
        a, change = random((4, 4), (4, 4), seed=seed)
        before, after = torch.linalg.det(a), torch.linalg.det(a + 1e-6 * change)
        assert 0 < abs(before - after) < abs(before)


def for_a_number_this_is_the_slope_of_its_reciprocal():
    """The slope of 1/a is −1/a²."""
    a = torch.tensor([[1.7]], dtype=torch.float64)
    assert difference(gradient(lambda a: torch.linalg.inv(a).sum(), a), -1 / a**2) < ROUNDING


def what_the_differential_of_the_inverse_drops_is_of_second_order():
    """The inverse has the differential of the page: what it leaves shrinks with the square."""
    a, change = random((4, 4), (4, 4))
    inverse = torch.linalg.inv(a)
    left = []
    for scale in (1e-3, 1e-4):
        exact = torch.linalg.inv(a + scale * change) - inverse
        left.append((exact + inverse @ (scale * change) @ inverse).norm())
    assert 50 < left[0] / left[1] < 200  # a tenth of the change leaves a hundredth


def _cofactors(a):
    """Return the signed determinants without a row and a column."""
    size = len(a)
    keep = [[other for other in range(size) if other != one] for one in range(size)]
    rows = [
        [(-1) ** (i + j) * torch.linalg.det(a[keep[i]][:, keep[j]]) for j in range(size)]
        for i in range(size)
    ]
    return torch.stack([torch.stack(row) for row in rows])


def cofactors_are_signed_minors():
    """The minors, with a minus sign where i + j is odd, expand the determinant along each row.

    They are det(A) times the transposed inverse.
    """
    for seed in SEEDS:
        (a,) = random((4, 4), seed=seed)
        b, det = _cofactors(a), torch.linalg.det(a)
        assert difference((a * b).sum(dim=1), det.expand(4)) < ROUNDING
        assert difference(b, det * torch.linalg.inv(a).T) < ROUNDING


def a_cofactor_does_not_depend_on_its_row():
    """The cofactors of a row do not change with the entries of that row."""
    a, row = random((4, 4), (4,))
    other = a.clone()
    other[2] = row
    assert torch.equal(_cofactors(a)[2], _cofactors(other)[2])


def foreign_cofactors_give_0():
    """A row with the cofactors of a different one is the determinant with that row replaced: 0."""
    (a,) = random((4, 4))
    copied = a.clone()
    copied[2] = a[1]
    assert (a[1] * _cofactors(a)[2]).sum().abs() < ROUNDING
    assert torch.linalg.det(copied).abs() < ROUNDING


def log_det_is_concave_on_covariances():
    """Half way between two covariances the log-determinant is at least the mean of both."""
    for seed in range(50):
        one, other = _covariance(4, seed), _covariance(4, 1000 + seed)
        assert torch.logdet((one + other) / 2) >= (torch.logdet(one) + torch.logdet(other)) / 2


def the_best_mean_and_covariance_are_those_of_the_samples():
    """Both gradients are 0 at mean and covariance of the samples, and the loss is larger elsewhere.

    The covariance is divided by N, and has an inverse here.
    """
    (x,) = random((9, 4))
    mean = x.mean(dim=0)[:, None]
    c = torch.cov(x.T, correction=0)
    assert all(grad.abs().max() < ROUNDING for grad in page.gradients(x, mean, c))
    for seed in range(50):
        (moved,) = random((4, 1), seed=seed)
        other = page.loss_of(x, mean + 0.1 * moved, 0.9 * c + 0.1 * _covariance(4, seed))
        assert other > page.loss_of(x, mean, c)


def loss_and_gradients_are_those_of_pytorch():
    """Loss and gradients differ from those of PyTorch by rounding only."""
    differences = record("derivations.log_det").values["differences"]
    assert set(differences) == {"loss", "mean", "C"}
    assert max(differences.values()) < ROUNDING


def the_determinant_underflows_and_its_logarithm_does_not():
    """The determinant of 400 variances of 0.1 is 0 in `float64`; the other ways are right."""
    ways = record("derivations.log_det_overflow").values["ways"]
    assert ways.pop("det().log()") == -math.inf
    assert all(value == pytest.approx(-400 * math.log(10)) for value in ways.values())
    assert math.ulp(0.0) == pytest.approx(5e-324)


def the_gradient_through_the_determinant_is_nan():
    """The gradient of the logarithm of a determinant that is 0 by rounding is NaN."""
    c = 0.1 * _identity(400)
    assert gradient(lambda c: torch.linalg.det(c).log(), c).isnan().any()
    assert difference(gradient(torch.logdet, c), 10 * _identity(400)) < 1e-11  # of 10


def logdet_of_a_negative_determinant_is_nan():
    """`logdet` is NaN for a negative determinant; `slogdet` gives the sign and the logarithm."""
    swap = torch.tensor([[0.0, 2.0], [1.0, 0.0]])
    assert torch.logdet(swap).isnan()
    sign, logarithm = torch.linalg.slogdet(swap)
    assert sign == -1
    assert logarithm.item() == pytest.approx(math.log(2))


def twice_the_logarithms_of_the_diagonal_are_the_log_determinant():
    """The log-determinant is twice the sum of the logarithms of the factor's diagonal."""
    for seed in SEEDS:
        c = _covariance(5, seed)
        ours = 2 * torch.linalg.cholesky(c).diagonal().log().sum()
        assert difference(ours, torch.logdet(c)) < ROUNDING


def a_quadratic_form_by_cholesky_is_never_negative():
    """For ill-conditioned covariances in `float32` the sum of squares is positive."""
    for seed in SEEDS:
        x, factor = random((20, 1), (20, 20), seed=seed)
        basis = torch.linalg.qr(factor).Q
        c = (basis * 10 ** torch.linspace(0, -6, 20, dtype=torch.float64)) @ basis.T
        k = torch.linalg.cholesky((c + c.T).float() / 2)
        assert torch.linalg.solve_triangular(k, x.float(), upper=False).square().sum() > 0


def pairwise_correlations_may_have_no_cholesky_factor():
    """The three correlations have a negative eigenvalue, and Cholesky refuses them."""
    ran = record("mistakes.log_det_not_positive")
    assert "eigenvalues: [-0.22, 0.9, 2.32]" in ran.output
    assert "logdet: nan" in ran.output
    assert "not positive-definite" in ran.values["error"]


def fewer_samples_than_variables_give_a_singular_covariance():
    """With 3 samples of 5 variables the mean of the products has rank 3 at most."""
    for seed in SEEDS:
        (e,) = random((3, 5), seed=seed)
        assert torch.linalg.matrix_rank(e.T @ e / 3) <= 3


def a_small_multiple_of_the_identity_makes_a_covariance_positive_definite():
    """A small multiple of I helps for few samples; a negative eigenvalue needs more than itself."""
    (e,) = random((3, 5))
    torch.linalg.cholesky(e.T @ e / 3 + 1e-6 * _identity(5))
    c = torch.tensor([[1.0, 0.9, 0.1], [0.9, 1.0, 0.9], [0.1, 0.9, 1.0]], dtype=torch.float64)
    lowest = torch.linalg.eigvalsh(c).min().abs()
    torch.linalg.cholesky(c + 1.001 * lowest * _identity(3))
    with pytest.raises(torch.linalg.LinAlgError):
        torch.linalg.cholesky(c + 0.999 * lowest * _identity(3))


def _residuals():
    """Return what solving and inverting leave of b, by size."""
    return {int(size): row for size, row in record("derivations.log_det").values["left"].items()}


def solving_leaves_rounding_and_inverting_does_not():
    """For Hilbert matrices `solve` leaves rounding, and `inv` more and more as they grow."""
    rows = _residuals()
    assert all(solved < 1e-14 for solved, _ in rows.values())
    inverted = [row[1] for row in rows.values()]
    assert inverted == sorted(inverted)
    assert inverted[-1] > 1e-7


def a_small_residual_is_no_small_error():
    """For the Hilbert matrix of size 10 a solution off by 1e-6 leaves a residual of rounding."""
    at = torch.arange(1, 11, dtype=torch.float64)
    h = 1 / (at[:, None] + at - 1)
    solved = torch.linalg.solve(h, h.sum(dim=1, keepdim=True))
    assert (solved - 1).abs().max() > 1e-6
    assert _residuals()[10][0] < 1e-14


def elimination_and_inversion_cost_so_many_multiplications():
    """Elimination takes about n³/3 multiplications and n² for a right side, inversion n³.

    Cholesky takes n³/6.
    """
    n = 400
    _, counted = operations.eliminate(_identity(n), torch.ones(n, 1, dtype=torch.float64))
    assert counted / (n**3 / 3 + n**2) == pytest.approx(1, abs=0.01)
    factor = sum(below * (below + 1) for below in range(n))
    right_sides = sum(n * n - start * start for start in range(n)) / 2  # forward, from its 1 on
    right_sides += n * n * n / 2  # back
    assert (factor + right_sides) / n**3 == pytest.approx(1 + 1 / 6, abs=0.2)
    cholesky = sum(column * (n - column) for column in range(n))
    assert cholesky / (n**3 / 6) == pytest.approx(1, abs=0.01)


def both_determinants_are_1_without_the_change():
    """At t = 0 both determinants are 1, and for each t they are equal."""
    g, v = random((5, 2), (5, 2))
    for t in (0.0, 0.1, 1.0, -3.0):
        large = torch.linalg.det(_identity(5) + t * g @ v.T)
        small = torch.linalg.det(_identity(2) + t * v.T @ g)
        assert difference(large, small) < 1e-11  # numbers up to about 100
        assert t or large == small == 1


def woodbury_saves_this_many_operations():
    """Both ways of the program give one solution; it counts what it does."""
    values = record("derivations.log_det_operations").values
    assert values["apart"] < ROUNDING
    assert values["slow"] > 1000 * values["fast"]


def the_direct_way_grows_with_the_cube_and_woodbury_with_n():
    """Twice as many variables take about eight times as many operations, or about twice."""
    counts = []
    for size in (200, 400):
        u, b = random((size, 3), (size, 1))
        d = torch.ones(size, dtype=torch.float64)
        counts.append([way(d, u, b)[1] for way in (operations.direct, operations.woodbury)])
    (direct, small), (more, large) = counts
    assert 7 < more / direct < 8.5
    assert 1.9 < large / small < 2.1


def woodbury_loses_digits_where_the_diagonal_is_tiny():
    """With a tiny diagonal elimination leaves rounding, and Woodbury about a thousandth of b."""
    for seed in SEEDS:
        draws, u, x = random((300,), (300, 3), (300, 1), seed=seed)
        d = 1e-10 * (1 + draws.abs())
        b = d[:, None] * x + u @ (u.T @ x)
        left = [
            ((d[:, None] * y + u @ (u.T @ y) - b).norm() / b.norm()).item()
            for y in (way(d, u, b)[0] for way in (operations.direct, operations.woodbury))
        ]
        assert left[0] < 1e-13
        assert 3e-4 < left[1] < 5e-3


def the_two_conventions_differ_by_a_factor_of_2_off_the_diagonal():
    """Both formulas agree on the diagonal, and off it the second is twice the first.

    Each gives the change of the log-determinant with its own sum.
    """
    c = _covariance(4)
    (step,) = random((4, 4))
    step = step + step.T
    entries = torch.linalg.inv(c)
    pairs = 2 * entries - _identity(4) * entries
    assert torch.equal(entries.diagonal(), pairs.diagonal())
    assert difference(pairs.tril(-1), 2 * entries.tril(-1)) < ROUNDING
    slope = torch.func.jvp(torch.logdet, (c,), (step,))[1]
    assert difference((entries * step).sum(), slope) < ROUNDING
    assert difference((pairs * step).tril().sum(), slope) < ROUNDING


def autograd_counts_entries_and_a_moved_pair_has_the_double_slope():
    """Autograd gives the gradient by entries, and moving pairs measures the one by pairs."""
    found = record("derivations.log_det").values["found"]
    by = {name: torch.tensor(matrix, dtype=torch.float64) for name, matrix in found.items()}
    assert difference(by["entries"], by["autograd"]) < ROUNDING
    assert difference(by["pairs"], by["measured"]) < 1e-6  # of the central difference
    assert difference(by["entries"], by["pairs"]) > 0.1


def a_step_of_entries_and_one_of_pairs_lead_elsewhere():
    """Symmetric gradients are 0 together, others need not be; the example's are no multiples."""
    (a,) = random((3, 3))
    assert answers.as_pairs(torch.zeros(2, 2)).abs().max() == 0
    assert answers.as_pairs(a + a.T).abs().max() > 0
    assert answers.as_pairs(a - a.T).abs().max() == 0 < (a - a.T).abs().max()
    found = record("derivations.log_det").values["found"]
    entries, pairs = (torch.tensor(found[name]).flatten() for name in ("entries", "pairs"))
    assert torch.cosine_similarity(entries, pairs, dim=0) < 0.99


def a_step_along_an_asymmetric_gradient_is_lost_in_the_factor():
    """After the step C is not symmetric, and the product of its factor is the C from before."""
    rounded = record("mistakes.log_det_symmetry").values["rounded"]
    assert rounded["gradient"] == [[0, 1], [0, 0]]
    assert rounded["C"] == [[2, 0.4], [0.5, 1]]
    assert rounded["k @ k.T"] == [[2, 0.5], [0.5, 1]]


def learning_the_factor_keeps_a_covariance_symmetric():
    """The product of a triangular factor is symmetric, and positive definite without a 0 in it."""
    for seed in SEEDS:
        k = random((4, 4), seed=seed)[0].tril()
        c = k @ k.T
        assert torch.equal(c, c.T)
        assert torch.linalg.eigvalsh(c).min() > 0


def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.log_det").output.split("\n\n")]


def sixty_factors_underflow_in_float32():
    """In `float32` the product of 60 factors 0.1 is 0, and the sum of 60 logarithms is ordinary."""
    assert _printed()[0] == "the determinant: 0.0\ntwo logarithms:  -138.16 -138.16"
    assert torch.full((60,), 0.1).prod() == 0


def the_answer_is_finite_for_300_variables():
    """In exercise 2 the loss for 300 variables is finite and that of PyTorch.

    The determinant would be the 300th power of a millionth.
    """
    assert _printed()[1].splitlines() == ["finite: True", "as PyTorch's: True"]
    assert 300 * math.log10(0.001**2) == pytest.approx(-1800)


class _Largest(TorchDispatchMode):
    """Notes the most entries of any result."""

    entries = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for item in result if isinstance(result, tuple) else [result]:
            if isinstance(item, torch.Tensor):
                self.entries = max(self.entries, item.numel())
        return result


def the_largest_matrix_of_the_answer_has_n_times_k_entries():
    """In exercise 3 the largest matrix has n times k entries, and the solution is right."""
    u, b = random((50, 3), (50, 1))
    with _Largest() as seen:
        answers.low_rank_solve(torch.ones(50, dtype=torch.float64), u, b)
    assert seen.entries == 50 * 3
    assert _printed()[2] == "solved: True"


def the_gradient_for_the_factor_is_that_of_autograd():
    """In exercise 4 the gradient is that of autograd, from two equal terms."""
    assert _printed()[3] == "as autograd: True"
    k, f, change = random((4, 4), (4, 4), (4, 4))
    f = f + f.T
    first, second = (f * (change @ k.T)).sum(), (f * (k @ change.T)).sum()
    assert difference(first, second) < ROUNDING
    assert difference(first + second, (2 * f @ k * change).sum()) < ROUNDING


def pairs_add_up_and_the_diagonal_counts_once():
    """In exercise 5 both rows of the output are equal, and pairs of any gradient add up."""
    first, second = _printed()[4].splitlines()
    assert first == second
    (weights,) = random((3, 3))
    c = _covariance(3)
    slopes = jacobian(lambda c: (weights * c).sum(), c)
    assert difference(answers.as_pairs(slopes)[0, 1], slopes[0, 1] + slopes[1, 0]) < ROUNDING
    assert difference(answers.as_pairs(slopes).diagonal(), slopes.diagonal()) < ROUNDING
