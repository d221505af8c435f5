"""The checks of 32_log_det.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import contextlib

import torch
from torch.utils._python_dispatch import TorchDispatchMode


def random(*shapes):
    """Return a tensor with random entries for each shape."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def close(answer, exact, tolerance=1e-8):
    """Say whether a tensor has the shape of another one and its numbers, up to rounding."""
    if not isinstance(answer, torch.Tensor) or answer.shape != exact.shape:
        return False
    return bool((answer.detach() - exact).norm() <= tolerance * exact.norm())


def must_be(answer, shape):
    """Require a tensor of a shape."""
    assert isinstance(answer, torch.Tensor), (
        "return a tensor: is a return missing?\n要返回张量：是不是漏了 return？"
    )
    assert tuple(answer.shape) == shape, (
        f"the shape is {tuple(answer.shape)}, it should be {shape}\n"
        f"形状是 {tuple(answer.shape)}，应为 {shape}"
    )


class Watch(TorchDispatchMode):
    """Notes which operations run, and the most entries that one returned."""

    def __init__(self):
        super().__init__()
        self.names, self.largest = set(), 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        """Run an operation and note it."""
        result = func(*args, **(kwargs or {}))
        self.names.add(func.overloadpacket.__name__)
        for item in result if isinstance(result, tuple | list) else [result]:
            if isinstance(item, torch.Tensor):
                self.largest = max(self.largest, item.numel())
        return result


@contextlib.contextmanager
def numbers():
    """Say which line is wrong if a factor does not exist."""
    try:
        yield
    except torch.linalg.LinAlgError as error:
        raise AssertionError(
            f"the solver stopped: {str(error).splitlines()[0]}\n"
            f"求解停下来了：{str(error).splitlines()[0]}"
        ) from None


def check_three_ways(three_ways):
    answer = three_ways()
    assert isinstance(answer, tuple | list) and len(answer) == 3, (  # noqa: PT018
        "return three numbers\n要返回三个数"
    )
    first, *others = (float(value) for value in answer)
    assert first == -float("inf"), (
        f"the first is not {first:.2f}: which number is 0.1 multiplied by itself 60 times, in "
        "float32?\n"
        f"第一个不是 {first:.2f}：0.1 自乘 60 次，用 float32 算出来是什么？"
    )
    for position, chinese, value in zip(("second", "third"), ("二", "三"), others, strict=True):
        assert abs(value - 60 * torch.tensor(0.1).log().item()) < 0.01, (
            f"the {position} is not {value:.2f}: it adds up logarithms, and how many?\n"
            f"第{chinese}个不是 {value:.2f}：它把对数加起来，一共有几个？"
        )


def check_gaussian_loss(gaussian_loss):
    x, mean, factor = random((7, 4), (4, 1), (4, 4))
    c = factor @ factor.T + torch.eye(4, dtype=torch.float64)
    e = x - mean.T
    log_det, form = torch.logdet(c), (e @ torch.linalg.inv(c) * e).sum()
    watch = Watch()
    with watch, numbers():
        answer = torch.as_tensor(gaussian_loss(x.clone(), mean.clone(), c.clone()))
    assert answer.numel() == 1, "return one number\n要返回一个数"
    answer = answer.detach().reshape(()).double()
    exact = (log_det + form / 7) / 2
    likely = {
        "this is twice the loss\n这是损失的两倍": 2 * exact,
        "the sign is wrong: the loss is minus the log-likelihood\n"
        "符号反了：损失是对数似然的相反数": -exact,
        "the quadratic forms are added up: take their mean over the samples\n"
        "二次型求的是和：要对样本求平均": (log_det + form) / 2,
        "the log-determinant is half of what it should be: C is K times its transpose\n"
        "对数行列式只有应有的一半：C 是 K 乘它的转置": (log_det / 2 + form / 7) / 2,
        "the log-determinant is missing\n漏了对数行列式": form / 14,
        "the mean is not subtracted\n没有减去均值": (
            (log_det + (x @ torch.linalg.inv(c) * x).sum() / 7) / 2
        ),
        "leave the constant with pi away\n含 π 的那个常数不要加上": exact
        + 2 * torch.log(torch.tensor(2 * torch.pi)),
    }
    for words, value in likely.items():
        assert not torch.isclose(answer, value), words
    assert torch.isclose(answer, exact), (
        f"the loss is {answer:.4g}, it should be {exact:.4g}: compute both terms for themselves\n"
        f"损失算成了 {answer:.4g}，应为 {exact:.4g}：两项分开来核对"
    )
    small = torch.eye(300, dtype=torch.float64) / 1000**2
    (samples,) = random((5, 300))
    with numbers():
        tiny = torch.as_tensor(gaussian_loss(samples / 1000, torch.zeros(300, 1).double(), small))
    assert tiny.isfinite().all(), (
        "for 300 variables the loss is not finite: add up logarithms, do not multiply\n"
        "300 个变量时损失不是有限数：要把对数相加，不要相乘"
    )
    assert "linalg_inv_ex" not in watch.names, (
        "this inverts a matrix: solve with the triangular factor\n这里求了逆：用三角因子解方程组"
    )


def check_low_rank_solve(low_rank_solve):
    d, u, b = random((60,), (60, 3), (60, 1))
    d = d.abs() + 0.5
    exact = torch.linalg.solve(torch.diag(d) + u @ u.T, b)
    watch = Watch()
    with watch, numbers():
        answer = low_rank_solve(d.clone(), u.clone(), b.clone())
    must_be(answer, (60, 1))
    scaled = b / d[:, None]
    inner = torch.eye(3, dtype=torch.float64) + u.T @ (u / d[:, None])
    correction = u / d[:, None] @ torch.linalg.solve(inner, u.T @ scaled)
    likely = {
        "this solves the diagonal part alone\n这只解了对角的那一部分": scaled,
        "the correction has to be subtracted\n修正项要减去": scaled + correction,
        "this is the correction alone: subtract it from what the diagonal gives\n"
        "这只是修正项：要从对角部分的解里减去它": correction,
        "the small matrix lacks its identity matrix\n小矩阵里漏了单位矩阵": (
            scaled - u / d[:, None] @ torch.linalg.solve(u.T @ (u / d[:, None]), u.T @ scaled)
        ),
        "this multiplies by d where it should divide\n这里该除以 d，却乘了 d": (
            torch.linalg.solve(torch.diag(1 / d) + u @ u.T, b)
        ),
    }
    for words, value in likely.items():
        assert not close(answer, value), words
    assert close(answer, exact), (
        "put back into the equation, x does not give b: is A inverted in all four places?\n"
        "代回方程，x 得不到 b：公式里的 A 在四处都求逆了吗？"
    )
    assert watch.largest < 60 * 60, (
        "the answer is right, but on the way a matrix with 60 rows and 60 columns was made\n"
        "答案对，但途中造了 60 行 60 列的矩阵"
    )


def check_factor_gradient(factor_gradient):
    k, f = random((4, 4), (4, 4))
    k, f = k.tril(), f + f.T
    exact = (2 * f @ k).tril()
    answer = factor_gradient(f.clone(), k.clone())
    must_be(answer, (4, 4))
    likely = {
        "this is half of it: both factors of C change\n只有一半：C 的两个因子都在变": (
            f @ k
        ).tril(),
        "above the diagonal K does not change: set the gradient to 0 there\n"
        "对角线上方的 K 不变：那里的梯度要置 0": 2 * f @ k,
        "the factors stand in the wrong order\n因子的次序不对": (2 * k @ f).tril(),
        "a transpose too many\n多了一个转置": (2 * f @ k.T).tril(),
        "this is the upper half\n这是上半边": (2 * f @ k).triu(),
    }
    for words, value in likely.items():
        assert not close(answer, value), words
    assert close(answer, exact), (
        "compare with autograd: the loss (f * (k @ k.T)).sum() has the gradient f for C\n"
        "用自动求导核对：损失 (f * (k @ k.T)).sum() 对 C 的梯度正好是 f"
    )


def check_as_pairs(as_pairs):
    (grad,) = random((4, 4))
    answer = as_pairs(grad.clone())
    must_be(answer, (4, 4))
    diagonal = torch.diag(grad.diagonal())
    likely = {
        "nothing has changed: entry and mirror image move together\n"
        "没有变化：一个元素和与它对称的那个是一起动的": grad,
        "the diagonal counts twice: it has no mirror image\n"
        "对角线算了两次：它没有对称的另一个": grad + grad.T,
        "this takes the mean of both entries: slopes add up\n这是两个元素的平均：斜率要相加": (
            grad + grad.T
        )
        / 2,
        "this doubles each entry by itself; the two need not be equal\n"
        "这是每个元素各自加倍；对称的两个未必相等": 2 * grad - diagonal,
        "only one half is filled: the result is symmetric\n只填了一半：结果应当是对称的": (
            grad + grad.T - diagonal
        ).tril(),
        "the diagonal is missing\n漏了对角线": grad + grad.T - 2 * diagonal,
    }
    for words, value in likely.items():
        assert not close(answer, value), words
    assert close(answer, grad + grad.T - diagonal), (
        "take a matrix with a single 1 off the diagonal: which entries of the result are not 0?\n"
        "取一个只在对角线外有一个 1 的矩阵：结果里哪些元素不为 0？"
    )
