"""Divide a formula into statements, without moving a character."""

import itertools
import re

from equations import conditions
from equations.reading import Formula
from equations.scope import Scope
from equations.syntax import EquationError

AROUND = re.compile(  # what a display has besides its statements
    r"\\(?:begin|end)\{(?:aligned|align|split|gathered|equation|gather|multline)\*?\}"
    r"|\\(?:label|tag)\{[^{}]*\}|\\(?:nonumber|notag)(?![a-zA-Z])|\s"
)
BLOCK = re.compile(  # its rows are no lines of a display
    r"\\begin\{(\w+)\}.*?\\end\{\1\}", re.DOTALL
)
ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?")
CELL_END = re.compile(r"\\?&")
CONTINUES = re.compile(r"[=+<>-]|\\(?:iff|implies|le|leq|ge|geq|approx|cdot|odot|Leftrightarrow)\b")


def statements(formula: Formula) -> list[tuple[str, Scope]]:
    r"""Split a display into statements, each with what its symbols mean under its conditions.

    A line that starts with a relation, a sign or \iff continues the one before. Blanks stand for
    what precedes a statement, so that a place in it is one in the formula.

    Raises:
        EquationError: If a condition cannot be read, or a character stands for nothing.
    """
    if "\0" in formula.latex:
        raise EquationError("it holds the character NUL, which nobody can see")
    if formula.inline:
        return [(formula.latex, formula.scope)]
    whole = AROUND.sub(_blank, formula.latex)
    text = BLOCK.sub(lambda block: "\0" * len(block.group()), whole)
    found: list[tuple[str, Scope]] = []
    for start, end in _lines(text):
        line = CELL_END.sub(_blank, ROW_END.sub(_blank, text[start:end]))
        blocks = zip(line, whole[start:end], strict=True)
        shown = "".join(block if sign == "\0" else sign for sign, block in blocks)
        said, beside = conditions.split(line)
        scope = conditions.under([shown[at:to] for at, to in beside], formula.scope)
        found += [(" " * (start + at) + shown[at:to], scope) for at, to in said]
    return found


def _blank(found: re.Match[str]) -> str:
    """Return as many blanks as were found characters."""
    return " " * len(found.group())


def _lines(text: str) -> list[tuple[int, int]]:
    """Return where the lines of a display begin and end, each with those that continue it."""
    ends = [row.end() for row in ROW_END.finditer(text)]
    lines: list[tuple[int, int]] = []
    for start, end in itertools.pairwise([0, *ends, len(text)]):
        line = CELL_END.sub("", ROW_END.sub("", text[start:end])).strip()
        if lines and CONTINUES.match(line):
            lines[-1] = lines[-1][0], end
        elif line:
            lines.append((start, end))
    return lines
