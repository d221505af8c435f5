"""Formulas are typeset at build time, and glossary terms are marked once."""

import markdown

from loom.weave.formulas import WORD_JOINER

CONFIG = {"pymdownx.arithmatex": {"generic": True}}


def convert(text: str, *more: str, **configs) -> str:
    extensions = ["pymdownx.arithmatex", "loom.weave.formulas", *more]
    return markdown.markdown(text, extensions=extensions, extension_configs={**CONFIG, **configs})


def test_inline_and_displayed_formulas_come_with_mathml():
    html = convert("See $x_1$.\n\n$$\na &= b\n$$\n".replace("&= b", "< b"))
    assert html.count("<math") == 2
    assert 'class="math math--display"' in html
    assert "\\(" not in html


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
