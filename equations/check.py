"""Check that what the formulas of a page say holds, on random matrices.

An equation is evaluated at several random points, with new sizes at each. It is also required that
these points could have told: that its sides varied, and that each maximum took both of its values.
"""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from equations import Result
from equations.evaluate import Overrides, Point, RedrawError
from equations.reading import Formula, read
from equations.scope import Scope
from equations.shapes import Shapes
from equations.syntax import EquationError, Node, below, latex_of, parse

TOLERANCE = 1e-9  # of the larger side; rounding on matrices of this size stays below 1e-11
ROUNDING = 1e-12  # of the terms, where they cancel and the sides are small
TRIALS = 6
ATTEMPTS = 50  # per trial, until no matrix is singular and no entry near a kink


def check_page(markdown: str) -> list[Result]:
    """Check every formula of a page.

    Args:
        markdown: The page as its author wrote it.

    Returns:
        One result per formula, in order, or one per wrong equation in it; bad declarations and an
        unclosed display give one each.
    """
    formulas, problems = read(markdown)
    results = [result for formula in formulas for result in check(formula)]
    return sorted([*results, *problems], key=lambda result: result.line)


def check(formula: Formula) -> list[Result]:
    """Check one formula, which may be a block of several equations."""

    def result(status: str, error: float = 0.0, message: str = "") -> Result:
        return Result(formula.line, formula.latex, status, error, message, formula.inline)

    if formula.reason:
        return [result("unchecked", message=formula.reason)]
    statuses, worst, wrong = set(), 0.0, []
    for statement in statements(formula):
        try:
            status, error = _check_once(statement, formula.inline, formula.scope)
            statuses.add(status)
            worst = max(worst, error)
        except EquationError as error:
            wrong.append(result("wrong", message=str(error)))
        except RecursionError:
            message = "cannot be evaluated: it is too deep, or a definition needs itself"
            wrong.append(result("wrong", message=message))
        except (RuntimeError, ValueError, IndexError, KeyError) as error:
            wrong.append(result("wrong", message=f"cannot be evaluated: {error}"))
    status = "checked" if "checked" in statuses else next(iter(statuses), "checked")
    return wrong or [result(status, worst)]


def statements(formula: Formula) -> list[str]:
    r"""Split a display into equations; a line that starts with =, +, - or \iff continues one."""
    if formula.inline:
        return [formula.latex]
    inner = re.sub(r"\\(begin|end)\{aligned\}", "", formula.latex)
    statements: list[str] = []
    for line in inner.split(r"\\"):
        text = " ".join(line.replace("&", " ").split())
        if statements and re.match(r"=|\+|-|\\iff", text):
            statements[-1] += " " + text
        elif text:
            statements.append(text)
    return statements


_KNOWN: dict[tuple[str, bool, str], tuple[str, float]] = {}


def _check_once(statement: str, inline: bool, scope: Scope) -> tuple[str, float]:
    """Check a statement once for the same symbols: translated pages repeat it."""
    key = statement, inline, scope.fingerprint()
    if key not in _KNOWN:
        _KNOWN[key] = _check(statement, inline, scope)
    return _KNOWN[key]


def _check(statement: str, inline: bool, scope: Scope) -> tuple[str, float]:
    """Check a statement.

    Returns:
        What it is, "checked", "definition" or "read", and the largest relative error.

    Raises:
        EquationError: If it does not hold, a symbol has no meaning, shapes do not fit, or the
            random points could not have told.
    """
    if inline and "=" not in statement:
        Shapes(scope).shape(parse(statement, "inline"), {})
        return "read", 0.0
    tree = parse(statement)
    trials = Trials(tree, scope)
    if _is_definition(tree, scope):
        return "definition", 0.0
    return "checked", trials.run()


def _is_definition(tree: Node, scope: Scope) -> bool:
    """Tell whether a statement repeats what a declaration defines."""
    if len(tree.children) != 1 or len(tree.children[0].children) != 2:
        return False
    left, right = tree.children[0].children
    return any(
        scope.definitions.get(scope.symbol(symbol) or "") == meaning
        for symbol, meaning in ((left, right), (right, left))
    )


@dataclass(frozen=True)
class _Sides:
    """Two sides of an equation that were found equal: by how much not, and what they were."""

    error: float
    size: float
    low: float
    high: float


class Trials:
    """The trials of one statement.

    Args:
        tree: The equations of the statement.
        scope: What its symbols mean.

    Raises:
        EquationError: If a symbol has no meaning, or shapes do not fit.
    """

    def __init__(self, tree: Node, scope: Scope) -> None:
        self.equations, self.scope = tree.children, scope
        self.shapes = Shapes(scope)
        self.ranges = [self.shapes.equation(equation) for equation in self.equations]
        self.shapes.finish(tree)
        self.found: list[list[_Sides]] = [[] for _ in self.equations]
        self.seen: dict[int, tuple[Node, set[bool]]] = {}

    def run(self, trials: range = range(TRIALS)) -> float:
        """Evaluate the statement at random points; return the largest relative error."""
        for trial in trials:
            self.trial(trial, draw_sizes(sorted(self.shapes.sizes), self.scope.least, trial))
        for equation, found in zip(self.equations, self.found, strict=True):
            self.require_variation(equation, found)
        for node, seen in self.seen.values():
            if len(seen) == 1:
                larger = "first" if True in seen else "second"
                raise EquationError(
                    f"nothing was tested: in every draw the {larger} of the two was the larger "
                    f"one, in: {latex_of(node)}.\n"
                    "What to do: compare what may be larger and smaller, or leave it out."
                )
        return max(sides.error for found in self.found for sides in found)

    def trial(self, trial: int, sizes: dict[str, int]) -> None:
        """Evaluate the statement at one point, the first at which it can be."""
        for attempt in range(ATTEMPTS):
            point = Point(self.shapes, sizes, trial, attempt)
            try:
                found = [list(self.compare(n, point, point.plain)) for n in range(len(self.found))]
                if len(found) > 1:
                    self.require_equivalence(point)
            except RedrawError as error:
                last = error
                continue
            for before, here in zip(self.found, found, strict=True):
                before.extend(here)
            for key, (node, seen) in point.seen.items():
                self.seen.setdefault(key, (node, set()))[1].update(seen)
            return
        shown = ", ".join(f"{name} = {number}" for name, number in sorted(sizes.items()))
        raise EquationError(
            f"{last}, in each of {ATTEMPTS} draws{' with ' * bool(shown)}{shown}.\n"
            f"What to do: declare {last.missing or 'symbols for which this can be evaluated'}."
        )

    def compare(self, number: int, point: Point, over: Overrides) -> Iterator[_Sides]:
        """Compare the neighbouring sides of an equation, for each place of its free indices."""
        nodes, ranges = self.equations[number].children, self.ranges[number]
        for places in itertools.product(*(range(point.number(size)) for size in ranges.values())):
            at = dict(zip(ranges, places, strict=True))
            values = [point.value(node, over, at) for node in nodes]
            for pair in itertools.pairwise(range(len(nodes))):
                left, right = (values[side] for side in pair)
                difference = float((left - right).norm())
                size = max(float(left.norm()), float(right.norm()))
                if not difference <= TOLERANCE * size:  # not `>`: NaN must not pass
                    size = max(point.terms(nodes[side], over, at) for side in pair)
                    if not difference <= ROUNDING * size:
                        shown = [f"{latex_of(nodes[n])} is {_shown(values[n])}" for n in pair]
                        raise EquationError(f"does not hold: {', '.join(shown)}")
                yield _Sides(difference / (size or 1), size, float(left.min()), float(left.max()))

    def require_variation(self, equation: Node, found: list[_Sides]) -> None:
        """Raise EquationError if both sides were the same number at all points.

        That is no test, unless the equation says so, with a side that no draw can change.
        """
        low, high = min(sides.low for sides in found), max(sides.high for sides in found)
        varied = high - low > TOLERANCE * max(sides.size for sides in found)
        if not varied and not any(map(self.is_fixed, equation.children)):
            raise EquationError(
                f"nothing was tested: each entry of the sides was {low:.3g} in every draw, in: "
                f"{latex_of(equation)}.\n"
                "What to do: declare symbols that vary, or write that number on one side."
            )

    def is_fixed(self, node: Node) -> bool:
        """Tell whether an expression has no symbol that is drawn or defined."""
        name = self.scope.symbol(node)
        if name is not None:
            return name not in self.scope.shapes and name not in self.scope.definitions
        return all(map(self.is_fixed, below(node)))

    def require_equivalence(self, point: Point) -> None:
        r"""Raise EquationError unless the sides of \iff hold and fail together.

        Each defined symbol in them gets a random value instead of its own, one after the other.
        """
        told = False
        names = set().union(*map(self.symbols, self.equations))
        for name in sorted(names & self.scope.definitions.keys()):
            over = {name: point.draw(self.shapes.named(name))}
            outcomes = {self.holds(n, point, Overrides(over)) for n in range(len(self.equations))}
            if len(outcomes) > 1:
                raise EquationError(
                    rf"not equivalent: with a different {name}, one side of \iff holds and "
                    "another does not"
                )
            told = told or outcomes == {False}
        if not told:
            raise EquationError(
                r"nothing was tested: no change of a defined symbol makes the sides of \iff fail."
                "\nWhat to do: write them as equations of their own."
            )

    def holds(self, number: int, point: Point, over: Overrides) -> bool:
        """Tell whether an equation holds if some symbols have other values."""
        try:
            return bool(list(self.compare(number, point, over)))
        except EquationError:
            return False

    def symbols(self, node: Node) -> set[str]:
        """Return the names of the symbols in a formula."""
        name = self.scope.symbol(node)
        return {name} if name else set().union(*map(self.symbols, below(node)))


def draw_sizes(names: list[str], least: set[tuple[str, str]], trial: int) -> dict[str, int]:
    """Return a different number for each size.

    Six trials bring each order of up to three sizes; of more, any two come in both orders. `least`
    may forbid some. In two of six trials one size is 1.
    """
    smallest, count = (2, 1, 3)[trial // 2 % 3], len(names)
    chooser = random.Random(trial // 2)
    larger = chooser.sample(range(smallest + 1, smallest + 1 + max(4, count)), max(0, count - 1))
    numbers = sorted([smallest, *larger])[:count]
    orders = list(itertools.permutations(numbers)) if count <= 3 else []
    if not orders:
        order = chooser.sample(numbers, count)
        turned = [numbers[-1 - numbers.index(number)] for number in order]
        orders = [tuple(order), tuple(turned)]
    numbers = list(orders[trial % len(orders)])
    sizes = dict(zip(names, numbers, strict=True))
    for large, small in sorted(least) * len(least):  # as often as a chain of them is long
        bound = int(small) if small.isdecimal() else sizes.get(small, 0)
        if large in sizes and sizes[large] < bound:
            sizes |= {small: sizes[large]} if small in sizes else {}
            sizes[large] = bound
    return sizes


def _shown(value: torch.Tensor) -> str:
    """Format a value briefly."""
    rounded = [float(f"{entry:.6g}") for entry in value.flatten().tolist()]
    text = ", ".join(str(entry) for entry in rounded[:4])
    return text if value.numel() == 1 else f"[{text}{', …' if len(rounded) > 4 else ''}]"
