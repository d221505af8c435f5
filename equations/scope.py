"""What the symbols of a formula mean, and the declarations that say so."""

import re
from dataclasses import dataclass, field

from equations.syntax import EquationError, Node, latex_of, parse

ONES = r"\mathbf{1}"
CONSTANTS = ("I", ONES)  # the identity matrix and a column of ones, unless declared
DELTA = r"\delta"
TRAITS = ("constant", "positive", "symmetric")
ROW = re.compile(r"^\s*\|\s*\$(?P<formula>[^$]+)\$\s*\|(?P<rest>.*)$")
ROW_SHAPE = re.compile(r"\$(?P<rows>[^$]+?) *\\times *(?P<columns>[^$]+?)\$|\$1\$")
SEE = "see the reference page"


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
    """

    shapes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    traits: dict[str, set[str]] = field(default_factory=dict)
    definitions: dict[str, Node] = field(default_factory=dict)
    least: set[tuple[str, str]] = field(default_factory=set)
    indices: set[str] = field(default_factory=set)
    excused: dict[str, str] = field(default_factory=dict)

    def fingerprint(self) -> str:
        """Return a text that is equal for scopes that give every symbol the same meaning."""
        meanings = {name: latex_of(node) for name, node in sorted(self.definitions.items())}
        traits = {name: sorted(words) for name, words in sorted(self.traits.items())}
        rest = sorted(self.shapes.items()), sorted(self.least), sorted(self.indices)
        return f"{meanings} {traits} {rest}"

    def knows(self, name: str) -> bool:
        """Tell whether a symbol or a size has a meaning."""
        return name in self.shapes or name in self.definitions or self.is_size(name)

    def is_size(self, name: str) -> bool:
        """Tell whether a name stands for a size."""
        return not name.isdecimal() and any(name in shape for shape in self.shapes.values())

    def symbol(self, node: Node) -> str | None:
        """Return the name of a symbol such as W_1; None if the node is not one, or is an entry."""
        if node.data == "symbol":
            return str(node.children[0])
        name = written_name(node)
        if name is None or self.knows(name):
            return name
        base, _, size = name.partition("_")
        return name if base in CONSTANTS and not self.knows(base) and self.is_size(size) else None

    def over(self, outer: "Scope") -> "Scope":
        """Return what holds in a section: its own meanings, and the outer ones that they leave."""
        own = self.shapes.keys() | self.definitions.keys()
        kept = {name: words for name, words in outer.traits.items() if name not in own}
        added = {name: words | kept.get(name, set()) for name, words in self.traits.items()}
        return Scope(
            {k: v for k, v in outer.shapes.items() if k not in own} | self.shapes,
            kept | added,
            {k: v for k, v in outer.definitions.items() if k not in own} | self.definitions,
            outer.least | self.least,
            (outer.indices | self.indices) - own,
            outer.excused | self.excused,
        )


def written_name(node: Node) -> str | None:
    """Return the name that a symbol with a subscript is written with; None for anything else."""
    if node.data == "symbol":
        return str(node.children[0])
    if node.data != "subscript" or node.children[0].data != "symbol":
        return None
    letters = "".join(str(index) for index in node.children[1:])
    return f"{node.children[0].children[0]}_{letters if len(letters) == 1 else f'{{{letters}}}'}"


def declare(part: str, scope: Scope, outer: Scope) -> None:
    """Apply one part of a comment to the scope of its section.

    Raises:
        EquationError: If it is not a declaration, or names what has no meaning.
    """
    if excuse := re.match(r"^inline \$(.+)\$ unchecked: (.+)$", part):
        scope.excused[" ".join(excuse[1].split())] = excuse[2]
    elif trait := re.match(rf"^({'|'.join(TRAITS)}) (.+)$", part):
        for name in re.split(r" *, *", trait[2]):
            if name not in scope.over(outer).shapes:
                raise EquationError(f"`{name}` cannot be {trait[1]}: it is not declared here")
            _require_square(name, {trait[1]}, scope.over(outer).shapes[name])
            scope.traits.setdefault(name, set()).add(trait[1])
    elif least := re.match(r"^(\S+) ≥ ([1-9]|\D\S*)$", part):
        for name in least.groups():
            if not name.isdecimal() and not scope.over(outer).is_size(name):
                raise EquationError(f"`{name}` is not a size that is declared here")
        scope.least.add((least[1], least[2]))
    elif letters := re.match(r"^([A-Za-z](?:, [A-Za-z])*): index$", part):
        scope.indices.update(letters[1].split(", "))
    elif symbol := re.match(r"^(\S+): ([^,]+?)(?:, (.+))?$", part):
        _declare_symbol(_name(symbol[1]), symbol[2], set((symbol[3] or "").split()), scope)
    elif "=" in part:
        name, _, meaning = part.partition("=")
        _define(_name(name), meaning, scope)
    else:
        raise EquationError(f"`{part}` is not a declaration; {SEE}")


def _name(written: str) -> str:
    """Return the name of a symbol as formulas will look it up."""
    name = written_name(parse(written.strip(), start="sum"))
    if name is None:
        raise EquationError(f"`{written.strip()}` is not a symbol; {SEE}")
    return name


def _declare_symbol(name: str, shape: str, traits: set[str], scope: Scope) -> None:
    """Give an independent symbol its shape and its traits."""
    if unknown := traits - set(TRAITS):
        raise EquationError(f"`{min(unknown)}` is not a trait; {SEE}")
    scope.shapes[name] = _shape(name, re.split(r" *× *", shape))
    scope.traits[name] = traits
    scope.definitions.pop(name, None)
    _require_square(name, traits, scope.shapes[name])


def _require_square(name: str, traits: set[str], shape: tuple[str, ...]) -> None:
    """Raise EquationError if a symmetric matrix is not square."""
    if "symmetric" in traits and len(set(shape)) > 1:
        raise EquationError(f"{name} is {' × '.join(shape)}, which cannot be symmetric")


def _define(name: str, meaning: str, scope: Scope) -> None:
    """Let a symbol stand for an expression."""
    scope.definitions[name] = parse(meaning.strip(), start="sum")
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
            _define(_name(name), meaning, scope)
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
