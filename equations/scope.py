"""What the symbols of a formula mean, and the declarations that say so."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from equations.draws import SQUARE, TRAITS
from equations.syntax import EquationError, Node, latex_of, made, parse

# What symbols mean unless they are declared; sizes follow from the place.
CONSTANTS = {
    **dict.fromkeys(("I", r"\mathbf{I}", r"\boldsymbol{I}", r"\mathbb{I}", r"\mathrm{I}"), "I"),
    **dict.fromkeys((r"\mathbf{1}", r"\boldsymbol{1}", r"\mathbb{1}", r"\vec{1}"), "1"),
    **dict.fromkeys((r"\mathbf{0}", r"\boldsymbol{0}", r"\vec{0}", r"\mathbf{O}"), "0"),
}
UNITS = ("e", r"\mathbf{e}", r"\boldsymbol{e}")  # with an index, a column of the identity matrix
EULER = ("e", r"\mathrm{e}")  # with an exponent
BOLD = (r"\mathbf", r"\boldsymbol", r"\bm", r"\vec")
LOGISTIC = r"\sigma"
DELTA = r"\delta"
OPTIONS = {
    "layout": r"numerator|denominator",
    "tolerance": r"0?\.\d+|1e-\d+",
    "prime": r"transpose",
}
ROW = re.compile(r"^\s*\|\s*\$(?P<formula>[^$]+)\$\s*\|(?P<rest>.*)$")
ROW_SHAPE = re.compile(r"\$(?P<rows>[^$]+?) *\\times *(?P<columns>[^$]+?)\$|\$1\$")
FORMS = (
    "What to do: declare each symbol by itself, as in `A: m × n` or `t: scalar, positive`, put a "
    "semicolon between two, and see the reference page for what else there is."
)
REFUTED = "refuted: "  # begins the reason of a formula that has to be wrong


@dataclass
class Scope:
    """What symbols mean.

    Attributes:
        shapes: The shape of each independent symbol, as names of sizes; () for a scalar.
        traits: Words that restrict how a symbol is drawn.
        definitions: What each defined symbol stands for.
        least: Pairs of sizes, of which the first is at least as large as the second.
        indices: Letters that stand for a place.
        excused: Formulas inside sentences that are not checked, each with the reason.
        functions: What each function stands for, below the name of its argument.
        counts: Names of sizes that no matrix has.
        options: How to read what texts read differently.
        apart: Pairs of indices that stand for different places.
    """

    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    traits: dict[str, set[str]] = field(default_factory=dict)
    definitions: dict[str, Node] = field(default_factory=dict)
    least: set[tuple[str, str]] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    excused: dict[str, str] = field(default_factory=dict)
    functions: dict[str, tuple[str, Node]] = field(default_factory=dict)
    counts: set[str] = field(default_factory=set)
    options: dict[str, str] = field(default_factory=dict)
    apart: set[tuple[str, str]] = field(default_factory=set)
    wholes: dict[int, tuple[Node, Node]] = field(default_factory=dict, compare=False, repr=False)

    def fingerprint(self) -> str:
        """Return a text that is equal for scopes that give every symbol the same meaning."""
        meanings = {name: latex_of(node) for name, node in sorted(self.definitions.items())}
        traits = {name: sorted(words) for name, words in sorted(self.traits.items())}
        functions = {f: (by, latex_of(node)) for f, (by, node) in sorted(self.functions.items())}
        rest = sorted(self.shapes.items()), sorted(self.least), sorted(self.indices)
        more = sorted(self.counts), sorted(self.options.items()), sorted(self.apart)
        return f"{meanings} {traits} {functions} {rest} {more}"

    def parse(self, latex: str, start: str = "start") -> Node:
        """Parse a formula as the meanings of its symbols demand."""
        applied = {*self.functions, *([] if self.knows(LOGISTIC) else [LOGISTIC])}
        return parse(latex, start, frozenset(applied), self.knows("d"))

    def knows(self, name: str) -> bool:
        """Tell whether a symbol or a size has a meaning."""
        return name in self.shapes or name in self.definitions or self.is_size(name)

    def is_size(self, name: str) -> bool:
        """Tell whether a name stands for a size."""
        in_a_shape = any(name in shape for shape in self.shapes.values())
        return name in self.counts or (not name.isdecimal() and in_a_shape)

    def whole(self, node: Node) -> Node:
        r"""Return what has the entries that a node names: `x_i` may be those of `\mathbf{x}`.

        Raises:
            EquationError: If several symbols may be meant.
        """
        base, count = node.children[0], len(node.children) - 1
        name = written_name(base)
        if name is None or self.knows(name) or name == DELTA:
            return base
        letters = [name, name.upper()] if count == 2 and name.islower() else [name]
        meant = [m for x in letters for m in (x, *(f"{b}{{{x}}}" for b in BOLD)) if self.knows(m)]
        if len(meant) > 1:
            raise EquationError(
                f"`{latex_of(node)}` can be an entry of {' or of '.join(meant)}.\n"
                f"What to do: write `({meant[0]})_{{…}}` or `({meant[1]})_{{…}}`."
            )
        if not meant:
            return base
        kept = self.wholes.get(id(base))
        if kept is None or kept[0] is not base:  # each node is known by its id: make it once
            kept = self.wholes[id(base)] = base, made("symbol", [meant[0]], base)
        return kept[1]

    def symbol(self, node: Node) -> str | None:
        """Return the name of a symbol such as W_1; None if the node is not one, or is an entry."""
        if node.data == "prime" and not self.knows(written_name(node) or ""):
            return None
        if node.data == "symbol":
            return str(node.children[0])
        name = written_name(node)
        if name is None or self.knows(name):
            return name
        base, _, size = name.partition("_")
        return name if base in CONSTANTS and not self.knows(base) and self.is_size(size) else None

    def over(self, outer: "Scope") -> "Scope":
        """Return what holds in a section: its own meanings, and the outer ones that they leave."""
        own = self.shapes.keys() | self.definitions.keys() | self.functions.keys()
        kept = {name: words for name, words in outer.traits.items() if name not in own}
        added = {name: words | kept.get(name, set()) for name, words in self.traits.items()}
        return Scope(
            {k: v for k, v in outer.shapes.items() if k not in own} | self.shapes,
            kept | added,
            {k: v for k, v in outer.definitions.items() if k not in own} | self.definitions,
            outer.least | self.least,
            (outer.indices | self.indices) - own,
            outer.excused | self.excused,
            {k: v for k, v in outer.functions.items() if k not in own} | self.functions,
            outer.counts | self.counts,
            outer.options | self.options,
            outer.apart | self.apart,
        )


def written_name(node: Node) -> str | None:
    """Return the name that a symbol with a subscript is written with; None for anything else."""
    if node.data == "symbol":
        return str(node.children[0])
    if node.data == "prime":
        name = written_name(node.children[0])
        return None if name is None else f"{name}'"
    if node.data != "subscript" or node.children[0].data != "symbol":
        return None
    letters = "".join(str(index) for index in node.children[1:])
    return f"{node.children[0].children[0]}_{letters if len(letters) == 1 else f'{{{letters}}}'}"


def declare(part: str, scope: Scope, outer: Scope) -> None:
    """Apply one part of a comment to the scope of its section.

    Raises:
        EquationError: If it is not a declaration, or names what has no meaning.
    """
    for pattern, apply in DECLARATIONS:
        if found := re.match(pattern, part):
            apply(found, scope, outer)
            return
    raise EquationError(f"`{part}` is not a declaration.\n{FORMS}")


def _excuse(found: re.Match[str], scope: Scope, _: Scope) -> None:
    refuted = REFUTED if found[2] == "refuted" else ""
    scope.excused[" ".join(found[1].split())] = refuted + found[3]


def _give_trait(found: re.Match[str], scope: Scope, outer: Scope) -> None:
    word = found[1].replace(" ", "-")
    for name in re.split(r" *, *", found[2]):
        shape = scope.over(outer).shapes.get(name)
        if shape is None:
            raise EquationError(f"`{name}` cannot be {found[1]}: it is not declared here")
        require_square(name, {word}, shape)
        scope.traits.setdefault(name, set()).add(word)


def _choose(found: re.Match[str], scope: Scope, _: Scope) -> None:
    if not re.fullmatch(OPTIONS[found[1]], found[2]):
        raise EquationError(f"`{found[0]}` is not a declaration.\n{FORMS}")
    scope.options[found[1]] = found[2]


def _order(found: re.Match[str], scope: Scope, outer: Scope) -> None:
    for name in found.groups():
        if not name.isdecimal() and not scope.over(outer).is_size(name):
            raise EquationError(f"`{name}` is not a size that is declared here")
    scope.least.add((found[1], found[2]))


def _declare_indices(found: re.Match[str], scope: Scope, _: Scope) -> None:
    scope.indices.update(found[1].split(", "))


def _declare_sizes(found: re.Match[str], scope: Scope, _: Scope) -> None:
    scope.counts.update(found[1].split(", "))


def _declare_symbol(found: re.Match[str], scope: Scope, _: Scope) -> None:
    """Give an independent symbol its shape and its traits."""
    name = _name(found[1])
    words = (found[3] or "").replace("positive definite", "positive-definite")
    traits = {*re.split(r"[ ,]+", words.strip())} - {""}
    if unknown := traits - set(TRAITS):
        known = ", ".join(sorted(TRAITS)).replace("positive-definite", "positive definite")
        cure = f"What to do: choose from {known}."
        raise EquationError(f"`{min(unknown)}` is not a trait.\n{cure}")
    scope.shapes[name] = _shape(name, re.split(r" *× *", found[2]))
    scope.traits[name] = traits
    scope.definitions.pop(name, None)
    require_square(name, traits, scope.shapes[name])


def _define_function(found: re.Match[str], scope: Scope, outer: Scope) -> None:
    name, argument = _name(found[1]), _name(found[2])
    if argument not in scope.over(outer).shapes:
        raise EquationError(f"declare the argument of {name} first, as in `{argument}: n × 1`")
    scope.functions[name] = argument, scope.over(outer).parse(found[3].strip(), "sum")


def _define_symbol(found: re.Match[str], scope: Scope, outer: Scope) -> None:
    _define(_name(found[1]), found[2], scope, outer)


DECLARATIONS: tuple[tuple[str, Callable[[re.Match[str], Scope, Scope], None]], ...] = (
    (r"^inline \$(.+)\$ (unchecked|refuted): (.+)$", _excuse),
    (rf"^({'|'.join(sorted(TRAITS)).replace('-', '[ -]')}) (.+)$", _give_trait),
    (rf"^({'|'.join(OPTIONS)}) (\S+)$", _choose),
    (r"^(\S+) ≥ ([1-9]|\D\S*)$", _order),
    (r"^([A-Za-z](?:, [A-Za-z])*): index$", _declare_indices),
    (r"^([A-Za-z](?:, [A-Za-z])*): size$", _declare_sizes),
    (r"^(\S+): ([^,]+?)(?:, (.+))?$", _declare_symbol),
    (r"^([^(=]+)\(([^()=]+)\) *=(.+)$", _define_function),
    (r"^([^=]+)=(.+)$", _define_symbol),
)


def _name(written: str) -> str:
    """Return the name of a symbol as formulas will look it up."""
    name = written_name(parse(written.strip(), start="sum"))
    if name is None:
        raise EquationError(f"`{written.strip()}` is not a symbol.\n{FORMS}")
    return name


def require_square(name: str, traits: set[str], shape: tuple[str, ...]) -> None:
    """Raise EquationError if a trait needs a square matrix, and this is none."""
    if traits & SQUARE and len(set(shape)) > 1:
        trait = min(traits & SQUARE)
        raise EquationError(f"{name} is {' × '.join(shape)}, which cannot be {trait}")


def _define(name: str, meaning: str, scope: Scope, outer: Scope) -> None:
    """Let a symbol stand for an expression."""
    scope.definitions[name] = scope.over(outer).parse(meaning.strip(), "sum")
    scope.shapes.pop(name, None)
    scope.traits.pop(name, None)


def declare_table(following: list[str], scope: Scope, outer: Scope) -> None:
    """Read the symbols that have no meaning yet from the next table."""
    seen = False
    for line in following:
        row = ROW.match(line)
        if row is None:
            if seen and not line.strip().startswith("|"):
                return
            continue
        seen = True
        name, equals, meaning = (part.strip() for part in row["formula"].partition("="))
        if equals:
            _define(_name(name), meaning, scope, outer)
        elif not scope.over(outer).knows(name):
            claimed = shape_in_row(line)
            if claimed is None:
                raise EquationError(f"the table gives no shape for {name}")
            scope.shapes[_name(name)] = claimed[1]
    if not seen:
        raise EquationError("`table` needs a table below, with a formula in its first column")


def shape_in_row(line: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the symbol in the first cell of a table's row, and the shape in a later one."""
    row = ROW.match(line)
    shapes = (ROW_SHAPE.fullmatch(cell.strip()) for cell in (row["rest"].split("|") if row else ()))
    shape = next(filter(None, shapes), None)
    if row is None or shape is None:
        return None
    name = row["formula"].partition("=")[0].strip()
    return name, _shape(name, [shape["rows"], shape["columns"]] if shape["rows"] else ["scalar"])


def _shape(name: str, sizes: list[str]) -> tuple[str, ...]:
    """Return the shape of a symbol from what is written: two sizes, or none for a number."""
    if sizes == ["scalar"]:
        return ()
    if len(sizes) != 2 or any(re.match(r"(?![1-9]$)[\d\W]", size) for size in sizes):
        raise EquationError(
            f"the shape of {name} must be `rows × columns`, names or numbers from 1 to 9, "
            f"or `scalar`, not `{' × '.join(sizes)}`"
        )
    return tuple(sizes)
