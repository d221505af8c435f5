"""The equation checker: true identities pass, known misprints and every wrong mutant do not."""

import dataclasses
import random
import re
import subprocess
import sys
from pathlib import Path

import markdown
import numpy as np
import pytest

from equations import Result
from equations.check import check, check_page, draw_sizes, trials_of
from equations.evaluate import Point
from equations.pages import WrongEquationsError, declares
from equations.reading import Formula, read
from equations.scope import Scope
from equations.shapes import Shapes
from equations.statements import statements
from equations.syntax import EquationError, parse

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "docs").rglob("*.md")
    if "\n<!-- equations: " in path.read_text(encoding="utf-8")
)

SYMBOLS = (
    "A: m × n; B: n × p; C: p × m; S: n × n; T: n × n; K: n × n, symmetric; X: m × n; Y: m × n; "
    "a: m × 1; b: n × 1; c: n × 1; x: n × 1; t: scalar; F: q × r; D: r × q"
)

TRUE = r"""
(A B)^\top = B^\top A^\top
(A^\top)^\top = A
(S T)^{-1} = T^{-1} S^{-1}
(S^{-1})^\top = (S^\top)^{-1}
S S^{-1} b = b
S^2 = S S
A (B + B) = 2 A B
\operatorname{tr}(S + T) = \operatorname{tr}(S) + \operatorname{tr}(T)
\operatorname{tr}(S^\top) = \operatorname{tr}(S)
\operatorname{tr}(A B C) = \operatorname{tr}(B C A) = \operatorname{tr}(C A B)
\operatorname{tr}(A^\top X) = \sum_{i} \sum_{j} A_{ij} X_{ij}
\operatorname{tr}(A^\top X) = \operatorname{vec}(A)^\top \operatorname{vec}(X)
\lVert A \rVert_F^2 = \operatorname{tr}(A^\top A)
\lVert A + X \rVert_F^2 = \lVert A \rVert_F^2 + 2 \operatorname{tr}(A^\top X) + \lVert X \rVert_F^2
A \odot X = X \odot A
(A \odot X)^\top = A^\top \odot X^\top
\operatorname{diag}(b) c = b \odot c
\operatorname{tr}(A \operatorname{diag}(b) A^\top) = b^\top \operatorname{diag}(A^\top A)
\operatorname{vec}(A B) = (B^\top \otimes \operatorname{diag}(\mathbf{1}_m)) \operatorname{vec}(A)
\operatorname{vec}(A S B) = (B^\top \otimes A) \operatorname{vec}(S)
\operatorname{vec}_{row}(A S B) = (A \otimes B^\top) \operatorname{vec}_{row}(S)
(A \otimes F) (B \otimes D) = (A B) \otimes (F D)
(A \otimes F)^\top = A^\top \otimes F^\top
\operatorname{det}(S T) = \operatorname{det}(S) \operatorname{det}(T)
\operatorname{rowsum}(A) = A \mathbf{1}_n
\operatorname{colsum}(A) = \mathbf{1}_m^\top A
(A B)_{ik} = \sum_{j} A_{ij} B_{jk}
\sum_{j} \delta_{ij} b_j = b_i
\mathrm{d}(A B) = \mathrm{d} A \, B + A \, \mathrm{d} B
\mathrm{d}(A \odot X) = \mathrm{d} A \odot X + A \odot \mathrm{d} X
\mathrm{d}(A \otimes F) = \mathrm{d} A \otimes F + A \otimes \mathrm{d} F
\mathrm{d}(S^{-1}) = -S^{-1} \, \mathrm{d} S \, S^{-1}
\mathrm{d} \operatorname{tr}(S) = \operatorname{tr}(\mathrm{d} S)
\mathrm{d}(\operatorname{det}(S)) = \operatorname{det}(S) \operatorname{tr}(S^{-1} \mathrm{d} S)
\mathrm{d}(\exp(A)) = \exp(A) \odot \mathrm{d} A
\mathrm{d}(\max(A, 0)) = \mathbb{1}[A > 0] \odot \mathrm{d} A
\mathrm{d}(\tanh(t)) = (1 - \tanh(t)^2) \, \mathrm{d} t
\frac{\partial \operatorname{tr}(A^\top X)}{\partial X} = A
\frac{\partial \operatorname{tr}(A B C)}{\partial B} = A^\top C^\top
\frac{\partial \operatorname{tr}(X^\top X)}{\partial X} = 2 X
\frac{\partial \operatorname{tr}(S T S)}{\partial T} = (S S)^\top
\frac{\partial (b^\top S c)}{\partial S} = b c^\top
\frac{\partial (x^\top S x)}{\partial x} = (S + S^\top) x
\frac{\partial (x^\top K x)}{\partial x} = 2 K x
\frac{\partial (b^\top x)}{\partial x} = b
\frac{\partial \lVert X B \rVert_F^2}{\partial X} = 2 X B B^\top
\frac{\partial \lVert A x - a \rVert_F^2}{\partial x} = 2 A^\top (A x - a)
\frac{\partial (b^\top S^{-1} c)}{\partial S} = -(S^{-1})^\top b c^\top (S^{-1})^\top
\frac{\partial \operatorname{det}(S)}{\partial S} = \operatorname{det}(S) (S^{-1})^\top
\frac{\partial \operatorname{vec}(A S B)}{\partial \operatorname{vec}(S)} = B^\top \otimes A
\frac{\partial \operatorname{vec}_{row}(A S B)}{\partial \operatorname{vec}_{row}(S)} = A \otimes B^\top
\operatorname{softmax}(A) \mathbf{1}_n = \mathbf{1}_m
\operatorname{softmax}(A) \mathbf{1} = \mathbf{1}_m
\max(0, A) = \max(A, 0)
\frac{\partial \operatorname{tr}(A^\top X)}{\partial X_{ij}} = A_{ij}
""".strip().splitlines()

# The identity, zero and ones take the shape of their place.
CONSTANTS = r"""
S S^{-1} = I
A I_n = I A
A + 0 = A
0 = A - A
A \mathbf{1} = \operatorname{rowsum}(A)
\operatorname{vec}(A B) = (B^\top \otimes I) \operatorname{vec}(A)
\operatorname{tr}(I_n) = n
""".strip().splitlines()

# A d and functions take the factor that follows.
AS_THE_FIELD_READS_IT = r"""
\mathrm{d} S^{-1} = -S^{-1} \, \mathrm{d} S \, S^{-1}
\mathrm{d} S^2 = \mathrm{d} S \, S + S \, \mathrm{d} S
\mathrm{d} \operatorname{tr}(S)^2 = 2 \operatorname{tr}(S) \, \mathrm{d} \operatorname{tr} S
\mathrm{d} A^\top = (\mathrm{d} A)^\top
\mathrm{d}(A B) = \mathrm{d} A \, B + (A) \mathrm{d} B
\log \operatorname{det}(S)^2 = 2 \log \lVert \operatorname{det} S \rVert_F
\log \sum_{i} \exp(b_i) = \log(\mathbf{1}^\top \exp(b))
S^{-\top} = (S^{-1})^\top
t^{-2} = 1 / t^2
""".strip().splitlines()

# Misprints and slips that are met in books, notes and forums; small and one-sided errors.
FALSE = r"""
(A B)^\top = A^\top B^\top
(S T)^{-1} = S^{-1} T^{-1}
\operatorname{tr}(A B C) = \operatorname{tr}(B A C)
\operatorname{tr}(S T) = \operatorname{tr}(S) \operatorname{tr}(T)
\operatorname{vec}(A S B) = (A \otimes B^\top) \operatorname{vec}(S)
\operatorname{vec}_{row}(A S B) = (B^\top \otimes A) \operatorname{vec}_{row}(S)
\operatorname{det}(S + T) = \operatorname{det}(S) + \operatorname{det}(T)
\mathrm{d}(S^{-1}) = S^{-1} \, \mathrm{d} S \, S^{-1}
\mathrm{d}(S^{-1}) = -\mathrm{d} S \, S^{-1} S^{-1}
\mathrm{d}(S T) = \mathrm{d} S \, T + \mathrm{d} T \, S
\mathrm{d}(\operatorname{det}(S)) = \operatorname{tr}(S^{-1} \mathrm{d} S)
\mathrm{d}(\max(A, 0)) = \mathbb{1}[0 > A] \odot \mathrm{d} A
\frac{\partial \operatorname{tr}(A^\top X)}{\partial X} = A^\top
\frac{\partial \operatorname{tr}(A B C)}{\partial B} = C A
\frac{\partial (x^\top S x)}{\partial x} = 2 S x
\frac{\partial (b^\top S c)}{\partial S} = c b^\top
\frac{\partial \operatorname{tr}(X^\top X)}{\partial X} = X
\frac{\partial (b^\top S^{-1} c)}{\partial S} = -S^{-1} b c^\top S^{-1}
\frac{\partial \operatorname{det}(S)}{\partial S} = \operatorname{det}(S) S^{-1}
\frac{\partial \lVert A x - a \rVert_F^2}{\partial x} = 2 A (A x - a)
\lVert A + X \rVert_F^2 = \lVert A \rVert_F^2 + \lVert X \rVert_F^2
A \odot B = A B
\exp(-4 \lVert X \rVert_F^2) = 2 \exp(-4 \lVert X \rVert_F^2)
10^{-30} A = 2 \cdot 10^{-30} A
A + 10^{-8} X = A
\mathrm{d}(\exp(-9 \lVert X \rVert_F^2)) = 0
\sqrt{t^2} = t
2 S S^{-1} = I
""".strip().splitlines()


def page(*equations: str, symbols: str = SYMBOLS) -> str:
    blocks = "\n\n".join(f"$$\n{equation}\n$$" for equation in equations)
    return f"# Title\n\n<!-- equations: {symbols} -->\n\n{blocks}\n"


def render(text: str) -> str:
    """Render a page as a site does."""
    return markdown.markdown(
        text,
        extensions=["pymdownx.arithmatex", "pymdownx.superfences", "equations.pages"],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )


def only(equation: str, symbols: str = SYMBOLS) -> Result:
    (result,) = check_page(page(equation, symbols=symbols))
    return result


@pytest.mark.parametrize("equation", [*TRUE, *CONSTANTS, *AS_THE_FIELD_READS_IT])
def test_identities_hold(equation):
    result = only(equation)
    assert result.status == "checked", result.message
    assert result.error < 1e-9


@pytest.mark.parametrize("equation", FALSE)
def test_misprints_are_rejected(equation):
    result = only(equation)
    assert result.status == "wrong"
    assert "shapes" in result.message or "does not hold" in result.message


@pytest.mark.parametrize("path", PAGES)
def test_every_formula_of_the_derivations_holds(path):
    results = check_page((ROOT / path).read_text(encoding="utf-8"))
    wrong = [f"{path}:{r.line}: {r.latex}\n{r.message}" for r in results if r.status == "wrong"]
    assert not wrong, "\n\n".join(wrong)
    assert {(r.status, r.inline) for r in results} >= {("checked", False)}
    assert {r.inline for r in results} == {True, False}


@pytest.mark.parametrize("path", PAGES)
def test_an_error_in_any_equation_of_any_page_is_caught(path):
    """Double one side of each equation in turn; where the sides are 0, turn a sign instead."""
    tried = 0
    for formula in read((ROOT / path).read_text(encoding="utf-8"))[0]:
        if "=" not in formula.latex or formula.reason:
            continue
        old, new = (r" \+ ", " - ") if formula.latex.endswith("= 0") else ("= ", "= 2 ")
        for equality in re.finditer(old, formula.latex):
            spoilt = formula.latex[: equality.start()] + new + formula.latex[equality.end() :]
            assert is_wrong(dataclasses.replace(formula, latex=spoilt)), (
                f"{path}:{formula.line}: {spoilt}"
            )
            tried += 1
    assert tried > 5


# One token of LaTeX, with its argument if that is a name.
TOKEN = re.compile(
    r"\\(?:operatorname|mathrm|mathbf|mathbb|hat|begin|end)\{\w+\}|\\[a-zA-Z]+|\\.|\d+|[A-Za-z]|\S|\s+"
)
SYMBOL = re.compile(r"[A-Za-z]|\\hat\{X\}|\\(?:mu|sigma|gamma|beta|epsilon|lambda|ell)")
INSTEAD = {
    "+": ["-"],
    "-": ["+", ""],
    "=": ["= 2 "],
    r"\odot": ["", "+"],
    r"\otimes": [""],
    r"\exp": [r"\tanh"],
    r"\log": [r"\exp"],
    r"\mathrm{d}": [""],
    r"\operatorname{rowsum}": [r"\operatorname{colsum}"],
    r"\operatorname{tr}": [r"\operatorname{det}"],
}


def mutants(latex: str) -> list[str]:
    """A formula with one token dropped, replaced or added, or two neighbours swapped."""
    tokens = TOKEN.findall(latex)
    symbols = sorted({token for token in tokens if SYMBOL.fullmatch(token)})
    found = []
    for at, token in enumerate(tokens):
        before, after = "".join(tokens[:at]), "".join(tokens[at + 1 :])
        instead = INSTEAD.get(token, [])
        if token in symbols:
            instead = [*symbols, rf"{token}^\top", f"2 {token}", ""]
        elif token.isdigit():
            instead = [str(int(token) + 1), ""]
        elif tokens[at : at + 2] == ["^", r"\top"]:
            found.append(before + "".join(tokens[at + 2 :]))
        found += [before + new + after for new in instead]
        if tokens[at + 1 : at + 2] == [" "] and {token, *tokens[at + 2 : at + 3]} <= {*symbols}:
            found.append(before + f"{tokens[at + 2]} {token}" + "".join(tokens[at + 3 :]))
    return [mutant for mutant in dict.fromkeys(found) if mutant != latex]


def all_mutants(language: str) -> list[Formula]:
    """The mutants of all equations on the pages of a language; equal ones come once."""
    found = {}
    for path in (path for path in PAGES if path.startswith(f"docs/{language}/")):
        for formula in read((ROOT / path).read_text(encoding="utf-8"))[0]:
            if "=" in formula.latex and not formula.reason:
                for latex in mutants(formula.latex):
                    key = latex, formula.inline, formula.scope.fingerprint()
                    found[key] = dataclasses.replace(formula, latex=latex)
    return list(found.values())


def is_wrong(formula: Formula) -> bool:
    return any(result.status == "wrong" for result in check(formula))


def is_reported(markdown: str) -> bool:
    """Whether the checker finds anything wrong on a page."""
    formulas, problems = read(markdown)
    return bool(problems) or any(map(is_wrong, formulas))


def holds_at_other_points(formula: Formula) -> bool:
    """Whether an equation holds at 20 points that no check has drawn, with other sizes."""
    try:
        for statement, scope in statements(formula):
            trials_of(statement, scope).run(range(6, 26))
    except EquationError:
        return False
    return True


def test_a_sample_of_mutants_is_rejected():
    survived = [
        formula
        for formula in random.Random(1).sample(all_mutants("en"), 100)
        if not is_wrong(formula)
    ]
    assert len(survived) < 10
    assert [formula.latex for formula in survived if not holds_at_other_points(formula)] == []


@pytest.mark.thorough
def test_mutants_that_are_accepted_say_something_true(record_property):
    wrong = {}  # the languages have the same formulas
    for language in ("zh", "en"):
        found, survived = all_mutants(language), []
        for formula in found:
            key = formula.latex, formula.inline, formula.scope.fingerprint()
            if key not in wrong:
                wrong[key] = is_wrong(formula)
            if not wrong[key]:
                survived.append(formula)
        record_property(f"mutants of equations, {language}", len(found))
        record_property(f"accepted mutants, all true, {language}", len(survived))
        assert len(found) > 5000
        assert [one.latex for one in survived if not holds_at_other_points(one)] == []


# In these formulas no equality says which way round a matrix is; without the sign, each is a matrix.
ONLY_NAMED = {
    *(rf"{name}^\top" for name in ("A B", "B", "K K", "S", "T", "V", "W", "X")),
    r"B^\top \otimes A",
    r"\operatorname{tr}(F^\top \mathrm{d} C)",
}


@pytest.mark.thorough
@pytest.mark.parametrize("path", PAGES)
def test_each_transposition_counts(path, record_property):
    markdown = (ROOT / path).read_text(encoding="utf-8")
    signs = list(re.finditer(r" ?\^\\top", markdown))
    kept = []
    for sign in signs:
        dropped = markdown[: sign.start()] + markdown[sign.end() :]
        if not is_reported(dropped):
            line = markdown[: sign.start()].count("\n") + 1
            before, after = read(markdown)[0], read(dropped)[0]
            kept += [
                (line, old, new)
                for old, new in zip(before, after, strict=True)
                if old.latex != new.latex
            ]
    record_property("transposition signs", len(signs))
    for line, old, new in kept:
        assert old.latex in ONLY_NAMED or ("=" in new.latex and holds_at_other_points(new)), line


@pytest.mark.thorough
def test_mutants_of_a_table_s_definitions_are_reported():
    """A row of the table gives the symbols of a whole page their meaning."""
    markdown = (ROOT / "docs/en/derivation/derivative-basics.md").read_text("utf-8")
    lines = markdown.split("\n")
    rows = [f for f in read(markdown)[0] if lines[f.line - 1].startswith(f"| ${f.latex}$ |")]
    rows = [row for row in rows if "=" in row.latex]
    tried = 0
    for row in rows:
        for latex in mutants(row.latex):
            mutated = markdown.replace(f"\n| ${row.latex}$ |", f"\n| ${latex}$ |")
            same = dataclasses.replace(row, latex=latex)
            assert is_reported(mutated) or holds_at_other_points(same), latex
            tried += 1
    assert len(rows) == 5
    assert tried > 50


CODE = {
    "grad_y_pred": "2 E",
    "grad_w2": r"A^\top G",
    "grad_h_relu": r"G W_2^\top",
    "grad_h": r"(G W_2^\top) \odot M",
    "grad_w1": r"X^\top ((G W_2^\top) \odot M)",
}


@pytest.mark.parametrize("section", CODE)
def test_the_code_beside_a_formula_computes_it(section):
    """Run lesson 1's lines as the page shows them, and evaluate the formula, at one point."""
    page_text = (ROOT / "docs/en/derivation/derivative-basics.md").read_text(encoding="utf-8")
    assert CODE[section] in page_text
    assert f'"snippets/warmup_numpy.py:{section}"' in page_text
    scope = Scope(
        shapes={"X": ("N", "D"), "Y": ("N", "K"), "W_1": ("D", "H"), "W_2": ("H", "K")},
        definitions={
            name: parse(meaning, start="sum")
            for name, meaning in {
                "A": r"\max(X W_1, 0)",
                "E": "A W_2 - Y",
                "G": "2 E",
                "M": r"\mathbb{1}[X W_1 > 0]",
            }.items()
        },
    )
    formula = parse(CODE[section], start="sum")
    shapes = Shapes(scope)
    shapes.shape(formula, {})
    point = Point(shapes, {"N": 6, "D": 5, "H": 4, "K": 3}, trial=1)
    names = {
        code: point.values[symbol].numpy()
        for code, symbol in [("x", "X"), ("y", "Y"), ("w1", "W_1"), ("w2", "W_2")]
    }
    source = (ROOT / "snippets/warmup_numpy.py").read_text(encoding="utf-8")
    body = source.split("[start:forward]")[1].split("[end:backward]")[0]
    lines = [line.strip() for line in body.splitlines() if " = " in line]
    exec("import numpy as np\n" + "\n".join(lines), names)
    value = point.value(formula, point.plain, {})
    np.testing.assert_allclose(names[section], value.numpy(), rtol=1e-12, atol=1e-12)


def test_a_wrong_equation_shows_both_values():
    result = only("t = 2 t")
    assert re.fullmatch(r"does not hold: t is -?[\d.]+, 2 t is -?[\d.]+", result.message)


def test_lines_are_those_of_the_page():
    results = check_page(
        "---\ntitle: x\n---\n\n# T\n\n```\n$$\nnot one\n$$\n```\n\n$$\n1 = 2\n$$\n"
    )
    assert [(r.line, r.status) for r in results] == [(13, "wrong")]


def test_an_equation_is_a_definition_only_if_a_declaration_says_so():
    symbols = f"{SYMBOLS}; H = A B"
    statuses = [
        r.status for r in check_page(page("H = A B", "A B = H", "H = 2 A B", symbols=symbols))
    ]
    assert statuses == ["definition", "definition", "wrong"]
    assert only("A B + H = 2 H", symbols).status == "checked"


NO_PROOF = "nothing was tested"
REFUSED = [  # an equation, and what is said of it
    ("A B = B A", "shapes do not fit: B is n × p, A is m × n, in: B A.\nWhat to do: "),
    ("A = B", "the sides have different shapes: A is m × n, B is n × p"),
    (r"\max(A, b^\top) = A", "shapes do not fit"),
    ("A^\\top = 0 B", "different shapes"),
    ("A A^{-1} = I", "needs a square matrix, not m × n"),
    (r"\operatorname{tr}(I) = 3", "how large is I"),
    (r"A \bowtie B = C", r"cannot be read at ▸: A ▸ \bowtie B = C"),
    ("A + Z = A + A", "`Z` has no meaning here"),
    ("A = J", "`J` has no meaning here"),
    ("Q = Q + A", "`Q` has no meaning here"),
    ("S^{0.5} = S", "an exponent of a matrix must be a whole number"),
    (r"\operatorname{tr}_{row}(S) = t", "cannot be read at ▸"),
    (r"\operatorname{softmax}(b) = \mathbf{1}_n", "softmax acts on each row"),
    ("B_{kp} = B_{kp}", "p is no index in B_{kp}"),  # p is a size
    (r"\max(X, -100) = X", NO_PROOF),  # no draw can tell
    (r"\mathbb{1}[X > 10] = 0", NO_PROOF),
    (r"\mathrm{d} C = 2 \, \mathrm{d} C", NO_PROOF),
    ("0 A = 0 X", NO_PROOF),
    (r"A = A \iff B = B", NO_PROOF),
]


@pytest.mark.parametrize(("equation", "words"), REFUSED)
def test_what_cannot_be_checked_is_refused_with_the_reason(equation, words):
    result = only(equation, f"{SYMBOLS}; constant C")
    assert result.status == "wrong"
    assert words in result.message


@pytest.mark.parametrize(
    ("formula", "one", "other"),
    [
        (r"\mathrm{d} A B", r"\mathrm{d}(A B)", r"\mathrm{d}(A) B"),
        (r"\mathrm{d} x^\top S x", r"\mathrm{d}(x^\top S x)", r"\mathrm{d}(x^\top) S x"),
        (r"\mathrm{d}(S)^{-1}", r"\mathrm{d}(S^{-1})", r"(\mathrm{d} S)^{-1}"),
        (r"\operatorname{tr} S T", r"\operatorname{tr}(S T)", r"\operatorname{tr}(S) T"),
        (r"2 \log b (1 - t)", r"\log(b (1 - t))", r"\log(b) (1 - t)"),
        (r"\log t / u", r"\log(t / u)", r"\log(t) / u"),
        (r"\operatorname{vec} A B", r"\operatorname{vec}(A B)", r"\operatorname{vec}(A) B"),
        (r"\frac{d}{dt} t \cdot t", r"\frac{d}{dt} [t \cdot t]", r"(\frac{d}{dt} t) \cdot t"),
        (r"2 \nabla_x x^\top x / t", r"\nabla_x [x^\top x / t]", r"(\nabla_x x^\top x) / t"),
        (r"\nabla_x t t \odot b", r"\nabla_x [t t \odot b]", r"(\nabla_x t t) \odot b"),
        (r"t / \frac{d}{dt} t \cdot t", r"\frac{d}{dt} [t \cdot t]", r"(\frac{d}{dt} t) \cdot t"),
        (r"x \odot \nabla_x t \odot b", r"\nabla_x [t \odot b]", r"(\nabla_x t) \odot b"),
        (r"\nabla_x (t) (t t)", r"\nabla_x [(t) (t t)]", r"(\nabla_x (t)) (t t)"),
        (r"1 / 2 (t + t)", r"1 / (2 (t + t))", r"(1 / 2) (t + t)"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_both(formula, one, other):
    message = only(f"{formula} = A").message
    assert "can be read in two ways" in message
    assert f"write `{one}` or `{other}`" in message


def test_meanings_end_with_their_section():
    text = "# T\n\n## One\n\n<!-- equations: A: m × n -->\n\n$$\nA = A\n$$\n\n## Two\n\n$$\nA + A = 2 A\n$$\n"
    assert [r.status for r in check_page(text)] == ["checked", "wrong"]


def test_an_inner_meaning_hides_the_outer():
    text = page("A = A") + "\n## Inner\n\n<!-- equations: A: k × k -->\n\n$$\nA^2 = A A\n$$\n"
    assert [r.status for r in check_page(text)] == ["checked", "checked"]


TABLE = (
    "# T\n\n<!-- equations: table; constant X -->\n\n| Symbol | Shape |\n| --- | --- |\n"
    "| $X$ | $N \\times D$ |\n| $W$ | $D \\times K$ |\n| $P = X W$ | $N \\times K$ |\n\n"
    "$$\n\\mathrm{d} P = X \\, \\mathrm{d} W\n$$\n"
)


def displayed(text: str) -> list[Result]:
    return [result for result in check_page(text) if not result.inline]


@pytest.mark.parametrize(
    ("condition", "needs_it"),
    [
        (r"x^\top x > 0, \quad x \ne 0", r"x^\top x > 0"),
        (r"\sqrt{t^2} = t, \quad t > 0", r"\sqrt{t^2} = t"),
        (r"S^{-1} = S^{-\top}, \quad \text{if } S = S^\top", r"S^{-1} = S^{-\top}"),
        (r"x_i x_j = x_j x_i, \quad i \ne j", r"\delta_{ij} x_i x_j = 0"),
    ],
)
def test_a_condition_holds_in_its_formula_only(condition, needs_it):
    symbols = "S: n × n; x: n × 1; t: scalar; i, j: index"
    assert [r.status for r in displayed(page(condition, needs_it, symbols=symbols))] == [
        "checked",
        "wrong",
    ]


def test_the_error_of_an_approximation_is_that_of_its_sides():
    close = only(r"\sqrt{1 + u} \approx 1 + \frac{u}{2}", "u: scalar, small; tolerance 0.01")
    assert close.status == "checked"
    assert close.error > 1e-7


def test_symbols_are_read_from_a_table():
    assert [r.status for r in displayed(TABLE)] == ["checked"]
    assert [r.status for r in displayed(TABLE.replace("constant X", "positive X"))] == ["wrong"]


def test_a_table_must_give_the_shapes_that_symbols_have():
    wrong = TABLE.replace("| $N \\times K$ |", "| $K \\times N$ |")
    assert "P is N × K, but its row says K × N" in displayed(wrong)[0].message
    later = TABLE + "\n| Symbol | Shape |\n| --- | --- |\n| $W$ | weights | $K \\times D$ |\n"
    assert "W is D × K, but its row says K × D" in displayed(later)[1].message


def test_what_cannot_be_checked_says_so():
    text = "# T\n\n<!-- equations: unchecked: a definition in words -->\n\n$$\nx \\approx y\n$$\n"
    (result,) = check_page(text)
    assert (result.status, result.message) == ("unchecked", "a definition in words")


TRACE = r"X: m × n; B: m × n, constant; L = \operatorname{tr}(B^\top X); G = B"
EQUIVALENT = (
    r"\mathrm{d} L = \operatorname{tr}(G^\top \mathrm{d} X) \iff \frac{\partial L}{\partial X} = G"
)


def test_equivalences_hold_and_fail_together():
    assert only(EQUIVALENT, TRACE).status == "checked"
    assert "does not hold" in only(EQUIVALENT.replace("= G", "= 2 G"), TRACE).message
    unrelated = (
        EQUIVALENT.partition(r"\iff")[0]
        + r"\iff \operatorname{tr}(B^\top X) = \operatorname{tr}(X B^\top)"
    )
    assert "not equivalent: with a different G" in only(unrelated, TRACE).message


def test_a_side_that_is_a_number_by_itself_may_be_claimed():
    assert only(r"\mathrm{d} C = 0", f"{SYMBOLS}; constant C").status == "checked"


def test_terms_that_cancel_are_compared_with_their_own_size():
    for equation in (
        r"10^{-30} A - 10^{-30} A = 0",
        r"\mathrm{d}(S S^{-1}) = 0",
        r"A (B - B) = 0",
        "R = 0",
    ):
        result = only(equation, f"{SYMBOLS}; R = S S^{{-1}} - I")
        assert result.status == "checked", result.message


def test_a_missing_order_of_sizes_is_asked_for():
    equation = r"(X^\top X)^{-1} X^\top X = I"
    message = only(equation, "X: m × n").message
    assert "this has no inverse, or none that is precise, in: X^\\top X" in message
    assert "What to do: declare `m ≥ n`." in message
    assert only(equation, "X: m × n; m ≥ n").status == "checked"
    assert "What to do: declare `n ≥ 3`." in only("x_3 + x_1 = 2 x_3", "x: n × 1").message
    assert "What to do: declare `positive`." in only(r"\sqrt{t} \sqrt{t} = t", "t: scalar").message


def test_what_no_draw_allows_is_said():
    message = only(r"\max(A, A) = A").message
    assert message.startswith(
        "the two are all but equal, in: \\max(A, A), in each of 50 draws with"
    )
    assert "What to do: declare symbols for which this can be evaluated." in message


def test_other_declarations_do_not_change_the_draws():
    equation = r"(S T)^{-1} = T^{-1} S^{-1}"
    errors = {
        only(equation, f"S: n × n; T: n × n{more}").error for more in ("", "; A: a × b; u: c × 1")
    }
    assert len(errors) == 1


def test_sizes_come_in_every_order_and_one_occurs():
    names = ["D", "H", "K", "M", "N"]
    draws = [draw_sizes(names, set(), trial) for trial in range(6)]
    for one in names:
        for other in {*names} - {one}:
            assert any(draw[one] > draw[other] for draw in draws)
    assert all(len({*draw.values()}) == 5 for draw in draws)
    assert sum(1 in draw.values() for draw in draws) == 2
    assert len({tuple(draw.values()) for draw in draws}) == 6
    three = [tuple(draw_sizes(names[:3], set(), trial).values()) for trial in range(6)]
    assert len({tuple(sorted(draw).index(number) for number in draw) for draw in three}) == 6
    ordered = [draw_sizes(names, {("H", "D"), ("N", "H"), ("K", "4")}, trial) for trial in range(6)]
    assert all(draw["N"] >= draw["H"] >= draw["D"] and draw["K"] >= 4 for draw in ordered)


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("constant Q", "`Q` cannot be constant: it is not declared here"),
        ("P = 2 A; positive P", "`P` cannot be positive: it is not declared here"),
        ("P = A A", "shapes do not fit"),
        ("P = J", "`J` has no meaning here"),
        ("P = P + A", "the definition of P needs itself"),
        ("P = A_{ij}", "the index i is not bound"),
        ("m ≥ q", "`q` is not a size that is declared here"),
        ("A B: m × n", "`A B: m × n` is not a declaration"),
        ("m ≥ 99999", "`m ≥ 99999` is not a declaration"),
        (
            "t: scalar; u = " + r"\sqrt{" * 2000 + "t" + "}" * 2000,
            "the definition of u is too deep",
        ),
        ("A^2: m × n", "`A^2` is not a symbol"),
        ("symmetric A", "A is m × n, which cannot be symmetric"),
        ("A: m × n, large", "`large` is not a trait"),
        ("inline $m = 7$ unchecked: a condition", "no formula of this section is excused by"),
        ("unchecked: words", "no formula follows that is excused by"),
        ("table", "`table` needs a table below"),
    ],
)
def test_a_declaration_that_says_nothing_is_an_error(declaration, words):
    (result,) = check_page(f"# T\n\n<!-- equations: A: m × n; {declaration} -->\n")
    assert words in result.message


def sentence(text: str, symbols: str = SYMBOLS) -> list[Result]:
    return check_page(f"# T\n\n<!-- equations: {symbols}; i, j: index -->\n\n{text}\n")


@pytest.mark.parametrize(
    ("formula", "status"),
    [
        ("A", "read"),
        (r"m \times n", "read"),
        (r"A^\top X", "read"),
        (r"(i, j)", "read"),
        ("10^{-9}", "read"),
        (r"-\infty", "read"),
        ("[0, 1]", "read"),
        (r"\odot", "read"),
        ("A_{ij} > 0", "read"),
        (r"(A B)^\top = B^\top A^\top", "checked"),
        ("A B = B A", "wrong"),
        (r"A^\top B", "wrong"),
        ("Z", "wrong"),
        (r"m \times k", "wrong"),
        ("(i, k)", "wrong"),
        ("A_{ij} B_{ij}", "wrong"),
        ("[0, A]", "wrong"),
        (r"t^\top x", "wrong"),
        (r"A \bowtie B", "wrong"),
    ],
)
def test_formulas_inside_sentences_are_read(formula, status):
    for text in (
        f"of ${formula}$, and",
        f"- ${formula}$",
        f"| a | ${formula}$ |",
        f"## ${formula}$",
    ):
        (result,) = sentence(text)
        assert (result.status, result.inline) == (status, True), result.message
        assert result.latex == formula


def test_what_only_looks_like_a_formula_is_none():
    assert sentence("`$Z$` costs 5 $ or 6 $; \\$Z\\$\n\n```\n$Z$\n```\n\n<!-- $Z$ -->") == []


def test_a_formula_inside_a_sentence_can_be_excused_within_its_section():
    excused = (
        "<!-- equations: inline $i = j$ unchecked: a condition -->\n\nIf $i = j$, or $i = j$.\n"
    )
    assert [(r.status, r.message) for r in sentence(excused)] == [("unchecked", "a condition")] * 2
    assert [r.status for r in sentence(f"## A\n\n{excused}\n## B\n\n$i = j$")][2] == "wrong"


def test_equal_formulas_keep_their_own_marks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page("A = A") + "\n<!-- equations: unchecked: twice -->\n\n$$\nA = A\n$$\n"
    html = render(text)
    assert re.findall(r"equation-mark--(\w+)", html) == ["checked", "unchecked"]


def test_a_misspelt_declaration_is_reported():
    (result,) = check_page("# T\n\n<!--equations: A: m × n-->\n")
    assert "a declaration is one line" in result.message


def test_an_index_that_runs_too_far_is_named_with_both_symbols_and_their_shapes():
    message = only(r"\sum_i A_{ki} B_{il} = \sum_i A_{ik} B_{il}").message
    assert "the index i runs over" in message
    assert "A_{ik}, where A is m × n" in message
    assert "B_{il}, where B is n × p" in message
    assert "What to do: swap the indices of one of them, or transpose it" in message


def test_every_formula_of_a_page_is_counted_or_named():
    text = page("A = A") + "\nA matrix $A$, and $A + A = 2 A$.\n"
    html = render(text)
    assert "Displayed formulas on this page: 1. " in html
    assert "Formulas inside sentences: 2. Equations checked in the same way: 1;" in html
    assert html.count("equation-mark") == 2  # two classes of one mark
    for other in ("$$A = 2 A$$", "$A\n+ A$", r"\(A\)", "\\[\nA = 2 A\n\\]"):
        with pytest.raises(WrongEquationsError, match="was not checked"):
            render(f"{text}\n{other}\n")
    with pytest.raises(WrongEquationsError, match="was not checked"):  # the only one of its page
        render("# T\n\n<!-- equations: A: n × n -->\n\n$$A = 2 A$$\n")


@pytest.mark.parametrize("formula", [r"u^12 = u^{12}", r"e^10 u = e^{10} u", r"u^1.5 = u^{1.5}"])
def test_an_exponent_of_several_digits_needs_braces(formula):
    message = check_page(f"# T\n\n<!-- equations: u: scalar -->\n\n$$\n{formula}\n$$\n")[0].message
    assert "raises the first digit alone" in message
    assert "What to do: write `^{1" in message


@pytest.mark.parametrize("formula", [r"b = S x \implies P = A x", r"u = t \implies u = t"])
def test_an_implication_is_no_definition(formula):
    declared = "A: n × n; S: n × n; x: n × 1; b: n × 1; t: scalar; u: scalar; P = A x"
    page = f"# T\n\n<!-- equations: {declared} -->\n\n$$\n{formula}\n$$\n"
    assert [result.status for result in check_page(page)] == ["checked"]


def test_a_page_that_declares_nothing_is_left_alone():
    shown = "# T\n\n```html\n<!-- equations: A: m × n -->\n```\n\n$Z$\n\n$$\nZ = 2\n$$\n"
    assert not declares(shown)
    assert declares(f"{shown}\n??? info\n\n    <!-- equations: A: m × n -->\n")
    assert "equation-" not in render(shown)


def test_the_command_names_what_is_wrong(tmp_path):
    wrong = tmp_path / "wrong.md"
    wrong.write_text(page("A = 2 A"), encoding="utf-8")
    checker = ROOT / "docs/en/derivation/checker.md"
    command = [sys.executable, "-m", "equations", str(wrong), str(checker)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{wrong}:5: wrong: A = 2 A\n    does not hold: A is ")
    assert "checker.md: 75 checked, 19 read, 3 unchecked" in done.stdout
