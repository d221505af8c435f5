"""What relations other than equality say, and what an implication lets one assume."""

import torch

from equations.conditions import property_of
from equations.scope import Scope, written_name
from equations.shapes import Shapes
from equations.syntax import EquationError, Node, below, latex_of, made

Value = torch.Tensor
STRICT = 1e-9  # of the larger side: what is closer counts as equal
SYMMETRIC = 1e-9  # of the norm


def excess(sign: str, left: Value, right: Value, scope: Scope) -> float:
    """Return by how much a relation is missed; 0 or less if it holds."""
    size = max(float(left.norm()), float(right.norm()))
    difference = left - right
    if sign == "=":
        return float(difference.norm())
    if sign == r"\approx":
        return float(difference.norm()) - float(scope.options["tolerance"]) * size
    if sign == r"\ne":
        return 0.0 if float(difference.norm()) > STRICT * size else float("inf")
    if sign in (r"\succ", r"\succeq", r"\prec", r"\preceq"):
        difference = _symmetric(difference if sign.startswith(r"\s") else -difference)
        missed = -float(torch.linalg.eigvalsh(difference).min())
    else:
        missed = float((difference if sign in ("<", r"\le") else -difference).max())
    if sign in ("<", ">", r"\succ", r"\prec") and not missed < -STRICT * size:
        return float("inf")
    return missed


def _symmetric(matrix: Value) -> Value:
    """Return a matrix that has to be symmetric."""
    if not float((matrix - matrix.T).norm()) <= SYMMETRIC * float(matrix.norm()):
        raise EquationError("does not hold: the difference of the sides is not symmetric")
    return (matrix + matrix.T) / 2


def require_readable(equation: Node, scope: Scope) -> None:
    """Raise EquationError if it is open what a relation claims."""
    if r"\approx" in equation.children and "tolerance" not in scope.options:
        raise EquationError(
            f"how close are the sides of: {latex_of(equation)}?\n"
            "What to do: declare the largest relative difference, as in `tolerance 0.01`."
        )


def near(raw: dict[str, Value], chooser: torch.Generator) -> dict[str, Value]:
    """Return random numbers near others, or other ones with one symbol scaled."""
    if _below(4, chooser):
        scale = 10.0 ** -_below(3, chooser)
        return {name: value + scale * _noise(value, chooser) for name, value in raw.items()}
    name = sorted(raw)[_below(len(raw), chooser)]
    return {**raw, name: raw[name] * 10.0 ** (_below(5, chooser) - 2)}


def patterned(raw: dict[str, Value], chooser: torch.Generator) -> dict[str, Value]:
    """Return random numbers with a pattern for which bounds are sharp: zeros, or equal ones."""
    name = sorted(raw)[_below(len(raw), chooser)]
    value, kind = raw[name], _below(4, chooser)
    if kind == 0:
        return {**raw, name: value * (_noise(value, chooser) > 0)}
    if kind == 1:
        return {**raw, name: torch.sign(_noise(value, chooser)) * value.abs().mean()}
    if kind == 2:
        return {**raw, name: torch.ones_like(value) * value.mean()}
    alike = [other for other in sorted(raw) if raw[other].shape == value.shape]
    other = raw[alike[_below(len(alike), chooser)]]
    return {**raw, name: other * (_below(2, chooser) * 2 - 1)}


def _below(bound: int, chooser: torch.Generator) -> int:
    """Return a random whole number."""
    return int(torch.randint(bound, (1,), generator=chooser))


def _noise(value: Value, chooser: torch.Generator) -> Value:
    """Return random numbers in the shape of others."""
    return torch.randn(value.shape, generator=chooser, dtype=value.dtype)


def assume(tree: Node, scope: Scope) -> tuple[Node, Scope]:
    """Take the first part of an implication for granted, if a draw can be made to fulfil it.

    It can if one side is an independent symbol that the other does not need, or if it is a property
    such as symmetry. Otherwise, nothing changes.
    """
    hypothesis, _, conclusion = tree.children[:3]
    if len(tree.children) != 3 or len(hypothesis.children) != 3 or hypothesis.children[1] != "=":
        return tree, scope
    left, _, right = hypothesis.children
    assumed = Scope().over(scope)
    name, trait = property_of(left, right)
    if trait and name in scope.shapes:
        assumed.traits[name] = assumed.traits.get(name, set()) | {trait}
        return made("start", [conclusion], tree), assumed
    for symbol, meaning in ((left, right), (right, left)):
        name = scope.symbol(symbol) or ""
        if name in scope.shapes and name not in _names(meaning, scope):
            Shapes(scope).equation(hypothesis)
            del assumed.shapes[name]
            assumed.traits.pop(name, None)
            assumed.definitions[name] = meaning
            return made("start", [conclusion], tree), assumed
    return tree, scope


def _names(node: Node, scope: Scope) -> set[str]:
    """Return the names of the symbols that an expression needs."""
    name = scope.symbol(node) or written_name(node) or ""
    meaning = scope.definitions.get(name)
    inner = [*below(node), *([meaning] if meaning is not None else [])]
    functions = [scope.functions[str(c)][1] for c in node.children if str(c) in scope.functions]
    return {name}.union(*(_names(part, scope) for part in [*inner, *functions]))
