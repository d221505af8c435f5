"""Check the formulas of a Markdown page by evaluating them on random matrices.

`equations.check.check_page` takes Markdown and returns one `Result` for each formula;
`python -m equations PAGE...` prints what is wrong.
Nothing here knows of a particular page or course.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Factor:
    """A factor of a formula.

    Attributes:
        latex: Its source, with single blanks.
        shape: Its shape, such as `m × n` or `scalar`; `?` stands for a size that is not known.
        start: Where it begins in the formula, as this is written on its page.
        end: Where it ends.
        shown: Whether its shape can be shown below it; that of a factor around it is not, then.
    """

    latex: str
    shape: str
    start: int
    end: int
    shown: bool


@dataclass(frozen=True)
class Result:
    """The outcome of checking one formula.

    Attributes:
        line: Line of the page on which it starts, from 1.
        latex: Its source.
        status: "checked", "definition" (it repeats a declaration that gives a symbol its meaning),
            "read" (it is an expression and says nothing; its shapes fit), "unchecked" or "wrong".
        error: Largest relative difference between two sides, over all trials.
        message: What is wrong, or why it is not checked; "" if it is right.
        inline: Whether it stands inside a sentence.
        factors: Its factors in order, as far as its shapes fit.
    """

    line: int
    latex: str
    status: str
    error: float = 0.0
    message: str = ""
    inline: bool = False
    factors: tuple[Factor, ...] = ()
