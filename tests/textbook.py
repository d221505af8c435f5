"""Fifty equations, written down as in textbooks before the checker could read most of them.

They are in the notation of texts on matrix calculus, probability and deep learning. Each stands
below the declarations of its symbols, with whether it holds.
"""

FIFTY = [
    (
        r"\mathbf{A}: n × n; \mathbf{B}: n × n",
        r"(\mathbf{A}\mathbf{B})^{-1} = \mathbf{B}^{-1}\mathbf{A}^{-1}",
        True,
    ),
    (r"\mathbf{A}: n × n", r"(\mathbf{A}^T)^{-1} = (\mathbf{A}^{-1})^T", True),
    (r"\mathbf{A}: n × n; c: scalar", r"\det(c\mathbf{A}) = c^n \det(\mathbf{A})", True),
    (r"\mathbf{A}: n × n; c: scalar", r"\det(c\mathbf{A}) = c \det(\mathbf{A})", False),
    (
        r"\mathbf{u}: n × 1; \mathbf{v}: n × 1",
        r"\det(\mathbf{I} + \mathbf{u}\mathbf{v}^T) = 1 + \mathbf{u}^T\mathbf{v}",
        True,
    ),
    (r"X: n × n", r"d\log\det X = \operatorname{tr}(X^{-1}\,dX)", True),
    (
        r"\mathbf{X}: n × n",
        r"\frac{\partial \ln|\det(\mathbf{X})|}{\partial \mathbf{X}} = (\mathbf{X}^{-1})^T = (\mathbf{X}^T)^{-1}",
        True,
    ),
    (
        r"\mathbf{A}: n × n; \mathbf{x}: n × 1",
        r"\frac{\partial \mathbf{x}^T\mathbf{A}\mathbf{x}}{\partial \mathbf{x}} = (\mathbf{A}+\mathbf{A}^T)\mathbf{x}",
        True,
    ),
    (
        r"\mathbf{X}: m × n; \mathbf{A}: n × m",
        r"\frac{\partial}{\partial \mathbf{X}} \operatorname{Tr}(\mathbf{X}\mathbf{A}) = \mathbf{A}^T",
        True,
    ),
    (
        r"\mathbf{X}: n × n; \mathbf{A}: n × n; \mathbf{B}: n × n",
        r"\frac{\partial}{\partial \mathbf{X}} \operatorname{Tr}(\mathbf{A}\mathbf{X}\mathbf{B}) = \mathbf{A}\mathbf{B}",
        False,
    ),
    (
        r"\mathbf{A}: n × n; \mathbf{U}: n × k; \mathbf{C}: k × k; \mathbf{V}: k × n",
        r"(\mathbf{A} + \mathbf{U}\mathbf{C}\mathbf{V})^{-1} = \mathbf{A}^{-1} - \mathbf{A}^{-1}\mathbf{U}(\mathbf{C}^{-1} + \mathbf{V}\mathbf{A}^{-1}\mathbf{U})^{-1}\mathbf{V}\mathbf{A}^{-1}",
        True,
    ),
    (
        r"\mathbf{A}: n × n",
        r"\frac{\partial}{\partial \mathbf{A}} \ln |\mathbf{A}| = (\mathbf{A}^{-1})^{\mathrm{T}}",
        True,
    ),
    (r"a: scalar", r"\sigma(-a) = 1 - \sigma(a)", True),
    (r"x: scalar", r"\sigma'(x) = \sigma(x)(1 - \sigma(x))", True),
    (r"a: scalar", r"\tanh(a) = 2\sigma(a) - 1", False),
    (r"x: scalar", r"\frac{\mathrm{d}}{\mathrm{d} x} \tanh(x) = 1 - \tanh^2(x)", True),
    (r"\mathbf{x}: n × 1", r"\|\mathbf{x}\|_1 \le \sqrt{n}\,\|\mathbf{x}\|_2", True),
    (
        r"\mathbf{A}: m × n",
        r"\|\mathbf{A}\|_F = \sqrt{\operatorname{tr}(\mathbf{A}\mathbf{A}^\top)}",
        True,
    ),
    (r"A: m × n", r"\|A\|_F \le \|A\|_2", False),
    (
        r"\mathbf{A}: n × n; \mathbf{x}: n × 1",
        r"\nabla_{\mathbf{x}} \mathbf{x}^\top\mathbf{A}\mathbf{x} = (\mathbf{A}+\mathbf{A}^\top)\mathbf{x}",
        True,
    ),
    (r"\mathbf{X}: m × n", r"\nabla_{\mathbf{X}} \|\mathbf{X}\|_F^2 = 2\mathbf{X}", True),
    (
        r"Q: n × n, symmetric; b: n × 1; x: n × 1; f(x) = \frac{1}{2} x^\top Q x + b^\top x",
        r"\nabla f(x) = Qx + b, \qquad \nabla^2 f(x) = Q",
        True,
    ),
    (r"x: scalar, positive", r"\frac{\partial^2}{\partial x^2} \ln x = -\frac{1}{x^2}", True),
    (r"A: m × n; B: m × n", r"\sum_{i,j} A_{i,j} B_{i,j} = \operatorname{Tr}(A^\top B)", True),
    (r"A: m × n", r"\sum_{i=1}^{m}\sum_{j=1}^{n} a_{ij}^2 = \|A\|_F^2", True),
    (r"x: n × 1", r"\prod_{i=1}^n \exp(x_i) = \exp\Bigl(\sum_{i=1}^n x_i\Bigr)", True),
    (
        r"A: m × n; X: n × p; B: p × q",
        r"\operatorname{vec}(AXB) = (B^\top \otimes A)\operatorname{vec}(X)",
        True,
    ),
    (r"a: m × 1; b: n × 1", r"\operatorname{vec}(ab^\top) = a \otimes b", False),
    (
        r"A: m × m; B: m × n; D: n × n",
        r"\begin{bmatrix} A & B \\ 0 & D \end{bmatrix}^{-1} = \begin{bmatrix} A^{-1} & -A^{-1}BD^{-1} \\ 0 & D^{-1} \end{bmatrix}",
        True,
    ),
    (
        r"A: m × m; B: m × n; C: n × m; D: n × n",
        r"\det\begin{pmatrix} A & B \\ C & D \end{pmatrix} = \det(A)\det(D - CA^{-1}B)",
        True,
    ),
    (
        r"A: n × n; B: n × n; C: n × n; D: n × n",
        r"\det\begin{pmatrix} A & B \\ C & D \end{pmatrix} = \det(AD - BC)",
        False,
    ),
    (
        r"x: scalar",
        r"\operatorname{ReLU}(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
        True,
    ),
    (
        r"x: n × 1; c: scalar",
        r"\log \sum_{i=1}^{n} \exp(x_i) = c + \log \sum_{i=1}^{n} \exp(x_i - c)",
        True,
    ),
    (
        r"x: n × 1",
        r"\frac{\partial}{\partial x_j} \log \sum_{k} e^{x_k} = \frac{e^{x_j}}{\sum_k e^{x_k}}",
        True,
    ),
    (
        r"x: n × 1; p = \frac{\exp(x)}{\mathbf{1}^\top \exp(x)}",
        r"\frac{\partial p_i}{\partial x_j} = p_i(1 - p_j)",
        False,
    ),
    (
        r"A: m × n; \lambda: scalar, positive",
        r"(A^\top A + \lambda I)^{-1}A^\top = A^\top(AA^\top + \lambda I)^{-1}",
        True,
    ),
    (r"A: n × n", r"A^{1/2}A^{1/2} = A, \quad A \text{ symmetric positive definite}", True),
    (r"x: n × 1; y: n × 1", r"|x^\top y| \le \|x\|_2 \|y\|_2", True),
    (r"x: n × 1; y: n × 1", r"\|x + y\|_2^2 = \|x\|_2^2 + \|y\|_2^2", False),
    (
        r"A: n × n; B: n × n; x: n × 1; y: n × 1",
        r"x^\top (A \circ B) y = \operatorname{tr}(\operatorname{diag}(x) A \operatorname{diag}(y) B^\top)",
        True,
    ),
    (
        r"x: n × 1; \mu: n × 1; \Sigma: n × n, symmetric positive definite",
        r"\frac{\partial}{\partial \Sigma}\left(-\frac12\ln|\Sigma| - \frac12 (x-\mu)^\top\Sigma^{-1}(x-\mu)\right) = -\frac12 \Sigma^{-1} + \frac12\Sigma^{-1}(x-\mu)(x-\mu)^\top\Sigma^{-1}",
        True,
    ),
    (r"x: n × 1; X = x", r"\mathbb{E}[(X - \mu)^2] = \mathbb{E}[X^2] - \mu^2", True),
    (
        r"z: n × 1; w: n × 1; p = \frac{\exp(z)}{\mathbf{1}^\top \exp(z)}; q = \frac{\exp(w)}{\mathbf{1}^\top \exp(w)}",
        r"\sum_i p_i \log\frac{p_i}{q_i} \ge 0",
        True,
    ),
    (
        r"z: n × 1; p = \frac{\exp(z)}{\mathbf{1}^\top \exp(z)}",
        r"-\sum_{i=1}^{n} p_i \log p_i \ge \log n",
        False,
    ),
    (
        r"W^{(1)}: k × n; W^{(2)}: m × k; x: n × 1; y: m × 1; h = \tanh(W^{(1)} x); \delta = W^{(2)} h - y; L = \frac{1}{2} \lVert \delta \rVert_2^2",
        r"\frac{\partial L}{\partial W^{(1)}} = \left((W^{(2)})^\top \delta \odot \tanh'(W^{(1)}x)\right) x^\top",
        True,
    ),
    (
        r"\mathbf{X}: n × k; \mathbf{w}: k × 1; \mathbf{y}: n × 1",
        r"\nabla_{\mathbf{w}} \frac{1}{2}\|\mathbf{X}\mathbf{w} - \mathbf{y}\|_2^2 = \mathbf{X}^\top(\mathbf{y} - \mathbf{X}\mathbf{w})",
        False,
    ),
    (
        r"\mathbf{X}: n × k; \mathbf{y}: n × 1; \hat{\mathbf{w}}: k × 1; n ≥ k",
        r"\hat{\mathbf{w}} = (\mathbf{X}^\top\mathbf{X})^{-1}\mathbf{X}^\top\mathbf{y} \implies \mathbf{X}^\top(\mathbf{y} - \mathbf{X}\hat{\mathbf{w}}) = \mathbf{0}",
        True,
    ),
    (r"A: m × n", r"e_i^\top A e_j = A_{ij}", True),
    (r"A: n × n; t: scalar", r"\frac{d}{dt} (I + tA)^{-1} = -(I+tA)^{-1}A(I+tA)^{-1}", True),
    (
        r"A: n × n",
        r"A^{-\top} = (A^\top)^{-1} \quad (A \text{ invertible}), \qquad A^{-2} = (A^2)^{-1}",
        True,
    ),
]
