"""The checks of 31_logistic_regression.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch


def count(answer):
    """Return how many values a function returned; 0 if it returned no tuple and no list."""
    return len(answer) if isinstance(answer, tuple | list) else 0


def close(answer, exact):
    """Say whether a tensor has the shape of another one and its numbers, up to rounding."""
    return answer.shape == exact.shape and torch.allclose(answer.detach().to(exact.dtype), exact)


def data():
    """Return inputs, targets and weights for a few samples."""
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(12, 3, generator=generator, dtype=torch.float64)
    y = (torch.rand(12, 1, generator=generator) < 0.5).to(torch.float64)
    w = torch.randn(3, 1, generator=generator, dtype=torch.float64)
    return x, y, w


def derivatives(loss, w):
    """Return gradient and Hessian of a loss of a column of weights, by autograd."""

    def flat(w):
        return loss(w[:, None])

    return torch.func.grad(flat)(w[:, 0])[:, None], torch.func.hessian(flat)(w[:, 0])


def by_hand(answer, *given):
    """Return what an answer gives for copies of these, without recording a graph."""
    copies = [item.clone() if isinstance(item, torch.Tensor) else item for item in given]
    try:
        with torch.no_grad():
            return answer(*copies)
    except RuntimeError as error:
        if "does not require grad" not in str(error):
            raise
        raise AssertionError(
            "this leaves the gradient to autograd: write down the formula\n"
            "这里的梯度是自动求导算的：请把公式写出来"
        ) from None


def check_three_scores(three_scores):
    answer = three_scores()
    assert count(answer) == 2, "return two rows of losses\n要返回两行损失"
    said = [torch.as_tensor(row, dtype=torch.float64) for row in answer]
    z, y = torch.tensor([0.0, 1000.0, -1000.0], dtype=torch.float64), torch.zeros(3).double()
    exact = (
        torch.nn.functional.binary_cross_entropy(torch.sigmoid(z), y, reduction="none"),
        torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none"),
    )
    for row in said:
        assert row.shape == (3,), "each row has three numbers\n每行三个数"
    for at, words in enumerate(
        (
            "the probability is one half: what is minus its logarithm?\n"
            "第一个得分：概率是二分之一，它的对数变号是多少？",
            "see what the page says of large and wrong scores\n"
            "第二个得分：看看页面上怎么说又大又错的得分",
            "a large negative score is right for the target 0\n"
            "第三个得分：目标是 0，很小的负得分是对的",
        )
    ):
        for row, true in zip(said, exact, strict=True):
            english, chinese = words.split("\n")
            position = ("first", "second", "third")[at]
            assert abs(row[at] - true[at]) < 0.01, f"{position} score: {english}\n{chinese}"


def check_stable_loss(stable_loss):
    generator = torch.Generator().manual_seed(0)
    z = 3 * torch.randn(40, 1, generator=generator, dtype=torch.float64)
    y = torch.rand(40, 1, generator=generator, dtype=torch.float64)
    small = (
        (z, (y < 0.5).to(z.dtype), "random scores", "随机的得分"),
        (z, y, "targets between 0 and 1", "0 与 1 之间的目标"),
    )
    ends = torch.tensor([[1000.0], [-1000.0], [1000.0], [-1000.0]], dtype=torch.float64)
    large = (
        (ends, torch.tensor([[1.0], [0.0], [1.0], [0.0]]).double(), "right", "对的"),
        (ends, torch.tensor([[0.0], [1.0], [0.0], [0.0]]).double(), "wrong", "错的"),
    )
    for scores, targets, name, chinese in small:
        exact = torch.nn.functional.binary_cross_entropy_with_logits(scores, targets)
        answer = torch.as_tensor(stable_loss(scores.clone(), targets.clone())).detach().double()
        assert answer.numel() == 1, (
            f"the loss is one number, not {tuple(answer.shape)}: take the mean\n"
            f"损失是一个数，不是 {tuple(answer.shape)}：要求平均"
        )
        assert not torch.isclose(answer, 40 * exact), (
            "this is the sum over 40 samples: take the mean\n这是 40 个样本之和：要求平均"
        )
        assert not torch.isclose(answer, -exact), "the sign is wrong\n符号反了"
        assert torch.isclose(answer, exact), (
            f"for {name} the loss is {answer:.4g}, it should be {exact:.4g}: which term "
            "depends on the target, and what is the exponent?\n"
            f"{chinese}：损失算成了 {answer:.4g}，应为 {exact:.4g}："
            "哪一项与目标有关？指数又是什么？"
        )
    for scores, targets, name, chinese in large:
        exact = torch.nn.functional.binary_cross_entropy_with_logits(scores, targets)
        answer = torch.as_tensor(stable_loss(scores.clone(), targets.clone())).detach().double()
        assert answer.isfinite(), (
            f"for scores of 1000 and -1000 that are {name} the loss is {answer:.4g}: what does "
            f"exp get, and what does log?\n得分是 1000 和 -1000，而且是{chinese}，损失就成了 "
            f"{answer:.4g}：exp 收到的是什么？log 呢？"
        )
        assert torch.isclose(answer, exact, atol=1e-12), (
            f"for scores of 1000 and -1000 that are {name} the loss is {answer:.4g}, it should be "
            f"{exact:.4g}: were scores or probabilities cut off?\n"
            f"得分是 1000 和 -1000，而且是{chinese}，损失算成了 {answer:.4g}，应为 {exact:.4g}："
            "是不是把得分或概率截断了？"
        )


def check_newton_step(newton_step):
    x, y, w = data()
    decay = 0.3

    def loss(w):
        return torch.nn.functional.binary_cross_entropy_with_logits(x @ w, y)

    def penalised(w):
        return loss(w) + decay / 2 * w.pow(2).sum()

    grad, hessian = derivatives(penalised, w)
    plain_grad, plain_hessian = derivatives(loss, w)
    answer = by_hand(newton_step, x, y, w, decay)
    assert getattr(answer, "shape", None) == w.shape, (
        "return the new weights, a tensor of the shape (3, 1)\n"
        "要返回新的权重，一个形状为 (3, 1) 的张量"
    )
    step = torch.linalg.solve(hessian, grad)
    wrong = {
        "this is the step alone: subtract it from w\n这只是那一步：要从 w 里减去它": step,
        "the step goes uphill: look at its sign\n步子朝着上坡：看看符号": w + step,
        "this is a step without the penalty\n这一步没有计入惩罚": (
            w - torch.linalg.solve(plain_hessian, plain_grad)
        ),
        "the penalty is missing in the Hessian\n海森矩阵里漏了惩罚": (
            w - torch.linalg.solve(plain_hessian, grad)
        ),
        "the penalty is missing in the gradient\n梯度里漏了惩罚": (
            w - torch.linalg.solve(hessian, plain_grad)
        ),
        "a step against the gradient: what does the Hessian do to it?\n"
        "这是逆着梯度走的一步：海森矩阵用在哪里？": w - grad,
        "the diagonal of the Hessian alone is not enough: solve a system\n"
        "只用海森矩阵的对角线不够：要解方程组": w - grad / hessian.diagonal()[:, None],
    }
    sums = 12 * plain_grad + decay * w, 12 * plain_hessian + decay * torch.eye(3).double()
    wrong[
        "the loss is a mean, here it is a sum: divide both derivatives by the number of samples\n"
        "损失是平均，这里成了求和：两个导数都要除以样本数"
    ] = w - torch.linalg.solve(sums[1], sums[0])
    for words, weights in wrong.items():
        assert not close(answer, weights), words
    assert close(answer, w - step), (
        "the new weights are wrong: check the gradient, then the Hessian, against autograd\n"
        "新的权重不对：先用自动求导核对梯度，再核对海森矩阵"
    )


def check_poisson(poisson):
    x, y, w = data()
    y = y + torch.arange(12, dtype=torch.float64)[:, None] % 3

    def loss(w):
        z = x @ w
        return (torch.exp(z) - y * z).mean()

    grad, hessian = derivatives(loss, w)
    answer = by_hand(poisson, x, y, w)
    assert count(answer) == 2, "return gradient and Hessian\n要返回梯度和海森矩阵"
    for name, chinese, seen, exact in zip(
        ("gradient", "Hessian"), ("梯度", "海森矩阵"), answer, (grad, hessian), strict=True
    ):
        assert isinstance(seen, torch.Tensor), f"the {name} is no tensor\n{chinese}不是张量"
        shape, wanted = tuple(seen.shape), tuple(exact.shape)
        assert shape == wanted, (
            f"the {name} has the shape {shape}, it should be {wanted}\n"
            f"{chinese}的形状是 {shape}，应为 {wanted}"
        )
        assert not close(seen, 12 * exact), (
            f"the {name} is that of the sum over 12 samples: the loss is their mean\n"
            f"这是 12 个样本之和的{chinese}：损失是它们的平均"
        )
        p = torch.sigmoid(x @ w)
        logistic = x.T @ (p - y) / 12, x.T @ (p * (1 - p) * x) / 12
        assert not any(close(seen, other) for other in logistic), (
            f"this {name} is that of logistic regression: here the expected number is exp(z)\n"
            f"这是逻辑回归的{chinese}：这里期望的个数是 exp(z)"
        )
        assert not close(seen, -exact), f"the {name} has the wrong sign\n{chinese}的符号反了"
        assert close(seen, exact), (
            f"the {name} is wrong: differentiate exp(z) - y z once for the gradient, twice for "
            f"the Hessian\n{chinese}不对：把 exp(z) - y z 求一次导得到梯度，求两次得到海森矩阵"
        )
