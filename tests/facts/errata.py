"""What `derivation/errata` says; the build checks each of its formulas, too."""

from pathlib import Path

from equations.check import check_page

PAGE = Path(__file__).parent.parent.parent / "docs/en/derivation/errata.md"


def each_wrong_formula_is_refuted():
    """The page has thirty right formulas that hold, and thirty wrong ones that are refuted."""
    statuses = [result.status for result in check_page(PAGE.read_text(encoding="utf-8"))]
    assert statuses.count("checked") == statuses.count("unchecked") == 30
    assert set(statuses) == {"checked", "unchecked", "read"}
