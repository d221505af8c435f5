r"""Find the formulas of a page, each with the meaning that its symbols have there.

A page declares its symbols in comments, `<!-- equations: ... -->`, whose parts are separated by
semicolons:

* `X: N × D_{in}` declares an independent matrix (`X: scalar` a number), with traits after a comma:
  such as `constant` (its differential is 0), `positive` or `symmetric`; `i, j: index` declares
  letters that stand for a place, `k: size` one for a size that no matrix has;
* `P = A W_2` defines a symbol, `f(x) = x^\\top x` a function;
* `layout numerator`, `prime transpose` and `tolerance 0.01` say how to read what texts read
  differently;
* `table` reads the next table of the page: each row has a formula in its first cell and, unless
  that is a definition, a shape such as `$N \times H$` in a later one;
* `constant X, Y` adds a trait to symbols that are already declared;
* `N ≥ D` lets a size be drawn no smaller than the other;
* `unchecked: reason` leaves the next displayed equation unchecked; the page shows the reason;
* `inline $i = j$ unchecked: reason` does so for this formula inside the sentences of the section;
  `inline $A = 2 A$ refuted: reason` for one that the page shows because it is wrong, and that the
  check has to find wrong.

A comment holds until the end of its section.
"""

import re
from dataclasses import dataclass

from equations import Result
from equations.lines import UNCLOSED, blocks, formulas_in
from equations.scope import Scope, declare, declare_table, shape_in_row
from equations.shapes import Shapes, shape_of
from equations.syntax import EquationError

COMMENT = re.compile(r"^<!-- equations: (?P<body>.*?) -->$")
LOOKS_LIKE_COMMENT = re.compile(r"^<!--\s*equations")
HEADING = re.compile(r"^(?P<marks>#+) ")


@dataclass(frozen=True)
class Formula:
    """A formula of a page.

    Attributes:
        line: Line of the page on which it starts, from 1.
        latex: Its source.
        inline: Whether it stands inside a sentence.
        scope: What its symbols mean.
        reason: Why it is not checked; "" if it is.
    """

    line: int
    latex: str
    inline: bool
    scope: Scope
    reason: str = ""


def read(markdown: str) -> tuple[list[Formula], list[Result]]:
    """Return the formulas of a page, in order, and what is wrong with its declarations."""
    reader = _Reader(markdown.split("\n"))
    for number, line, latex in blocks(reader.lines):
        if latex is None:
            reader.line(number, line)
        else:
            reader.display(number, latex)
    if reader.reason:
        reader.wrong(
            len(reader.lines), "", f"no formula follows that is excused by: {reader.reason}"
        )
    for (number, latex), reason in reader.unused.items():
        reader.wrong(number, latex, f"no formula of this section is excused by: {reason}")
    return reader.formulas, reader.problems


class _Reader:
    """Reads a page line by line."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.formulas: list[Formula] = []
        self.problems: list[Result] = []
        self.scopes = [(0, Scope())]  # the level of the heading that opened each
        self.scope = Scope()  # all of them together
        self.reason = ""  # why the next display is not checked
        self.unused: dict[tuple[int, str], str] = {}  # excuses of no formula so far

    def wrong(self, line: int, text: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Result(line, text, "wrong", message=message))

    def line(self, number: int, line: str) -> None:
        """Read a line outside of displays and blocks of code."""
        text = line.strip()
        if LOOKS_LIKE_COMMENT.match(text):
            self.comment(number, text)
        elif line == UNCLOSED:
            message = "the formula is not closed: put a second $$ on a line of its own"
            self.wrong(number, line, message)
        elif not text.startswith("<!--"):
            if heading := HEADING.match(line):
                self.section(len(heading["marks"]))
            self.sentence(number, line)

    def section(self, level: int) -> None:
        """Begin a section: what was declared in those that it ends holds no longer."""
        self.scopes = [kept for kept in self.scopes if kept[0] < level or not kept[0]]
        self.scopes.append((level, Scope()))
        self.merge()

    def merge(self) -> None:
        """Put the scopes of the open sections together."""
        self.scope = Scope()
        for _, scope in self.scopes:
            self.scope = scope.over(self.scope)

    def comment(self, number: int, text: str) -> None:
        """Apply the declarations of a comment."""
        comment = COMMENT.match(text)
        if not comment:
            self.wrong(number, text, "a declaration is one line: <!-- equations: ... -->")
            return
        own = self.scopes[-1][1]
        before = dict(own.definitions), dict(own.excused)
        for part in (part.strip() for part in comment["body"].split(";")):
            try:
                if part == "table":
                    declare_table(self.lines[number:], own, self.scope)
                elif part.startswith("unchecked:"):
                    self.reason = part.removeprefix("unchecked:").strip()
                else:
                    declare(part, own, self.scope)
            except EquationError as error:
                self.wrong(number, text, str(error))
        self.merge()
        for latex, reason in own.excused.items() - before[1].items():
            self.unused[number, latex] = reason
        for name, meaning in own.definitions.items():
            if before[0].get(name) is not meaning:
                self.definition(number, text, name)

    def definition(self, number: int, text: str, name: str) -> None:
        """Require that a defined symbol has a shape."""
        try:
            shapes = Shapes(self.scope)
            shapes.named(name)
            shapes.finish(self.scope.definitions[name])
        except EquationError as error:
            self.wrong(number, text, str(error))
        except RecursionError:
            self.wrong(number, text, f"the definition of {name} is too deep")

    def display(self, number: int, latex: str) -> None:
        """Keep a displayed formula."""
        self.formulas.append(Formula(number, latex, False, self.scope, self.reason))
        self.reason = ""

    def sentence(self, number: int, line: str) -> None:
        """Keep the formulas inside a line, and compare a table's shapes with the declared ones."""
        for latex in formulas_in(line):
            plain = " ".join(latex.split())
            reason = self.scope.excused.get(plain, "")
            for key in [key for key in self.unused if key[1] == plain]:
                del self.unused[key]
            self.formulas.append(Formula(number, latex, True, self.scope, reason))
        try:
            self.row(line)
        except EquationError as error:
            self.wrong(number, line.strip(), str(error))

    def row(self, line: str) -> None:
        """Compare the shape in a table's row with that of its symbol."""
        name, claimed = shape_in_row(line) or ("", ())
        if not name or name not in self.scope.shapes.keys() | self.scope.definitions.keys():
            return
        shapes = Shapes(self.scope)
        shape = shapes.named(name)
        if not shapes.same(shape, shape_of(claimed)):
            raise EquationError(
                f"{name} is {shapes.name(shape)}, but its row says {shapes.name(shape_of(claimed))}"
            )
