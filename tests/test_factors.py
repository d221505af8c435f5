"""Each factor of a formula is found where it stands, with the shape that the checker infers."""

import contextlib
import dataclasses
import functools
import json
import math
import os
import re
from pathlib import Path

import pytest
from textbook import FIFTY

from equations import Factor, pages
from equations.check import check_page
from equations.explain import Part, factors, parts
from equations.reading import Formula, read
from equations.scope import Scope
from equations.shapes import Shapes
from equations.statements import statements
from equations.syntax import EquationError, below

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "docs").rglob("*.md")
    if pages.declares(path.read_text(encoding="utf-8"))
)
SYMBOLS = "A: m × n; B: n × m; S: n × n; x: n × 1; y: n × 1; t: scalar; W_1: n × n"
# Sizes that are no name, such as `m n` or `2 n`: a declaration cannot have them.
COMPUTED = re.compile(r"\w \w|\+")


@functools.cache
def displays(page: str) -> list[Formula]:
    formulas, _ = read((ROOT / page).read_text(encoding="utf-8"))
    return [formula for formula in formulas if not formula.inline and not formula.reason]


def page_of(latex: str, symbols: str = SYMBOLS) -> str:
    return f"# T\n\n<!-- equations: {symbols} -->\n\n$$\n{latex}\n$$\n"


def found(formula: Formula) -> list[tuple[Factor, Part]]:
    """Return the factors of a formula, each with the tree that it was made of."""
    trees: list[Part] = []
    with contextlib.suppress(EquationError):  # from there on its shapes do not fit
        trees.extend(parts(formula))
    return list(zip(factors(formula), trees, strict=True))


def is_where_it_says(formula: Formula, factor: Factor, part: Part) -> bool:
    text = formula.latex[factor.start : factor.end]
    return formula.scope.parse(text, "sum").pretty() == part.node.pretty()


def shown(latex: str) -> list[str]:
    """Return what the site shows of a formula: factors as they are written, and their shapes."""
    (result,) = check_page(page_of(latex))
    assert result.status == "checked", result.message
    return [f"{latex[one.start : one.end]}: {one.shape}" for one in pages.labelled(result)]


@pytest.mark.parametrize("page", PAGES)
def test_the_text_at_the_place_of_a_factor_is_that_factor(page):
    for formula in displays(page):
        assert found(formula), formula.latex
        for factor, part in found(formula):
            assert is_where_it_says(formula, factor, part), (formula.latex, factor)


def test_places_are_right_in_the_spellings_of_textbooks():
    told = 0
    for symbols, latex, _ in FIFTY:
        ((formula,), _) = read(page_of(latex, symbols))
        for factor, part in found(formula):
            assert is_where_it_says(formula, factor, part), (latex, factor)
            told += 1
    assert told > len(FIFTY)


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/en/")])
def test_shapes_fit_with_a_symbol_in_the_place_of_each_factor(page):
    told = 0
    for formula in displays(page):
        shapes = [one for one in factors(formula) if one.shown and one.latex != "0"]
        if any(COMPUTED.search(one.shape) for one in shapes):
            continue
        scope, text, done = Scope().over(formula.scope), "", 0
        for number, one in enumerate(shapes, 11):
            name = f"Q_{{{number}}}"
            scope.shapes[name] = () if one.shape == "scalar" else tuple(one.shape.split(" × "))
            text += f"{formula.latex[done : one.start]}{name} "
            done = one.end
        replaced = dataclasses.replace(formula, latex=text + formula.latex[done:], scope=scope)
        for statement, meanings in statements(replaced):
            for equation in below(meanings.parse(statement)):
                Shapes(meanings).equation(equation)  # raises, if shapes do not fit
                told += 1
    assert told > 0


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"B A x = B (A x)", "B: n × m, A: m × n, x: n × 1, B: n × m, A: m × n, x: n × 1"),
        (
            r"\left( B A \right)^\top x = A^{\top} \bigl( B^{\mathsf T} x \bigr)",
            r"\left( B A \right)^\top: n × n, x: n × 1, A^{\top}: n × m, B^{\mathsf T}: m × n, "
            "x: n × 1",
        ),
        (
            "\\begin{aligned}\nt S &= S \\, t \\\\[.5em]\n&= \\frac{t S}{2} + \\tfrac12 S t"
            " \\label{a}\n\\end{aligned}",
            r"t: scalar, S: n × n, S: n × n, t: scalar, \frac{t S}{2}: n × n, S: n × n, t: scalar",
        ),
        (
            r"\operatorname{tr}(A B)^2 = \left( \operatorname{tr} (B A) \right)^2",
            "A: m × n, B: n × m, B: n × m, A: m × n",
        ),
        (r"\sum_{i} x_i y_i = x^T y", r"\sum_{i} x_i y_i: scalar, x^T: 1 × n, y: n × 1"),
        (
            r"t^2 + 1 = \det \begin{bmatrix} t & 1 \\ -1 & t \end{bmatrix}",
            r"t^2: scalar, \begin{bmatrix} t & 1 \\ -1 & t \end{bmatrix}: 2 × 2",
        ),
        (
            r"t / 2 = -(-t) / 2, \quad t S = S^\top t \text{ if } S^\top = S",
            r"t: scalar, t: scalar, t: scalar, S: n × n, S^\top: n × n, t: scalar",
        ),
        (r"\mathrm{d} W_1 \, x = (\mathrm{d} W_1) x",
         r"\mathrm{d} W_1: n × n, x: n × 1, \mathrm{d} W_1: n × n, x: n × 1"),
        # A factor in two cells has no one place below it.
        (r"\begin{aligned} (x & + y)^\top \\ & = x^\top + y^\top \end{aligned}",
         r"x^\top: 1 × n, y^\top: 1 × n"),
    ],
)  # fmt: skip
def test_what_is_shown(latex, expected):
    assert ", ".join(shown(latex)) == expected


def test_a_formula_that_is_not_checked_shows_nothing():
    text = page_of("S = 2 S").replace("$$\nS", "<!-- equations: unchecked: a reason -->\n\n$$\nS")
    (result,) = check_page(text)
    assert result.factors
    assert pages.labelled(result) == []


def test_the_cache_keeps_the_factors(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page_of("S x = S x")
    first = pages.results_of(text)
    assert pages.are_kept(text)
    assert pages.results_of(text) == first
    assert first[0].factors


WRONG = {
    "line": [0, 99, True, "1"],
    "latex": [None, 3],
    "status": [["checked"], "wrong", "x"],
    "error": [1, math.nan, math.inf],
    "message": [None, ["a"]],
    "inline": ["yes"],
    "factors": [None, {"a": 1}, ["a"], [{"x": 1}]],
}
WRONG_FACTOR = {
    "latex": [None, 3],
    "shape": [None, ["n"]],
    "start": ["0", -5, 0.0],
    "end": [10**9, True],
    "shown": ["no"],
}


def test_results_that_are_kept_in_a_wrong_form_count_as_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page_of("S x = S x")
    first = pages.results_of(text)
    (file,) = pages.CACHE.iterdir()
    (kept,) = json.loads(file.read_bytes().partition(b"\n")[2])
    one, *others = kept["factors"]
    spoilt = [b"[" * 100_000]
    spoilt += [json.dumps([kept | {k: v}]).encode() for k in WRONG for v in WRONG[k]]
    for name, values in WRONG_FACTOR.items():
        factors = [[one | {name: value}, *others] for value in values]
        spoilt += [json.dumps([kept | {"factors": each}]).encode() for each in factors]
    for content in spoilt:
        file.write_bytes(pages._checksum(file, content) + b"\n" + content)
        assert not pages.are_kept(text), content[:300]
        assert pages.results_of(text) == first
    file.unlink()
    os.mkfifo(file)
    assert not pages.are_kept(text)


def test_a_deep_formula_takes_no_longer_for_its_factors():
    ((formula,), _) = read(page_of(30 * r"\operatorname{tr}(t " + "S" + 30 * ")" + " = t"))
    assert [factor.latex for factor in factors(formula) if factor.shown] == [*30 * ["t"], "S", "t"]
