"""The checks of 10_devices.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import math
import random

import numpy as np
import torch


def check_spacing(spacing):
    for dtype in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        name = str(dtype).removeprefix("torch.")
        for x in (1.0, 1.5, 2.0, 3.0, 100.0, 256.0, 1000.0, 4096.0):
            said = spacing(x, dtype)
            assert isinstance(said, float), (
                f"return a Python float, not a {type(said).__name__}\n"
                f"要返回 Python 的 float，不是 {type(said).__name__}"
            )
            here = torch.tensor(x, dtype=dtype)
            right = (torch.nextafter(here, torch.full_like(here, torch.inf)) - here).item()
            assert said == right, (
                f"{name}, x = {x:g}: {said:.3g}, it should be {right:.3g}; the distance is that of "
                f"the largest power of 2 that is not above x\n"
                f"{name}，x = {x:g}：{said:.3g}，应为 {right:.3g}；看不超过 x 的最大的 2 的幂"
            )


class Frozen(torch.nn.Module):
    """A network with a frozen layer, a weight that is used twice, and a buffer."""

    def __init__(self):
        super().__init__()
        self.frozen = torch.nn.Linear(7, 5).requires_grad_(False)
        self.first, self.second = torch.nn.Linear(5, 5), torch.nn.Linear(5, 5)
        self.second.weight = self.first.weight
        self.register_buffer("mean", torch.zeros(7, dtype=torch.float64))


def check_training_bytes(training_bytes):
    large = torch.nn.Linear(100_000, 100_000, device="meta")
    for model, right, english, chinese in (
        (torch.nn.Linear(7, 5), 4 * 40 * 4, "a layer", "一层"),
        (torch.nn.Linear(7, 5).double(), 4 * 40 * 8, "in float64", "float64 的"),
        (torch.nn.Linear(7, 5).bfloat16(), 4 * 40 * 2, "in bfloat16", "bfloat16 的"),
        (
            torch.nn.Linear(7, 5).requires_grad_(False),
            40 * 4,
            "without gradients",
            "不求梯度的",
        ),
        (
            torch.nn.BatchNorm1d(3),
            4 * 6 * 4 + 6 * 4 + 8,
            "with buffers, which have no gradients",
            "带缓冲区的，缓冲区没有梯度",
        ),
        (
            Frozen(),
            40 * 4 + 4 * 35 * 4 + 7 * 8,
            "with a frozen layer, a buffer and a weight that two layers share",
            "有一层冻结、一个缓冲区、一份两层共用的权重",
        ),
        (large, 4 * (100_000**2 + 100_000) * 4, "on meta", "在 meta 上的"),
    ):
        said = training_bytes(model)
        assert isinstance(said, int), (
            f"return an int, not a {type(said).__name__}\n要返回 int，不是 {type(said).__name__}"
        )
        assert said == right, (
            f"a model {english}: {said} bytes, it should be {right}\n"
            f"模型（{chinese}）：{said} 字节，应为 {right}"
        )


def check_update(update):
    torch.manual_seed(0)
    for _ in range(3):
        master, grad = torch.randn(50), torch.randn(50).bfloat16()
        before, kept = master.clone(), grad.clone()
        right = before - 1e-3 * grad.float()
        copy = update(master, grad, 1e-3)
        assert isinstance(copy, torch.Tensor) and copy.dtype == torch.bfloat16, (  # noqa: PT018
            "return the weights in bfloat16\n要返回 bfloat16 的权重"
        )
        assert not master.equal(before), (
            "master is as it was: update it in place\nmaster 没有变：要原地更新"
        )
        assert grad.equal(kept), "the gradient was changed\n梯度被改了"
        assert (master - before).dot(right - before) > 0, (
            "the step goes along the gradient, not against it\n这一步顺着梯度走了，应当逆着梯度走"
        )
        assert torch.allclose(master, right, rtol=0, atol=3e-7), (
            "master is not exact to float32: something was rounded to bfloat16 on the way; is the "
            "gradient float32 before it is multiplied?\n"
            "master 没有达到 float32 的精度：途中有数成了 bfloat16；相乘之前梯度是 float32 吗？"
        )
        assert torch.equal(copy, master.bfloat16()), (
            "what you return is not master, rounded to bfloat16\n"
            "返回的不是舍入成 bfloat16 的 master"
        )


def _network():
    """Make two weights, and an optimizer that moves them by their gradients."""
    weights = [torch.zeros(3, requires_grad=True), torch.zeros(2, requires_grad=True)]
    return weights, torch.optim.SGD(weights, lr=1.0)


def _loss(weights, slope, half=1):
    """Return a loss whose slopes are `slope`; those of one weight pass through float16."""
    return slope * (weights[half].half().float().sum() + weights[1 - half].sum())


def check_scaled_step(scaled_step):
    for slope, scale in ((1.0, 1.0), (0.5, 1024.0), (2.0**-30, 2.0**20)):
        weights, optimizer = _network()
        for weight in weights:
            weight.grad = torch.full_like(weight, 3.0)  # left from a step before
        said = scaled_step(_loss(weights, slope), weights, optimizer, scale)
        first, second = (-weight[0].item() for weight in weights)
        assert first not in (slope + 3 / scale, slope * scale + 3), (
            "the gradients of the step before were added\n上一步的梯度也加了进来"
        )
        assert scale == 1 or first != slope * scale, (
            "the step was taken with gradients that are not divided by the scale\n"
            "走这一步时，梯度还没有除以 scale"
        )
        assert slope > 2**-24 or second != 0, (
            "a gradient that float16 cannot hold is 0: is the loss scaled before backward?\n"
            "float16 放不下的梯度成了 0：损失是在 backward 之前放大的吗？"
        )
        assert first == second == slope, (
            f"all gradients are {slope:g}, the scale is {scale:g}, the learning rate 1: the step "
            f"should be {slope:g}; yours is {first:g} and {second:g}\n"
            f"梯度都是 {slope:g}，scale 是 {scale:g}，学习率是 1：这一步应为 {slope:g}；"
            f"你走的是 {first:g} 和 {second:g}"
        )
        assert said == scale, (
            f"nothing overflowed: the scale stays {scale:g}, you return {said}\n"
            f"没有溢出：scale 应保持 {scale:g}，你返回的是 {said}"
        )
    for slope, half, which, chinese in (
        (1.0, 1, "second", "第二个"),
        (-1.0, 0, "first", "第一个"),
        (math.nan, 1, "second", "第二个"),
    ):
        weights, optimizer = _network()
        said = scaled_step(_loss(weights, slope, half), weights, optimizer, 2.0**17)
        grad = slope * math.inf
        assert all(weight.equal(torch.zeros_like(weight)) for weight in weights), (
            f"the gradient of the {which} weight is {grad}, and still there was a step\n"
            f"{chinese}权重的梯度是 {grad}，却还是走了一步"
        )
        assert said == 2.0**16, (
            f"the gradient of the {which} weight is {grad}: return 65536, half of the scale, "
            f"not {said}\n"
            f"{chinese}权重的梯度是 {grad}：应返回 scale 的一半 65536，而不是 {said}"
        )


def _draw():
    """Draw from all three generators."""
    return [random.random(), float(np.random.rand()), torch.rand(()).item()]


def check_draw_again(draw_again):
    names = ("Python's random", "np.random", "torch")
    for seed in (0, 7):
        random.seed(seed)
        np.random.seed(seed)
        torch.manual_seed(seed)
        right = _draw()
        for _ in range(2):
            said = draw_again(_draw, seed)
            assert isinstance(said, list) and len(said) == 3, (  # noqa: PT018
                "return what draw() returns\n要返回 draw() 的结果"
            )
            for name, found, expected in zip(names, said, right, strict=True):
                assert found == expected, (
                    f"{name} does not draw as after its seed {seed}\n"
                    f"{name} 抽的数与种子 {seed} 不符"
                )
    for seed in (1, 2):
        random.seed(99)
        np.random.seed(99)
        torch.manual_seed(99)
        _draw()
        states = random.getstate(), np.random.get_state(), torch.get_rng_state()
        right = _draw()
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        draw_again(_draw, seed)
        for name, found, expected in zip(names, _draw(), right, strict=True):
            assert found == expected, (
                f"after your function {name} does not go on as before: get its state first, and "
                f"set it in the end\n"
                f"你的函数结束之后，{name} 没有接着原来的状态往下抽：先取出状态，最后再放回去"
            )
