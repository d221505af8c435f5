"""Formulas are typeset at build time, and glossary terms are marked once."""

import re

import markdown
import pytest

from loom.weave.formulas import WORD_JOINER, MathError, typed

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


def test_chinese_punctuation_does_not_begin_a_line_after_a_formula():
    assert f"</span>{WORD_JOINER}，" in convert("设 $x$，则")
    assert WORD_JOINER not in convert("let $x$, then")


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
