"""A Markdown extension that typesets formulas at build time, so that browsers need no script.

KaTeX renders the formulas that `pymdownx.arithmatex` (generic mode) has marked. One that it cannot
read raises MathError, which fails the build; a page that is served shows the error instead.
"""

import contextlib
import functools
import html
import logging
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from loom.draw import javascript
from loom.weave import fences

log = logging.getLogger("mkdocs.loom")

# A line must not begin with punctuation, but a browser would break it after a formula. So the
# punctuation goes into the formula's element, where course.css forbids breaks except at BREAK.
CLOSING = re.compile(r"[,.;:?!)，。；：、？！）”]*")
BASE = '<span class="katex-base">'  # a part of a formula between whose likes a line may break
BREAK = "<wbr>"
# The end of a row of aligned equations that has a fraction: KaTeX lets fractions of two rows touch.
TALL_ROW = re.compile(r"(\\frac[^\n]*\\\\)(?=\n)")
KATEX = Path(__file__).parent / "katex" / "katex.min.js"
# KaTeX lets nobody put attributes on a part of a formula, unless they are trusted to.
TYPESET = r"""
function typeset(formula, options, isLabelled) {
  const trust = ({ command }) => isLabelled && command === "\\htmlData";
  return katex.renderToString(formula, { ...options, trust });
}
"""
FACTOR = re.compile(r'<span class="enclosing" data-factor="(\d+)">')
SOURCE = re.compile(r"(<annotation[^>]*>).*?(?=</annotation>)", re.DOTALL)
SHAPE = re.compile(r"\b(\d{1,9})-(\d{1,9}) ([^;]+)")  # a page may bring digits by the thousand

Shape = tuple[int, int, str]  # where a factor begins and ends in its formula, and its shape


# How readers type the parts of a formula; names of functions stay words.
NAMES = re.compile(r"\\(?:operatorname|mathrm|mathbf|mathbb|hat|bar|tilde)\{([^{}]*)\}")
FRACTION = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}")
SCRIPTS = (
    (r"\^\\top|\^\{\\top\}", "ᵀ"),
    (r"\^\{-\\top\}", "⁻ᵀ"),
    (r"\^\{-1\}", "⁻¹"),
    (r"\^\{-2\}", "⁻²"),
    (r"\^2|\^\{2\}", "²"),
    (r"\^3|\^\{3\}", "³"),
    (r"([_^])\{([^{}]*)\}", r"\1\2"),
    (r"\\sqrt\{([^{}]*)\}", r"√\1"),
)
SIGNS = {
    "d": " d", "partial": " ∂", "sum": " Σ", "lVert": "‖", "rVert": "‖", "odot": " ⊙ ",
    "otimes": " ⊗ ", "cdot": "·", "times": " × ", "iff": " ⟺ ", "infty": "∞",
    "lambda": "λ", "mu": "μ", "sigma": "σ", "gamma": "γ", "beta": "β", "epsilon": "ε",
    "delta": "δ", "eta": "η", "pi": "π", "left": "", "right": "",
}  # fmt: skip
PART = re.compile(r"\\(?P<name>[A-Za-z]+)|\\(?P<space>,)|(?P<operator>[=+/>-])|[^\s\\{}&]")


class MathError(Exception):
    """A formula that KaTeX cannot read; the message holds the formula and the position."""


@functools.cache
def render(formula: str, display: bool, shapes: tuple[Shape, ...] = ()) -> str:
    """Typeset a formula.

    Args:
        formula: LaTeX, without delimiters.
        display: Whether it is on a line of its own.
        shapes: What to tell of its factors, in their order: `data-shape` has it.

    Returns:
        HTML, with MathML inside for screen readers.

    Raises:
        MathError: If KaTeX cannot read it.
    """
    try:
        with contextlib.suppress(javascript.ScriptError):
            made = _typeset(_spaced(_labelled(formula, shapes)), display, bool(shapes))
            return _with_shapes(made, _spaced(formula), shapes) if shapes else made
        return _typeset(formula, display)  # raises, with the position in what the page says
    except javascript.ScriptError as error:
        message = str(error).split("KaTeX parse error: ")[-1].splitlines()[0]
        raise MathError(
            f"{message}\nin the formula: {formula}\n"
            "What to do: write what KaTeX knows, see https://katex.org/docs/supported"
        ) from None


def typed(formula: str) -> str:
    r"""Return a formula as readers type it: `2 X^\top (X W - Y)` becomes `2Xᵀ(XW - Y)`."""
    layout = r"\\(begin|end)\{\w+\}|\\\\\[[^\]]*\]"
    text = NAMES.sub(r"\\\1 ", re.sub(layout, r" \\, ", formula)).replace(r"\1", "1")
    for pattern, sign in SCRIPTS:
        text = re.sub(pattern, sign, text)
    while FRACTION.search(text):
        text = FRACTION.sub(r"\1 / \2", text)
    made = ""
    for part in PART.finditer(text):
        if name := part["name"]:
            made += SIGNS.get(name, f" {name} " if len(name) > 1 else name)
        elif part["operator"] and not re.search(r"(^|[(=]) *$", made):
            made += f" {part['operator']} "
        else:
            made += " " if part["space"] else part[0]
    return re.sub(r" (?=_)|(?<=\w) (?=\()|(?<=\() ", "", " ".join(made.split()))


def _shapes(written: str) -> tuple[Shape, ...]:
    """Read what `equations.pages` tells of the factors of a formula."""
    return tuple((int(start), int(end), shape) for start, end, shape in SHAPE.findall(written))


def _spaced(formula: str) -> str:
    """Return a formula with room between the fractions of its rows."""
    return TALL_ROW.sub(r"\1[.8em]", formula) if r"\begin{aligned}" in formula else formula


def _labelled(formula: str, shapes: tuple[Shape, ...]) -> str:
    """Return a formula in which KaTeX numbers the factors that have shapes."""
    made, done = "", 0
    for number, (start, end, _) in enumerate(shapes):
        made += f"{formula[done:start]}\\htmlData{{factor={number}}}{{{formula[start:end]}}}"
        done = end
    return made + formula[done:]


def _typeset(formula: str, display: bool, is_labelled: bool = False) -> str:
    """Return what KaTeX makes of a formula."""
    options = {"displayMode": display, "throwOnError": True, "strict": "ignore"}
    made = str(javascript.call((KATEX,), TYPESET, "typeset", formula, options, is_labelled))
    return made if display else made.replace(f"</span>{BASE}", f"</span>{BREAK}{BASE}")


def _with_shapes(typeset: str, formula: str, shapes: tuple[Shape, ...]) -> str:
    """Put shapes into a typeset formula, whose source is again what the author wrote."""

    def opens(factor: re.Match[str]) -> str:
        shape = " × ".join(map(typed, shapes[int(factor[1])][2].split(" × ")))
        return f'<span data-shape="{html.escape(shape)}">'

    return SOURCE.sub(lambda found: found[1] + html.escape(formula), FACTOR.sub(opens, typeset))


class _Typesetter(Treeprocessor):
    """Replaces each formula by its rendering."""

    def run(self, root: ElementTree.Element) -> None:
        """Typeset the formulas below an element."""
        for element in root.iter():
            if element.get("class") == "arithmatex" and element.text:
                display = element.tag == "div"
                formula = html.unescape(element.text.strip()[2:-2].strip())
                shapes = _shapes(element.attrib.pop("data-shapes", ""))
                element.text = self.md.htmlStash.store(self._render(formula, display, shapes))
                element.set("class", "math math--display" if display else "math")
                if display:
                    element.set("tabindex", "0")
                elif closing := CLOSING.match(element.tail or ""):
                    element.text += closing[0]
                    element.tail = (element.tail or "")[closing.end() :]

    def _render(self, formula: str, display: bool, shapes: tuple[Shape, ...]) -> str:
        """Typeset a formula; while serving, return the error of a bad one as HTML."""
        try:
            return render(formula, display, shapes)
        except MathError as error:
            loom = getattr(self.md, "loom", None)
            if loom is None:
                raise
            message = f"{fences.place(formula)}{error}"
            if not loom.weaver.show_failures:
                raise MathError(message) from None
            log.error("loom: %s", message)
            return f'<strong class="loom-failure">{html.escape(message)}</strong>'


class MathExtension(Extension):
    """Registers the typesetter, which runs after the inline patterns."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the typesetter."""
        md.treeprocessors.register(_Typesetter(md), "loom-math", 15)


def makeExtension(**kwargs: Any) -> MathExtension:  # noqa: N802
    """Let Python-Markdown load this module as an extension."""
    return MathExtension(**kwargs)
