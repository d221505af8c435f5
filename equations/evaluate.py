"""Evaluate parsed equations on random float64 matrices, and derivatives with torch.func.

Everything is a scalar or a matrix; a vector is a matrix of one column. A matrix of one row and one
column counts as a scalar.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from lark import Lark, Tree
from lark.exceptions import UnexpectedInput

Node = Any  # a lark Tree; lark's types cannot say which children are trees
SPACING = re.compile(
    r"\\(?:[,;:!]|left(?![a-z])|right(?![a-z])|q?quad(?![a-z])|[bB]igg?[lr]?(?![a-z]))|~"
)
ONES = r"\mathbf{1}_"  # followed by a size: a column of that many ones
STEPS = 30_000  # per point; bounds sums inside sums, derivatives of derivatives
ENTRIES = 10_000  # per matrix; bounds products of Kronecker products
KINK = 1e-3  # never evaluate max or an indicator closer to its kink


class EquationError(Exception):
    """An equation that cannot be read, is ill-typed, or does not hold."""


class NearKinkError(Exception):
    """A random point is too close to a kink; draw a different one."""


@functools.cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", start=["start", "sum"], propagate_positions=True)


def parse(latex: str, start: str = "start") -> Node:
    """Parse an equation (or, with start="sum", an expression).

    Raises:
        EquationError: If the LaTeX is not in the grammar; the message shows where.
    """
    text = SPACING.sub(" ", latex)
    try:
        tree = _parser().parse(text, start=start)
    except UnexpectedInput as error:
        position = error.pos_in_stream if error.pos_in_stream is not None else len(text)
        before, after = text[:position].rstrip(), text[position:].strip()
        raise EquationError(
            f"cannot be read at ▸: {before} ▸ {after}\n"
            "What to do: use the constructs of the reference page, or mark it as not checked."
        ) from None
    for node in tree.iter_subtrees():
        node.meta.source = text  # type: ignore[attr-defined]
    return tree


def latex_of(node: Node) -> str:
    """Return the LaTeX that a node was parsed from."""
    return " ".join(node.meta.source[node.meta.start_pos : node.meta.end_pos].split())


@dataclass
class Scope:
    """What the symbols of an equation mean.

    Attributes:
        shapes: The shape of each independent symbol, as names of sizes; () for a scalar.
        traits: Words that restrict how a symbol is drawn: positive, symmetric, constant.
        definitions: What each defined symbol stands for.
    """

    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    traits: dict[str, set[str]] = field(default_factory=dict)
    definitions: dict[str, Node] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Return a text that is equal for scopes that give every symbol the same meaning."""
        meanings = {name: latex_of(node) for name, node in sorted(self.definitions.items())}
        traits = {name: sorted(words) for name, words in sorted(self.traits.items())}
        return f"{sorted(self.shapes.items())} {meanings} {traits}"

    def sizes(self) -> set[str]:
        """Return the names of all sizes."""
        return {size for shape in self.shapes.values() for size in shape if not size.isdigit()}

    def knows(self, name: str) -> bool:
        """Tell whether a symbol or a size has a meaning."""
        return name in self.shapes or name in self.definitions or self.is_size(name)

    def is_size(self, name: str) -> bool:
        """Tell whether a name stands for a size."""
        return not name.isdigit() and any(name in shape for shape in self.shapes.values())


class Overrides(dict[str, torch.Tensor]):
    """Values that replace the symbols' own, and a memo of what was evaluated with them."""

    def __init__(self, *values: dict[str, torch.Tensor]) -> None:
        super().__init__(*values)
        self.memo: dict[Any, torch.Tensor] = {}

    def and_also(self, more: dict[str, torch.Tensor]) -> "Overrides":
        """Return overrides that replace more symbols, with an empty memo."""
        return Overrides({**self, **more})


class Point:
    """A random choice of sizes, matrices and directions, at which expressions are evaluated.

    Args:
        scope: What the symbols mean.
        sizes: A number for each size's name.
        seed: Seed of the random numbers.
    """

    def __init__(self, scope: Scope, sizes: dict[str, int], seed: int) -> None:
        self.scope, self.sizes = scope, sizes
        self.steps = 0
        self.plain = Overrides()  # nothing is replaced
        self.names: dict[int, set[str]] = {}  # names below each node, by its id
        self.trees: dict[Any, Node] = {}  # made here; kept alive so that no id is reused
        generator = torch.Generator().manual_seed(seed)
        self.values: dict[str, torch.Tensor] = {}
        self.directions: dict[str, torch.Tensor] = {}
        for name, shape in scope.shapes.items():
            traits = scope.traits.get(name, set())
            numbers = [int(size) if size.isdigit() else sizes[size] for size in shape]
            for store in (self.values, self.directions):
                drawn = torch.randn(numbers, generator=generator, dtype=torch.float64)
                if "symmetric" in traits:
                    drawn = drawn + drawn.T
                store[name] = drawn
            if "positive" in traits:
                self.values[name] = self.values[name].abs() + 0.1
            if "constant" in traits:
                self.directions[name] = torch.zeros_like(self.values[name])

    def shape_name(self, value: torch.Tensor) -> str:
        """Format a shape with the names of the sizes."""
        if value.ndim == 0:
            return "scalar"
        names = {number: name for name, number in self.sizes.items()}
        return " × ".join(names.get(number, str(number)) for number in value.shape)

    def evaluate(self, node: Node, at: dict[str, int]) -> torch.Tensor:
        """Return the value of an expression with its free indices at the given places."""
        return _Evaluation(self).value(node, self.plain, at)

    def free_indices(self, node: Node) -> dict[str, int]:
        """Return the indices of an expression that no sum binds, with their ranges."""
        return _Evaluation(self).ranges(node)


Indices = dict[str, int]


@dataclass
class _Evaluation:
    """Evaluates nodes at one point."""

    point: Point

    def value(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        """Evaluate a node; `over` replaces symbols' values, `at` holds the indices' values."""
        key = (id(node), *((name, at.get(name)) for name in self.names(node)))
        if key in over.memo:
            return over.memo[key]
        self.point.steps += 1
        if self.point.steps > STEPS:
            raise self.fail(node, f"this takes more than {STEPS:,} steps to evaluate")
        method: Callable[[Node, Overrides, Indices], torch.Tensor]
        method = getattr(self, "on_" + node.data)
        value = _squeeze(method(node, over, at))
        if value.numel() > ENTRIES:
            raise self.fail(node, f"a matrix has more than {ENTRIES:,} entries")
        over.memo[key] = value
        return value

    def names(self, node: Node) -> set[str]:
        """Return the names below a node, including all indices that its value depends on."""
        known = self.point.names
        if id(node) not in known:
            below = [child for child in node.children if isinstance(child, Tree)]
            known[id(node)] = set().union(*map(self.names, below))
            known[id(node)] |= {str(x) for x in node.children if not isinstance(x, Tree)}
        return known[id(node)]

    def fail(self, node: Node, problem: str) -> EquationError:
        """Make an error that quotes the faulty part of the equation."""
        return EquationError(f"{problem}, in: {latex_of(node)}")

    # Symbols

    def on_number(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        return torch.tensor(float(str(node.children[0])), dtype=torch.float64)

    def on_symbol(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        return self.named(str(node.children[0]), node, over)

    def named(self, name: str, node: Node, over: Overrides) -> torch.Tensor:
        """Look up a symbol: replaced, independent, defined, or a size."""
        scope = self.point.scope
        if name in over:
            return over[name]
        if name in self.point.values:
            return self.point.values[name]
        if name in scope.definitions:
            return self.value(scope.definitions[name], over, {})
        if name in self.point.sizes:
            return torch.tensor(float(self.point.sizes[name]), dtype=torch.float64)
        known = ", ".join(sorted({*self.point.values, *scope.definitions}))
        raise self.fail(node, f"`{name}` has no meaning here (known: {known})")

    def on_subscript(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        name = symbol_name(node, self.point.scope)
        if name is not None:
            if name.startswith(ONES):
                size = self.point.sizes[name.removeprefix(ONES)]
                return torch.ones(size, 1, dtype=torch.float64)
            return self.named(name, node, over)
        base, letters = node.children[0], [str(index) for index in node.children[1:]]
        if _is_delta(base) and not self.point.scope.knows(r"\delta"):
            return torch.tensor(float(at[letters[0]] == at[letters[1]]), dtype=torch.float64)
        matrix = self.value(base, over, at)
        places = [self.place(letter, node, at) for letter in letters]
        if matrix.ndim == 2 and len(places) == 1 and matrix.shape[1] == 1:
            places.append(0)
        if len(places) != matrix.ndim:
            raise self.fail(
                node, f"{len(letters)} indices for a shape of {self.point.shape_name(matrix)}"
            )
        return matrix[tuple(places)]

    def place(self, letter: str, node: Node, at: Indices) -> int:
        """Return an index's place, counted from 0; written numbers count from 1."""
        if letter.isdigit():
            if letter == "0":
                raise self.fail(node, "places are counted from 1")
            return int(letter) - 1
        if letter not in at:
            raise self.fail(node, f"the index {letter} is not bound")
        return at[letter]

    # Arithmetic

    def on_negative(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        return -self.value(node.children[0], over, at)

    def on_add(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = self.same_shape(node, over, at)
        return left + right

    def on_subtract(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = self.same_shape(node, over, at)
        return left - right

    def on_hadamard(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = self.same_shape(node, over, at)
        return left * right

    def on_maximum(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = self.same_or_scalar(node, over, at)
        _avoid_kink(left - right)
        return torch.maximum(left, right)

    def on_indicator(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = self.same_or_scalar(node, over, at)
        _avoid_kink(left - right)
        return (left > right).to(torch.float64)

    def same_or_scalar(
        self, node: Node, over: Overrides, at: Indices
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Evaluate two operands of the same shape, or a matrix and a scalar."""
        left, right = (self.value(child, over, at) for child in node.children)
        if left.ndim and right.ndim and left.shape != right.shape:
            raise self.shapes_differ(node, left, right)
        first, second = torch.broadcast_tensors(left, right)
        return first, second

    def same_shape(
        self, node: Node, over: Overrides, at: Indices
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Evaluate two operands whose shapes must be equal."""
        left, right = (self.value(child, over, at) for child in node.children)
        if left.shape != right.shape:
            raise self.shapes_differ(node, left, right)
        return left, right

    def shapes_differ(self, node: Node, left: torch.Tensor, right: torch.Tensor) -> EquationError:
        """Make an error that names both operands and their shapes."""
        sources = [latex_of(child) for child in node.children]
        names = [self.point.shape_name(operand) for operand in (left, right)]
        return EquationError(
            f"shapes do not fit: {sources[0]} is {names[0]}, {sources[1]} is {names[1]}, "
            f"in: {latex_of(node)}.\n"
            "What to do: transpose one of them, or change their order; or is a declaration wrong?"
        )

    def on_multiply(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = (self.value(child, over, at) for child in node.children)
        if left.ndim == 0 or right.ndim == 0:
            return left * right
        if left.shape[1] != right.shape[0]:
            raise self.shapes_differ(node, left, right)
        return left @ right

    def on_kronecker(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = (self.value(child, over, at).contiguous() for child in node.children)
        return torch.kron(left, right)

    def on_divide(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        left, right = (self.value(child, over, at) for child in node.children)
        if right.ndim != 0:
            raise self.fail(node, "division by a matrix")
        return left / right

    def on_transpose(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        matrix = self.value(node.children[0], over, at)
        return matrix.T if matrix.ndim == 2 else matrix

    def on_inverse(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        matrix = self.value(node.children[0], over, at)
        if matrix.ndim == 0:
            return torch.reciprocal(matrix)
        self.require_square(node, matrix)
        inverse: torch.Tensor = torch.linalg.inv(matrix)
        return inverse

    def require_square(self, node: Node, matrix: torch.Tensor) -> None:
        """Raise EquationError unless a matrix is square."""
        if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
            raise self.fail(node, f"needs a square matrix, not {self.point.shape_name(matrix)}")

    def on_power(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        base, exponent = self.value(node.children[0], over, at), self.exponent(node)
        if base.ndim == 0:
            return torch.pow(base, exponent)
        self.require_square(node, base)
        raised: torch.Tensor = torch.linalg.matrix_power(base, exponent)
        return raised

    def on_elementwise_power(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        return torch.pow(self.value(node.children[0], over, at), self.exponent(node))

    def exponent(self, node: Node) -> int:
        """Return the exponent of a power."""
        if not re.fullmatch(r"\d{1,2}", str(node.children[1])):
            raise self.fail(node, "an exponent must be a whole number below 100")
        return int(str(node.children[1]))

    def on_sqrt(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        return torch.sqrt(self.value(node.children[0], over, at))

    def on_squared_norm(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        return self.value(node.children[0], over, at).pow(2).sum()

    def on_function(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        name = re.sub(r"\\(operatorname\{(\w+)\}|(\w+))", r"\2\3", str(node.children[0]))
        argument = self.value(node.children[1], over, at)
        if name in ("tr", "det"):
            self.require_square(node, argument)
        return FUNCTIONS[name](argument)

    # Sums over indices

    def on_big_sum(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        letter, body = str(node.children[0]), node.children[1]
        ranges = self.ranges(body, bound=set(at))
        if letter not in ranges:
            raise self.fail(node, f"the index {letter} does not occur below its sum")
        terms = [self.value(body, over, {**at, letter: place}) for place in range(ranges[letter])]
        return torch.stack(terms).sum(0)

    def ranges(self, node: Node, bound: set[str] | None = None) -> dict[str, int]:
        """Find the indices below a node that neither a sum nor `bound` binds, with their ranges."""
        found: dict[str, tuple[int, str]] = {}
        self.collect(node, bound or set(), found)
        return {letter: size for letter, (size, _) in found.items()}

    def collect(self, node: Node, bound: set[str], found: dict[str, tuple[int, str]]) -> None:
        """Add the indices below a node to `found`, each with its range and where it stands."""
        inner = bound | {str(node.children[0])} if node.data == "big_sum" else bound
        for child in node.children:
            if isinstance(child, Tree):
                self.collect(child, inner, found)
        if node.data != "subscript" or symbol_name(node, self.point.scope) is not None:
            return
        base, letters = node.children[0], [str(index) for index in node.children[1:]]
        if _is_delta(base) and not self.point.scope.knows(r"\delta"):
            return
        value = self.value(base, self.point.plain, {})
        where = f"{latex_of(node)}, where {latex_of(base)} is {self.point.shape_name(value)}"
        for letter, size in zip(letters, value.shape, strict=False):
            if letter.isdigit() or letter in bound:
                continue
            first_size, first = found.setdefault(letter, (size, where))
            if first_size != size:
                raise EquationError(
                    f"the index {letter} runs over {first_size} places in {first}, and over {size} "
                    f"in {where}.\nWhat to do: swap the indices of one of them, or transpose it"
                )

    # Derivatives

    def on_differential(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        """Forward mode: the change of an expression along a random direction of all variables."""
        values, directions = self.point.values, self.point.directions
        (of,) = node.children
        if of.data == "subscript" and symbol_name(of, self.point.scope) is None:
            return self.value(self.entry_of(node, [of.children[0]], of), over, at)

        def expression(replaced: dict[str, torch.Tensor]) -> torch.Tensor:
            return self.value(of, over.and_also(replaced), at)

        change: torch.Tensor = torch.func.jvp(expression, (values,), (directions,))[1]
        return change

    def on_derivative(self, node: Node, over: Overrides, at: Indices) -> torch.Tensor:
        """Reverse mode: a gradient, an entry of one, or a Jacobian between two vec(...)."""
        of, by = node.children
        if by.data == "subscript" and symbol_name(by, self.point.scope) is None:
            return self.value(self.entry_of(node, [of, by.children[0]], by), over, at)
        if by.data == "function" and of.data == "function":
            return self.jacobian(of, by, over)
        name = symbol_name(by, self.point.scope)
        if name is None:
            raise self.fail(node, "a derivative needs a symbol below")
        where = self.value(by, over, {})

        def expression(variable: torch.Tensor) -> torch.Tensor:
            return self.value(of, over.and_also({name: variable}), at)

        if expression(where).ndim != 0:
            raise self.fail(node, "a gradient needs a scalar above")
        gradient_at: torch.Tensor = torch.func.grad(expression)(where)
        return gradient_at

    def entry_of(self, node: Node, children: list[Node], entry: Node) -> Node:
        """Rewrite the derivative of an entry as an entry of the derivative, computed once."""
        key = ("entry", id(node))
        if key not in self.point.trees:
            whole = Tree(node.data, children, node.meta)
            self.point.trees[key] = Tree("subscript", [whole, *entry.children[1:]], node.meta)
        return self.point.trees[key]

    def jacobian(self, of: Node, by: Node, over: Overrides) -> torch.Tensor:
        """Return the matrix of slopes of vec(...) along vec(symbol), one row per output."""
        name = symbol_name(by.children[1], self.point.scope)
        flatten = str(by.children[0])
        if name is None or "vec" not in flatten or str(of.children[0]) != flatten:
            raise self.fail(of, "a Jacobian needs the same vec above and below, and a symbol below")
        where = self.value(by.children[1], over, {})
        rows, columns = where.shape
        row_major = "row" in flatten

        def expression(flat: torch.Tensor) -> torch.Tensor:
            variable = flat.reshape(rows, columns) if row_major else flat.reshape(columns, rows).T
            return self.value(of, over.and_also({name: variable}), {}).flatten()

        start = (where if row_major else where.T).reshape(-1)
        slopes: torch.Tensor = torch.func.jacrev(expression)(start)
        return slopes


def _diag(argument: torch.Tensor) -> torch.Tensor:
    """Put a column on the diagonal of a matrix, or take a matrix's diagonal as a column."""
    return torch.diag(argument[:, 0]) if argument.shape[1] == 1 else torch.diag(argument)[:, None]


FUNCTIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
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


def symbol_name(node: Any, scope: Scope) -> str | None:
    """Return the name of a symbol such as W_1; None if the node is not one, or is an entry."""
    if node.data == "symbol":
        return str(node.children[0])
    if node.data == "subscript" and node.children[0].data == "symbol":
        letters = "".join(str(index) for index in node.children[1:])
        name = (
            f"{node.children[0].children[0]}_{letters if len(letters) == 1 else f'{{{letters}}}'}"
        )
        if scope.knows(name) or (name.startswith(ONES) and scope.is_size(name.removeprefix(ONES))):
            return name
    return None


def _is_delta(node: Node) -> bool:
    """Tell whether a node is Kronecker's delta."""
    return node.data == "symbol" and str(node.children[0]) == r"\delta"


def _squeeze(value: torch.Tensor) -> torch.Tensor:
    """Turn a matrix of one entry into a scalar."""
    return value.reshape(()) if value.ndim == 2 and value.numel() == 1 else value


def _avoid_kink(distance: torch.Tensor) -> None:
    """Raise NearKinkError if an entry is too close to a kink."""
    if bool((distance.detach().abs() < KINK).any()):
        raise NearKinkError
