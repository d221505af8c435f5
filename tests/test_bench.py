"""The benchmark: what it compares with, and what it writes onto the page. It is not run here."""

from pathlib import Path

import pytest

from loom.weave import references
from tools import bench

ROOT = Path(__file__).parent.parent
TABLE = "| | Seconds |\n| --- | ---: |\n| <!-- warm -->warm | | plain | | | |\n"


def test_figures_go_into_their_line_of_the_table_and_its_words_stay():
    row = bench.cells("warm", 2.0, 1.0)
    assert bench.with_row(TABLE, "warm", row).splitlines()[-1] == (
        "| <!-- warm -->warm | 2.00 s | plain | 1.00 s | 2.00 × | 1.25 ✗ |"
    )
    assert bench.with_row(bench.with_row(TABLE, "warm", row), "warm", row) == bench.with_row(
        TABLE, "warm", row
    )
    with pytest.raises(ValueError, match="0 lines"):
        bench.with_row(TABLE, "cold", row)


def test_what_a_snippet_adds_to_its_run_and_seconds_of_their_own():
    assert bench.cells("snippet", 1.5, 1.0) == ["1.50 s", "1.00 s", "0.50 s", "1 ✓"]
    assert bench.cells("paint", 1.3, 0) == ["1.30 s", "", "1.30 s", "1.2 ✗"]
    assert bench.cells("myst-nb", 30, 10) == ["30.00 s", "10.00 s", "3.00 ×", ""]


@pytest.mark.parametrize("path", bench.PAGES)
def test_the_page_has_a_line_for_each_figure(path):
    text = (ROOT / path).read_text("utf-8")
    assert "<!-- measured -->" in text
    for key in (*bench.AIMS, "mkdocs-jupyter", "myst-nb"):
        assert bench.with_row(text, key, ["1", "2", "3", "4"]) != text


def test_plain_pages_show_programs_and_have_nothing_of_ours():
    text = bench.plain((ROOT / "docs/en/lessons/warmup-numpy.md").read_text("utf-8"))
    assert "h = x.dot(w1)" in text
    for path in ROOT.glob("docs/*/**/*.md"):
        plain = bench.plain(path.read_text("utf-8"))
        kinds = {reference.kind for reference in references.find(plain)}
        assert not kinds & {"section", "value", "code", *references.FENCES}, path
