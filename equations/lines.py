"""Find what stands where in Markdown: displayed formulas, and formulas inside sentences."""

import re
from collections.abc import Iterator

INLINE_CODE = re.compile(r"`+[^`]+`+")
INLINE = re.compile(r"(?<![$\\])\$(?!\s)(?P<formula>(?:\\.|[^\\$\n])+?)(?<!\s)\$(?!\$)")
FENCE = re.compile(r"`{3,}(?!.*`)")  # of what stands on such a line, a backtick would be code
UNCLOSED = "$$"


def formulas_in(line: str) -> list[str]:
    """Return the formulas inside a line of prose or of a table."""
    return [found["formula"] for found in INLINE.finditer(INLINE_CODE.sub("``", line))]


def blocks(lines: list[str]) -> Iterator[tuple[int, str, str | None]]:
    """Yield (number, line, None) for a line, and (first number, "", LaTeX) for a display.

    If the last display is not closed, its line is UNCLOSED and its LaTeX None.
    """
    fence, start = "", 0
    equation: list[str] | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if equation is not None:
            if text == "$$":
                yield start, "", "\n".join(equation)
                equation = None
            else:
                equation.append(text)
        elif ticks := FENCE.match(text):
            if not fence:
                fence = ticks.group()
            elif text == fence:
                fence = ""
        elif not fence and text == "$$":
            equation, start = [], number
        elif not fence:
            yield number, line, None
    if equation is not None:
        yield start, UNCLOSED, None
