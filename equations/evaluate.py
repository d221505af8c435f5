"""Evaluate formulas on random float64 matrices, and derivatives with torch.func.

Everything is a matrix: a vector has one column, a number one row and one column. Whether shapes fit
is not asked here; `equations.shapes` has found that they do.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from lark import Tree

from equations.scope import ONES
from equations.shapes import Shapes, Size, function_name, is_delta
from equations.syntax import EquationError, Node, below, latex_of

STEPS = 30_000  # per point; bounds sums inside sums, derivatives of derivatives
ENTRIES = 10_000  # per matrix; bounds products of Kronecker products
KINK = 1e-3  # never evaluate max or an indicator closer to its kink
CONDITION = 1e4  # never invert a matrix that would cost more than 4 of 16 digits

Value = torch.Tensor
Indices = dict[str, int]


class RedrawError(Exception):
    """At this random point the formula has no value, or none that is precise; draw a new one."""

    def __init__(self, node: Node, problem: str, missing: str = "") -> None:
        super().__init__(f"{problem}, in: {latex_of(node)}")
        self.missing = missing  # the declaration that would help, if that is clear


class Overrides(dict[str, Value]):
    """Values that replace the symbols' own, and a memo of what was evaluated with them."""

    def __init__(self, *values: dict[str, Value]) -> None:
        super().__init__(*values)
        self.memo: dict[Any, Value] = {}

    def and_also(self, more: dict[str, Value]) -> "Overrides":
        """Return overrides that replace more symbols, with an empty memo."""
        return Overrides({**self, **more})


class Point:
    """A random choice of sizes, matrices and directions, at which expressions are evaluated.

    Args:
        shapes: What the formula needs: the shapes of its parts, and the scope of its symbols.
        sizes: A number for each size's name.
        trial: Which trial of the formula this is. Each independent number is positive in half of
            the trials and negative in the others.
        attempt: How many points of this trial were of no use.

    Attributes:
        seen: For each `max` and indicator, by the id of its node: whether its first argument was
            the larger one in an entry, and whether the second was.
    """

    def __init__(self, shapes: Shapes, sizes: dict[str, int], trial: int, attempt: int = 0) -> None:
        self.shapes, self.scope, self.sizes = shapes, shapes.scope, sizes
        self.steps = 0
        self.plain = Overrides()  # nothing is replaced
        self.seen: dict[int, tuple[Node, set[bool]]] = {}
        self.names: dict[int, list[str]] = {}  # names below each node, by its id
        self.trees: dict[int, Node] = {}  # made here; kept alive so that no id is reused
        self.values: dict[str, Value] = {}
        self.directions: dict[str, Value] = {}
        self.generator = torch.Generator().manual_seed(1000 * trial + attempt)
        for name in sorted(shapes.used):
            traits = self.scope.traits.get(name, set())
            for store in (self.values, self.directions):
                drawn = self.draw(shapes.named(name))
                store[name] = drawn + drawn.T if "symmetric" in traits else drawn
            if not self.scope.shapes[name]:
                signs = random.Random(name).sample([1, -1] * 3, 6)
                self.values[name] = self.values[name].abs() * signs[trial % 6]
            if "positive" in traits:
                self.values[name] = self.values[name].abs() + 0.1
            if "constant" in traits:
                self.directions[name] = torch.zeros_like(self.values[name])

    def draw(self, shape: tuple[Size, Size]) -> Value:
        """Draw a matrix."""
        numbers = [self.number(size) for size in shape]
        return torch.randn(numbers, generator=self.generator, dtype=torch.float64)

    def number(self, size: Size) -> int:
        """Return the number that a size has here."""
        size = self.shapes.solve(size)
        product = size.number
        for name in size.names:
            product *= self.sizes[name]
        return product

    def value(self, node: Node, over: Overrides, at: Indices) -> Value:
        """Evaluate a node; `over` replaces symbols' values, `at` holds the indices' values."""
        key = (id(node), *[at.get(name) for name in self._names(node)])
        if key in over.memo:
            return over.memo[key]
        self.steps += 1
        if self.steps > STEPS:
            raise EquationError(f"this takes more than {STEPS:,} steps, in: {latex_of(node)}")
        value: Value
        if node.data in SPECIAL:
            value = getattr(self, "_" + node.data)(node, over, at)
        else:
            parts = [self.value(part, over, at) for part in below(node)]
            operation = OPERATIONS.get(node.data)
            value = operation(*parts) if operation else getattr(self, "_" + node.data)(node, *parts)
        if value.numel() > ENTRIES:
            raise EquationError(f"a matrix has more than {ENTRIES:,} entries, in: {latex_of(node)}")
        over.memo[key] = value
        return value

    def terms(self, node: Node, over: Overrides, at: Indices) -> float:
        """Return how large the terms are that make up a value, even where they cancel."""
        if node.data == "big_sum":
            (term,) = below(node)
            return sum(self.terms(term, over, place) for place in self._places(node, at))
        if node.data in ("add", "subtract", "multiply", "hadamard", "kronecker"):
            left, right = (self.terms(part, over, at) for part in below(node))
            return left + right if node.data in ("add", "subtract") else left * right
        if (name := self.scope.symbol(node)) in self.scope.definitions and name not in over:
            return self.terms(self.scope.definitions[str(name)], over, {})
        size = float(self.value(node, over, at).norm())
        linear = node.data == "function" and function_name(node) in LINEAR
        if linear or node.data in ("negative", "transpose", "differential", "derivative"):
            size = max(size, self.terms(next(below(node)), over, at))
        return size

    def _names(self, node: Node) -> list[str]:
        """Return the names below a node, including all indices that its value depends on."""
        if id(node) not in self.names:
            found = {str(x) for x in node.children if not isinstance(x, Tree)}
            self.names[id(node)] = sorted(found.union(*map(self._names, below(node))))
        return self.names[id(node)]

    # Symbols

    def _number(self, node: Node) -> Value:
        return _scalar(float(str(node.children[0])))

    def _symbol(self, node: Node, over: Overrides, at: Indices) -> Value:
        name = str(self.scope.symbol(node))
        if name in over:
            return over[name]
        if name in self.values:
            return self.values[name]
        if name in self.scope.definitions:
            return self.value(self.scope.definitions[name], over, {})
        if id(node) in self.shapes.constants:
            rows, columns = map(self.number, self.shapes.constants[id(node)])
            make = torch.ones if name.startswith(ONES) else torch.eye
            return make(rows, columns, dtype=torch.float64)
        if name in self.sizes:
            return _scalar(float(self.sizes[name]))
        raise EquationError(f"{name} stands for a place, and has no value of its own")

    def _subscript(self, node: Node, over: Overrides, at: Indices) -> Value:
        if self.scope.symbol(node):
            return self._symbol(node, over, at)
        base, letters = node.children[0], [str(index) for index in node.children[1:]]
        places = [self._place(letter, at) for letter in letters]
        if is_delta(base, self.scope):
            return _scalar(float(places[0] == places[1]))
        matrix = self.value(base, over, at)
        if len(places) == 1:
            places = [*places, 0] if matrix.shape[1] == 1 else [0, *places]
        for place, size in zip(places, matrix.shape, strict=True):
            if place >= size:
                name = next((name for name, number in self.sizes.items() if number == size), size)
                raise RedrawError(node, "there is no such place", f"`{name} ≥ {place + 1}`")
        return matrix[tuple(places)].reshape(1, 1)

    def _place(self, letter: str, at: Indices) -> int:
        """Return an index's place, counted from 0; written numbers count from 1."""
        if not letter.isdecimal() and letter not in at:
            raise EquationError(f"the index {letter} is not bound")
        return int(letter) - 1 if letter.isdecimal() else at[letter]

    def _larger(self, node: Node) -> str:
        """Suggest a declaration that makes sizes large enough: their order here, turned round."""
        shapes = [self.scope.shapes.get(name, ()) for name in self._names(node)]
        named = [{*shape} for shape in shapes if len(self.sizes.keys() & {*shape}) == 2]
        order = {tuple(sorted(shape, key=self.sizes.__getitem__)) for shape in named}
        return " or ".join(f"`{small} ≥ {large}`" for small, large in sorted(order))

    # Functions

    def _maximum(self, node: Node, left: Value, right: Value) -> Value:
        return torch.maximum(*self._either(node, left, right))

    def _indicator(self, node: Node, left: Value, right: Value) -> Value:
        left, right = self._either(node, left, right)
        return (left > right).to(torch.float64)

    def _either(self, node: Node, left: Value, right: Value) -> Sequence[Value]:
        """Note in which entries which of two operands is the larger one."""
        distance = (left - right).detach()
        if bool((distance.abs() < KINK).any()):
            raise RedrawError(node, "the two are all but equal")
        _, seen = self.seen.setdefault(id(node), (node, set()))
        seen.update(larger for larger in (True, False) if bool(((distance > 0) == larger).any()))
        return cast(Sequence[Value], torch.broadcast_tensors(left, right))

    def _power(self, node: Node, matrix: Value) -> Value:
        return cast(Value, torch.linalg.matrix_power(matrix, _exponent(node)))

    def _elementwise_power(self, node: Node, matrix: Value) -> Value:
        return torch.pow(matrix, _exponent(node))

    def _negative_power(self, node: Node, matrix: Value) -> Value:
        return self._power(node, self._inverse(node, matrix))

    def _inverse_transpose(self, node: Node, matrix: Value) -> Value:
        return self._inverse(node, matrix).T

    def _inverse(self, node: Node, matrix: Value) -> Value:
        """Invert what stands first below a node."""
        if not float(torch.linalg.cond(matrix.detach())) < CONDITION:
            problem = "this has no inverse, or none that is precise"
            raise RedrawError(node.children[0], problem, self._larger(node))
        return cast(Value, torch.linalg.inv(matrix))

    def _sqrt(self, node: Node, matrix: Value) -> Value:
        return torch.sqrt(_positive(node, matrix))

    def _norm(self, node: Node, matrix: Value) -> Value:
        if "F" in (kind := str(node.children[1])) or min(matrix.shape) == 1:
            squared = matrix.pow(2).sum().reshape(1, 1)
        else:
            squared = torch.linalg.matrix_norm(matrix, 2).pow(2).reshape(1, 1)
        return squared if "^" in kind else torch.sqrt(squared)

    def _function(self, node: Node, argument: Value) -> Value:
        name = function_name(node)
        value = FUNCTIONS[name](_positive(node, argument) if name == "log" else argument)
        return value if value.ndim == 2 else value.reshape(1, 1)

    def _big_sum(self, node: Node, over: Overrides, at: Indices) -> Value:
        terms = [self.value(node.children[1], over, place) for place in self._places(node, at)]
        return torch.stack(terms).sum(0)

    def _places(self, node: Node, at: Indices) -> list[Indices]:
        """Return the places of the terms of a sum."""
        size = self.number(self.shapes.ranges[id(node)])
        return [{**at, str(node.children[0]): place} for place in range(size)]

    # Derivatives

    def _differential(self, node: Node, over: Overrides, at: Indices) -> Value:
        """Forward mode: the change of an expression along a random direction of all variables."""
        (of,) = node.children
        if self._is_entry(of):
            return self.value(self._entry(node, [of.children[0]], of), over, at)
        if not self.values:
            return torch.zeros_like(self.value(of, over, at))

        def expression(replaced: dict[str, Value]) -> Value:
            return self.value(of, over.and_also(replaced), at)

        change = torch.func.jvp(expression, (self.values,), (self.directions,))[1]
        return cast(Value, change)

    def _derivative(self, node: Node, over: Overrides, at: Indices) -> Value:
        """Reverse mode: a gradient, an entry of one, or a Jacobian between two vec(...)."""
        of, by = node.children
        if self._is_entry(by):
            return self.value(self._entry(node, [of, by.children[0]], by), over, at)
        if by.data == "function":
            return self._jacobian(of, by, over)
        name = str(self.scope.symbol(by))

        def expression(variable: Value) -> Value:
            return self.value(of, over.and_also({name: variable}), at).reshape(())

        return cast(Value, torch.func.grad(expression)(self.value(by, over, {})))

    def _is_entry(self, node: Node) -> bool:
        """Tell whether a node is an entry of something."""
        return node.data == "subscript" and self.scope.symbol(node) is None

    def _entry(self, node: Node, children: list[Node], entry: Node) -> Node:
        """Rewrite the derivative of an entry as an entry of the derivative, computed once."""
        if id(node) not in self.trees:
            whole = Tree(node.data, children, node.meta)
            self.trees[id(node)] = Tree("subscript", [whole, *entry.children[1:]], node.meta)
        return self.trees[id(node)]

    def _jacobian(self, of: Node, by: Node, over: Overrides) -> Value:
        """Return the matrix of slopes of vec(...) along vec(symbol), one row per output."""
        name = str(self.scope.symbol(by.children[1]))
        where = self.value(by.children[1], over, {})
        rows, columns = where.shape
        row_major = "row" in function_name(by)

        def expression(flat: Value) -> Value:
            variable = flat.reshape(rows, columns) if row_major else flat.reshape(columns, rows).T
            return self.value(of, over.and_also({name: variable}), {}).flatten()

        start = (where if row_major else where.T).reshape(-1)
        return cast(Value, torch.func.jacrev(expression)(start))


def _scalar(value: float) -> Value:
    """Return a number as a matrix of one row and one column."""
    return torch.tensor([[value]], dtype=torch.float64)


def _exponent(node: Node) -> int:
    """Return the exponent of a power."""
    if not re.fullmatch(r"\d{1,2}", str(node.children[1])):
        problem = "an exponent must be a whole number below 100"
        raise EquationError(f"{problem}, in: {latex_of(node)}")
    return int(str(node.children[1]))


def _positive(node: Node, matrix: Value) -> Value:
    """Return the argument of a logarithm or a root; its entries have to be positive."""
    if not bool((matrix.detach() > 0).all()):
        raise RedrawError(next(below(node)), "this is not positive", "`positive`")
    return matrix


def _product(left: Value, right: Value) -> Value:
    """Multiply two matrices, or a matrix and a number."""
    return left * right if left.numel() == 1 or right.numel() == 1 else left @ right


def _kronecker(left: Value, right: Value) -> Value:
    """Replace each entry of the left matrix by that entry times the right matrix."""
    rows, columns = left.shape[0] * right.shape[0], left.shape[1] * right.shape[1]
    return torch.einsum("ij,kl->ikjl", left, right).reshape(rows, columns)


def _diag(argument: Value) -> Value:
    """Put a column on the diagonal of a matrix, or take a matrix's diagonal as a column."""
    return torch.diag(argument[:, 0]) if argument.shape[1] == 1 else torch.diag(argument)[:, None]


# These have indices, or parts that are not evaluated at the same point.
SPECIAL = {"symbol", "subscript", "big_sum", "differential", "derivative"}
OPERATIONS: dict[str, Callable[..., Value]] = {
    "infinity": lambda: _scalar(float("inf")),
    "negative": torch.neg,
    "add": torch.add,
    "subtract": torch.sub,
    "hadamard": torch.mul,
    "divide": torch.div,
    "multiply": _product,
    "kronecker": _kronecker,
    "transpose": lambda matrix: matrix.T,
}
FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
    "tr": torch.trace,
    "det": torch.linalg.det,
    "diag": _diag,
    "vec": lambda matrix: matrix.T.reshape(-1, 1),
    "vec_{row}": lambda matrix: matrix.reshape(-1, 1),
    "softmax": lambda matrix: torch.softmax(matrix, dim=1),
    "rowsum": lambda matrix: matrix.sum(1, keepdim=True),
    "colsum": lambda matrix: matrix.sum(0, keepdim=True),
}
LINEAR = {"tr", "diag", "vec", "vec_{row}", "rowsum", "colsum"}
