"""The checks of 04_custom_function.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import contextlib

import numpy as np
import torch


class MyReLU(torch.autograd.Function):
    """The ReLU of the lesson."""

    @staticmethod
    def forward(x):
        """Compute max(x, 0)."""
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep the input."""
        ctx.save_for_backward(*inputs)


class OtherReLU(MyReLU):
    """The one that the first exercise asks about."""

    @staticmethod
    def backward(ctx, grad_output):
        """Let the gradient through where x is exactly 0."""
        (x,) = ctx.saved_tensors
        grad_x = grad_output.clone()
        grad_x[x < 0] = 0
        return grad_x


class Listener(torch.overrides.TorchFunctionMode):
    """Notes the names of PyTorch's functions that are called in a with block."""

    def __init__(self):
        super().__init__()
        self.called = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Note a call, and let it go on."""
        self.called.append(getattr(function, "__name__", ""))
        return function(*args, **(kwargs or {}))


def draw(*shapes, dtype=torch.float64):
    """Return tensors with random numbers that require gradients."""
    torch.manual_seed(0)
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def gradients(result, inputs, names):
    """Differentiate the sum of a result; complain if an input gets no gradient."""
    try:
        found = torch.autograd.grad(result.sum(), inputs, allow_unused=True)
    except RuntimeError as error:
        if not any(words in str(error) for words in ("invalid gradient", "number of gradients")):
            raise
        raise AssertionError(
            f"{error}: backward returns one gradient for each input of forward, in its shape\n"
            f"{error}：backward 要为 forward 的每个输入返回一个梯度，形状与它相同"
        ) from None
    for name, grad in zip(names, found, strict=True):
        assert grad is not None, (
            f"{name} gets no gradient: at its place backward returns None, or {name} was cut off "
            "before .apply, for example by detach()\n"
            f"{name} 没有得到梯度：backward 在它的位置上返回了 None，或者 {name} 在交给 .apply "
            "之前就被切断了，例如用了 detach()"
        )
    return found


def assert_tensor(result, shape):
    """Complain unless the result is a tensor of this shape."""
    assert isinstance(result, torch.Tensor), (
        f"it returns {type(result).__name__}, not a tensor\n返回的不是张量"
    )
    assert result.shape == shape, (
        f"the result has the shape {tuple(result.shape)}, it should have {tuple(shape)}\n"
        f"结果的形状是 {tuple(result.shape)}，应是 {tuple(shape)}"
    )


def assert_own(result):
    """Complain unless a class of the reader's computed this."""
    assert result.grad_fn is not None, (
        "the result has no grad_fn, so autograd knows nothing of it: return what .apply of your "
        "class returns, and do not cut its inputs off before, for example by detach()\n"
        "结果没有 grad_fn，自动求导对它一无所知：请返回你的类的 .apply 的结果，"
        "也不要事先切断交给它的输入，例如用 detach()"
    )
    assert isinstance(result.grad_fn, torch.autograd.function.FunctionCtx), (
        f"the result comes from {result.grad_fn.name()}, so PyTorch wrote the backward pass: "
        "return what .apply of your class returns\n"
        f"结果来自 {result.grad_fn.name()}，反向传播是 PyTorch 写的："
        "请直接返回你的类的 .apply 的结果"
    )


def check_at_zero(at_zero):
    slopes, passes = at_zero()
    points = [-1.0, 0.0, 2.0]
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    (3 * OtherReLU.apply(x)).sum().backward()
    assert len(slopes) == len(points), "x.grad has three entries, like x\nx.grad 和 x 一样有三个数"
    hints = [
        ("that is where the line with < sets 0", "带 < 的那一行正是在那里置 0"),
        (
            "is 0 < 0? then what does the line with < do there?",
            "0 < 0 成立吗？那一行在这里做了什么？",
        ),
        (
            "what comes in as grad_output? the loss is 3 times the result",
            "传进来的 grad_output 是多少？损失是结果的 3 倍",
        ),
    ]
    for point, said, real, hint in zip(points, slopes, x.grad.tolist(), hints, strict=True):
        assert said == real, (
            f"at {point:g} the gradient is not {said}: {hint[0]}\n"
            f"{point:g} 处的梯度不是 {said}：{hint[1]}"
        )
    away = torch.tensor([-1.0, 2.0], dtype=torch.float64, requires_grad=True)
    real = torch.autograd.gradcheck(OtherReLU.apply, away, raise_exception=False)
    assert passes == real, (
        f"gradcheck does not return {passes}: at which points does it compare?\n"
        f"gradcheck 返回的不是 {passes}：它比较的是哪些点？"
    )


def check_leaky_relu(leaky_relu):
    x, weight = draw((5, 4), (5, 4))
    weight = weight.detach()
    for slope in (0.25, 2.0):
        expected = torch.nn.functional.leaky_relu(x, slope)
        result = leaky_relu(x, slope)
        assert_tensor(result, x.shape)
        assert torch.allclose(result, expected), (
            f"slope {slope}: the forward pass is wrong: positive numbers stay, negative ones are "
            f"multiplied by slope, which may be more than 1\n"
            f"slope 是 {slope} 时，前向传播不对：正数不变，负数乘以 slope，而 slope 可以大于 1"
        )
        assert_own(result)
        (real,) = torch.autograd.grad((weight * expected).sum(), x)
        (grad,) = gradients(weight * result, [x], ["x"])
        assert not torch.allclose(grad * weight, real), (
            "these are the slopes alone: multiply them by grad_output\n"
            "这只是斜率，还要乘以 grad_output"
        )
        assert torch.allclose(grad[x > 0], real[x > 0]), (
            f"slope {slope}: the gradient is wrong where x > 0: the slope there is 1\n"
            f"slope 是 {slope} 时，x > 0 处的梯度不对：那里的斜率是 1"
        )
        assert torch.allclose(grad, real), (
            f"slope {slope}: the gradient is right where x > 0 and wrong where x < 0: which slope "
            f"is there?\nslope 是 {slope} 时，x > 0 处的梯度对，x < 0 处不对：那里的斜率是多少？"
        )
    (real,) = torch.autograd.grad((x + torch.nn.functional.leaky_relu(x, 0.25)).pow(2).sum(), x)
    (grad,) = gradients((x + leaky_relu(x, 0.25)).pow(2), [x], ["x"])
    assert torch.allclose(grad, real), (
        "right alone and wrong in x + leaky_relu(x): does backward write into grad_output? "
        "clone it\n单独用是对的，放进 x + leaky_relu(x) 就不对：backward 是不是改了 grad_output？"
        "先 clone"
    )
    small, _ = leaky_relu(x, 0.25), leaky_relu(x, 2.0)  # the second call comes before backward
    (grad,) = gradients(small, [x], ["x"])
    assert torch.allclose(grad, torch.where(x > 0, 1.0, 0.25).to(x.dtype)), (
        "right alone and wrong if there is another call before backward: keep slope in ctx, where "
        "each call has its own\n"
        "单独用是对的，反向传播之前再调用一次就不对：slope 要存在 ctx 里，每次调用各有一个 ctx"
    )


def check_product(product):
    a, b, weight = draw((5, 4), (5, 4), (5, 4))
    weight = weight.detach()
    result = product(a, b)
    assert_tensor(result, a.shape)
    assert torch.allclose(result, a * b), (
        "the forward pass is wrong: a * b is wanted, entry by entry\n"
        "前向传播不对：要的是逐元素的 a * b"
    )
    assert_own(result)
    real = torch.autograd.grad((weight * a * b).sum(), [a, b])
    found = gradients(weight * result, [a, b], "ab")
    for name, grad, other, right in zip("ab", found, real[::-1], real, strict=True):
        assert not torch.allclose(grad, other), (
            f"{name} gets the gradient of the other input: backward answers in forward's order, "
            "and the slope along a is b\n"
            f"{name} 拿到了另一个输入的梯度：次序要和 forward 的一样，而且沿 a 的斜率是 b"
        )
        assert not torch.allclose(grad * weight, right), (
            f"the gradient for {name} is the slope alone: multiply it by grad_output\n"
            f"{name} 的梯度只是斜率，还要乘以 grad_output"
        )
        assert torch.allclose(grad, right), (
            f"the gradient for {name} is not what autograd finds for a * b\n"
            f"{name} 的梯度与自动求导对 a * b 的结果不符"
        )
    functional = None
    with contextlib.suppress(RuntimeError):
        functional = torch.func.grad(lambda a: product(a, b).sum())(a)
    assert functional is not None, (
        "backward() works and torch.func.grad does not: save in setup_context, not in forward\n"
        "backward() 能用，torch.func.grad 不行：不要在 forward 里保存，写一个 setup_context"
    )
    assert torch.allclose(functional, b), "wrong under torch.func.grad\n在 torch.func.grad 下不对"


def check_softplus(softplus):
    for dtype in (torch.float64, torch.float32):
        (x,) = draw((5, 4), dtype=dtype)
        with Listener() as listener:
            result = softplus(x)
        assert_tensor(result, x.shape)
        assert_own(result)
        assert result.dtype == dtype, (
            f"for {dtype} it returns {result.dtype}: keep the dtype\n"
            f"输入是 {dtype}，返回的却是 {result.dtype}：dtype 应当相同"
        )
        assert np.allclose(result.detach().numpy(), np.logaddexp(0, x.detach().numpy())), (
            "the forward pass is not np.logaddexp(0, x)\n前向传播不是 np.logaddexp(0, x)"
        )
    x, weight = draw((5, 4), (5, 4))
    weight = weight.detach()
    (real,) = torch.autograd.grad((weight * torch.nn.functional.softplus(x)).sum(), x)
    (grad,) = gradients(weight * softplus(x), [x], ["x"])
    assert not torch.allclose(grad * weight, real), (
        "these are the slopes alone: multiply them by grad_output\n这只是斜率，还要乘以 grad_output"
    )
    assert torch.allclose(grad, real), (
        "the gradient is wrong: the slope of log(1 + exp(x)) is exp(x) / (1 + exp(x))\n"
        "梯度不对：log(1 + exp(x)) 的斜率是 exp(x) / (1 + exp(x))"
    )
    x = torch.tensor([-1000.0, 1000.0], requires_grad=True)
    assert torch.isfinite(softplus(x)).all(), (
        "the result for 1000 is not finite: np.logaddexp does not overflow, exp does\n"
        "x = 1000 时结果不是有限数：np.logaddexp 不会溢出，exp 会"
    )
    (grad,) = gradients(softplus(x), [x], ["x"])
    assert torch.isfinite(grad).all(), (
        f"the gradient at [-1000, 1000] is {grad.tolist()}: exp(1000) is infinite; rewrite the "
        "slope so that exp stands only below the fraction line\n"
        f"[-1000, 1000] 处的梯度是 {grad.tolist()}：exp(1000) 是无穷大；改写斜率，"
        "让 exp 只出现在分母上"
    )
    assert torch.allclose(grad, torch.tensor([0.0, 1.0])), (
        f"the gradient at [-1000, 1000] is {grad.tolist()}, it should be [0.0, 1.0]\n"
        f"[-1000, 1000] 处的梯度是 {grad.tolist()}，应为 [0.0, 1.0]"
    )
    ways = {"numpy", "__array__", "tolist", "item", "__float__"}
    assert ways & set(listener.called), (
        "this never leaves PyTorch: the exercise is to wrap a function of numpy, so let numpy "
        "compute the result\n"
        "它没有离开过 PyTorch：这一题要包装的是 numpy 的函数，请让 numpy 来算结果"
    )


def check_network_loss(network_loss):
    x, y, w1, w2 = draw((6, 5), (6, 3), (5, 4), (4, 3))
    x, y = x.detach(), y.detach()
    expected = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    loss = network_loss(x, y, w1, w2)
    assert_tensor(loss, ())
    assert torch.allclose(loss, expected), (
        f"the loss is {loss.item():.4g}, it should be {expected.item():.4g}: fix forward first\n"
        f"损失是 {loss.item():.4g}，应为 {expected.item():.4g}：先把 forward 改对"
    )
    assert_own(loss)
    found = gradients(loss, [w1, w2], ["w1", "w2"])
    real = torch.autograd.grad(expected, [w1, w2])
    for name, grad, right in [("w2", found[1], real[1]), ("w1", found[0], real[0])]:
        ratio = (grad / right)[right != 0]
        assert torch.allclose(grad, right) or not torch.allclose(ratio, ratio[0]), (
            f"the gradient for {name} is {ratio[0].item():.3g} times the right one: "
            "a factor is missing or too many\n"
            f"{name} 的梯度是正确值的 {ratio[0].item():.3g} 倍：少了或多了一个因子"
        )
        assert torch.allclose(grad, right), (
            f"the gradient for {name} is wrong; compare with lesson 1, from the loss backwards\n"
            f"{name} 的梯度不对：从损失开始往回，与第 1 课逐行对照"
        )
    (tripled,) = gradients(3 * network_loss(x, y, w1, w2), [w1], ["w1"])
    assert torch.allclose(tripled, 3 * real[0]), (
        "right for the loss, wrong for 3 * loss: the chain does not end here; where is "
        "grad_output?\n对损失是对的，对 3 * loss 就不对：链条到这里没有结束，grad_output 用在哪里？"
    )
