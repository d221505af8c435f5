"""Find the shape of each part of a formula, in names of sizes, before any number is drawn.

`m × n` times `n × p` is `m × p`, whichever numbers these are. The identity matrix `I` and a column
of ones have sizes that their place decides: these are unknowns, and are solved for.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd

from equations.scope import CONSTANTS, DELTA, Scope
from equations.syntax import EquationError, Node, below, latex_of

UNKNOWN = "?"  # begins the name of a size that is still to be found


@dataclass(frozen=True)
class Size:
    """A number of rows or columns: a product of a number and of names."""

    number: int = 1
    names: tuple[str, ...] = ()

    def times(self, other: "Size") -> "Size":
        """Return the product of two sizes."""
        return Size(self.number * other.number, tuple(sorted(self.names + other.names)))

    def without(self, other: "Size") -> "Size":
        """Return what is left if the factors that both have are cancelled."""
        names = Counter(self.names) - Counter(other.names)
        return Size(self.number // gcd(self.number, other.number), tuple(names.elements()))

    @property
    def unknown(self) -> bool:
        """Whether a factor is still to be found."""
        return any(name.startswith(UNKNOWN) for name in self.names)

    def __str__(self) -> str:
        """Format it, such as `2 m`."""
        names = [UNKNOWN if name.startswith(UNKNOWN) else name for name in self.names]
        return " ".join(names if names and self.number == 1 else [str(self.number), *names])


Shape = tuple[Size, Size]
Free = dict[str, tuple[Size, str]]  # each free index, with its range and where it was found
ONE = Size()
SCALAR = (ONE, ONE)


def shape_of(written: tuple[str, ...]) -> Shape:
    """Return the shape that a declaration gives, in names and numbers; () is a scalar."""
    sizes = [Size(int(size)) if size.isdecimal() else Size(1, (size,)) for size in written]
    return (sizes[0], sizes[1]) if sizes else SCALAR


class Shapes:
    """The shapes of the parts of one formula.

    Attributes:
        used: Names of the independent symbols that it needs.
        sizes: Names of the sizes that it needs.
        constants: The shape of each `I` and each column of ones, by the id of its node.
        ranges: How many terms each sum has, by the id of its node.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.used: set[str] = set()
        self.sizes: set[str] = set()
        self.constants: dict[int, Shape] = {}
        self.ranges: dict[int, Size] = {}
        self.solved: dict[str, Size] = {}
        self.defined: dict[str, Shape | None] = {}  # None while it is being found

    def equation(self, node: Node) -> dict[str, Size]:
        """Require that all sides have one shape; return the ranges of the free indices."""
        free: Free = {}
        shapes = [(latex_of(side), self.shape(side, free)) for side in node.children]
        sides = [shapes[at] for at, side in enumerate(node.children) if not _is_zero(side)]
        for (first, one), (second, other) in itertools.pairwise(sides):
            if not self.same(one, other):
                raise EquationError(
                    f"the sides have different shapes: {first} is {self.name(one)}, "
                    f"{second} is {self.name(other)}"
                )
        return {letter: size for letter, (size, _) in free.items()}

    def finish(self, node: Node) -> None:
        """Require that no size is left unknown."""
        sizes = [self.solve(size) for shape in self.constants.values() for size in shape]
        if any(size.unknown for size in sizes):
            raise _fail(node, r"how large is I or \mathbf{1}? Write its size, such as I_n")

    def shape(self, node: Node, free: Free) -> Shape:
        """Return the shape of an expression; add the indices that no sum binds to `free`."""
        method: Callable[..., Shape] = getattr(self, "_" + node.data)
        if node.data in SPECIAL:
            return method(node, free)
        return method(node, *[self.shape(part, free) for part in below(node)])

    def named(self, name: str) -> Shape:
        """Look up a symbol: independent, defined, or a size."""
        scope = self.scope
        if name in scope.shapes:
            self.used.add(name)
            self.sizes.update(size for size in scope.shapes[name] if not size.isdecimal())
            return shape_of(scope.shapes[name])
        if name in scope.definitions:
            if name not in self.defined:
                self.defined[name] = None
                free: Free = {}
                self.defined[name] = self.shape(scope.definitions[name], free)
                if free:
                    raise _fail(scope.definitions[name], f"the index {min(free)} is not bound")
            if not (shape := self.defined[name]):
                raise EquationError(f"the definition of {name} needs itself")
            return shape
        if scope.is_size(name):
            self.sizes.add(name)
            return SCALAR
        known = ", ".join(sorted({*scope.shapes, *scope.definitions}))
        raise EquationError(
            f"`{name}` has no meaning here (known: {known}).\n"
            f"What to do: declare it, as in <!-- equations: {name}: m × n -->."
        )

    def name(self, shape: Shape) -> str:
        """Format a shape."""
        rows, columns = map(self.solve, shape)
        return "scalar" if (rows, columns) == SCALAR else f"{rows} × {columns}"

    # Unknown sizes

    def solve(self, size: Size) -> Size:
        """Put in what is known of the unknowns."""
        known = Size(size.number)
        for name in size.names:
            value = self.solved.get(name)
            known = known.times(self.solve(value) if value else Size(1, (name,)))
        return known

    def equal(self, one: Size, other: Size) -> bool:
        """Tell whether two sizes can be equal; if that needs an unknown, give it its value."""
        one, other = self.solve(one), self.solve(other)
        left, right = one.without(other), other.without(one)
        for side, value in ((left, right), (right, left)):
            if side.unknown and side.number == len(side.names) == 1 and not value.unknown:
                self.solved[side.names[0]] = value
                return True
        if left.unknown and right.unknown and len(left.names) == len(right.names) == 1:
            self.solved[left.names[0]] = right
            return True
        return left == right

    def same(self, one: Shape, other: Shape) -> bool:
        """Tell whether two shapes can be equal."""
        return self.equal(one[0], other[0]) and self.equal(one[1], other[1])

    def is_scalar(self, shape: Shape) -> bool:
        """Tell whether a shape is known to be one row and one column."""
        return self.solve(shape[0]) == self.solve(shape[1]) == ONE

    def differ(self, node: Node, *shapes: Shape) -> EquationError:
        """Make an error that names both operands and their shapes."""
        both = [
            f"{latex_of(part)} is {self.name(shape)}"
            for part, shape in zip(below(node), shapes, strict=True)
        ]
        return EquationError(
            f"shapes do not fit: {', '.join(both)}, in: {latex_of(node)}.\n"
            "What to do: transpose one of them, or change their order; or is a declaration wrong?"
        )

    # Symbols and indices

    def _number(self, node: Node) -> Shape:
        return SCALAR

    _infinity = _sign = _number

    def _symbol(self, node: Node, free: Free) -> Shape:
        name = str(node.children[0])
        if name in self.scope.indices:
            return SCALAR
        if name in CONSTANTS and not self.scope.knows(name):
            unknown = Size(1, (f"{UNKNOWN}{len(self.constants)}",))
            return self._constant(node, name, unknown)
        return self.named(name)

    def _constant(self, node: Node, name: str, size: Size) -> Shape:
        """Keep and return the shape of an identity matrix or of a column of ones."""
        self.sizes.update(() if size.unknown else size.names)
        return self.constants.setdefault(id(node), (size, size if name == "I" else ONE))

    def _subscript(self, node: Node, free: Free) -> Shape:
        base, letters = node.children[0], [str(index) for index in node.children[1:]]
        if name := self.scope.symbol(node):
            constant, _, rows = name.partition("_")
            known = self.scope.knows(name)
            return self.named(name) if known else self._constant(node, constant, Size(1, (rows,)))
        if is_delta(base, self.scope) and len(letters) == 2:
            return SCALAR
        shape = self.shape(base, {})
        ranges = [self.solve(size) for size in shape]
        if len(letters) == 1 and ONE in ranges:
            ranges.remove(ONE)
        if len(letters) != len(ranges) or self.is_scalar(shape):
            raise _fail(node, f"{len(letters)} indices for a shape of {self.name(shape)}")
        if "0" in letters:
            raise _fail(node, "places are counted from 1")
        where = f"{latex_of(node)}, where {latex_of(base)} is {self.name(shape)}"
        for letter, size in zip(letters, ranges, strict=True):
            if not letter.isdecimal():
                self._range(letter, size, where, free)
        return SCALAR

    def _range(self, letter: str, size: Size, where: str, free: Free) -> None:
        """Note how far an index runs; it must be equally far wherever it stands."""
        if self.scope.knows(letter):
            raise EquationError(f"{letter} is no index in {where}: it already has a meaning here")
        first, place = free.setdefault(letter, (size, where))
        if not self.equal(first, size):
            raise EquationError(
                f"the index {letter} runs over {self.solve(first)} places in {place}, and over "
                f"{self.solve(size)} in {where}.\n"
                "What to do: swap the indices of one of them, or transpose it"
            )

    def _big_sum(self, node: Node, free: Free) -> Shape:
        letter, inner = str(node.children[0]), dict[str, tuple[Size, str]]()
        shape = self.shape(node.children[1], inner)
        if letter not in inner:
            raise _fail(node, f"the index {letter} does not occur below its sum")
        self.ranges[id(node)] = inner.pop(letter)[0]
        for other, (size, where) in inner.items():
            self._range(other, size, where, free)
        return shape

    # Arithmetic

    def _negative(self, node: Node, shape: Shape) -> Shape:
        return shape

    _sqrt = _elementwise_power = _differential = _negative

    def _add(self, node: Node, left: Shape, right: Shape) -> Shape:
        if _is_zero(node.children[0]):
            return right
        if not _is_zero(node.children[1]) and not self.same(left, right):
            raise self.differ(node, left, right)
        return left

    _subtract = _hadamard = _add

    def _maximum(self, node: Node, left: Shape, right: Shape) -> Shape:
        if self.is_scalar(left):
            return right
        if not self.is_scalar(right) and not self.same(left, right):
            raise self.differ(node, left, right)
        return left

    _indicator = _comparison = _maximum

    def _multiply(self, node: Node, left: Shape, right: Shape) -> Shape:
        if self.is_scalar(left):
            return right
        if self.is_scalar(right):
            return left
        if not self.equal(left[1], right[0]):
            raise self.differ(node, left, right)
        return left[0], right[1]

    def _kronecker(self, node: Node, left: Shape, right: Shape) -> Shape:
        return left[0].times(right[0]), left[1].times(right[1])

    def _divide(self, node: Node, left: Shape, right: Shape) -> Shape:
        if not self.is_scalar(right):
            raise _fail(node, "division by a matrix")
        return left

    def _transpose(self, node: Node, shape: Shape) -> Shape:
        (part,) = below(node)
        if self.is_scalar(shape) and part.data in ("number", "symbol", "subscript"):
            raise _fail(node, f"{latex_of(part)} is a number, which needs no transposition")
        return shape[1], shape[0]

    def _power(self, node: Node, shape: Shape) -> Shape:
        if not self.equal(*shape):
            raise _fail(node, f"needs a square matrix, not {self.name(shape)}")
        return shape

    _negative_power = _inverse_transpose = _power

    def _norm(self, node: Node, shape: Shape) -> Shape:
        return SCALAR

    def _function(self, node: Node, shape: Shape) -> Shape:
        name, (rows, columns) = function_name(node), shape
        is_column = self.solve(columns) == ONE
        if name in ("tr", "det") or (name == "diag" and not is_column):
            self._power(node, shape)
        if name == "softmax" and is_column:
            raise _fail(node, "softmax acts on each row; of a column it is 1: transpose it")
        return {
            "tr": SCALAR,
            "det": SCALAR,
            "diag": (rows, rows if is_column else ONE),
            "vec": (rows.times(columns), ONE),
            "vec_{row}": (rows.times(columns), ONE),
            "rowsum": (rows, ONE),
            "colsum": (ONE, columns),
        }.get(name, shape)

    # Derivatives

    def _derivative(self, node: Node, free: Free) -> Shape:
        of, by = node.children
        if by.data == "function" and of.data == "function":
            return self._jacobian(of, by)
        above = self.shape(of, free)
        if not self.is_scalar(above):
            raise _fail(node, f"a gradient needs a number above, not {self.name(above)}")
        is_entry = by.data == "subscript" and self.scope.symbol(by) is None
        if not self._varies(by.children[0] if is_entry else by):
            raise _fail(node, "a derivative needs a symbol below")
        return self.shape(by, free)

    def _varies(self, node: Node) -> bool:
        """Tell whether a node is a symbol that is not a size."""
        return self.scope.symbol(node) in self.scope.shapes.keys() | self.scope.definitions.keys()

    def _jacobian(self, of: Node, by: Node) -> Shape:
        flatten = function_name(by)
        if not ("vec" in flatten and function_name(of) == flatten and self._varies(by.children[1])):
            raise _fail(of, "a Jacobian needs the same vec above and below, and a symbol below")
        return self.shape(of, {})[0], self.shape(by, {})[0]

    # What stands inside sentences

    def _shape(self, node: Node, free: Free) -> Shape:
        for part in node.children:
            if part.data != "number" and not self.scope.is_size(self.scope.symbol(part) or ""):
                raise _fail(node, f"`{latex_of(part)}` is not a size that is declared here")
        return SCALAR

    def _place(self, node: Node, free: Free) -> Shape:
        for part in node.children:
            if part.data != "number" and self.scope.symbol(part) not in self.scope.indices:
                raise _fail(node, f"`{latex_of(part)}` is not declared as an index")
        return SCALAR

    def _interval(self, node: Node, left: Shape, right: Shape) -> Shape:
        if not (self.is_scalar(left) and self.is_scalar(right)):
            raise _fail(node, "an interval lies between two numbers")
        return SCALAR


# These have indices, or parts that are no expressions; of others the shapes of the parts suffice.
SPECIAL = {"symbol", "subscript", "big_sum", "derivative", "shape", "place"}


def _fail(node: Node, problem: str) -> EquationError:
    """Make an error that quotes the faulty part of the formula."""
    return EquationError(f"{problem}, in: {latex_of(node)}")


def function_name(node: Node) -> str:
    r"""Return the name of a function without \operatorname, such as vec_{row}."""
    return re.sub(r"\\operatorname\{(\w+)\}|\\(\w+)", r"\1\2", str(node.children[0]))


def is_delta(node: Node, scope: Scope) -> bool:
    """Tell whether a node is Kronecker's delta."""
    return node.data == "symbol" and node.children[0] == DELTA and not scope.knows(DELTA)


def _is_zero(node: Node) -> bool:
    """Tell whether a node is a written 0, which has any shape."""
    return node.data == "number" and str(node.children[0]) == "0"
