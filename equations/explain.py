"""Tell the shape of each factor of a formula, as the checker infers it, and where it stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from equations import Factor
from equations.reading import Formula
from equations.shapes import Shapes
from equations.statements import BLOCK, CELL_END, ROW_END, statements
from equations.syntax import EquationError, Node, below, has_stroke, latex_of

# What joins factors; everything else is a factor.
JOINS = {
    *("start", "equation", "add", "subtract", "negative", "multiply", "hadamard", "kronecker"),
    *("divide", "comparison"),
}
# What stands on the line in a factor that makes a number of matrices: all of it, or its first part
# (the second is an exponent), or its last (before it are letters).
INSIDE = {
    **dict.fromkeys(("function", "norm", "bars", "differential"), slice(None)),
    **{"power": slice(1), "big": slice(-1, None)},
}
# The size of a parenthesis, in front of it.
SIZED = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*$")


@dataclass(frozen=True)
class Part:
    """A factor as a tree, with its shape, and whether this is shown below it."""

    node: Node
    shape: str
    shown: bool


def factors(formula: Formula) -> tuple[Factor, ...]:
    r"""Return the factors of a formula in order, as far as its shapes fit.

    Behind a fraction, and behind a number that is made of matrices, as is `\operatorname{tr}(A B)`,
    follow the factors in it.
    """
    found: list[Factor] = []
    try:
        for part in parts(formula):
            start, end = part.node.meta.start_pos, part.node.meta.end_pos
            if sized := SIZED.search(formula.latex[:start]):
                start = sized.start()
            shown = part.shown and _in_one_cell(formula.latex[start:end])
            found.append(Factor(latex_of(part.node), part.shape, start, end, shown))
    except (EquationError, RuntimeError, ValueError, IndexError, KeyError, OverflowError):
        pass  # the verdict on the formula says what is wrong, unless it is excused
    return tuple(found)


def parts(formula: Formula) -> Iterator[Part]:
    """Yield the factors of a formula.

    Raises:
        EquationError: Behind the last statement whose shapes fit.
    """
    for statement, scope in statements(formula):
        whole = scope.parse(statement, "start" if "=" in statement else "inline")
        shapes = Shapes(scope)
        for equation in below(whole) if whole.data == "start" else [whole]:
            if equation.data == "equation":
                shapes.equation(equation)
            else:
                shapes.shape(equation, {})
        yield from _below(whole, shapes)


def _in_one_cell(latex: str) -> bool:
    """Tell whether a part of a display has no end of a row or of a column in it."""
    text = BLOCK.sub("", latex)
    return not ROW_END.search(text) and not CELL_END.search(text)


def _below(node: Node, shapes: Shapes, shown: bool = True) -> Iterator[Part]:
    """Yield the factors of a node.

    Of a fraction, its own shape is shown: there is no room above its line. Of a number that is made
    of matrices, theirs are.
    """
    is_fraction = _is_fraction(node)
    inside = list(below(node)) if is_fraction else _on_line(node, shapes)
    opens = any(_has_matrices(part, shapes) for part in inside)
    if (is_fraction or node.data not in JOINS) and id(node) in shapes.found:
        shape = shapes.name(shapes.found[id(node)])
        yield Part(node, shape, shown and (is_fraction or not opens))
    for part in inside if opens or node.data in JOINS else []:
        yield from _below(part, shapes, shown and not is_fraction)


def _is_fraction(node: Node) -> bool:
    """Tell whether a node is a division that is written with a line."""
    return node.data == "divide" and not has_stroke(node)


def _on_line(node: Node, shapes: Shapes) -> list[Node]:
    """Return the parts of a node that stand on the line, if they may be factors."""
    if _is_fraction(node) or (node.data not in JOINS and not shapes.scalar(node)):
        return []
    return list(below(node))[slice(None) if node.data in JOINS else INSIDE.get(node.data, slice(0))]


def _has_matrices(node: Node, shapes: Shapes) -> bool:
    """Tell whether a factor of a node on the line is no number."""
    inside = _on_line(node, shapes)
    return (
        any(_has_matrices(part, shapes) for part in inside) if inside else not shapes.scalar(node)
    )
