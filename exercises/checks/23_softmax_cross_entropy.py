"""The checks of 23_softmax_cross_entropy.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import math

import torch


class Listener(torch.overrides.TorchFunctionMode):
    """Notes the names of PyTorch's functions that are called in a with block."""

    def __init__(self):
        super().__init__()
        self.called = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Note a call, and let it go on."""
        self.called.append(getattr(function, "__name__", ""))
        return function(*args, **(kwargs or {}))


def count(answer):
    """Return how many values a function returned; 0 if it returned no tuple and no list."""
    return len(answer) if isinstance(answer, tuple | list) else 0


def cross_entropy(z, y):
    """Return a tensor of N losses, one for each row."""
    return -(y * torch.log_softmax(z, dim=1)).sum(dim=1)


TERM = ("is a term missing, or a mask?", "是不是少了一项，或者少了掩码？")


def compare(name, answer, expected, hint=TERM):
    """Say how an answer differs from what PyTorch computed."""
    assert isinstance(answer, torch.Tensor), f"{name} is not a tensor\n{name} 不是张量"
    seen, wanted = tuple(answer.shape), tuple(expected.shape)
    turned = (": transposed?", "：是不是转置了？") if seen == wanted[::-1] else ("", "")
    assert seen == wanted, (
        f"{name} has the shape {seen}, it should be {wanted}{turned[0]}\n"
        f"{name} 的形状是 {seen}，应为 {wanted}{turned[1]}"
    )
    assert answer.isfinite().all(), f"{name} holds nan or infinity\n{name} 里有 nan 或无穷大"
    answer = answer.to(expected.dtype)
    if torch.allclose(answer, expected):
        return
    factor = float((answer * expected).sum() / (expected * expected).sum())
    assert not torch.allclose(answer, factor * expected), (
        f"{name} is {factor:.4g} times what it should be: look at the constant factors\n"
        f"{name} 是正确值的 {factor:.4g} 倍：检查常数因子"
    )
    raise AssertionError(
        f"{name} is wrong, and not only by a factor: {hint[0]}\n"
        f"{name} 不对，而且不只差一个因子：{hint[1]}"
    )


def check_first_loss(first_loss):
    for N, C in ((4, 10), (2, 3)):
        answer = first_loss(N, C)
        assert count(answer) == 3, "return three numbers\n要返回三个数"
        z = torch.zeros(N, C, dtype=torch.float64, requires_grad=True)
        mean = cross_entropy(z, torch.eye(C, dtype=torch.float64)[[0] * N]).mean()
        mean.backward()
        loss = mean.item()
        sizes = f"N = {N}, C = {C}"
        assert not math.isclose(answer[0], N * loss, rel_tol=1e-3), (
            f"{sizes}: the loss is a mean over the samples, not their sum\n"
            f"{sizes}：损失是各样本的平均，不是总和"
        )
        assert math.isclose(answer[0], loss, rel_tol=1e-3), (
            f"{sizes}: the loss is not {answer[0]:.4g}; the scores are equal, so what is the "
            f"probability of each class?\n{sizes}：损失不是 {answer[0]:.4g}；得分都相等，"
            "每一类的概率是多少？"
        )
        assert answer[1] < 0, (
            f"{sizes}: a higher score for the right class lowers the loss, so this gradient is "
            f"negative\n{sizes}：提高正确类别的得分，损失会变小，所以这个梯度是负的"
        )
        for which, number in ((0, answer[1]), (1, answer[2])):
            real = float(z.grad[0, which])
            assert not math.isclose(number, N * real, rel_tol=1e-3), (
                f"{sizes}: {number:.4g} is N times the gradient; the loss is a mean\n"
                f"{sizes}：{number:.4g} 是梯度的 N 倍；损失是平均值"
            )
            assert math.isclose(number, real, rel_tol=1e-3), (
                f"{sizes}: {number:.4g} is not (P - Y) / N; Y is 1 for the right class, else 0\n"
                f"{sizes}：{number:.4g} 不是 (P - Y) / N；正确类别的 Y 是 1，其余是 0"
            )


def check_log_softmax(log_softmax):
    torch.manual_seed(0)
    small = torch.randn(4, 3, dtype=torch.float64)
    kept = small.clone()
    with Listener() as listener:
        answer = log_softmax(small)
    assert isinstance(answer, torch.Tensor), "return a tensor\n要返回张量"
    assert answer.shape == kept.shape, (
        f"the shape is {tuple(answer.shape)}, that of z is {tuple(kept.shape)}\n"
        f"形状是 {tuple(answer.shape)}，z 的形状是 {tuple(kept.shape)}"
    )
    total = float(answer.exp().sum(dim=1)[0])
    assert math.isclose(total, 1, rel_tol=1e-6), (
        f"row 0 of exp(log_softmax(z)) sums to {total:.4g}, not to 1\n"
        f"exp(log_softmax(z)) 第 0 行之和是 {total:.4g}，不是 1"
    )
    compare("log_softmax(z)", answer, torch.log_softmax(kept, dim=1))
    assert torch.equal(small, kept), (
        "z itself was changed: make a new tensor\nz 本身被改动了：要另算一个张量"
    )
    shift = torch.tensor([[1000.0], [0.0], [-1000.0], [500.0]], dtype=torch.float64)
    large = log_softmax(kept + shift)
    for row, by in zip(large, shift.flatten().tolist(), strict=True):
        assert row.isfinite().all(), (
            f"a row with scores near {by:.0f} gives {row.tolist()}: subtract from each row its "
            f"own largest score\n得分在 {by:.0f} 附近的一行得到 {row.tolist()}："
            "每一行要减去它自己最大的得分"
        )
    far = torch.tensor([[1000.0, 0.0, -1000.0]], dtype=torch.float64)
    assert log_softmax(far).isfinite().all(), (
        f"[1000, 0, -1000] gives {log_softmax(far)[0].tolist()}: a probability became 0 before its "
        "logarithm was taken; log(exp(u)) is u\n"
        f"[1000, 0, -1000] 得到 {log_softmax(far)[0].tolist()}："
        "有的概率先变成了 0，然后才取对数；log(exp(u)) 就是 u"
    )
    compare("log_softmax([1000, 0, -1000])", log_softmax(far), torch.log_softmax(far, dim=1))
    ready = [name for name in listener.called if "softmax" in name or "logsumexp" in name]
    assert not ready, (
        f"right, but {ready[0]} of PyTorch did the work: write it yourself\n"
        f"结果对，可是用了 PyTorch 的 {ready[0]}：要自己写"
    )


def check_class_weights(class_weights):
    torch.manual_seed(0)
    z = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    labels = [0, 2, 1, 1, 0]
    y = torch.eye(3, dtype=torch.float64)[labels]
    weight = torch.tensor([0.5, 2.0, 4.0], dtype=torch.float64)
    counts = weight[labels]
    ((counts * cross_entropy(z, y)).sum() / counts.sum()).backward()
    answer = class_weights(z.detach().clone(), y.clone(), weight.clone())
    if isinstance(answer, torch.Tensor) and answer.shape == z.shape:
        sums = answer.sum(dim=1)
        assert torch.allclose(sums, torch.zeros_like(sums)), (
            f"row 0 sums to {float(sums[0]):.4g}; each row has to sum to 0, as a number added to "
            "all scores of a row changes nothing. A weight belongs to a sample: a whole row\n"
            f"第 0 行之和是 {float(sums[0]):.4g}；每行之和应为 0，因为一行得分加上同一个数，"
            "损失不变。权重属于样本，也就是一整行"
        )
    hint = (
        "row n is that of sample n alone, times the weight of its class",
        "第 n 行是样本 n 自己的梯度，乘以它那一类的权重",
    )
    compare("grad_z", answer, z.grad, hint)


def check_classifier(classifier):
    torch.manual_seed(0)
    x = torch.randn(6, 5, dtype=torch.float64)
    y = torch.eye(3, dtype=torch.float64)[[0, 2, 1, 1, 0, 2]]
    w1 = torch.randn(5, 4, dtype=torch.float64, requires_grad=True)
    w2 = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    expected = cross_entropy(torch.relu(x.mm(w1)).mm(w2), y).mean()
    expected.backward()
    answer = classifier(x.clone(), y.clone(), w1.detach().clone(), w2.detach().clone())
    assert count(answer) == 3, "return the loss and two gradients\n要返回损失和两个梯度"
    loss, grad_w1, grad_w2 = answer
    assert math.isclose(float(loss), expected.item(), rel_tol=1e-6), (
        f"the loss is {float(loss):.4g}, it should be {expected.item():.4g}: fix the forward "
        f"pass first\n损失是 {float(loss):.4g}，应为 {expected.item():.4g}：先把前向传播改对"
    )
    compare("grad_w2", grad_w2, w2.grad)
    compare("grad_w1", grad_w1, w1.grad)
