"""Formulas are typeset at build time, and glossary terms are marked once."""

import re

import markdown
import pytest

from loom.weave.formulas import MathError, render, typed

CONFIG = {"pymdownx.arithmatex": {"generic": True}}


def convert(text: str, *more: str, **configs) -> str:
    extensions = ["pymdownx.arithmatex", "loom.weave.formulas", *more]
    return markdown.markdown(text, extensions=extensions, extension_configs={**CONFIG, **configs})


def test_inline_and_displayed_formulas_come_with_mathml():
    html = convert("See $x_1$.\n\n$$\na &= b\n$$\n".replace("&= b", "< b"))
    assert html.count("<math") == 2
    assert 'class="math math--display"' in html
    assert "\\(" not in html


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"2 X^\top (X W - Y)", "2Xᵀ(XW - Y)"),
        (r"\mathrm{d} \log \operatorname{det}(S) = \operatorname{tr}(S)", "d log det(S) = tr(S)"),
        (r"S^{-1} \, \mathrm{d} S \, S^{-\top}", "S⁻¹ dS S⁻ᵀ"),
        (r"\frac{\partial \lVert x \rVert_2^2}{\partial x_{ij}}", "∂‖x‖_2² / ∂x_ij"),
        (r"\begin{aligned} a &= \frac{1}{\frac{b}{c}} \\ &= \mathbf{1}_n \end{aligned}",
         "a = 1 / b / c = 1_n"),
        (r"a &= \frac{1}{\sqrt{D}} \\[.8em] b &= c", "a = 1 / √D b = c"),
        (r"A \odot \hat{X} + \sum_{i} \lambda_i", "A ⊙ X + Σ_iλ_i"),
    ],
)  # fmt: skip
def test_a_formula_is_searched_as_readers_type_it(formula, expected):
    assert typed(formula) == expected


def test_punctuation_stays_with_the_formula_before_it():
    for text, kept, rest in (("设 $x$），则", "），", "则"), ("if $x$, then", ",", " then")):
        assert f"</span>{kept}</span>{rest}" in convert(text)


def test_an_inline_formula_may_break_after_a_relation():
    assert convert("$a = b$").count("<wbr>") == 1
    assert "<wbr>" not in convert("$$a = b$$")


def test_a_term_is_explained_once_and_not_in_code(tmp_path):
    page = tmp_path / "glossary.md"
    page.write_text("# G {#glossary}\n\n## loss · 损失 {#loss}\n\nHow wrong it is.\n", "utf-8")
    html = convert(
        "`loss` and Losses? A loss, two loss.",
        "loom.weave.glossary",
        **{"loom.weave.glossary": {"page": str(page)}},
    )
    assert html.count('class="term"') == 1
    assert 'href="page:glossary/#loss"' in html
    assert "<code>loss</code>" in html


def test_fractions_of_aligned_rows_do_not_touch():
    row = r"\frac{a}{b} &= c"
    together, apart = (
        f"$$\n\\begin{{aligned}}{row} \\\\{between}{row}\\end{{aligned}}\n$$" for between in " \n"
    )
    heights = [
        float(re.search(r'katex-strut" style="height:([\d.]+)em', convert(formula))[1])
        for formula in (together, apart)
    ]
    assert heights[1] > heights[0] + 0.2  # em


def test_the_position_of_an_error_is_that_in_the_page():
    with pytest.raises(MathError, match=r"no at position 42:"):
        convert("$$\n\\begin{aligned}\n\\frac{a}{b} &= c \\\\\nd &= \\no_such\n\\end{aligned}\n$$")


def test_a_formula_with_shapes_differs_by_these_alone():
    formula = (
        "\\begin{aligned}\nX &= \\frac{A}{2} \\\\\n&= \\left( A \\right)^\\top\n\\end{aligned}"
    )
    parts = [("X", "N × D_{in}"), (r"\frac{A}{2}", "m n × 1"), (r"\left( A \right)^\top", "scalar")]
    places = [(formula.index(part), formula.index(part) + len(part), name) for part, name in parts]
    plain, labelled = render(formula, True), render(formula, True, tuple(places))
    opening = re.compile(r'<span data-shape="([^"]*)">')
    assert opening.findall(labelled) == ["N × D_in", "mn × 1", "scalar"]
    assert opening.sub("<span>", labelled).count("<span") == plain.count("<span") + 3
    assert (
        labelled.split('<span class="katex-html"')[0] == plain.split('<span class="katex-html"')[0]
    )


def test_the_site_shows_the_shapes_that_the_checker_finds():
    displays = "$$\nA = A\n$$\n\n- A list:\n\n    $$\n    t A = A t\n    $$\n"
    page = f"<!-- equations: A: m × n; t: scalar -->\n\n{displays}"
    html = convert(page, "equations.pages")
    shapes = re.findall('<span data-shape="([^"]*)">', html)
    assert shapes == ["m × n", "m × n", "scalar", "m × n", "m × n", "scalar"]
    assert html.count("data-shapes=") == 1  # the label of the buttons


def test_nobody_puts_attributes_into_formulas():
    hostile = render("A", True, ((0, 1, 'n" onclick="x × <b>'),))
    assert re.search('<span data-shape="n&quot;[^"<>]*">', hostile)
    assert "<b" not in hostile
    attributes = re.compile('data-shape="x|style="color: ?red|href="')
    for formula in (r"\htmlData{shape=x}{A}", r"A \htmlStyle{color: red}{B}", r"A \href{x}{B}"):
        assert not attributes.search(render(formula, True))
        if formula.startswith("A"):
            assert not attributes.search(render(formula, True, ((0, 1, "m × n"),)))
    for written in ("0-", "x-1 n × m; 3", "9-1 n × m", "[[0, 1", f"0-{'9' * 10_000} n × m"):
        page = f'<p class="arithmatex" data-shapes="{written}" markdown="span">((A))</p>'
        html = convert(page, "md_in_html")
        assert '<math xmlns="' in html
        assert "data-shapes" not in html
