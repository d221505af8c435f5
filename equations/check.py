"""Check that what the formulas of a page say holds, on random matrices.

An equation is evaluated at several random points, with new sizes at each. It is also required that
these points could have told: that its sides varied, and that each maximum took both of its values.
"""

import dataclasses
import itertools
import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from equations import Result, relations
from equations.draws import require_drawable
from equations.evaluate import Overrides, Point, RedrawError
from equations.explain import factors
from equations.reading import Formula, read
from equations.scope import REFUTED, Scope
from equations.shapes import Shapes
from equations.statements import statements
from equations.syntax import EquationError, Node, below, latex_of

TOLERANCE = 1e-9  # of the larger side; rounding on matrices of this size stays below 1e-11
ROUNDING = 1e-12  # of the terms, where they cancel and the sides are small
TRIALS = 6
STRICT = {"<": r"\le", ">": r"\ge", r"\succ": r"\succeq", r"\prec": r"\preceq"}
BOUNDS = {*STRICT, r"\le", r"\ge", r"\succeq", r"\preceq"}
LARGE, MORE = 2, 10  # so many trials of an inequality are repeated with sizes so much larger
SEARCH = 60  # points per trial at which an inequality is tried, each nearer to failing
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
    """Check one formula, which may be a block of several equations, and find its factors."""
    found = factors(formula)
    return [dataclasses.replace(result, factors=found) for result in _check_all(formula)]


def _check_all(formula: Formula) -> list[Result]:
    """Return the verdict on a formula, or one for each wrong equation in it."""

    def result(status: str, error: float = 0.0, message: str = "") -> Result:
        return Result(formula.line, formula.latex, status, error, message, formula.inline)

    if formula.reason.startswith(REFUTED):
        return [_refute(formula)]
    if formula.reason:
        return [result("unchecked", message=formula.reason)]
    statuses, worst, wrong = set(), 0.0, []
    try:
        parts = statements(formula)
    except EquationError as error:
        return [result("wrong", message=str(error))]
    for statement, scope in parts:
        try:
            status, missed = _check_once(statement, formula.inline, scope)
            statuses.add(status)
            worst = max(worst, missed)
        except EquationError as error:
            wrong.append(result("wrong", message=str(error)))
        except RecursionError:
            message = "cannot be evaluated: it is too deep, or a definition needs itself"
            wrong.append(result("wrong", message=message))
        except (RuntimeError, ValueError, IndexError, KeyError, OverflowError) as error:
            wrong.append(result("wrong", message=f"cannot be evaluated: {error}"))
    status = "checked" if "checked" in statuses else next(iter(statuses), "checked")
    return wrong or [result(status, worst)]


def _refute(formula: Formula) -> Result:
    """Check a formula that a page shows because it is wrong; it must be read, and must not hold."""
    reason = formula.reason.removeprefix(REFUTED)
    found = _check_all(dataclasses.replace(formula, reason="", inline=False))
    refuted = [one for one in found if one.status == "wrong" and REFUTES.match(one.message)]
    status, message = (
        ("unchecked", reason) if refuted else ("wrong", "the page says that it is wrong")
    )
    if not refuted and found[0].message:
        message += f", but it is not refuted: {found[0].message}"
    return Result(formula.line, formula.latex, status, 0.0, message, formula.inline)


REFUTES = re.compile("does not hold|the sides have different|shapes do not fit|does not follow")
_KNOWN: dict[tuple[str, bool, str], tuple[str, float]] = {}


def _check_once(statement: str, inline: bool, scope: Scope) -> tuple[str, float]:
    """Check a statement once for the same symbols: translated pages repeat it."""
    key = " ".join(statement.split()), inline, scope.fingerprint()
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
    if inline and not re.search(r"(?<![_{])=|\\(?:implies|iff|approx)", _outside_braces(statement)):
        Shapes(scope).shape(scope.parse(statement, "inline"), {})
        return "read", 0.0
    trials = trials_of(statement, scope)
    if trials.scope is scope and _is_definition(trials.tree, scope):  # not of what is assumed
        return "definition", 0.0
    return "checked", trials.run()


def _outside_braces(latex: str) -> str:
    """Return a formula without what stands in braces, such as the bounds of sums."""
    while (shorter := re.sub(r"\{[^{}]*\}", "", latex)) != latex:
        latex = shorter
    return latex


def _is_definition(tree: Node, scope: Scope) -> bool:
    """Tell whether a statement repeats what a declaration defines."""
    if len(tree.children) != 1 or len(tree.children[0].children) != 3:
        return False
    left, sign, right = tree.children[0].children
    if sign != "=":
        return False
    return any(
        scope.definitions.get(scope.symbol(symbol) or "") == meaning
        for symbol, meaning in ((left, right), (right, left))
    )


class _EqualError(EquationError):
    """The sides are equal but for rounding, where one must be larger."""


class _UndefinedError(EquationError):
    """A side is not finite."""


@dataclass(frozen=True)
class _Sides:
    """Two sides of an equation that were found equal: by how much not, and what they were."""

    error: float
    size: float
    low: float
    high: float
    margin: float  # how far a bound is from failing, of the larger side


@dataclass(frozen=True)
class _Place:
    """Where sides are evaluated: a point, other values of some symbols, the indices' values."""

    point: Point
    over: Overrides
    indices: dict[str, int]


class Trials:
    """The trials of one statement.

    Args:
        tree: The equations of the statement.
        scope: What its symbols mean.

    Raises:
        EquationError: If a symbol has no meaning or cannot be drawn, or shapes do not fit.
    """

    def __init__(self, tree: Node, scope: Scope) -> None:
        self.tree, self.equations, self.scope = tree, list(below(tree)), scope
        self.links = [str(link) for link in tree.children[1::2]]
        for equation in self.equations:
            relations.require_readable(equation, scope)
        self.bounds = [bool({*equation.children[1::2]} & BOUNDS) for equation in self.equations]
        self.shapes = Shapes(scope)
        self.ranges = [self.shapes.equation(equation) for equation in self.equations]
        self.shapes.finish(tree)
        for name in sorted(self.shapes.used):
            require_drawable(name, scope.traits.get(name, set()))
        self.found: list[list[_Sides]] = [[] for _ in self.equations]
        self.seen: dict[int, tuple[Node, set[bool]]] = {}

    def run(self, trials: range = range(TRIALS)) -> float:
        """Evaluate the statement at random points; return the largest relative error."""
        for trial in trials:
            sizes = draw_sizes(sorted(self.shapes.sizes), self.scope.least, trial)
            self.trial(trial, sizes)
            if any(self.bounds) and trial < LARGE:
                self.trial(trial, {name: number + MORE for name, number in sizes.items()})
        if not all(self.found):
            raise EquationError("nothing was tested: no places fulfil the condition")
        for equation, found in zip(self.equations, self.found, strict=True):
            if equation.children[1] == "=":
                self.require_variation(equation, found)
        for node, seen in self.seen.values():
            if len(seen) == 1:
                raise EquationError(_one_sided(node, True in seen))
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
            for number, (before, here) in enumerate(zip(self.found, found, strict=True)):
                before.extend(here)
                if self.bounds[number]:
                    self.search(number, point, trial)
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
        equation, ranges = self.equations[number], self.ranges[number]
        nodes, signs = list(below(equation)), [str(sign) for sign in equation.children[1::2]]
        for places in itertools.product(*(range(point.number(size)) for size in ranges.values())):
            at = dict(zip(ranges, places, strict=True))
            if any(at.get(one) == at.get(other, -1) for one, other in self.scope.apart):
                continue
            values = [point.value(node, over, at) for node in nodes]
            for first, sign in enumerate(signs):
                pair = slice(first, first + 2)
                yield self.pair(nodes[pair], sign, values[pair], _Place(point, over, at))

    def pair(self, nodes: list[Node], sign: str, values: list[torch.Tensor], at: _Place) -> _Sides:
        """Compare two sides.

        Raises:
            EquationError: If the relation does not hold, or the norm of a side is not finite.
        """
        left, right = values
        sizes = float(left.norm()), float(right.norm())
        if not all(map(math.isfinite, sizes)):
            raise _UndefinedError(_missed(nodes, values))
        size = max(sizes)
        excess = relations.excess(sign, left, right, self.scope)
        if excess > TOLERANCE * size:
            size = max(at.point.terms(node, at.over, at.indices) for node in nodes)
            if math.isinf(size) or not excess <= ROUNDING * size:  # terms may be infinite, or NaN
                weak = relations.excess(STRICT.get(sign, sign), left, right, self.scope)
                equal = weak <= max(TOLERANCE * max(sizes), ROUNDING * size)
                raise (_EqualError if equal else EquationError)(_missed(nodes, values))
        missed = float((left - right).norm()) if sign == r"\approx" else max(excess, 0.0)
        error, low, high = missed / (size or 1), float(left.min()), float(left.max())
        return _Sides(error, size, low, high, -excess / (size or 1))

    def search(self, number: int, point: Point, trial: int) -> None:
        """Look for a point at which an inequality fails: change what is closest to failing."""
        chooser = torch.Generator().manual_seed(trial)
        raw, least = point.raw, float("inf")
        for step in range(SEARCH if raw else 0):
            # A pattern, such as two equal columns, can be where the sides are equal; a point that
            # only comes near to such a place cannot tell < from =.
            pattern = step % 2 == 1
            changed = (
                relations.patterned(point.raw, chooser) if pattern else relations.near(raw, chooser)
            )
            moved = point.moved(changed)
            if not moved.allowed():
                continue
            try:
                sides = list(self.compare(number, moved, moved.plain))
            except (RedrawError, _UndefinedError):
                continue
            except _EqualError:
                if pattern:
                    raise
                continue
            margin = min((one.margin for one in sides), default=float("inf"))
            if margin < least:
                raw, least = changed, margin

    def require_variation(self, equation: Node, found: list[_Sides]) -> None:
        """Raise EquationError if both sides were the same number at all points.

        That is no test, unless the equation says so, with a side that no draw can change.
        """
        low, high = min(sides.low for sides in found), max(sides.high for sides in found)
        varied = high - low > TOLERANCE * max(sides.size for sides in found)
        if not varied and not any(map(self.shapes.fixed, below(equation))):
            raise EquationError(
                f"nothing was tested: each entry of the sides was {low:.3g} in every draw, in: "
                f"{latex_of(equation)}.\n"
                "What to do: declare symbols that vary, or write that number on one side."
            )

    def require_equivalence(self, point: Point) -> None:
        r"""Raise EquationError unless the sides of \iff hold and fail together.

        Each defined symbol in them gets a random value instead of its own, one after the other.
        """
        told = False
        names = set().union(*map(self.symbols, self.equations))
        for name in sorted(names & self.scope.definitions.keys()):
            over = Overrides({name: point.draw(self.shapes.named(name))})
            hold = [self.holds(number, point, over) for number in range(len(self.equations))]
            for (one, other), link in zip(itertools.pairwise(hold), self.links, strict=True):
                if one != other and (one or link == r"\iff"):
                    problem = "not equivalent" if link == r"\iff" else "does not follow"
                    raise EquationError(
                        rf"{problem}: with a different {name}, one side of {link} holds and "
                        "another does not"
                    )
            told = told or not hold[-1]
        if not told:
            raise EquationError(
                rf"nothing was tested: no change of a defined symbol makes the sides of "
                rf"{self.links[0]} fail.\nWhat to do: write them as equations of their own."
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


def trials_of(statement: str, scope: Scope) -> Trials:
    r"""Return the trials of a statement, which assume what stands on the left of \implies."""
    tree = scope.parse(statement)
    if len(tree.children) > 1 and tree.children[1] == r"\implies":
        tree, scope = relations.assume(tree, scope)
    return Trials(tree, scope)


def _one_sided(node: Node, first: bool) -> str:
    """Say that a maximum or a condition always came out in the same way."""
    which = f"in every draw the {'first' if first else 'second'} of the two was the larger one"
    if node.data == "condition":
        which = f"in every draw this {'held' if first else 'failed'}"
    return (
        f"nothing was tested: {which}, in: {latex_of(node)}.\n"
        "What to do: compare what may be larger and smaller, or leave it out."
    )


def draw_sizes(names: list[str], least: set[tuple[str, str]], trial: int) -> dict[str, int]:
    """Return a different number for each size.

    Six trials bring each order of up to three sizes; of more, any two come in both orders. `least`
    may forbid some. In two of six trials one size is 1, in one if there is one size.
    """
    if len(names) == 1:  # six different ones: a sum up to n is no polynomial through three points
        return _ordered(dict.fromkeys(names, (2, 1, 3, 5, 4, 6)[trial % 6]), least)
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
    return _ordered(dict(zip(names, numbers, strict=True)), least)


def _ordered(sizes: dict[str, int], least: set[tuple[str, str]]) -> dict[str, int]:
    """Return sizes that are as large as they have to be at least."""
    for large, small in sorted(least) * len(least):  # as often as a chain of them is long
        bound = int(small) if small.isdecimal() else sizes.get(small, 0)
        if large in sizes and sizes[large] < bound:
            sizes |= {small: sizes[large]} if small in sizes else {}
            sizes[large] = bound
    return sizes


def _missed(nodes: list[Node], values: list[torch.Tensor]) -> str:
    """Say that a relation does not hold, and what its sides are."""
    sides = zip(nodes, values, strict=True)
    return f"does not hold: {', '.join(f'{latex_of(n)} is {_shown(v)}' for n, v in sides)}"


def _shown(value: torch.Tensor) -> str:
    """Format a value briefly."""
    rounded = [float(f"{entry:.6g}") for entry in value.flatten().tolist()]
    text = ", ".join(str(entry) for entry in rounded[:4])
    return text if value.numel() == 1 else f"[{text}{', …' if len(rounded) > 4 else ''}]"
