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

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from equations.spelling import SPACE, SPACING, canonical, one_spelling

Node = Any  # a lark Tree; lark's types cannot say which children are trees
CLEAR = re.compile(SPACE.pattern + r"|\\cdot|\}")  # sets off a factor from the one before
DIGITS = re.compile(r"\^\s*(\d[\d.]*\d)")
SCRIPTS = ("power", "elementwise_power", "inverse_transpose")
OPERATORS = ("derivative_by", "second_by", "mixed_by", "hessian_by")
SIGNS = ("multiply", "hadamard", "kronecker", "divide")


class EquationError(Exception):
    """A formula that cannot be read, is ill-typed, or does not hold."""


@functools.cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    starts = ["start", "sum", "inline"]
    return Lark(grammar, parser="lalr", start=starts, propagate_positions=True)


@functools.lru_cache(5000)  # a page repeats its formulas, and the other language has the same
def parse(
    latex: str,
    start: str = "start",
    applied: frozenset[str] = frozenset(),
    d_is_symbol: bool = False,
) -> Node:
    """Parse a formula.

    Args:
        latex: Its source.
        start: What it is: "start", equations; "sum", an expression; "inline", what may stand inside
            a sentence.
        applied: Names of functions; parentheses behind one hold what it is applied to.
        d_is_symbol: Whether a `d` in italics is a symbol rather than a differential.

    Raises:
        EquationError: If the LaTeX is not in the grammar, or can be read in two ways.
    """
    if digits := DIGITS.search(latex):
        raise EquationError(
            f"`{digits[0]}` raises the first digit alone.\n"
            f"What to do: write `^{{{digits[1]}}}`, or a space between the digits."
        )
    text = one_spelling(latex, applied, d_is_symbol)
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedInput as error:
        position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        before, after = (" ".join(t.split()) for t in (latex[:position], latex[position:]))
        raise EquationError(
            f"cannot be read at ▸: {before} ▸ {after}\n"
            "What to do: use the constructs of the reference page, or mark it as not checked."
        ) from None
    for node in tree.iter_subtrees():
        node.meta.source = latex  # type: ignore[attr-defined]
    nodes = list(tree.iter_subtrees())
    for node in reversed(nodes):  # from the whole to its parts
        _require_clear(node, latex)
    for node in nodes:
        _settle(node)
    return tree


def made(data: str, children: list[Any], like: Node) -> Node:
    """Make a node that stands where another one does."""
    return Tree(data, children, like.meta)


def _settle(node: Node) -> None:
    """Bring the ways to write a name, a derivative or the power of a function to one."""
    node.children = [
        Token(child.type, _one_way(child)) if isinstance(child, Token) else child
        for child in node.children
    ]
    parts = node.children
    if node.data in OPERATORS:  # here the variables come first
        parts = [parts[-1], *parts[:-1]]
        node.data = node.data.removesuffix("_by")
    if node.data == "second":
        of, by = parts
        if by.data != "power" or by.children[1].children != ["2"]:
            problem = r"a second derivative needs \partial x^2 below"
            raise EquationError(f"{problem}, in: {latex_of(node)}")
        node.data, parts = "hessian", [of, by.children[0]]
    elif node.data == "mixed":
        of, first, last = parts
        if last == made("transpose", [first], last):
            node.data, parts = "hessian", [of, first]
        else:
            node.data, parts = "derivative", [made("derivative", [of, last], node), first]
    elif node.data == "function_power":
        two = made("number", [Token("NUMBER", "2")], node)
        node.data, parts = "power", [made("function", parts, node), two]
    node.children = parts


SAME = {
    **dict.fromkeys((r"\leq", r"\leqslant"), r"\le"),
    **dict.fromkeys((r"\geq", r"\geqslant"), r"\ge"),
    **dict.fromkeys((":=", r"\coloneqq", r"\triangleq", r"\equiv"), "="),
    **dict.fromkeys((r"\Leftrightarrow", r"\Longleftrightarrow"), r"\iff"),
    **dict.fromkeys((r"\Rightarrow", r"\Longrightarrow"), r"\implies"),
    **{r"\neq": r"\ne", r"\lt": "<", r"\gt": ">"},
}


def _one_way(token: Token) -> str:
    """Return the one way to write a name or a relation."""
    return canonical(token) if token.type == "NAME" else SAME.get(token, str(token))


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
        if not applied:
            continue
        for left, right in itertools.pairwise(factors[at:]):
            if CLEAR.search(latex[_end(left) : _start(right)]):
                break
            rest = _end(right)
        if rest > end:
            inside, outside = latex_of(factor.children[-1]), latex[end:rest].strip()
            both = f"{applied}({inside} {outside})", f"{applied}({inside}) {outside}"
            raise _unclear(latex[factor.meta.start_pos : rest], *both)
    _require_clear_end(node, latex)
    _require_clear_operator(node, latex)
    change = next(below(node), node)
    if node.data in SCRIPTS and change.data == "differential" and not in_parentheses(change):
        inside, script = latex_of(change.children[0]), latex[_end(change) : node.meta.end_pos]
        both = rf"\mathrm{{d}}({inside}{script})", rf"(\mathrm{{d}} {inside}){script}"
        raise _unclear(latex_of(node), *both)


def _require_clear_end(node: Node, latex: str) -> None:
    """Raise EquationError if it is open how far a division or a derivative reaches."""
    if node.data in OPERATORS:
        first, *more = _factors(node.children[-1])
        if more and in_parentheses(first):
            start, inner = node.meta.start_pos, int(getattr(first.meta, "container_start_pos", 0))
            operator, end = latex[start:inner].strip(), _end(first)
            both = (
                f"{operator} [{latex[inner : _end(more[-1])]}]",
                f"({operator} {latex[inner:end]}) {latex[end : _end(more[-1])].strip()}",
            )
            raise _unclear(latex_of(node), *both)
    elif has_stroke(node):
        over, under = node.children
        if under.data == "multiply" and not in_parentheses(under):
            first, *more = _factors(under)
            one, rest = latex_of(first), latex[_end(first) : _end(more[-1])].strip()
            left = latex_of(over)
            raise _unclear(latex_of(node), f"{left} / ({one} {rest})", f"({left} / {one}) {rest}")


def _require_clear_operator(node: Node, latex: str) -> None:
    """Raise EquationError if it is open whether a derivative takes what stands behind a sign."""
    if not _has_sign(node):
        return
    last = node.children[0]
    while _has_sign(last) and not in_parentheses(last):
        last = last.children[-1]
    if last.data in OPERATORS and not in_parentheses(last):
        start, inner, end = last.meta.start_pos, _start(last.children[-1]), _end(last)
        behind = latex[end : _end(node)].strip()
        both = (
            f"{latex[start:inner].strip()} [{latex[inner:end]} {behind}]",
            f"({latex[start:end]}) {behind}",
        )
        raise _unclear(latex[start : _end(node)], *both)


def _has_sign(node: Node) -> bool:
    """Tell whether a node is a product, or a division that is no fraction."""
    return node.data in SIGNS and (node.data != "divide" or has_stroke(node))


def _unclear(formula: str, one: str, other: str) -> EquationError:
    """Make an error that shows both spellings."""
    formula, one, other = (" ".join(text.split()) for text in (formula, one, other))
    return EquationError(
        f"`{formula}` can be read in two ways.\nWhat to do: write `{one}` or `{other}`."
    )


def in_parentheses(node: Node) -> bool:
    """Tell whether a node has parentheses of its own."""
    return _end(node) != int(node.meta.end_pos)


def _factors(node: Node) -> list[Node]:
    """Return the factors and divisors of a product that are not in parentheses of their own."""
    factors: list[Node] = []
    while (node.data == "multiply" or has_stroke(node)) and (
        not factors or _end(node) == node.meta.end_pos
    ):
        node, last = node.children
        factors.insert(0, last)
    return [node, *factors]


def has_stroke(node: Node) -> bool:
    """Tell whether a node is a division that is written with a stroke."""
    if node.data != "divide":
        return False
    return "frac" not in node.meta.source[node.meta.start_pos : _start(node.children[0])]


def _bare(node: Node) -> str:
    """Return the `d` or the function that a node applies without parentheses; "" if none."""
    if node.data not in ("differential", "function") or in_parentheses(node):
        return ""
    argument = node.children[-1]
    between = node.meta.source[node.meta.start_pos : argument.meta.start_pos]
    text = node.meta.source[node.meta.start_pos : _start(argument)].strip()
    return "" if "(" in between else SPACING.sub("", text).strip()
