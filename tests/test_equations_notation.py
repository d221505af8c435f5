"""Each notation of the texts is read: a right equation holds, and a wrong one in it does not."""

import pytest

from equations import Result
from equations.check import check_page

SYMBOLS = (
    "A: m × n; B: n × p; S: n × n; T: n × n; X: m × n; Y: m × n; x: n × 1; y: n × 1; b: n × 1; "
    "t: scalar; u: scalar, positive; P: n × n, positive definite; Q: n × n, orthogonal; "
    "K: n × n, symmetric; D: n × n, diagonal; k: size"
)


def check_one(equation: str, more: str = "") -> Result:
    declared = f"{SYMBOLS}; {more}" if more else SYMBOLS
    text = f"# T\n\n<!-- equations: {declared} -->\n\n$$\n{equation}\n$$\n"
    results = check_page(text)
    return next((result for result in results if result.status == "wrong"), results[0])


# A right equation, and a wrong one in the same notation; more declarations, if they need some.
PAIRS = [
    (r"(AB)^\mathsf{T} = B^T A^\intercal", r"(ST)^\mathrm{T} = S^{T} T^{\top}"),
    (r"S^{-T} = (S^{-1})^{\mathrm T}", r"S^{-T} = S^{-1}"),
    (r"X'X = X^\top X", r"X'Y = X Y'", "prime transpose"),
    (r"X x' = X x' + 0", r"X x' = X x", "x': n × 1"),
    (r"\det(ST) = |S| |T|", r"\det S + \det T = \det(S + T)"),
    (r"|t|^2 = t^2", r"|t| = t"),
    (r"\lVert x \rVert_2^2 = \|x\|^2 = x^\top x", r"\lVert x \rVert_2 = x^\top x"),
    (r"\|X\|_F^2 = \operatorname{Tr}(X X^\top)", r"\|X\|_2^2 = \operatorname{Tr}(X X^\top)"),
    (r"\|x\|_1 = \sum_i |x_i|", r"\|x\|_\infty = \sum_i |x_i|"),
    (r"\nabla_x x^\top S x = (S + S^\top) x", r"\nabla_x x^\top S x = 2 S x"),
    (r"\nabla_x^2 (x^\top S x) = S + S^\top", r"\nabla_x^2 (x^\top S x) = 2 S"),
    (r"\nabla f(b) = 2 S^\top S b", r"\nabla f(b) = 2 S S b", r"f(x) = \|S x\|_2^2"),
    (r"\nabla^2 f(b) = 2 S^\top S", r"\nabla^2 f(b) = 2 S S^\top", r"f(x) = \|S x\|_2^2"),
    (r"g'(u) = 3u^2", r"g''(u) = 3u", "g(t) = t^3"),
    (r"\frac{\partial}{\partial x} (b^\top x) = b", r"\frac{\partial}{\partial x} (b^\top x) = x"),
    (r"\frac{d}{dt} t^3 = 3t^2", r"\frac{d}{dt} t^3 = 2t^2"),
    (r"\frac{\mathrm{d}^2 \sin t}{\mathrm{d} t^2} = -\sin t", r"\frac{d^2 \sin t}{dt^2} = \sin t"),
    (r"\frac{\partial^2 x^\top S x}{\partial x \partial x^\top} = S + S^\top",
     r"\frac{\partial^2 x^\top S x}{\partial x \partial x^\top} = S"),
    (r"\frac{\partial^2 x^\top S x}{\partial x_i \partial x_j} = S_{ij} + S_{ji}",
     r"\frac{\partial^2 x^\top S x}{\partial x_i \partial x_j} = 2 S_{ij}"),
    (r"\frac{\partial A x}{\partial x^\top} = A", r"\frac{\partial A x}{\partial x^\top} = 2 A"),
    (r"\frac{\partial A x}{\partial x} = A", r"\frac{\partial S x}{\partial x} = S^\top",
     "layout numerator"),
    (r"\frac{\partial A x}{\partial x} = A^\top", r"\frac{\partial S x}{\partial x} = S",
     "layout denominator"),
    (r"\frac{\partial t A}{\partial t} = A", r"\frac{\partial t A}{\partial t} = t A"),
    (r"dS^{-1} = -S^{-1} \, dS \, S^{-1}", r"dS^{-1} = S^{-1} \, dS \, S^{-1}"),
    (r"\partial(S T) = (\partial S) T + S \, \partial T", r"\partial(S T) = (\partial S) T"),
    (r"\sum_{i,j} a_{ij}^2 = \|A\|_F^2", r"\sum_{ij} a_{ij} = \|A\|_F^2"),
    (r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}", r"\sum_{i=1}^{n} i = \frac{n(n-1)}2"),
    (r"\sum_{i=1}^n i^3 = \frac{n^2 (n+1)^2}{4}", r"\sum_{i=1}^n i^3 = 9.5 n^2 - 20.5 n + 12"),
    (r"\sum_{j \ne i} x_j = \mathbf{1}^\top x - x_i", r"\sum_{j \ne i} x_j = \mathbf{1}^\top x + x_i"),
    (r"\sum_{i<j} (x_i - x_j)^2 = n \|x\|^2 - (\mathbf{1}^\top x)^2",
     r"\sum_{i<j} (x_i - x_j)^2 = n \|x\|^2"),
    (r"\mathrm d(S T) = \mathrm dS\, T + S\, \mathrm dT", r"\mathrm d(S T) = \mathrm dS\, T"),
    (r"\mathbf 1^\top A x = \sum_i (A x)_i", r"\mathbf 1^\top A x = (A x)_1"),
    (r"\sqrt n \sqrt2 = \sqrt{2 n}", r"\sqrt n 2 = \sqrt{2 n}"),
    (r"\mathbf 1[t > 0] t = \max(t, 0)", r"\mathbf 1[t > 0] t = t"),
    (r"\prod_{i=1}^{3} t^i = t^6", r"\prod_{i=1}^{3} t^i = t^3"),
    (r"\hat{\mathbf{w}}^\top \boldsymbol\Sigma \, \hat{\mathbf w} = \hat{\mathbf{w}}^\top "
     r"\boldsymbol{\Sigma}^\top \hat{\mathbf{w}}",
     r"\boldsymbol\Sigma \hat{\mathbf{w}} = \boldsymbol\Sigma^\top \hat{\mathbf{w}}",
     r"\hat{\mathbf{w}}: n × 1; \boldsymbol{\Sigma}: n × n"),
    (r"\mathbf{z}^\top \mathbf{z} = \sum_i z_i^2", r"\mathbf{z}^\top \mathbf{z} = \sum_i z_i",
     r"\mathbf{z}: n × 1"),
    (r"W^{(1)} W^{(2)} = (W^{(2)\top} W^{(1)\top})^\top", r"W^{(1)} = W^{(2)}",
     "W^{(1)}: n × n; W^{(2)}: n × n"),
    (r"\sigma(-t) = 1 - \sigma(t)", r"\sigma(-t) = -\sigma(t)"),
    (r"\sigma''(t) = \sigma'(t) (1 - 2 \sigma(t))", r"\sigma''(t) = \sigma'(t)"),
    (r"\tanh' (t) = 1 - \tanh^2 t", r"\tanh' (t) = 1 - \tanh t^2"),
    (r"\operatorname{ReLU}(X) = \max(X, 0)", r"\operatorname{ReLU}(X) = \min(X, 0)"),
    (r"\log\det P = 2 \log\det P^{1/2}", r"\log\det P = \det P"),
    (r"\operatorname{vec} W = \operatorname{vec}(W)", r"\operatorname{vec} W = W",
     "W: n × n"),
    (r"X \circ Y = Y \odot X", r"X \circ Y = X + Y"),
    (r"S^{-2} S^3 = S", r"S^{-2} S = S"),
    (r"S^{-k} S^{k+1} = S", r"S^{-k} S^{k+1} = S^2"),
    (r"P^{1/2} P^{1/2} = P", r"P^{1/2} P = P"),
    (r"P^{-1/2} P P^{-1/2} = I", r"P^{-1/2} P^{-1/2} = I"),
    (r"u^{1/2} = \sqrt{u}", r"u^{0.5} = u"),
    (r"e^{t+u} = e^t e^u", r"e^{t u} = e^t e^u"),
    (r"A e_j = A e_j + \mathbf{0}", r"A e_1 = A e_2", "n ≥ 2"),
    (r"e_i^\top A e_j = A_{ij}", r"e_i^\top S e_j = S_{ji}"),
    (r"\mathbf{I} S = S \mathbf{I}", r"\mathbf{I} + S = S"),
    (r"S \mathbf{0} = \mathbf{0}", r"x + \mathbf{0} = \mathbf{0}"),
    (r"\begin{bmatrix} S & 0 \\ 0 & T \end{bmatrix}^\top = \begin{bmatrix} S^\top & 0 \\ 0 & T^\top "
     r"\end{bmatrix}",
     r"\begin{bmatrix} S & X^\top \\ X & I \end{bmatrix}^\top = \begin{bmatrix} S & X^\top \\ X & I "
     r"\end{bmatrix}"),
    (r"\begin{pmatrix} A \\ X \end{pmatrix} x = \begin{pmatrix} A x \\ X x \end{pmatrix}",
     r"\begin{pmatrix} A \\ X \end{pmatrix} x = \begin{pmatrix} X x \\ A x \end{pmatrix}"),
    (r"|t| = \begin{cases} t & \text{if } t \ge 0, \\ -t & \text{if } t < 0. \end{cases}",
     r"|t| = \begin{cases} t & \text{if } t \ge 0 \\ 2t & \text{otherwise} \end{cases}"),
    (r"y = S x \implies S^{-1} y = x", r"y = S x \implies S y = x"),
    (r"S^\top = S \implies x^\top S y = y^\top S x", r"S^\top = T \implies x^\top S y = y^\top S x"),
    (r"\|x\|_1 \le \sqrt{n} \, \|x\|_2", r"\|x\|_1 \le 1.9 \, \|x\|_2"),
    (r"u^2 \ge u - 0.25", r"u^2 \ge u - 0.24"),
    (r"\|x + y\| \le \|x\| + \|y\|", r"\|x + y\| < \|x\| + \|y\|"),
    (r"x^\top P x > 0, \quad x \ne 0", r"x^\top P x > 0"),
    (r"A^\top A \succeq 0", r"A^\top A \succ 0"),
    (r"\frac{x^\top K x}{x^\top x} \le \|K\|_2", r"\frac{x^\top K x}{x^\top x} \le K_{11}"),
    (r"\sqrt{1 + v} \approx 1 + \frac v2", r"\sqrt{1 + v} \approx 1 + v",
     "tolerance 0.001; v: scalar, small"),
    (r"\operatorname{tr}(x^\top S y) = x^\top S y", r"\operatorname{tr}(x y^\top) = x_1 y_1"),
    (r"S^{-1} S = I \quad (S \text{ invertible})", r"S^{-1} = S \quad (S \text{ invertible})"),
    (r"x^\top S y = y^\top S x \quad (\text{if } S \text{ is symmetric})",
     r"S = T \quad (\text{if } S \text{ is symmetric})"),
    (r"S_{ij}^2 = S_{ij} S_{ij}", r"S_{ij}^2 = (S^2)_{ij}"),
    (r"x^\top S y = y^\top S x \quad \text{if } S \text{ is symmetric}", r"x^\top S y = y^\top S x"),
    (r"x^\top S y = y^\top S x, \quad \text{if } S = S^T", r"x^\top S = x^\top T \quad \text{if } S = S^T"),
    (r"T^{1/2} T^{1/2} = T \text{ where } T \text{ is symmetric positive definite}",
     r"T^{1/2} T = T \text{ where } T \text{ is symmetric positive definite}"),
    (r"(X^\top X)^{-1} X^\top X = I, \quad m \ge n", r"X (X^\top X)^{-1} X^\top = I, \quad m \ge n"),
    (r"\sqrt{t^2} = t, \quad t > 0", r"\sqrt{t^2} = -t, \quad t > 0"),
    (r"Q^\top Q = I", r"Q^2 = I"),
    (r"D S = \operatorname{diag}(\operatorname{diag}(D)) S", r"D S = S D"),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_a_notation_is_read_and_what_is_wrong_in_it_is_rejected(pair):
    right, wrong, *more = pair
    accepted = check_one(right, *more)
    assert accepted.status == "checked", accepted.message
    rejected = check_one(wrong, *more)
    assert rejected.status == "wrong"
    assert "does not hold" in rejected.message or "different shapes" in rejected.message


UNCLEAR = [  # a formula, and words of both readings
    (r"X'X = X^\top X", "X^\\top`, or declare `prime transpose`; or declare `X'` as a symbol"),
    (r"\|X\| = t", r"`\lVert X \rVert_F` or `\lVert X \rVert_2`"),
    (r"|x| = t", r"`\lVert x \rVert_2` or `\operatorname{abs}(x)`"),
    (r"e^{S} = S", "each entry, or the series of powers"),
    (r"1 / 2 t = t", "`1 / (2 t)` or `(1 / 2) t`"),
    (r"\frac{\partial A x}{\partial x} = A", "m × n in numerator layout, or as n × m in denominator"),
    (r"\nabla_x (x^\top x) t = t x", r"`\nabla_x [(x^\top x) t]` or `(\nabla_x (x^\top x)) t`"),
    (r"\sum_{i \ne j} x_i x_j = t", r"for each j, which then has to stand on all sides; or over both"),
    (r"u^T = u", "as a power of T"),
    (r"z_1 = z_2", r"entry of \mathbf{z} or of \vec{z}"),
    (r"t \approx u", "how close"),
    (r"S^{-1}_{ij} = t", r"`(S^{-1})_{i j}` or `(S_{i j})^{-1}`"),
    (r"S_{ij}^{-1} = t", r"`(S^{-1})_{i j}` or `(S_{ij})^{-1}`"),
    (r"S^2_{ij} = t", r"`(S^{2})_{i j}` or `(S_{i j})^{2}`"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"\|x\|^2_2 = t", r"has its index behind the power."),
        ("x_{12} = t", "there is no place 2 among 1, in: x_{12}, where x is n × 1."),
        ("1 B_{13} = B_{13}", "What to do: declare `p ≥ 3`."),
        (r"\begin{pmatrix} I & 0 \end{pmatrix} \begin{pmatrix} A \\ X \end{pmatrix} = A",
         "What to do: write the size of I, such as I_n"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_with_what_helps(formula, words):
    assert words in check_one(formula).message


@pytest.mark.parametrize(("formula", "words"), UNCLEAR)
def test_what_texts_mean_differently_is_an_error_with_both_readings(formula, words):
    more = {"u^T = u": "T: scalar", "z_1 = z_2": r"\mathbf{z}: n × 1; \vec{z}: n × 1"}
    result = check_one(formula, more.get(formula, ""))
    assert result.status == "wrong"
    assert words in result.message


@pytest.mark.parametrize(
    "formula",
    [r"\operatorname{ReLU}(t + 100) = t + 100", r"|t + 100| = t + 100", r"\max(t, -99) = t"],
)
def test_a_kink_that_no_draw_passes_is_no_test(formula):
    assert "nothing was tested" in check_one(formula).message


@pytest.mark.parametrize(
    ("shape", "formula"),
    [
        ("3 × 3", r"\det U = 1"),
        ("3 × 3", r"\det U = -1"),
        ("2 × 2", "U^2 = I"),
        ("2 × 2", r"U = U^\top"),
        ("1 × 1", "U = 1"),
        ("n × n", r"\det U = (-1)^{n - 1}"),
    ],
)
def test_rotations_and_reflections_are_both_drawn(shape, formula):
    assert "does not hold" in check_one(formula, f"U: {shape}, orthogonal").message


@pytest.mark.parametrize(
    ("shape", "formula"),
    [
        ("3 × 3", r"U^\top U t = t I"),
        ("2 × 2", r"U^\top U t = t I"),
        ("1 × 1", "U^2 t = t"),
        ("n × n", r"U^\top U t = t I"),
    ],
)
def test_what_is_drawn_as_orthogonal_is(shape, formula):
    assert check_one(formula, f"U: {shape}, orthogonal").message == ""


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{1}{t - t} = 1",
        r"\exp(10000 u) = 5",
        r"u = \frac{1}{0}",
        r"\frac{u}{x^\top b - b^\top x} = 1",
        r"\frac{1}{t - t} \le 5",
        r"\exp(10000 u) < u",
        r"\exp(400) v = 2 \exp(400) v",  # the norms overflow
    ],
)
def test_what_is_infinite_equals_nothing(formula):
    assert "does not hold" in check_one(formula, "v: 3 × 1").message


@pytest.mark.parametrize(
    ("declared", "formula"),
    [
        ("t: scalar", r"\log(1 + e^t) > t + 0.0001"),  # the sides are not all but equal
        ("t: scalar", r"\sigma(t) < 0.999"),
        ("t: scalar, positive", "t > 0.05"),
        ("x: n × 1, positive", r"x_1 \ge 0.1"),
        ("P: n × n, positive definite", r"P \succeq 0.5 I"),
        ("P: n × n, positive definite", r"\operatorname{tr}(P^{-1}) \le 10 n"),
        ("P: n × n, positive definite; x: n × 1", r"x^\top P x \ge 0.4 x^\top x"),
    ],
)
def test_a_bound_that_fails_far_from_most_draws_is_refuted(declared, formula):
    assert "does not hold" in check_one(formula, declared).message


@pytest.mark.parametrize(
    ("declared", "formula"),
    [
        ("t: scalar, small", r"|t| \le 0.01"),
        ("S: n × n, symmetric small", r"\|S\|_2 \le \frac{n}{100}"),
        ("t: scalar, positive", "t > 0"),
        ("P: n × n, positive definite; x: n × 1", r"x^\top P x > 0, \quad x \ne 0"),
    ],
)
def test_a_symbol_keeps_its_trait_while_a_counterexample_is_looked_for(declared, formula):
    assert check_one(formula, declared).message == ""


def test_a_side_without_a_value_is_no_counterexample():
    for sign in (r"\ge", ">"):
        formula = rf"\frac{{x^\top S S^\top x}}{{\|x\|^2}} {sign} -1"
        assert check_one(formula).status == "checked"


def test_traits_are_drawn_together_or_refused():
    declared = "H: n × n, symmetric orthogonal; J: n × n, diagonal positive"
    assert "cannot be drawn both orthogonal and symmetric" in check_one("H = H", declared).message
    assert check_one(r"\det J = \prod_{i=1}^{n} J_{ii}", declared).status == "checked"
    assert "does not hold" in check_one("J_{ij} > 0", declared).message


@pytest.mark.parametrize(
    ("equation", "words"),
    [
        (r"S = S \quad (S \text{ purple})", r"the condition `(S \text{ purple})` cannot be read"),
        (r"A = A \quad (A \text{ orthogonal})", "A is m × n, which cannot be orthogonal"),
        (r"S = S, \quad T S = 3 \text{ if } t > 0", "different shapes"),
        (r"x_i = x_j, \quad i \ne i", "nothing was tested"),
        (r"x_i = x_j, \quad i \ne j", "does not hold"),
    ],
)
def test_conditions_are_read_or_refused(equation, words):
    assert words in check_one(equation).message
