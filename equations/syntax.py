r"""Read LaTeX into trees, and refuse what can be read in two ways.

A `d` or a function without parentheses takes the one factor that follows, with its subscript and
superscript: `\mathrm{d} S^{-1}` is the change of the inverse. A further factor has to be set off by
a space (`\mathrm{d} A \, B`), or to stand in the parentheses (`\mathrm{d}(A B)`).
"""

import functools
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lark import Lark, Tree
from lark.exceptions import UnexpectedInput

Node = Any  # a lark Tree; lark's types cannot say which children are trees
SPACE = re.compile(r"\\[,;:]|~")
SPACING = re.compile(
    SPACE.pattern + r"|\\!|\\left(?![a-z])|\\right(?![a-z])|\\[bB]igg?[lr]?(?![a-z])"
)
CLEAR = re.compile(SPACE.pattern + r"|\\cdot|\}")  # sets off a factor from the one before
SCRIPTS = ("power", "negative_power", "elementwise_power", "inverse_transpose")


class EquationError(Exception):
    """A formula that cannot be read, is ill-typed, or does not hold."""


@functools.cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    starts = ["start", "sum", "inline"]
    return Lark(grammar, parser="lalr", start=starts, propagate_positions=True)


@functools.lru_cache(5000)  # a page repeats its formulas, and the other language has the same
def parse(latex: str, start: str = "start") -> Node:
    """Parse a formula.

    Args:
        latex: Its source.
        start: What it is: "start", equations; "sum", an expression; "inline", what may stand inside
            a sentence.

    Raises:
        EquationError: If the LaTeX is not in the grammar, or can be read in two ways.
    """
    text = SPACING.sub(lambda found: " " * len(found.group()), latex)
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedInput as error:
        position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        before, after = latex[:position].rstrip(), latex[position:].strip()
        raise EquationError(
            f"cannot be read at ▸: {before} ▸ {after}\n"
            "What to do: use the constructs of the reference page, or mark it as not checked."
        ) from None
    for node in tree.iter_subtrees():
        node.meta.source = latex  # type: ignore[attr-defined]
    for node in reversed(list(tree.iter_subtrees())):  # from the whole to its parts
        _require_clear(node, latex)
    return tree


def latex_of(node: Node) -> str:
    """Return the LaTeX that a node was parsed from."""
    return " ".join(node.meta.source[node.meta.start_pos : node.meta.end_pos].split())


def below(node: Node) -> Iterator[Node]:
    """Yield the trees right below a node."""
    return (child for child in node.children if isinstance(child, Tree))


def _start(node: Node) -> int:
    """Return where a node begins, its parentheses included."""
    return int(getattr(node.meta, "container_start_pos", node.meta.start_pos))


def _end(node: Node) -> int:
    """Return where a node ends, its parentheses included."""
    return int(getattr(node.meta, "container_end_pos", node.meta.end_pos))


def _require_clear(node: Node, latex: str) -> None:
    """Raise EquationError if a `d` or a function may or may not take what follows it."""
    factors = _factors(node)
    for at, factor in enumerate(factors[:-1]):
        applied, end, rest = _bare(factor), _end(factor), _end(factor)
        for left, right in itertools.pairwise(factors[at:]):
            if CLEAR.search(latex[_end(left) : _start(right)]):
                break
            rest = _end(right)
        if applied and rest > end:
            inside, outside = latex_of(factor.children[-1]), latex[end:rest].strip()
            both = f"{applied}({inside} {outside})", f"{applied}({inside}) {outside}"
            raise _unclear(latex[factor.meta.start_pos : rest], *both)
    change = next(below(node), node)
    if node.data in SCRIPTS and change.data == "differential" and not _in_parentheses(change):
        inside, script = latex_of(change.children[0]), latex[_end(change) : node.meta.end_pos]
        both = rf"\mathrm{{d}}({inside}{script})", rf"(\mathrm{{d}} {inside}){script}"
        raise _unclear(latex_of(node), *both)


def _unclear(formula: str, one: str, other: str) -> EquationError:
    """Make an error that shows both spellings."""
    return EquationError(
        f"`{formula}` can be read in two ways.\nWhat to do: write `{one}` or `{other}`."
    )


def _in_parentheses(node: Node) -> bool:
    """Tell whether a node has parentheses of its own."""
    return _end(node) != int(node.meta.end_pos)


def _factors(node: Node) -> list[Node]:
    """Return the factors and divisors of a product that are not in parentheses of their own."""
    factors: list[Node] = []
    while node.data in ("multiply", "divide") and (not factors or _end(node) == node.meta.end_pos):
        node, last = node.children
        factors.insert(0, last)
    return [node, *factors]


def _bare(node: Node) -> str:
    """Return the `d` or the function that a node applies without parentheses; "" if none."""
    if node.data not in ("differential", "function") or _in_parentheses(node):
        return ""
    argument = node.children[-1]
    between = node.meta.source[node.meta.start_pos : argument.meta.start_pos]
    text = node.meta.source[node.meta.start_pos : _start(argument)].strip()
    return "" if "(" in between else SPACING.sub("", text).strip()
