r"""Bring the spellings of LaTeX to one, without moving a character.

Each spelling is replaced by a sign of its own and blanks, so that a place in the result is a place
in the source. What a letter means may decide: `d` is a differential unless a page declares it, and
the parenthesis behind a declared function opens its argument.
"""

import re
from collections.abc import Callable

SPACE = re.compile(r"\\[,;:]|(?<!\\)\\ |~|\\q?quad(?![a-z])")
SPACING = re.compile(
    SPACE.pattern
    + r"|\\!|\\(?:left|right)\.|\\(?:left|right|middle)(?![a-zA-Z])|\\[bB]igg?[lrm]?(?![a-z])"
    r"|\\(?:displaystyle|textstyle|limits|nolimits|nonumber|notag)(?![a-zA-Z])"
    r"|\\(?:label|tag)\{[^{}]*\}"
)
T = r"(?:T|\\top|\\intercal|\\(?:mathsf|mathrm|text|mathtt)\s*(?:\{\s*T\s*\}|T)|\{?\\rm\s*T\}?)"
PD = r"\\partial(?![a-zA-Z])"
D = r"\\(?:mathrm|operatorname|text|mathsf)\s*\{\s*d\s*\}|\\mathrm\s+d"
ONE_SPELLING = (
    (re.compile(rf"\^\s*(?:{T}|\{{\s*{T}\s*\}})(?![a-z])"), "⊤"),
    (re.compile(rf"\^\s*\{{\s*-\s*{T}\s*\}}"), "⁻⊤"),
    (re.compile(r"\^\s*(?:\\prime|\{\s*\\prime\s*\})(?![a-zA-Z])"), "'"),
    (re.compile(PD), "∂"),
    (re.compile(D), "ⅆ"),
)
LAYER = re.compile(rf"(\^\s*\{{\s*[(\[<][A-Za-z0-9+-]+[)\]>])\s*{T}\s*\}}")  # W^{(2)\top}
BARS = {"|": "⌈⌉", r"\vert": "⌈⌉", r"\|": "⟦⟧", r"\Vert": "⟦⟧"}
FACING = {r"\lvert": "⌈", r"\rvert": "⌉", r"\lVert": "⟦", r"\rVert": "⟧"}
WORD = re.compile(
    r"\\(?:operatorname\*?|mathrm|text|textrm|mbox|begin|end|mathsf)\s*\{[^{}]*\}"
    r"|[_^]\s*\{[A-Za-z0-9, ]*\}|_\s*[A-Za-z0-9]|\\[A-Za-z]+|\\.|\d+|\s+|.",
    re.DOTALL,
)
OPENS = re.compile(
    r"[-+=<>(\[{^_,/&∂ⅆ]|\\(?:log|ln|exp|tanh|sin|cos|det|le|leq|ge|geq|approx|odot|circ|otimes|cdot"
    r"|implies|iff|succeq|preceq|neq?|lt|gt)|\\operatorname.*|\\begin.*|\\\\"
)
DECORATION = re.compile(
    r"(\\(?:hat|bar|tilde|widehat|widetilde|overline|mathbf|boldsymbol|bm|vec|mathcal|mathbb|mathsf"
    r"|mathit|mathrm|text))(?![a-zA-Z])(.*)"
)
PRIMED = re.compile(r"(\\(?:tanh|exp|log|ln|sinh?|cosh?|operatorname\{\w+\}))('+)")
CHANGES = re.compile(  # what stands behind the d of a differential
    r"[A-Za-z(]|\^\s*\{?\s*2|\}\s*\{\s*[dⅆ]|\\(?!in|cdot|le|ge|ne|approx|otimes|odot|circ)[a-zA-Z]"
)
FRACTION = re.compile(r"\\[dtc]?frac\s*(?=\{)")


def one_spelling(latex: str, applied: frozenset[str], d_is_symbol: bool) -> str:
    """Return a formula of equal length in the spelling that the grammar reads.

    Args:
        latex: The formula.
        applied: Names of functions; parentheses behind one hold what it is applied to.
        d_is_symbol: Whether a `d` in italics is a symbol rather than a differential.
    """
    text = latex
    for pattern, sign in ONE_SPELLING:
        text = pattern.sub(_padded(sign), text)
    text = LAYER.sub(lambda found: f"{found[1]}}}".ljust(len(found[0]) - 1) + "⊤", text)
    text = SPACING.sub(_padded(""), text)
    text = _directed(text)
    if not d_is_symbol:
        text = _differentials(text)
    text = PRIMED.sub(lambda found: found[1] + len(found[2]) * "′", text)
    text = _derivatives(text)
    return _applications(text, applied)


def canonical(name: str) -> str:
    r"""Return the one way to write a name: `\boldsymbol\\Sigma` as `\boldsymbol{\\Sigma}`."""
    base, _, above = name.partition("^")
    above = above.strip().removeprefix("{").removesuffix("}").replace(" ", "")
    above = "*" if above == r"\star" else above
    return _decorated(base.strip()) + (f"^{{{above}}}" if above else "")


def _decorated(name: str) -> str:
    """Put what stands below an accent or in bold into braces, without blanks."""
    found = DECORATION.match(name)
    if not found:
        return name.replace(" ", "")
    inner = found[2].strip()
    if inner.startswith("{"):
        inner = inner[1:-1].strip()
    return f"{found[1]}{{{_decorated(inner)}}}"


def _padded(sign: str) -> Callable[[re.Match[str]], str]:
    """Return a function that replaces what was found by a sign and blanks."""
    ends = sign in ("⊤", "⁻⊤", "'")  # a node begins or ends with its sign, not with blanks
    return lambda found: (sign.rjust if ends else sign.ljust)(len(found.group()))


def _in_place(sign: str, word: str, closes: bool) -> str:
    """Return a sign with the blanks that make it as long as a word."""
    return sign.rjust(len(word)) if closes else sign.ljust(len(word))


def _directed(text: str) -> str:
    """Give each bar its direction: one behind an operand closes the innermost open one."""
    made, open_bars, after_operand = "", [""], False
    for found in WORD.finditer(text):
        word = found.group()
        if word in "({[":
            open_bars.append("")
        elif word in ")}]" and len(open_bars) > 1:
            open_bars.pop()
        if word in FACING:
            after_operand = word in (r"\rvert", r"\rVert")
            made += _in_place(FACING[word], word, after_operand)
        elif word in BARS:
            closes = after_operand and open_bars[-1].endswith(word)
            made += _in_place(BARS[word][closes], word, closes)
            open_bars[-1] = open_bars[-1].removesuffix(word) if closes else open_bars[-1] + word
            after_operand = closes
        else:
            made += word
            if word.strip():
                after_operand = not OPENS.fullmatch(word)
    return made


def _differentials(text: str) -> str:
    """Replace each `d` in front of a symbol or a parenthesis by the sign of a differential."""
    words = [found.group() for found in WORD.finditer(text)]
    for at, word in enumerate(words):
        if word == "d" and CHANGES.match("".join(words[at + 1 : at + 5]).lstrip()):
            words[at] = "ⅆ"
    return "".join(words)


def _derivatives(text: str) -> str:
    """Mark the fractions that are derivatives; each other ∂ is a differential."""
    characters = list(text)
    kept: set[int] = set()
    for found in FRACTION.finditer(text):
        top, bottom = found.end(), _closing(text, found.end()) + 1
        while text[bottom : bottom + 1].isspace():
            bottom += 1
        end = _closing(text, bottom) if text[bottom : bottom + 1] == "{" else -1
        starts = [re.match(r"\{\s*([∂ⅆ])", text[at:]) for at in (top, bottom)]
        if end < 0 or not all(starts):
            continue
        characters[found.start() : found.end()] = "⁄".ljust(found.end() - found.start())
        below = [at for at in range(bottom, end) if text[at] in "∂ⅆ"]
        for at in [text.index(starts[0][1] if starts[0] else "", top), *below]:
            characters[at] = "∂"
            kept.add(at)
    for found in re.finditer(r"∂[^=+∂]*/\s*∂", text):
        kept.update((found.start(), found.end() - 1))
    return "".join(
        "ⅆ" if sign == "∂" and at not in kept else sign for at, sign in enumerate(characters)
    )


def _closing(text: str, start: int) -> int:
    """Return where the brace that opens at a place is closed; the end of the text if nowhere."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return at
    return len(text) - 1


def _applications(text: str, applied: frozenset[str]) -> str:
    """Replace the parenthesis behind the name of a function."""
    for name in sorted(applied, key=len, reverse=True):
        base, _, subscript = name.partition("_")
        written = re.escape(base) + (
            rf"\s*_\s*\{{?{re.escape(subscript.strip('{}'))}\}}?" if subscript else ""
        )
        before = "" if name.startswith("\\") else r"(?<![A-Za-z\\{])"
        pattern = re.compile(rf"{before}({written}\s*)('*)(\s*)\(")
        text = pattern.sub(lambda found: f"{found[1]}{'′' * len(found[2])}{found[3]}⦅", text)
    return text
