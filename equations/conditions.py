r"""Read the conditions that stand beside an equation, such as `A \text{ invertible}`, `n \ge k`."""

import re

from equations.draws import TRAITS
from equations.scope import CONSTANTS, Scope, require_square, written_name
from equations.shapes import Shapes
from equations.syntax import EquationError, Node, below

IF = (
    r"\\(?:text|mathrm|textrm|mbox)\s*\{\s*,?\s*"
    r"(?:if|for all|for|where|when|with|provided|whenever|若|当|其中|如果)(?: that)?\b"
)
PARTS = re.compile(r"[,;.]?\s*(?:\\qquad|\\quad)(?![a-zA-Z])\s*|(?<!\()[,;]?\s*(?=\(?" + IF + ")")
TEXT = re.compile(r"\\(?:text|textrm|mathrm|mbox)\s*\{([^{}]*)\}")
WORDS = {
    "nonsingular": "invertible", "non-singular": "invertible", "spd": "positive-definite",
    "可逆": "invertible", "对称": "symmetric", "对称正定": "positive-definite",
    "正定": "positive-definite",
    "正交": "orthogonal", "对角": "diagonal", "对角阵": "diagonal",
}  # fmt: skip
FILLER = {"is", "are", "and", "a", "an", "matrix", "matrices", "both", "all", "for", "if", "real",
          "that", "such", "with", "where", "when", "square", "矩阵", "为", "是"}  # fmt: skip
GREATER = {r"\ge", r"\geq", r"\geqslant", ">", "≥"}
LESS = {r"\le", r"\leq", r"\leqslant", "<", "≤"}
RELATION = re.compile(
    r"(.+?)\s*(\\(?:geq?|leq?|neq?|succeq|succ|in)(?:slant)?(?![a-zA-Z])|=|<|>)\s*(.+)"
)


SYMBOL = r"\\?[A-Za-z]+(?:\{\\?[A-Za-z]+\})?(?:_\{?[A-Za-z0-9]+\}?)?"
SIMPLE = re.compile(
    rf"{SYMBOL}\s*(?:<|>|\\(?:geq?|leq?|neq?|succ|succeq)(?![a-zA-Z]))\s*(?:{SYMBOL}|\d)"
    r"|.*\\in\s*\\mathbb\{R\}.*"
)


Places = list[tuple[int, int]]  # where each begins and ends


def split(line: str) -> tuple[Places, Places]:
    """Find in a line the statements, and the conditions of all of them."""
    joints = [joint.span() for joint in PARTS.finditer(line)]
    starts, ends = [0, *(end for _, end in joints)], [*(start for start, _ in joints), len(line)]
    found: tuple[Places, Places] = [], []
    for start, end in zip(starts, ends, strict=True):
        piece = line[start:end].strip(" ,;.")
        if piece:
            at = line.index(piece, start)
            place = at, at + len(piece)
            found[bool(found[0]) and is_condition(piece)].append(place)
    return found


def is_condition(piece: str) -> bool:
    """Tell whether what stands behind an equation restricts it, rather than says something more."""
    inside = re.sub(r"\\begin\{.*?\}.*?\\end\{.*?\}", "", piece, flags=re.DOTALL)
    if TEXT.search(inside) or piece.startswith("("):
        return "=" not in TEXT.sub("", inside) or bool(re.match(rf"\(?\s*{IF}", piece))
    return bool(SIMPLE.fullmatch(inside))


def under(conditions: list[str], scope: Scope) -> Scope:
    """Return what symbols mean where the conditions hold.

    Raises:
        EquationError: If a condition cannot be read.
    """
    scope = Scope().over(scope) if conditions else scope
    for condition in (" ".join(condition.split()) for condition in conditions):
        text = TEXT.sub(r" \1 ", re.sub(rf"^\(?\s*{IF}", r"\\text{", condition))
        text = re.sub(r"^[\s(,;]+|[\s,;.:]+$", "", text)
        text = text[:-1] if text.count(")") > text.count("(") else text
        for part in re.split(r"\s+(?:and|且|和)\s+(?=\S+\s*(?:[<>=]|\\))", text):
            _apply(part.strip(), condition, scope)
    return scope


def _apply(text: str, condition: str, scope: Scope) -> None:
    """Apply one condition."""
    if r"\mathbb{R}" in text:
        Shapes(scope).shape(scope.parse(text, "inline"), {})
        return
    names = re.split(r"\s*,\s*", text)
    if "for all" in condition and all(len(name) == 1 or scope.knows(name) for name in names):
        return
    relation = RELATION.fullmatch(text)
    if relation and _relation(relation[1], relation[2], relation[3], scope):
        return
    if not relation and _words(text, scope):
        return
    raise EquationError(
        f"the condition `{condition}` cannot be read.\n"
        "What to do: write it as in `A \\text{ invertible}`, `n \\ge k` or `x > 0`, or declare it."
    )


def _words(text: str, scope: Scope) -> bool:
    """Apply a condition in words, such as `A, B symmetric positive definite`."""
    text = re.sub(r"positive[ -]definite", "positive-definite", text)
    text = re.sub(r"(\\?[A-Za-z}\d])(对|可|正)", r"\1 \2", text)
    names, traits = [], set[str]()
    for word in (WORDS.get(word, word) for word in re.split(r"[\s,、]+", text)):
        if word in TRAITS:
            traits.add(word)
        elif scope.knows(word):
            names.append(word)
        elif word and word.lower() not in FILLER:
            return False
    for name in names:
        shape = scope.shapes.get(name)
        if traits - {"invertible"} and shape is None:
            return False
        if shape is not None:
            require_square(name, traits, shape)
            scope.traits[name] = scope.traits.get(name, set()) | traits
    return bool(names and traits)


def _relation(left: str, sign: str, right: str, scope: Scope) -> bool:
    """Apply a condition such as `n ≥ k`, `x > 0`, `i ≠ j` or `A^T = A`."""
    if sign in LESS:
        left, sign, right = right, ">", left
    sizes = [scope.is_size(side) for side in (left, right)]
    if sign in GREATER and sizes[0] and (sizes[1] or re.fullmatch("[1-9]", right)):
        scope.least.add((left, right))
        return True
    trait = ""
    if sign in GREATER and right == "0":
        trait = "positive"
    elif sign in (r"\succ", r"\succeq") and right == "0":
        trait = "positive-definite"
    elif sign.startswith(r"\ne"):
        if right in ("0", r"\mathbf{0}"):
            scope.traits[left] = scope.traits.get(left, set()) | {"nonzero"}  # of this formula only
            return scope.knows(left)
        scope.apart.add((left, right))
        return len(left) == len(right) == 1 and not scope.knows(left)
    elif sign == "=":
        left, trait = property_of(scope.parse(left, "sum"), scope.parse(right, "sum"))
    if not trait or left not in scope.shapes:
        return False
    require_square(left, {trait}, scope.shapes[left])
    scope.traits[left] = scope.traits.get(left, set()) | {trait}
    return True


def property_of(left: Node, right: Node) -> tuple[str, str]:
    r"""Return the symbol and the trait that an equation such as `A^\top = A` demands."""
    for this, that in ((left, right), (right, left)):
        if this.data == "transpose" and this.children[0] == that:
            return written_name(that) or "", "symmetric"
        if this.data == "multiply" and CONSTANTS.get(written_name(that) or "") == "I":
            first, second = below(this)
            for plain, turned in ((first, second), (second, first)):
                if turned.data == "transpose" and turned.children[0] == plain:
                    return written_name(plain) or "", "orthogonal"
    return "", ""
