r"""Find the displayed equations of a page, and check that each of their equality signs holds.

A page declares its symbols in comments, `<!-- equations: ... -->`, whose parts are separated by
semicolons:

* `X: N × D_{in}` declares an independent matrix (`X: scalar` a number), with traits after a comma:
  `constant` (its differential is 0), `positive` or `symmetric`;
* `P = A W_2` defines a symbol;
* `table` reads the next table of the page: each row has a formula in its first cell and, unless
  that is a definition, a shape such as `$N \times H$` in a later one;
* `constant X, Y` adds a trait to symbols that are already declared;
* `unchecked: reason` leaves the next equation unchecked; the page shows the reason.

A comment holds until the end of its section. A displayed equation with one unknown symbol alone on
a side defines that symbol for the rest of the page.
"""

import itertools
import random
import re
from collections.abc import Iterator

import torch
from lark import Tree

from equations import Result
from equations.evaluate import (
    EquationError,
    NearKinkError,
    Node,
    Point,
    Scope,
    latex_of,
    parse,
    symbol_name,
)

COMMENT = re.compile(r"^<!-- equations: (?P<body>.*?) -->$")
LOOKS_LIKE_COMMENT = re.compile(r"^<!--\s*equations")
HEADING = re.compile(r"^(?P<marks>#+) ")
ROW_FORMULA = re.compile(r"^\|\s*\$(?P<formula>[^$]+)\$\s*\|(?P<rest>.*)$")
ROW_SHAPE = re.compile(r"\$(?P<rows>[^$]+?) *\\times *(?P<columns>[^$]+?)\$|\$1\$")
UNCLOSED = "$$"
TOLERANCE = 1e-9  # relative; rounding on matrices of this size stays below 1e-12
TRIALS = 6
LARGEST_SIZE = 7


def check_page(markdown: str) -> list[Result]:
    """Check every displayed equation of a page.

    Args:
        markdown: The page as its author wrote it.

    Returns:
        One result per block between `$$` lines, in order, or one per wrong equation in it; bad
        declarations and an unclosed block give one each.
    """
    results = []
    scopes = [(0, Scope())]  # the level of the heading that opened each
    reason = None
    lines = markdown.split("\n")
    for number, line, latex in _blocks(lines):
        if heading := HEADING.match(line):
            level = len(heading["marks"])
            scopes = [(opened, scope) for opened, scope in scopes if opened < level or not opened]
            scopes.append((level, Scope()))
        elif LOOKS_LIKE_COMMENT.match(line.strip()) and not COMMENT.match(line.strip()):
            message = "a declaration is one line: <!-- equations: ... -->"
            results.append(Result(number, line, "wrong", message=message))
        elif comment := COMMENT.match(line.strip()):
            try:
                reason = _declare(comment["body"], scopes[-1][1], lines[number:]) or reason
            except EquationError as error:
                results.append(Result(number, line, "wrong", message=str(error)))
        elif line == UNCLOSED:
            message = "the formula is not closed: put a second $$ on a line of its own"
            results.append(Result(number, line, "wrong", message=message))
        elif latex is not None:
            if reason:
                results.append(Result(number, latex, "unchecked", message=reason))
            else:
                results += _check_block(number, latex, scopes)
            reason = None
    return results


def _blocks(lines: list[str]) -> Iterator[tuple[int, str, str | None]]:
    """Yield (number, line, None) for a line, and (first number, "", LaTeX) for an equation.

    If the last equation is not closed, its line is UNCLOSED and its LaTeX None.
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
        elif text.startswith("```"):
            ticks = re.match("`+", text)
            assert ticks
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


def _declare(body: str, scope: Scope, following: list[str]) -> str | None:
    """Apply a comment to `scope`; return the reason if it leaves the next equation unchecked."""
    for part in (part.strip() for part in body.split(";")):
        if part == "table":
            _declare_table(scope, following)
        elif part.startswith("unchecked:"):
            return part.removeprefix("unchecked:").strip()
        elif trait := re.match(r"^(constant|positive|symmetric) (.+)$", part):
            for name in trait[2].split(","):
                scope.traits.setdefault(name.strip(), set()).add(trait[1])
        elif symbol := re.match(r"^(\S+): ([^,]+?)(?:, (.+))?$", part):
            scope.shapes[symbol[1]] = _shape(symbol[1], re.split(r" *× *", symbol[2]))
            scope.traits[symbol[1]] = set((symbol[3] or "").split())
            if unknown := scope.traits[symbol[1]] - {"constant", "positive", "symmetric"}:
                raise EquationError(f"`{min(unknown)}` is not a trait; see the reference page")
            scope.definitions.pop(symbol[1], None)
        elif "=" in part:
            name, _, meaning = part.partition("=")
            scope.definitions[name.strip()] = parse(meaning, start="sum")
            scope.shapes.pop(name.strip(), None)
        else:
            raise EquationError(f"`{part}` is not a declaration; see the reference page")
    return None


def _declare_table(scope: Scope, following: list[str]) -> None:
    """Read the symbols from the next table."""
    seen = False
    for line in following:
        row = ROW_FORMULA.match(line)
        if row is None:
            if seen and not line.startswith("|"):
                return
            continue
        seen = True
        name, equals, meaning = (part.strip() for part in row["formula"].partition("="))
        if equals:
            scope.definitions[name] = parse(meaning, start="sum")
        else:
            shape = ROW_SHAPE.search(row["rest"])
            if shape is None:
                raise EquationError(f"the table gives no shape for {name}")
            both = [shape["rows"], shape["columns"]] if shape["rows"] else ["scalar"]
            scope.shapes[name] = _shape(name, both)


def _shape(name: str, sizes: list[str]) -> tuple[str, ...]:
    """Return the shape of a symbol from what is written: two sizes, or none for a number."""
    if sizes == ["scalar"]:
        return ()
    if len(sizes) != 2 or any(re.match(r"(?![1-9]$)[\d\W]", size) for size in sizes):
        raise EquationError(
            f"the shape of {name} must be `rows × columns`, names or numbers from 1 to 9, "
            f"or `scalar`, not `{' × '.join(sizes)}`"
        )
    return tuple(sizes)


def _check_block(number: int, latex: str, scopes: list[tuple[int, Scope]]) -> list[Result]:
    """Check one displayed block, which may hold several equations."""
    worst, defined, results = 0.0, False, []
    for statement in _statements(latex):
        try:
            tree = parse(statement)
            new = _define(tree, scopes)
            defined = defined or (new and sum(len(e.children) for e in tree.children) == 2)
            worst = max(worst, _check_once(statement, tree, _merged(scopes)))
        except EquationError as error:
            results.append(Result(number, latex, "wrong", message=str(error)))
        except RecursionError:
            message = "cannot be evaluated: it is too deep, or a definition needs itself"
            results.append(Result(number, latex, "wrong", message=message))
        except (RuntimeError, ValueError, IndexError, KeyError) as error:
            message = f"cannot be evaluated: {error}"
            results.append(Result(number, latex, "wrong", message=message))
    status = "definition" if defined else "checked"
    return results or [Result(number, latex, status, worst)]


def _statements(latex: str) -> list[str]:
    r"""Split a block into equations; a line that starts with =, +, - or \iff continues the last."""
    inner = re.sub(r"\\(begin|end)\{aligned\}", "", latex)
    statements: list[str] = []
    for line in inner.split(r"\\"):
        text = " ".join(line.replace("&", " ").split())
        if statements and re.match(r"=|\+|-|\\iff", text):
            statements[-1] += " " + text
        elif text:
            statements.append(text)
    return statements


def _merged(scopes: list[tuple[int, Scope]]) -> Scope:
    """Merge the scopes; inner ones override outer ones."""
    merged = Scope()
    for _, scope in scopes:
        for name in scope.shapes:
            merged.definitions.pop(name, None)
        for name in scope.definitions:
            merged.shapes.pop(name, None)
        merged.shapes |= scope.shapes
        merged.definitions |= scope.definitions
        merged.traits |= scope.traits
    return merged


def _define(tree: Node, scopes: list[tuple[int, Scope]]) -> bool:
    """Define the first unknown symbol that is alone on a side; tell whether there was one."""
    scope = _merged(scopes)
    for equation in tree.children:
        sides = equation.children
        for side in sides:
            if not isinstance(side, Tree):
                continue
            alone = side.data in ("symbol", "subscript")
            name = str(side.children[0]) if side.data == "symbol" else latex_of(side)
            unknown = alone and symbol_name(side, scope) in (None, name) and not scope.knows(name)
            if unknown and not _is_entry(side, scope) and not name.startswith(r"\mathbf{1}"):
                scopes[0][1].definitions[name] = next(other for other in sides if other is not side)
                return True
    return False


def _is_entry(side: Node, scope: Scope) -> bool:
    """Tell whether a side is an entry, such as P_{nk}, of a matrix that has a meaning."""
    if side.data != "subscript":
        return False
    base = side.children[0]
    return base.data != "symbol" or scope.knows(str(base.children[0]))


_KNOWN: dict[str, float] = {}


def _check_once(statement: str, tree: Node, scope: Scope) -> float:
    """Check a statement once for the same symbols: translated pages repeat it."""
    key = "\n".join([statement, scope.fingerprint()])
    if key not in _KNOWN:
        _KNOWN[key] = _check(tree, scope)
    return _KNOWN[key]


def _check(tree: Node, scope: Scope) -> float:
    """Check the equations of a statement at several random points.

    Returns:
        The largest relative error.

    Raises:
        EquationError: If an equality does not hold, a symbol has no meaning, shapes do not fit, or
            every random point is near a kink.
    """
    worst = 0.0
    for trial in range(TRIALS):
        for attempt in range(100):
            try:
                point = _point(scope, 100 * trial + attempt)
                worst = max(worst, _check_at(tree, point))
                break
            except NearKinkError:
                continue
        else:
            raise EquationError("every random point is at a kink")
    return worst


def _point(scope: Scope, seed: int) -> Point:
    """Draw distinct sizes, and matrices."""
    names = sorted(scope.sizes())
    chooser = random.Random(seed)
    numbers = chooser.sample(range(2, max(LARGEST_SIZE, len(names) + 1) + 1), len(names))
    return Point(scope, dict(zip(names, numbers, strict=True)), seed)


def _check_at(tree: Node, point: Point) -> float:
    """Check all equality signs at one point; return the largest relative error."""
    worst = 0.0
    for equation in tree.children:
        indices: dict[str, int] = {}
        for side in equation.children:
            indices |= point.free_indices(side)
        for at in _places(indices):
            sides = [point.evaluate(side, at) for side in equation.children]
            for position in range(1, len(sides)):
                worst = max(worst, _compare(equation.children, sides, position, point))
    return worst


def _places(indices: dict[str, int]) -> Iterator[dict[str, int]]:
    """Yield every combination of the free indices' places."""
    for places in itertools.product(*map(range, indices.values())):
        yield dict(zip(indices, places, strict=True))


def _compare(nodes: list[Node], sides: list[torch.Tensor], position: int, point: Point) -> float:
    """Compare two neighbouring sides; return their relative difference."""
    left, right = (_like(sides, nodes, index) for index in (position - 1, position))
    sources = [latex_of(nodes[index]) for index in (position - 1, position)]
    if left.shape != right.shape:
        names = [point.shape_name(side) for side in (left, right)]
        raise EquationError(
            f"the sides have different shapes: {sources[0]} is {names[0]}, "
            f"{sources[1]} is {names[1]}"
        )
    # Drawn entries are about 1, so differences of 1e-12 are rounding even where a side is 0.
    scale = max(float(left.norm()), float(right.norm()), 1e-3)
    error = float((left - right).norm()) / scale
    if not error <= TOLERANCE:  # not `>`: NaN must fail too
        raise EquationError(
            f"does not hold: {sources[0]} is {_shown(left)}, {sources[1]} is {_shown(right)}"
        )
    return error


def _like(sides: list[torch.Tensor], nodes: list[Node], index: int) -> torch.Tensor:
    """Return a side; a written 0 takes the shape of the first side."""
    if nodes[index].data == "number" and str(nodes[index].children[0]) == "0":
        return torch.zeros_like(sides[0])
    return sides[index]


def _shown(value: torch.Tensor) -> str:
    """Format a value briefly."""
    rounded = [float(f"{entry:.6g}") for entry in value.flatten().tolist()]
    text = ", ".join(str(entry) for entry in rounded[:4])
    return text if value.ndim == 0 else f"[{text}{', …' if len(rounded) > 4 else ''}]"
