"""What `derivation/identities` says."""

import itertools
import re
from pathlib import Path

import pytest
import torch

from equations import pages
from facts import record
from facts._matrices import ROUNDING, SEEDS, difference, random
from snippets.answers import identities as answers

ROW = re.compile(r"^\| [^|]+ \| \$([^$]+=[^$]+)\$ \|", re.MULTILINE)


def _identities(language):
    """Return the page, and the formulas in the rows of its tables."""
    text = Path(f"docs/{language}/derivation/identities.md").read_text(encoding="utf-8")
    return text, ROW.findall(text)


@pytest.mark.thorough  # seconds, if the results are not in the cache
def every_formula_of_the_page_is_evaluated():
    """Each formula that is displayed or in a table, in both languages, is evaluated.

    None is excused.
    """
    for language in ("en", "zh"):
        text, rows = _identities(language)
        results = pages.results_of(text)
        displayed = [result for result in results if not result.inline]
        assert {result.status for result in displayed} == {"checked"}
        assert len(displayed) >= text.count("$$\n") / 2 > 30
        checked = {result.latex for result in results if result.status == "checked"}
        assert set(rows) <= checked


def there_are_more_than_a_hundred_identities():
    """A section with displayed formulas is one identity, and so is each row of a table."""
    for language in ("en", "zh"):
        text, rows = _identities(language)
        sections = text.split("{#exercises}")[0].split("\n### ")[1:]
        assert len(rows) + sum("$$" in section for section in sections) > 100


def a_number_is_its_own_trace_and_transpose():
    """A matrix of one number is its own trace and its own transpose."""
    a, x, b = random((4, 1), (4, 3), (3, 1))
    number = a.T @ x @ b
    assert number.shape == (1, 1)
    assert torch.trace(number) == number.item()
    assert torch.equal(number, number.T)


def a_matrix_times_its_inverse_does_not_change():
    """A matrix times its inverse is the identity matrix, whichever the matrix is."""
    for seed in SEEDS:
        (s,) = random((3, 3), seed=seed)
        identity = torch.eye(3, dtype=torch.float64)
        assert difference(s @ torch.linalg.inv(s), identity) < ROUNDING


def _near_the_identity(scale):
    """Return I + M and the trace of M, for a random M of a size of about `scale`."""
    (change,) = random((4, 4))
    return torch.eye(4, dtype=torch.float64) + scale * change, scale * torch.trace(change)


def s_plus_its_change_is_s_times_a_matrix_near_the_identity():
    """S + dS is S times I + S⁻¹dS."""
    s, ds = random((4, 4), (4, 4))
    near = torch.eye(4, dtype=torch.float64) + torch.linalg.inv(s) @ ds
    assert difference(s + ds, s @ near) < ROUNDING


def a_determinant_near_the_identity_is_1_plus_a_trace():
    """Up to terms of second order, the determinant of I + M is 1 + tr M."""
    left = []
    for scale in (1e-2, 1e-3):
        matrix, trace = _near_the_identity(scale)
        left.append(abs(torch.linalg.det(matrix) - 1 - trace))
    assert 50 < left[0] / left[1] < 200  # a tenth of M leaves a hundredth


def other_products_have_no_terms_of_first_order():
    """The determinant of I + M differs from the product of the diagonal in second order only."""
    left = []
    for scale in (1e-2, 1e-3):
        matrix, _ = _near_the_identity(scale)
        left.append(abs(torch.linalg.det(matrix) - matrix.diagonal().prod()))
    assert 50 < left[0] / left[1] < 200  # a tenth of M leaves a hundredth


def a_block_of_the_kronecker_product_has_the_factor():
    """Entry (i, j) of block (l, k) of Bᵀ ⊗ A is A_ij B_kl, and column k of S is block k of vec."""
    a, s, b = random((2, 3), (3, 3), (3, 4))
    product = torch.kron(b.T.contiguous(), a)
    for row, k in itertools.product(range(4), range(3)):
        block = product[2 * row : 2 * (row + 1), 3 * k : 3 * (k + 1)]
        assert difference(block, a * b[k, row]) < ROUNDING
    vec = s.T.flatten()
    assert all(torch.equal(vec[3 * k : 3 * (k + 1)], s[:, k]) for k in range(3))


def by_rows_is_the_transpose_by_columns():
    """A matrix stacked by rows is its transpose stacked by columns."""
    (s,) = random((3, 4))
    by_columns = torch.cat(s.T.unbind(dim=1))
    assert torch.equal(s.flatten(), by_columns)


def _printed():
    """Return what the answers print, by exercise."""
    return [part.strip("\n") for part in record("answers.identities").output.split("\n\n")]


def the_quadratic_form_gives_4_and_8_and_the_symmetric_one_6_and_6():
    """The gradient is `[4.0, 8.0]`; 2 S x would give `[6.0, 6.0]`."""
    assert _printed()[0] == "[4.0, 8.0]"
    s, x = torch.tensor([[1.0, 2.0], [0.0, 3.0]]), torch.ones(2)
    assert ((s + s.T) @ x).tolist() == [4, 8]
    assert (2 * s @ x).tolist() == [6, 6]


def the_gradient_of_ridge_regression_is_0_at_the_solution():
    """At the solution of the linear system the gradient of ridge regression is 0."""
    assert _printed()[1] == "zero at the solution: True"


def the_jacobian_takes_s_to_the_product():
    """In exercise 3 the matrix times `S.flatten()` equals `(A @ S @ B).flatten()`."""
    assert _printed()[2] == "True"


def the_other_kronecker_product_fits_and_is_wrong_by_rows():
    """Bᵀ ⊗ A has the same shape, is wrong for stacked rows and right for stacked columns."""
    for seed in SEEDS:
        a, s, b = random((2, 3), (3, 3), (3, 4), seed=seed)
        ours, other = answers.jacobian(a, b), torch.kron(b.T.contiguous(), a)
        product = a @ s @ b
        assert ours.shape == other.shape
        assert difference(other @ s.flatten(), product.flatten()) > 0.01
        assert difference(other @ s.T.flatten(), product.T.flatten()) < ROUNDING


def the_gradient_of_the_logarithm_is_the_transposed_inverse():
    """The zero of the inverse is below the diagonal, that of the gradient is above."""
    assert _printed()[3] == "[[0.5, 0.0], [-0.125, 0.25]]"
    inverse = torch.linalg.inv(torch.tensor([[2.0, 1.0], [0.0, 4.0]]))
    assert inverse[1, 0] == 0 != inverse[0, 1]


def the_gradient_is_0_at_the_covariance_of_the_samples():
    """The gradient of f is 0 at the covariance of the samples."""
    assert _printed()[4] == "zero at X.t() @ X / m: True"


def the_sum_of_the_products_of_rows_is_a_matrix_product():
    """The sum of all b bᵀ over the rows of X is XᵀX."""
    (x,) = random((6, 4))
    assert difference(sum(torch.outer(row, row) for row in x), x.T @ x) < ROUNDING


def no_other_covariance_fits_better():
    """At 150 other covariances f is larger than at the covariance of the samples."""
    (x,) = random((6, 4))

    def misfit(s):
        return torch.logdet(s) + torch.trace(x @ torch.linalg.inv(s) @ x.T) / 6

    best = x.T @ x / 6
    for seed in range(50):
        (other,) = random((4, 4), seed=seed)
        covariance = other @ other.T
        for scale in (0.99, 0.5, 0):  # of the best: from near it to any covariance
            assert misfit(scale * best + (1 - scale) * covariance) > misfit(best)


def kron_needs_a_contiguous_argument():
    """`torch.kron` refuses a transposed view; `.contiguous()` makes it one that it takes.

    True of torch 2.6, 2.13 and 2.15 (pytorch#54135).
    """
    a, b = torch.ones(2, 3), torch.ones(3, 4)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        torch.kron(a, b.t())
    assert torch.kron(a, b.t().contiguous()).shape == (8, 9)
