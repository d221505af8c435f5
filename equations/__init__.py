"""Check the equations of a Markdown page by evaluating them on random matrices.

`equations.check.check_page` takes Markdown and returns one `Result` for each displayed equation.
Nothing here knows of a particular page or course.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The outcome of checking one displayed equation.

    Attributes:
        line: Line of the page on which the equation starts, from 1.
        latex: Its source.
        status: "checked", "definition" (it gives a symbol its meaning), "unchecked" or "wrong".
        error: Largest relative difference between two sides, over all trials.
        message: What is wrong, or why it is not checked; "" if it is right.
    """

    line: int
    latex: str
    status: str
    error: float = 0.0
    message: str = ""
