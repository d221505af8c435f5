"""Find the shape of each part of a formula, in names of sizes, before any number is drawn.

`m × n` times `n × p` is `m × p`, whichever numbers these are. The identity matrix `I` and a column
of ones have sizes that their place decides: these are unknowns, and are solved for.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator

from lark import Token

from equations.scope import CONSTANTS, DELTA, EULER, LOGISTIC, UNITS, Scope, written_name
from equations.sizes import Size, Unknowns
from equations.syntax import EquationError, Node, below, in_parentheses, latex_of

Shape = tuple[Size, Size]
Free = dict[str, tuple[Size, str]]  # each free index, with its range and where it was found
ONE = Size()
SCALAR = (ONE, ONE)


def shape_of(written: tuple[str, ...]) -> Shape:
    """Return the shape that a declaration gives, in names and numbers; () is a scalar."""
    sizes = [Size.named(size) for size in written]
    return (sizes[0], sizes[1]) if sizes else SCALAR


class Shapes:
    """The shapes of the parts of one formula.

    Attributes:
        used: Names of the independent symbols that it needs.
        sizes: Names of the sizes that it needs.
        constants: The shape of each `I` and each column of ones, by the id of its node.
        ranges: How many places each letter of a sum without bounds has, by the id of its node.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.used: set[str] = set()
        self.sizes: set[str] = set()
        self.constants: dict[int, Shape] = {}
        self.zeros: set[int] = set()
        self.unequal: list[tuple[Node, str, str]] = []  # sums over one letter that is not another
        self.ranges: dict[tuple[int, str], Size] = {}
        self.found: dict[int, Shape] = {}  # of each part, by the id of its node
        self.unknowns = Unknowns()
        self.solve, self.equal = self.unknowns.solve, self.unknowns.equal
        self.around = Counter[str]()  # letters of the sums and products around a part
        self.bound = Counter[str]()  # those of them that have bounds, and are numbers
        self.defined: dict[str, Shape | None] = {}  # None while it is being found

    def equation(self, node: Node) -> dict[str, Size]:
        """Require that all sides have one shape; return the ranges of the free indices."""
        free: Free = {}
        shapes = [(latex_of(side), self.shape(side, free)) for side in below(node)]
        sides = [shapes[at] for at, side in enumerate(below(node)) if not _is_zero(side)]
        for (first, one), (second, other) in itertools.pairwise(sides):
            if not self.same(one, other):
                raise EquationError(
                    f"the sides have different shapes: {first} is {self.name(one)}, "
                    f"{second} is {self.name(other)}"
                )
        for part, letter, fixed in self.unequal:
            if not all(fixed in self._letters(side) for side in below(node) if not _is_zero(side)):
                written = latex_of(part)
                raise EquationError(
                    f"`{written}` can be read in two ways: for each {fixed}, which then has to "
                    f"stand on all sides; or over both {letter} and {fixed}.\n"
                    rf"What to do: for the latter, write `\sum_{fixed} {written}`."
                )
        return {letter: size for letter, (size, _) in free.items()}

    def _letters(self, side: Node) -> set[str]:
        """Return the letters of indices that a side mentions."""
        tokens = (child for part in parts(side) for child in part.children)
        return {str(token) for token in tokens if isinstance(token, Token)}

    def finish(self, node: Node) -> None:
        """Require that no size is left unknown."""
        for at in self.zeros:  # where the place does not say, `\mathbf{0}` is a column
            columns = self.solve(self.constants[at][1])
            if columns.lone_unknown:
                self.equal(columns, ONE)
        sizes = [self.solve(size) for shape in self.constants.values() for size in shape]
        if any(size.unknown for size in sizes):
            raise _fail(
                node, r"how large is I, \mathbf{1} or \mathbf{0}? Write its size, such as I_n"
            )

    def shape(self, node: Node, free: Free) -> Shape:
        """Return the shape of an expression; add the indices that no sum binds to `free`."""
        method: Callable[..., Shape] = getattr(self, "_" + node.data)
        if node.data in SPECIAL:
            found = method(node, free)
        else:
            found = method(node, *[self.shape(part, free) for part in below(node)])
        self.found[id(node)] = found
        return found

    def _is_number(self, name: str) -> bool:
        """Tell whether a name stands for a number."""
        return self.scope.is_size(name) or self.scope.shapes.get(name) == ()

    def scalar(self, node: Node) -> bool:
        """Tell whether a part of the formula is a number; entries are."""
        return id(node) not in self.found or self.is_scalar(self.found[id(node)])

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
        sizes = [self.solve(size) for shape in shapes for size in shape]
        if any(size.unknown and not size.lone_unknown for size in sizes):
            return EquationError(
                f"the size of a block is open: {', '.join(both)}, in: {latex_of(node)}.\n"
                "What to do: write the size of I, such as I_n, or declare the other block."
            )
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
        if name in self.scope.indices or name in self.bound or (name == PI and not self.knows(PI)):
            return SCALAR
        if name in CONSTANTS and not self.knows(name):
            return self._constant(node, CONSTANTS[name], self.unknowns.new())
        return self.named(name)

    def knows(self, name: str) -> bool:
        """Tell whether a symbol or a size has a meaning."""
        return self.scope.knows(name)

    def _constant(self, node: Node, kind: str, size: Size) -> Shape:
        """Keep and return the shape of an identity matrix, of ones or of zeros."""
        if id(node) not in self.constants:
            self.sizes.update(() if size.unknown else size.names)
            columns = {"I": size, "1": ONE, "0": ONE if not size.unknown else self.unknowns.new()}
            self.constants[id(node)] = size, columns[kind]
            self.zeros.update([id(node)] if kind == "0" else [])
        return self.constants[id(node)]

    def _subscript(self, node: Node, free: Free) -> Shape:
        letters = [str(index) for index in node.children[1:]]
        if name := self.scope.symbol(node):
            constant, _, rows = name.partition("_")
            known = self.knows(name)
            size = Size.named(rows)
            return self.named(name) if known else self._constant(node, CONSTANTS[constant], size)
        base = self.scope.whole(node)
        if is_delta(base, self.scope) and len(letters) == 2:
            return SCALAR
        if is_unit(node, self.scope):
            self.constants.setdefault(id(node), (self.unknowns.new(), ONE))
            size = self.constants[id(node)][0]
            if not letters[0].isdecimal():
                self._range(letters[0], size, f"{latex_of(node)}, which is ? × 1", free)
            return size, ONE
        _require_order(node, base, node.children[1:])
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
            elif not size.names and int(letter) > int(str(size)):
                raise EquationError(
                    f"there is no place {letter} among {size}, in: {where}.\n"
                    "What to do: write a smaller place, and one index for a row or a column."
                )
        return SCALAR

    def _prime(self, node: Node, free: Free) -> Shape:
        name, transposes = written_name(node), "prime" in self.scope.options
        if name is not None and self.knows(name) and not transposes:
            return self.named(name)
        if transposes and not (name is not None and self.knows(name)):
            return self._transpose(node, self.shape(node.children[0], free))
        of = latex_of(node.children[0])
        raise EquationError(
            f"`{latex_of(node)}` can be read in two ways.\nWhat to do: write `{of}^\\top`, or "
            f"declare `prime transpose`; or declare `{of}'` as a symbol."
        )

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

    def _big(self, node: Node, free: Free) -> Shape:
        _, spec, term = node.children
        letters = [str(child) for child in spec.children if isinstance(child, Token)]
        bound = letters[:1] if spec.data == "unequal" else letters
        for limit in below(spec):
            if not self.is_scalar(self.shape(limit, free)):
                raise _fail(node, "a sum needs a number below and above")
        inner: Free = {}
        counted = bound if spec.data == "bounds" else []
        self.bound.update(counted)
        self.around.update(bound)
        shape = self.shape(term, inner)
        self.bound, self.around = self.bound - Counter(counted), self.around - Counter(bound)
        for letter in bound:
            self._bind(node, spec, letter, inner)
        if spec.data == "unequal" and letters[1] not in self.around:
            self.unequal.append((node, *letters))
        for other, (size, where) in inner.items():
            self._range(other, size, where, free)
        if node.children[0] == r"\prod" and not self.is_scalar(shape):
            raise _fail(node, "a product needs numbers: the order of matrices would be open")
        return shape

    def _bind(self, node: Node, spec: Node, letter: str, inner: Free) -> None:
        """Find how far the letter of a sum runs."""
        if self.knows(letter):
            raise _fail(node, f"{letter} is no index here: it already has a meaning")
        if spec.data != "bounds":
            if letter not in inner:
                raise EquationError(
                    f"the index {letter} does not occur below its sum, in: {latex_of(node)}.\n"
                    f"What to do: use it there, or write bounds, as in {letter}=1 and n."
                )
            self.ranges[id(node), letter] = inner.pop(letter)[0]
        elif letter in inner:
            size, where = inner.pop(letter)
            name = self.scope.symbol(spec.children[2])
            if name and self.scope.is_size(name) and not self.equal(size, Size.named(name)):
                raise EquationError(
                    f"the sum runs to {name}, but {letter} runs over {self.solve(size)} places in "
                    f"{where}"
                )

    # Arithmetic

    def _negative(self, node: Node, shape: Shape) -> Shape:
        return shape

    _sqrt = _elementwise_power = _differential = _negative

    def _bars(self, node: Node, shape: Shape) -> Shape:
        if not self.equal(*shape):
            of = latex_of(next(below(node)))
            raise _unclear(node, rf"\lVert {of} \rVert_2", rf"\operatorname{{abs}}({of})")
        return SCALAR

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

    _indicator = _condition = _maximum

    def _comparison(self, node: Node, *shapes: Shape) -> Shape:
        for one, other in itertools.pairwise(shapes):
            if not (self.is_scalar(one) or self.is_scalar(other) or self.same(one, other)):
                raise self.differ(node, *shapes)
        return SCALAR

    def _member(self, node: Node, free: Free) -> Shape:
        of, *sizes = node.children
        rows, columns = [*map(self._written_size, sizes), ONE, ONE][:2]
        shape = self.shape(of, free)
        if not self.same(shape, (rows, columns)):
            raise _fail(node, f"{latex_of(of)} is {self.name(shape)}")
        return SCALAR

    def _written_size(self, node: Node) -> Size:
        """Return a size that is written in a formula."""
        name = str(node.children[0]) if node.data == "number" else self.scope.symbol(node) or ""
        if node.data != "number" and not self.scope.is_size(name):
            raise _fail(node, f"`{latex_of(node)}` is not a size that is declared here")
        return Size.named(name)

    def _case(self, node: Node, *shapes: Shape) -> Shape:
        return shapes[0]

    def _cases(self, node: Node, shape: Shape, *others: Shape) -> Shape:
        for other in others:
            shape = self._maximum(node, shape, other)
        for condition in node.find_data("condition"):
            for side in below(condition):
                sides = self.shape(side, {})
                if not self.is_scalar(sides) and not self.same(shape, sides):
                    problem = f"this needs the shape of the values, {self.name(shape)}"
                    raise _fail(condition, problem)
        return shape

    def _row(self, node: Node, *shapes: Shape) -> Shape:
        return SCALAR

    def _matrix(self, node: Node, free: Free) -> Shape:
        blocks = [[self._block(part, free) for part in below(row)] for row in node.children]
        if len({len(row) for row in blocks}) > 1:
            raise _fail(node, "the rows have different numbers of blocks")
        for row, line in zip(blocks, node.children, strict=True):
            for height, _ in row:
                if not self.equal(row[0][0], height):
                    raise _fail(
                        line, f"blocks of {self.solve(row[0][0])} and {self.solve(height)} rows"
                    )
        for column in zip(*blocks, strict=True):
            for _, width in column:
                if not self.equal(column[0][1], width):
                    problem = (
                        f"blocks of {self.solve(column[0][1])} and {self.solve(width)} columns"
                    )
                    raise _fail(node, f"{problem} stand one below the other")
        rows, columns = [row[0][0] for row in blocks], [width for _, width in blocks[0]]
        return _total(rows), _total(columns)

    def _block(self, node: Node, free: Free) -> Shape:
        """Return the shape of a part of a block matrix; a written 0 is as large as its place."""
        if not _is_zero(node):
            return self.shape(node, free)
        return self.constants.setdefault(id(node), (self.unknowns.new(), self.unknowns.new()))

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
        sign = node.meta.source[int(part.meta.end_pos) : int(node.meta.end_pos)]
        if re.search(r"\^\s*\{?\s*T\s*\}?$", sign) and self._is_number("T"):
            of = latex_of(part)
            raise EquationError(
                rf"`{latex_of(node)}` can be read in two ways: as `{of}^\top`, or as a power of T, "
                "which is a number here.\n"
                rf"What to do: write `{of}^\top`, or rename the number."
            )
        if self.is_scalar(shape) and part.data in ("number", "symbol", "subscript"):
            raise _fail(node, f"{latex_of(part)} is a number, which needs no transposition")
        return shape[1], shape[0]

    def _square(self, node: Node, shape: Shape) -> Shape:
        """Require a square matrix."""
        if not self.equal(*shape):
            raise _fail(node, f"needs a square matrix, not {self.name(shape)}")
        return shape

    _inverse_transpose = _square

    def _power(self, node: Node, free: Free) -> Shape:
        base, exponent = node.children
        above = self.shape(exponent, free)
        if self._is_inverse_of_entry(base, exponent):
            of, at = latex_of(base.children[0]), " ".join(base.children[1:])
            power = latex_of(exponent)
            raise _unclear(
                node, rf"({of}^{{{power}}})_{{{at}}}", rf"({latex_of(base)})^{{{power}}}"
            )
        if not self.is_scalar(above) and not is_euler(node, self.scope):
            raise _fail(node, "an exponent must be a number")
        if is_euler(node, self.scope):
            if not self.is_scalar(above):
                each = rf"\exp({latex_of(exponent)})"
                raise EquationError(
                    f"`{latex_of(node)}` can be read in two ways: e to the power of each entry, or "
                    f"the series of powers of the matrix.\nWhat to do: write `{each}` for the "
                    "former; the latter cannot be checked."
                )
            return SCALAR
        shape = self.shape(base, free)
        if self.is_scalar(shape):
            return shape
        matrix = self._square(node, shape)
        if not (whole(exponent) or half(exponent) or self._counts(exponent)):
            raise _fail(node, "an exponent of a matrix must be a whole number, a size or ±1/2")
        return matrix

    def _is_inverse_of_entry(self, base: Node, exponent: Node) -> bool:
        """Tell whether a power looks like the entry of an inverse."""
        is_entry = base.data == "subscript" and len(base.children) == 3 and not in_parentheses(base)
        return is_entry and self.scope.symbol(base) is None and exponent.data == "negative"

    def _counts(self, node: Node) -> bool:
        """Tell whether an exponent is made of sizes."""
        has_size = any(self.scope.is_size(self.scope.symbol(part) or "") for part in parts(node))
        return has_size and self.fixed(node)

    def fixed(self, node: Node) -> bool:
        """Tell whether a part has no symbol that is drawn or defined."""
        name = self.scope.symbol(node)
        if name is not None:
            return name not in self.scope.shapes and name not in self.scope.definitions
        return all(map(self.fixed, below(node)))

    def _norm(self, node: Node, shape: Shape) -> Shape:
        if norm_kind(node) == "" and ONE not in map(self.solve, shape):
            of = latex_of(node.children[0])
            raise _unclear(node, rf"\lVert {of} \rVert_F", rf"\lVert {of} \rVert_2")
        return SCALAR

    def _function(self, node: Node, shape: Shape) -> Shape:
        name, (rows, columns) = function_name(node), shape
        is_column = self.solve(columns) == ONE
        if name in ("tr", "det") or (name == "diag" and not is_column):
            self._square(node, shape)
        if name == "softmax" and is_column:
            raise _fail(node, "softmax acts on each row; of a column it is 1: transpose it")
        return {
            "tr": SCALAR,
            "det": SCALAR,
            "logsumexp": SCALAR,
            "diag": (rows, rows if is_column else ONE),
            "vec": (rows.times(columns), ONE),
            "vec_{row}": (rows.times(columns), ONE),
            "rowsum": (rows, ONE),
            "colsum": (ONE, columns),
        }.get(name, shape)

    def _application(self, node: Node, free: Free) -> Shape:
        name, argument = str(node.children[0]), node.children[-1]
        shape = self.shape(argument, free)
        if name not in self.scope.functions:
            return shape if name == LOGISTIC else self.named(name)
        by, meaning = self.scope.functions[name]
        if not self.same(self.named(by), shape):
            problem = f"{name} takes {self.name(self.named(by))}, not {self.name(shape)}"
            raise _fail(node, problem)
        return self.shape(meaning, {})

    def _slope(self, node: Node, free: Free) -> Shape:
        name, argument = str(node.children[0]), node.children[-1]
        if name in self.scope.functions:
            self._application(node, free)
            if not self.is_scalar(self.named(self.scope.functions[name][0])):
                raise _fail(node, "a prime needs a function of a number")
        elif name != LOGISTIC and function_name(node) not in ENTRYWISE:
            raise _fail(node, "a prime needs a function that acts on each entry")
        return self.shape(argument, free)

    def _gradient_at(self, node: Node, free: Free) -> Shape:
        name = str(node.children[0])
        if name not in self.scope.functions:
            raise _fail(
                node, f"{name} is not declared as a function, as in `{name}(x) = x^\\top x`"
            )
        if not self.is_scalar(self._application(node, free)):
            raise _fail(node, f"a gradient needs a number, not the values of {name}")
        return self.named(self.scope.functions[name][0])

    def _hessian_at(self, node: Node, free: Free) -> Shape:
        return self._second(node, self._gradient_at(node, free))

    def _second(self, node: Node, by: Shape) -> Shape:
        """Return the shape of the second derivatives of a number."""
        if self.solve(by[1]) != ONE:
            raise _fail(node, f"second derivatives need a number or a column, not {self.name(by)}")
        return by[0], by[0]

    # Derivatives

    def _derivative(self, node: Node, free: Free) -> Shape:
        of, by = node.children
        if by.data == "function" and of.data == "function":
            return self._jacobian(of, by)
        variable = by.children[0] if by.data == "transpose" else by
        is_entry = variable.data == "subscript" and self.scope.symbol(variable) is None
        if not self._varies(self.scope.whole(variable) if is_entry else variable):
            raise _fail(node, "a derivative needs a symbol below")
        above, under = self.shape(of, free), self.shape(variable, free)
        if self.is_scalar(above):
            return under if by is variable else (under[1], under[0])
        if self.is_scalar(under):
            return above
        if self.solve(above[1]) != ONE or self.solve(under[1]) != ONE:
            shapes = f"{self.name(above)} by {self.name(under)}"
            raise _fail(node, f"write a derivative of {shapes} with vec above and below")
        layout = "numerator" if by is not variable else self.scope.options.get("layout")
        if layout is None:
            rows, columns = self.solve(above[0]), self.solve(under[0])
            raise EquationError(
                f"`{latex_of(node)}` can be read in two ways: as {rows} × {columns} in numerator "
                f"layout, or as {columns} × {rows} in denominator layout.\nWhat to do: declare "
                "`layout numerator` or `layout denominator`."
            )
        return (above[0], under[0]) if layout == "numerator" else (under[0], above[0])

    def _hessian(self, node: Node, free: Free) -> Shape:
        of, by = node.children
        if not self.is_scalar(self.shape(of, free)):
            raise _fail(node, "second derivatives need a number above")
        is_entry = by.data == "subscript" and self.scope.symbol(by) is None
        if not self._varies(self.scope.whole(by) if is_entry else by):
            raise _fail(node, "a derivative needs a symbol below")
        return self._second(node, self.shape(by, free))

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
SPECIAL = {
    *("symbol", "subscript", "prime", "big", "power", "matrix", "application", "slope", "member"),
    *("derivative", "gradient_at", "hessian", "hessian_at", "shape", "place"),
}
ENTRYWISE = {"exp", "log", "tanh", "sinh", "cosh", "sin", "cos", "sigmoid", "relu", "softplus"}
ALIASES = {"ln": "log", "Tr": "tr", "trace": "tr", "Trace": "tr", "Diag": "diag", "Vec": "vec"}
ALIASES |= {"ReLU": "relu", "sgn": "sign"}
PI = r"\pi"


def _fail(node: Node, problem: str) -> EquationError:
    """Make an error that quotes the faulty part of the formula."""
    return EquationError(f"{problem}, in: {latex_of(node)}")


def _unclear(node: Node, one: str, other: str) -> EquationError:
    """Make an error that shows both readings."""
    return EquationError(
        f"`{latex_of(node)}` can be read in two ways.\nWhat to do: write `{one}` or `{other}`."
    )


def _total(sizes: list[Size]) -> Size:
    """Return the sum of sizes."""
    total = Size(())
    for size in sizes:
        total = total.plus(size)
    return total


def _require_order(node: Node, base: Node, letters: list[Node]) -> None:
    """Raise EquationError if a power has an index: TeX sets both in one place in either order."""
    if base.data != "power" or in_parentheses(base):
        return
    of, power = (latex_of(part) for part in base.children)
    index = " ".join(letters)
    if base.children[0].data == "norm":
        right = rf"{of}_{{{index}}}^{{{power}}}"
        problem = "has its index behind the power"
        raise EquationError(f"`{latex_of(node)}` {problem}.\nWhat to do: write `{right}`.")
    raise _unclear(node, rf"({of}^{{{power}}})_{{{index}}}", rf"({of}_{{{index}}})^{{{power}}}")


def parts(node: Node) -> Iterator[Node]:
    """Yield a node and all below it."""
    yield node
    for part in below(node):
        yield from parts(part)


def function_name(node: Node) -> str:
    r"""Return the one name of a function without \operatorname, such as vec_{row}."""
    pattern = r"\\(?:operatorname|mathrm|text|mathsf)\*?\{(\w+)\}|\\(\w+)"
    name = re.sub(pattern, r"\1\2", str(node.children[0]))
    return ALIASES.get(name, name)


def norm_kind(node: Node) -> str:
    r"""Return which norm is meant: "F", "1", "2", "\infty", "*", or "" if nothing says so."""
    return re.sub(r"[⟧_{}\s]|\\mathrm|\\text", "", str(node.children[1]))


def whole(node: Node) -> bool:
    """Tell whether an exponent is a written whole number below 100, or minus one."""
    part = node.children[0] if node.data == "negative" else node
    return part.data == "number" and bool(re.fullmatch(r"\d{1,2}", str(part.children[0])))


def half(node: Node) -> bool:
    """Tell whether an exponent is written 1/2 or -1/2."""
    part = node.children[0] if node.data == "negative" else node
    return bool(
        part.data == "divide" and [side.children for side in part.children] == [["1"], ["2"]]
    )


def is_delta(node: Node, scope: Scope) -> bool:
    """Tell whether a node is Kronecker's delta."""
    return node.data == "symbol" and node.children[0] == DELTA and not scope.knows(DELTA)


def is_unit(node: Node, scope: Scope) -> bool:
    """Tell whether an entry is written like a column of the identity matrix."""
    base = node.children[0]
    written = base.data == "symbol" and len(node.children) == 2
    return written and base.children[0] in UNITS and not scope.knows(str(base.children[0]))


def is_euler(node: Node, scope: Scope) -> bool:
    """Tell whether a power is one of e."""
    base = node.children[0]
    written = base.data == "symbol" and base.children[0] in EULER
    return written and not scope.knows(str(base.children[0]))


def _is_zero(node: Node) -> bool:
    """Tell whether a node is a written 0, which has any shape."""
    return node.data == "number" and str(node.children[0]) == "0"
