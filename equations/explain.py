"""Tell the shape of each factor of a formula, as the checker infers it."""

from dataclasses import dataclass

from equations.check import statements
from equations.reading import Formula
from equations.shapes import Shapes
from equations.syntax import EquationError, Node, below, latex_of

# What joins factors; everything else is a factor.
JOINS = {
    *("start", "equation", "add", "subtract", "negative", "multiply", "hadamard", "kronecker"),
    *("divide", "comparison"),
}


@dataclass(frozen=True)
class Factor:
    """A factor of a formula, with its shape, such as `m × n` or `scalar`."""

    latex: str
    shape: str


def factors(formula: Formula) -> list[Factor]:
    """Return the factors of a formula in order, as far as its shapes fit."""
    found: list[Factor] = []
    try:
        for statement, scope in statements(formula):
            whole = scope.parse(statement, "start" if "=" in statement else "inline")
            shapes = Shapes(scope)
            for equation in below(whole) if whole.data == "start" else [whole]:
                if equation.data == "equation":
                    shapes.equation(equation)
                else:
                    shapes.shape(equation, {})
            found += _of(whole, shapes)
    except EquationError:
        return found
    return found


def _of(node: Node, shapes: Shapes) -> list[Factor]:
    """Return the factors below a node."""
    if node.data in JOINS:
        return [factor for part in below(node) for factor in _of(part, shapes)]
    if id(node) not in shapes.found:
        return []
    return [Factor(latex_of(node), shapes.name(shapes.found[id(node)]))]
