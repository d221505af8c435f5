"""Fifty equations as textbooks write them: what is read gets the right verdict."""

import pytest
from textbook import FIFTY

from equations import Result
from equations.check import check_page

READ = 49  # of fifty; expectations are not read


def verdict(declarations: str, latex: str) -> list[Result]:
    return check_page(f"# T\n\n<!-- equations: {declarations} -->\n\n$$\n{latex}\n$$\n")


def refused(results: list[Result]) -> bool:
    """Whether an equation was read and found not to hold."""
    return any("does not hold" in result.message for result in results)


@pytest.mark.thorough
def test_equations_of_textbooks_are_read_and_judged_rightly():
    read = []
    for declarations, latex, holds in FIFTY:
        results = verdict(declarations, latex)
        accepted = all(result.status == "checked" for result in results)
        assert not (accepted and not holds), latex
        assert not (refused(results) and holds), latex
        read += [latex] if accepted or refused(results) else []
    assert len(read) >= READ, [latex for _, latex, _ in FIFTY if latex not in read]
