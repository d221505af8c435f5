"""What `derivation/checker` says of numbers that the checker has; `test_equations.py` has more."""

from equations import check, evaluate


def the_bounds_of_a_check_are_those_named():
    """Six points, each drawn at most 50 times; 1e-9 of a side, 1e-12 of the terms; 1e4 and 1e-3."""
    assert (check.TRIALS, check.ATTEMPTS) == (6, 50)
    assert (check.TOLERANCE, check.ROUNDING) == (1e-9, 1e-12)
    assert (evaluate.CONDITION, evaluate.KINK) == (1e4, 1e-3)


def sizes_are_names_or_numbers_from_1_to_9():
    """A size is a name or a number from 1 to 9."""
    page = "# T\n\n<!-- equations: A: {size} × n -->\n\n$$\nA = A\n$$\n"
    for size in ("1", "9", "m"):
        results = check.check_page(page.format(size=size))
        assert not [r for r in results if "the shape of A" in r.message], size
    for size in ("0", "10"):
        (result, *_) = check.check_page(page.format(size=size))
        assert result.status == "wrong", size


def a_prime_and_a_2_behind_a_function_mean_this():
    """A prime behind a function of each entry is its derivative, a 2 the square of its value."""
    page = (
        "# T\n\n<!-- equations: S: n × n -->\n<!-- equations: u: scalar -->\n\n$$\n{formula}\n$$\n"
    )

    def status(formula):
        (*_, result) = check.check_page(page.format(formula=formula))
        return result.status

    assert status(r"\exp'(S) = \exp(S)") == "checked"
    assert status(r"\sigma'(u) = \sigma(u) (1 - \sigma(u))") == "checked"
    assert status(r"\tanh^2(S) = \tanh(S) \tanh(S)") == "checked"
    assert status(r"\tanh^2(S) = \tanh(S) \odot \tanh(S)") == "wrong"
    assert status(r"\sigma^2(u) = \sigma(u) \sigma(u)") == "wrong"


def the_search_of_an_inequality_is_that_described():
    """Sixty steps, half of them patterns; two points are repeated with sizes ten larger."""
    assert (check.SEARCH, check.LARGE, check.MORE) == (60, 2, 10)
