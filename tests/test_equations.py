"""The equation checker: true identities pass, known misprints and every wrong mutant do not."""

import re
from pathlib import Path

import markdown
import numpy as np
import pytest

from equations import Result
from equations.check import check_page
from equations.evaluate import Point, Scope, parse
from equations.pages import WrongEquationsError

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("derivation/*.md")
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
\frac{\partial \operatorname{tr}(A^\top X)}{\partial X_{ij}} = A_{ij}
""".strip().splitlines()

# Misprints and slips that are met in books, notes and forums.
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
""".strip().splitlines()


def page(*equations: str, symbols: str = SYMBOLS) -> str:
    blocks = "\n\n".join(f"$$\n{equation}\n$$" for equation in equations)
    return f"# Title\n\n<!-- equations: {symbols} -->\n\n{blocks}\n"


def only(equation: str, symbols: str = SYMBOLS) -> Result:
    (result,) = check_page(page(equation, symbols=symbols))
    return result


def test_there_are_enough_identities():
    assert len(TRUE) >= 40
    assert len(FALSE) >= 20


@pytest.mark.parametrize("equation", TRUE)
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
def test_every_equation_of_the_derivations_holds(path):
    results = check_page((ROOT / path).read_text(encoding="utf-8"))
    wrong = [f"{path}:{r.line}: {r.latex}\n{r.message}" for r in results if r.status == "wrong"]
    assert not wrong, "\n\n".join(wrong)
    assert [r for r in results if r.status == "checked"]


@pytest.mark.parametrize("path", PAGES)
def test_an_error_in_any_equation_of_any_page_is_caught(path):
    """Double one side of each equation in turn; where the sides are 0, turn a sign instead."""
    markdown = (ROOT / path).read_text(encoding="utf-8")
    lines = markdown.splitlines()
    checked = [result for result in check_page(markdown) if result.status == "checked"]
    for result in checked:
        old, new = (r" \+ ", " - ") if result.latex.endswith("= 0") else ("= ", "= 2 ")
        at = next(n for n in range(result.line, len(lines)) if re.search(old, lines[n]))
        spoilt = [*lines[:at], re.sub(old, new, lines[at], count=1), *lines[at + 1 :]]
        wrong = [r.line for r in check_page("\n".join(spoilt)) if r.status == "wrong"]
        assert result.line in wrong, f"{path}:{result.line}: {result.latex}"


MUTATIONS = {
    "a transposition dropped": (r"\^\\top", ""),
    "a sign turned": (r"(?<=\S) - ", " + "),
    "a plus turned": (r" \+ ", " - "),
    "a factor 2 dropped": (r"(?<![\w_{^])2 (?!\})", ""),
    "a factor 2 added": (r"= ", "= 2 "),
    "a mask forgotten": (r" \\odot (M|\\mathrm\{d\} Z)", ""),
    "transposed once more": (r"(?<=[A-Z])(?= \\?[\\A-Z(])", r"^\\top"),
    "Kronecker factors swapped": (r"\((\S+) \\otimes (\S+)\)", r"(\2 \\otimes \1)"),
    "vec of the other flattening": (r"\\operatorname\{vec\}\(X\)", r"\\operatorname{vec}_{row}(X)"),
    "neighbours swapped": (r"\b(A|G|X) (W_2|\\, \\mathrm\{d\} W_[12]|W_1)", r"\2 \1"),
}

# Mutants that say something true: a number is its own transpose.
EQUIVALENT = [r"\frac{\partial L_{mean}}{\partial P} = \frac{2}{N^\top D_{out}} E"]


def mutants(markdown: str):
    """Yield the line of an equation, and the page with one place of it mutated."""
    for block in re.finditer(r"^\$\$\n(.*?)\n\$\$$", markdown, re.MULTILINE | re.DOTALL):
        line = markdown[: block.start()].count("\n") + 1
        for pattern, replacement in MUTATIONS.values():
            for place in re.finditer(pattern, block[1]):
                changed = place.expand(replacement)
                if changed == place.group():
                    continue
                at = block.start(1) + place.start()
                mutated = markdown[:at] + changed + markdown[at + len(place.group()) :]
                yield line, mutated


def test_mutants_of_the_derivation_are_rejected(record_property):
    markdown = (ROOT / "docs/en/derivation/derivative-basics.md").read_text(encoding="utf-8")
    rejected, survivors = 0, []
    for line, mutated in mutants(markdown):
        (result,) = [r for r in check_page(_only_block(mutated, line)) if r.line == line]
        if result.status == "wrong":
            rejected += 1
        else:
            survivors.append(result.latex)
    record_property("mutated equations rejected", rejected)
    record_property("mutated equations that say something true", len(survivors))
    assert rejected > 100
    assert survivors == EQUIVALENT


def _only_block(markdown: str, line: int) -> str:
    """Keep one equation, and those that define symbols, so that a mutant is checked quickly."""
    kept = []
    blocks = re.split(r"(^\$\$\n.*?\n\$\$$)", markdown, flags=re.MULTILINE | re.DOTALL)
    at = 1
    for part in blocks:
        defines = re.search(r"= G$", part, re.MULTILINE)
        is_wanted = at == line
        keep = not part.startswith("$$") or is_wanted or defines
        kept.append(part if keep else "\n" * part.count("\n"))
        at += part.count("\n")
    return "".join(kept)


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
    point = Point(scope, {"N": 6, "D": 5, "H": 4, "K": 3}, seed=1)
    names = {
        code: point.values[symbol].numpy()
        for code, symbol in [("x", "X"), ("y", "Y"), ("w1", "W_1"), ("w2", "W_2")]
    }
    source = (ROOT / "snippets/warmup_numpy.py").read_text(encoding="utf-8")
    body = source.split("[start:forward]")[1].split("[end:backward]")[0]
    lines = [line.strip() for line in body.splitlines() if " = " in line]
    exec("import numpy as np\n" + "\n".join(lines), names)
    value = point.evaluate(parse(CODE[section], start="sum"), {})
    np.testing.assert_allclose(names[section], value.numpy(), rtol=1e-12, atol=1e-12)


def test_an_ill_typed_equation_names_both_shapes():
    message = only(r"A B = B A").message
    assert message.startswith("shapes do not fit: B is n × p, A is m × n, in: B A.\nWhat to do: ")
    assert only(r"A = B").message == ("the sides have different shapes: A is m × n, B is n × p")


def test_a_wrong_equation_shows_both_values():
    result = only("t = 2 t")
    assert re.fullmatch(r"does not hold: t is -?[\d.]+, 2 t is -?[\d.]+", result.message)


def test_an_unreadable_equation_shows_where():
    result = only(r"A \bowtie B = C")
    assert result.status == "wrong"
    assert r"cannot be read at ▸: A ▸ \bowtie B = C" in result.message


def test_an_unknown_symbol_is_named():
    assert "`Z` has no meaning here" in only("A + Z = A + A").message


def test_lines_are_those_of_the_page():
    results = check_page(
        "---\ntitle: x\n---\n\n# T\n\n```\n$$\nnot one\n$$\n```\n\n$$\n1 = 2\n$$\n"
    )
    assert [(r.line, r.status) for r in results] == [(13, "wrong")]


def test_a_lone_unknown_symbol_is_defined_and_then_checked():
    results = check_page(page("H = A B", "H = 2 A B"))
    assert [r.status for r in results] == ["definition", "wrong"]


def test_meanings_end_with_their_section():
    text = "# T\n\n## One\n\n<!-- equations: A: m × n -->\n\n$$\nA = A\n$$\n\n## Two\n\n$$\nA + A = 2 A\n$$\n"
    assert [r.status for r in check_page(text)] == ["checked", "wrong"]


def test_an_inner_meaning_hides_the_outer():
    text = page("A = A") + "\n## Inner\n\n<!-- equations: A: k × k -->\n\n$$\nA^2 = A A\n$$\n"
    assert [r.status for r in check_page(text)] == ["checked", "checked"]


def test_symbols_are_read_from_a_table():
    text = (
        "# T\n\n<!-- equations: table; constant X -->\n\n| Symbol | Shape |\n| --- | --- |\n"
        "| $X$ | $N \\times D$ |\n| $W$ | $D \\times K$ |\n| $P = X W$ | $N \\times K$ |\n\n"
        "$$\n\\mathrm{d} P = X \\, \\mathrm{d} W\n$$\n"
    )
    assert [r.status for r in check_page(text)] == ["checked"]
    assert [r.status for r in check_page(text.replace("constant X", "positive X"))] == ["wrong"]


def test_what_cannot_be_checked_says_so():
    text = "# T\n\n<!-- equations: unchecked: a definition in words -->\n\n$$\nx \\approx y\n$$\n"
    (result,) = check_page(text)
    assert (result.status, result.message) == ("unchecked", "a definition in words")


def test_equivalences():
    symbols = r"X: m × n; B: m × n, constant; L = \operatorname{tr}(B^\top X)"
    true = r"\mathrm{d} L = \operatorname{tr}(B^\top \mathrm{d} X) \iff \frac{\partial L}{\partial X} = B"
    assert only(true, symbols).status == "checked"
    assert only(true.replace("= B", "= 2 B"), symbols).status == "wrong"


def test_maximum_takes_a_number_on_either_side_but_no_other_shape():
    assert only(r"\max(0, A) = \max(A, 0)").status == "checked"
    assert "shapes do not fit" in only(r"\max(A, b^\top) = A").message


@pytest.mark.parametrize(
    "equation", [r"t^{0.5} = t", "Q = Q + A", r"\operatorname{tr}_{row}(S) = t"]
)
def test_nothing_crashes_the_checker(equation):
    assert only(equation).status == "wrong"


def test_a_formula_on_one_line_does_not_slip_through():
    text = page("A = A") + "\n$$A = 2 A$$\n"
    extensions = ["pymdownx.arithmatex", "equations.pages"]
    configs = {"pymdownx.arithmatex": {"generic": True}}
    with pytest.raises(WrongEquationsError, match="was not checked"):
        markdown.markdown(text, extensions=extensions, extension_configs=configs)


def test_equal_formulas_keep_their_own_marks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page("A = A") + "\n<!-- equations: unchecked: twice -->\n\n$$\nA = A\n$$\n"
    html = markdown.markdown(
        text,
        extensions=["pymdownx.arithmatex", "equations.pages"],
        extension_configs={"pymdownx.arithmatex": {"generic": True}},
    )
    assert re.findall(r"equation-mark--(\w+)", html) == ["checked", "unchecked"]


def test_a_misspelt_declaration_is_reported():
    (result,) = check_page("# T\n\n<!--equations: A: m × n-->\n")
    assert "a declaration is one line" in result.message


def test_a_bad_declaration_is_reported():
    (result,) = check_page("# T\n\n<!-- equations: what is this -->\n")
    assert "is not a declaration" in result.message


def test_an_index_that_runs_too_far_is_named_with_both_symbols_and_their_shapes():
    message = only(r"\sum_i A_{mi} B_{ip} = \sum_i A_{im} B_{ip}").message
    assert "the index i runs over" in message
    assert "A_{im}, where A is m × n" in message
    assert "B_{ip}, where B is n × p" in message
    assert "What to do: swap the indices of one of them, or transpose it" in message
