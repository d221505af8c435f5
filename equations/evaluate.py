"""Evaluate formulas on random float64 matrices, and derivatives with torch.func.

Everything is a matrix: a vector has one column, a number one row and one column. Whether shapes fit
is not asked here; `equations.shapes` has found that they do.
"""

import copy
import itertools
import math
import random
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from lark import Tree

from equations.draws import shaped, tangent
from equations.functions import ENTRYWISE, FUNCTIONS, LINEAR, OPERATIONS, relation
from equations.scope import CONSTANTS, LOGISTIC
from equations.shapes import (
    PI,
    Shapes,
    function_name,
    half,
    is_delta,
    is_euler,
    is_unit,
    norm_kind,
)
from equations.sizes import Size
from equations.syntax import EquationError, Node, below, latex_of, made

STEPS = 30_000  # per point; bounds sums inside sums, derivatives of derivatives
ENTRIES = 10_000  # per matrix; bounds products of Kronecker products
KINK = 1e-3  # never evaluate max or an indicator closer to its kink
TINY = 1e-9  # relative; a matrix with a root is symmetric but for rounding
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
        self.raw: dict[str, Value] = {}
        for name in sorted(shapes.used):
            traits = self.scope.traits.get(name, set())
            raw, direction = (self.draw(shapes.named(name)) for _ in range(2))
            if not self.scope.shapes[name]:
                raw = raw.abs() * _sign(name, trial)
            elif "orthogonal" in traits:  # the sign of its determinant
                raw[0, 0] = raw[0, 0].abs() * _sign(name, trial)
            self.raw[name] = raw
            self.values[name] = shaped(raw, traits)
            self.directions[name] = tangent(raw, direction, traits)

    def moved(self, raw: dict[str, Value]) -> "Point":
        """Return the point that other random numbers make."""
        point = copy.copy(self)
        point.plain, point.raw, point.steps = Overrides(), raw, 0
        traits = self.scope.traits
        point.values = {name: shaped(raw[name], traits.get(name, set())) for name in raw}
        return point

    def allowed(self) -> bool:
        """Tell whether each matrix has the traits that almost all have, but not those moved to."""
        return all(
            (value.any() or "nonzero" not in self.scope.traits.get(name, ()))
            and (
                "invertible" not in self.scope.traits.get(name, ())
                or float(torch.linalg.cond(value)) < CONDITION
            )
            for name, value in self.values.items()
        )

    def draw(self, shape: tuple[Size, Size]) -> Value:
        """Draw a matrix."""
        numbers = [self.number(size) for size in shape]
        return torch.randn(numbers, generator=self.generator, dtype=torch.float64)

    def number(self, size: Size) -> int:
        """Return the number that a size has here."""
        terms = self.shapes.solve(size).terms
        return sum(
            number * math.prod(self.sizes[name] for name in names) for names, number in terms
        )

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
        if value.ndim != 2:
            value = value.reshape(1, 1)
        if value.numel() > ENTRIES:
            raise EquationError(f"a matrix has more than {ENTRIES:,} entries, in: {latex_of(node)}")
        over.memo[key] = value
        return value

    def terms(self, node: Node, over: Overrides, at: Indices) -> float:
        """Return how large the terms are that make up a value, even where they cancel."""
        if node.data == "big" and node.children[0] == r"\sum":
            term = node.children[2]
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
            make = CONSTANT[CONSTANTS[name if name in CONSTANTS else name.partition("_")[0]]]
            return make(rows, columns, dtype=torch.float64)
        number = self.sizes.get(
            name, at[name] + 1 if name in at else math.pi if name == PI else None
        )
        if number is not None:
            return _scalar(float(number))
        raise EquationError(f"{name} stands for a place, and has no value of its own")

    def _subscript(self, node: Node, over: Overrides, at: Indices) -> Value:
        if self.scope.symbol(node):
            return self._symbol(node, over, at)
        base, letters = self.scope.whole(node), [str(index) for index in node.children[1:]]
        places = [self._place(letter, at) for letter in letters]
        if is_unit(node, self.scope):
            length = self.shapes.constants[id(node)][0]
            rows = self.number(length)
            self._require_place(node, places[0], rows, length)
            return torch.eye(rows, dtype=torch.float64)[:, places[0] : places[0] + 1]
        if is_delta(base, self.scope):
            return _scalar(float(places[0] == places[1]))
        matrix = self.value(base, over, at)
        if len(places) == 1:
            places = [*places, 0] if matrix.shape[1] == 1 else [0, *places]
        named = self.shapes.found.get(id(base), (None, None))
        for place, number, size in zip(places, matrix.shape, named, strict=True):
            self._require_place(node, place, number, size)
        return matrix[tuple(places)].reshape(1, 1)

    def _require_place(self, node: Node, place: int, number: int, size: Size | None) -> None:
        """Raise RedrawError if a size is too small for a place."""
        if not 0 <= place < number:
            name = str(self.shapes.solve(size)) if size else ""
            missing = f"`{name} ≥ {place + 1}`" if name in self.sizes else ""
            raise RedrawError(node, "there is no such place", missing)

    def _prime(self, node: Node, over: Overrides, at: Indices) -> Value:
        if self.scope.symbol(node):
            return self._symbol(node, over, at)
        return self.value(node.children[0], over, at).T

    def _matrix(self, node: Node, over: Overrides, at: Indices) -> Value:
        rows = [[self._block(part, over, at) for part in below(row)] for row in node.children]
        return torch.cat([torch.cat(row, 1) for row in rows], 0)

    def _block(self, node: Node, over: Overrides, at: Indices) -> Value:
        if id(node) in self.shapes.constants and node.data == "number":
            rows, columns = map(self.number, self.shapes.constants[id(node)])
            return torch.zeros(rows, columns, dtype=torch.float64)
        return self.value(node, over, at)

    def _cases(self, node: Node, over: Overrides, at: Indices) -> Value:
        values = [self.value(case.children[0], over, at) for case in node.children]
        shape = torch.broadcast_shapes(*(value.shape for value in values))
        result = values[-1].expand(shape)
        free = torch.ones(shape, dtype=torch.bool)
        chosen = []
        for case in node.children:
            here = free
            if len(case.children) > 1:
                left, sign, right = case.children[1].children
                pair = self.value(left, over, at), self.value(right, over, at)
                here = free & self._compared(case.children[1], sign, *pair).expand(shape)
            free = free & ~here
            chosen.append(here)
        for value, here in zip(values, chosen, strict=True):
            result = torch.where(here, value.expand(shape), result)
        if bool(free.any()):
            raise EquationError(f"at some point none of the cases holds, in: {latex_of(node)}")
        return result

    def _compared(self, node: Node, sign: str, left: Value, right: Value) -> Value:
        """Tell for each entry whether a condition holds; note which answers occurred."""
        distance = (left - right).detach()
        index = distance == distance.round()  # places may be equal
        if bool(((distance.abs() < KINK) & ~index).any()):
            raise RedrawError(node, "the two are all but equal")
        holds = relation(sign)(distance)
        _, seen = self.seen.setdefault(id(node), (node, set()))
        seen.update(bool(answer) for answer in holds.unique())
        return holds

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
        either = self._either(node, left, right)
        return torch.maximum(*either) if node.children[0] == r"\max" else torch.minimum(*either)

    def _indicator(self, node: Node, left: Value, right: Value) -> Value:
        left, right = self._either(node, left, right)
        return relation(str(node.children[1]))((left - right).detach()).to(torch.float64)

    def _either(self, node: Node, left: Value, right: Value) -> Sequence[Value]:
        """Note in which entries which of two operands is the larger one."""
        distance = (left - right).detach()
        if bool((distance.abs() < KINK).any()):
            raise RedrawError(node, "the two are all but equal")
        _, seen = self.seen.setdefault(id(node), (node, set()))
        seen.update(larger for larger in (True, False) if bool(((distance > 0) == larger).any()))
        return cast(Sequence[Value], torch.broadcast_tensors(left, right))

    def _bars(self, node: Node, matrix: Value) -> Value:
        if not self.shapes.scalar(node.children[0]):
            return cast(Value, torch.linalg.det(matrix))
        return self._signed(node, matrix).abs()

    def _signed(self, node: Node, value: Value) -> Value:
        """Return the argument of a function with a kink at 0; note which signs it has."""
        return self._either(node, value, torch.zeros_like(value))[0]

    def _power(self, node: Node, over: Overrides, at: Indices) -> Value:
        base, exponent = node.children
        if is_euler(node, self.scope):
            return torch.exp(self.value(exponent, over, at))
        matrix, by = self.value(base, over, at), self.value(exponent, over, at)
        number = float(by) if self.shapes.fixed(exponent) else None
        if not self.shapes.scalar(base):
            return self._matrix_power(node, matrix, number or 0.0)
        if number is not None and number.is_integer():
            if number < 0:
                self._inverse(node, matrix)
            return torch.pow(matrix, int(number))
        return torch.pow(_positive(node, matrix), by if number is None else number)

    def _matrix_power(self, node: Node, matrix: Value, number: float) -> Value:
        """Raise a square matrix to a whole or a half power."""
        if half(node.children[1]):
            if not bool((matrix - matrix.T).detach().abs().max() < TINY * matrix.detach().norm()):
                raise RedrawError(node.children[0], "this is not symmetric", "`positive definite`")
            values, vectors = torch.linalg.eigh(matrix)
            root = vectors @ torch.diag(torch.sqrt(_positive(node, values[None, :])[0])) @ vectors.T
            return self._inverse(node, root) if number < 0 else root
        if not number.is_integer():
            raise EquationError(f"this exponent is {number:g} for some sizes, in: {latex_of(node)}")
        if number < 0:
            matrix = self._inverse(node, matrix)
        return cast(Value, torch.linalg.matrix_power(matrix, int(abs(number))))

    def _elementwise_power(self, node: Node, matrix: Value) -> Value:
        return torch.pow(matrix, int(str(node.children[1])))

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
        shape = self.shapes.found[id(node.children[0])]
        kind, is_vector = norm_kind(node), Size() in map(self.shapes.solve, shape)
        if kind == "F" or (is_vector and kind in ("", "2")):
            return torch.sqrt(matrix.pow(2).sum())
        order = {"1": 1, "2": 2, r"\infty": float("inf"), "*": "nuc"}.get(kind)
        if order is None:
            raise EquationError(f"this norm is not known, in: {latex_of(node)}")
        if is_vector and order != "nuc":
            norm = torch.linalg.vector_norm(matrix, order)
        else:
            norm = torch.linalg.matrix_norm(matrix, order)
        return cast(Value, norm)

    def _function(self, node: Node, argument: Value) -> Value:
        name = function_name(node)
        if name == "log":
            argument = _positive(node, argument)
        if name in ("abs", "relu", "sign"):
            argument = self._signed(node, argument)
        return FUNCTIONS[name](argument)

    def _application(self, node: Node, over: Overrides, at: Indices) -> Value:
        return self._applied(str(node.children[0]), self.value(node.children[-1], over, at), over)

    def _applied(self, name: str, argument: Value, over: Overrides) -> Value:
        """Apply a function."""
        if name not in self.scope.functions:
            return torch.sigmoid(argument)
        by, meaning = self.scope.functions[name]
        return self.value(meaning, over.and_also({by: argument}), {})

    def _slope(self, node: Node, over: Overrides, at: Indices) -> Value:
        """Differentiate a function of a number, once for each prime."""
        name, order = str(node.children[0]), len(node.children[1])

        def applied(argument: Value) -> Value:
            return self._applied(name, argument, over)

        known = name in self.scope.functions or name == LOGISTIC
        slope = applied if known else ENTRYWISE[function_name(node)]
        for _ in range(order):
            slope = _slope_of(slope)
        return slope(self.value(node.children[-1], over, at))

    def _gradient_at(self, node: Node, over: Overrides, at: Indices) -> Value:
        name, argument = str(node.children[0]), self.value(node.children[-1], over, at)
        return cast(
            Value,
            torch.func.grad(lambda value: self._applied(name, value, over).reshape(()))(argument),
        )

    def _hessian_at(self, node: Node, over: Overrides, at: Indices) -> Value:
        name, argument = str(node.children[0]), self.value(node.children[-1], over, at)
        return _hessian_of(lambda value: self._applied(name, value, over), argument)

    def _big(self, node: Node, over: Overrides, at: Indices) -> Value:
        terms = [self.value(node.children[2], over, place) for place in self._places(node, at)]
        product = node.children[0] == r"\prod"
        if not terms:
            rows, columns = map(self.number, self.shapes.found[id(node.children[2])])
            return torch.full((rows, columns), float(product), dtype=torch.float64)
        stacked = torch.stack(terms)
        return stacked.prod(0) if product else stacked.sum(0)

    def _places(self, node: Node, at: Indices) -> list[Indices]:
        """Return the places of the terms of a sum."""
        spec = node.children[1]
        letters = [str(child) for child in spec.children if not isinstance(child, Tree)]
        if spec.data == "bounds":
            low, high = (round(float(self.value(limit, self.plain, at))) for limit in below(spec))
            if high - low >= STEPS:
                raise EquationError(f"a sum has more than {STEPS:,} terms, in: {latex_of(node)}")
            return [{**at, letters[0]: place} for place in range(low - 1, high)]
        bound = letters[:1] if spec.data == "unequal" else letters
        sizes = [self.number(self.shapes.ranges[id(node), letter]) for letter in bound]
        found = []
        for places in itertools.product(*map(range, sizes)):
            here = {**at, **dict(zip(bound, places, strict=True))}
            first, last = here[letters[0]], here.get(letters[-1], -1)
            if (spec.data != "unequal" or first != last) and (
                spec.data != "increasing" or first < last
            ):
                found.append(here)
        return found

    # Derivatives

    def _differential(self, node: Node, over: Overrides, at: Indices) -> Value:
        """Forward mode: the change of an expression along a random direction of all variables."""
        (of,) = node.children
        if self._is_entry(of):
            return self.value(self._entry(node, [self.scope.whole(of)], of), over, at)
        if not self.values:
            return torch.zeros_like(self.value(of, over, at))

        def expression(replaced: dict[str, Value]) -> Value:
            return self.value(of, over.and_also(replaced), at)

        change = torch.func.jvp(expression, (self.values,), (self.directions,))[1]
        return cast(Value, change)

    def _derivative(self, node: Node, over: Overrides, at: Indices) -> Value:
        """Return a gradient, an entry of one, or a Jacobian."""
        of, by = node.children
        if self._is_entry(by):
            return self.value(self._entry(node, [of, self.scope.whole(by)], by), over, at)
        if by.data == "function":
            return self._jacobian(of, by, over)
        variable = by.children[0] if by.data == "transpose" else by
        name = str(self.scope.symbol(variable))
        start = self.value(variable, over, {})

        def expression(variable: Value) -> Value:
            return self.value(of, over.and_also({name: variable}), at)

        if self.shapes.scalar(of):
            slope = torch.func.grad(lambda value: expression(value).reshape(()))(start)
            return cast(Value, slope if by is variable else slope.T)
        if self.shapes.is_scalar(self.shapes.named(name)):
            return cast(Value, torch.func.jvp(expression, (start,), (torch.ones_like(start),))[1])
        matrix = torch.func.jacrev(lambda value: expression(value).flatten())(start)[:, :, 0]
        numerator = by is not variable or self.scope.options.get("layout") == "numerator"
        return cast(Value, matrix if numerator else matrix.T)

    def _hessian(self, node: Node, over: Overrides, at: Indices) -> Value:
        of, by = node.children
        if self._is_entry(by):
            whole = self.scope.whole(by)
            once = self._entry(node, [of, whole], by, "derivative")
            return self.value(self._entry(once, [once, whole], by, "derivative"), over, at)
        name = str(self.scope.symbol(by))
        return _hessian_of(
            lambda value: self.value(of, over.and_also({name: value}), at),
            self.value(by, over, {}),
        )

    def _is_entry(self, node: Node) -> bool:
        """Tell whether a node is an entry of something."""
        if node.data != "subscript" or self.scope.symbol(node) is not None:
            return False
        return not (is_unit(node, self.scope) or is_delta(node.children[0], self.scope))

    def _entry(self, node: Node, children: list[Node], entry: Node, data: str = "") -> Node:
        """Rewrite the derivative of an entry as an entry of the derivative, computed once."""
        if id(node) not in self.trees:
            whole = made(data or node.data, children, node)
            self.trees[id(node)] = made("subscript", [whole, *entry.children[1:]], node)
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


def _sign(name: str, trial: int) -> int:
    """Return 1 or -1: of the six trials of a formula, each name has either one in three."""
    return random.Random(name).sample([1, -1] * 3, 6)[trial % 6]


def _scalar(value: float) -> Value:
    """Return a number as a matrix of one row and one column."""
    return torch.tensor([[value]], dtype=torch.float64)


def _slope_of(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """Return the derivative of a function that acts on each entry."""

    def slope(argument: Value) -> Value:
        return cast(Value, torch.func.jvp(function, (argument,), (torch.ones_like(argument),))[1])

    return slope


def _hessian_of(function: Callable[[Value], Value], at: Value) -> Value:
    """Return the second derivatives of a number by a column or a number."""
    slope = torch.func.grad(lambda value: function(value).reshape(()))
    directions = torch.eye(at.numel(), dtype=at.dtype).split(1)
    # One after the other: `torch.func.hessian` cannot tell where a maximum has its kink.
    columns = [torch.func.jvp(slope, (at,), (e.reshape(at.shape),))[1] for e in directions]
    return torch.cat([column.reshape(-1, 1) for column in columns], 1)


def _positive(node: Node, matrix: Value) -> Value:
    """Return the argument of a logarithm or a root; its entries have to be positive."""
    if not bool((matrix.detach() > 0).all()):
        raise RedrawError(next(below(node)), "this is not positive", "`positive`")
    return matrix


CONSTANT: dict[str, Callable[..., Value]] = {
    "I": torch.eye,
    "1": torch.ones,
    "0": torch.zeros,
}
# These have indices, or parts that are not evaluated at the same point.
SPECIAL = {
    *("symbol", "subscript", "prime", "big", "power", "matrix", "cases", "application", "slope"),
    *("differential", "derivative", "gradient_at", "hessian", "hessian_at"),
}
