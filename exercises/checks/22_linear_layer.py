"""The checks of 22_linear_layer.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import numpy as np
import torch


def count(answer):
    """Return how many things a function returned."""
    return len(answer) if isinstance(answer, tuple | list) else 1


def compare(name, answer, exact, otherwise):
    """Say whether a gradient has the wrong shape, the wrong factor, or wrong entries."""
    assert answer is not None, (
        f"there is no gradient for {name}: is a return missing?\n"
        f"没有 {name} 的梯度：是不是漏了 return？"
    )
    shape, expected = tuple(np.shape(answer)), tuple(exact.shape)
    assert shape == expected, (
        f"the gradient for {name} has the shape {shape}, {name} has {expected}: look for a "
        "transpose that is missing, or for a sum along the wrong dimension\n"
        f"{name} 的梯度形状是 {shape}，应为 {expected}：漏了转置，或者求和的那一维不对"
    )
    answer = torch.as_tensor(answer, dtype=torch.float64).detach()
    if torch.allclose(answer, exact):
        return
    ratio = ((answer * exact).sum() / exact.pow(2).sum()).item()
    assert ratio == 0 or not torch.allclose(answer, ratio * exact), (
        f"the gradient for {name} is {ratio:.4g} times what autograd finds: look for a factor\n"
        f"{name} 的梯度是自动求导所得的 {ratio:.4g} 倍：找一找系数"
    )
    raise AssertionError(otherwise)


def layer(N, D, H):
    """Return random x, y and a Linear, all of float64."""
    generator = torch.Generator().manual_seed(0)
    x, y, weight, bias = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((N, D), (N, H), (H, D), (H,))
    )
    linear = torch.nn.Linear(D, H, dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(weight)
        linear.bias.copy_(bias)
    return x, y, linear


def check_ones_and_twos(ones_and_twos):
    linear = torch.nn.Linear(5, 4)
    x = torch.full((6, 5), 2.0)
    linear(x).sum().backward()
    answer = ones_and_twos()
    assert count(answer) == 3, "return a shape and two numbers\n要返回一个形状和两个数"
    shape, bias, weight = answer
    assert tuple(shape) == linear.weight.grad.shape, (
        f"weight.grad {tuple(shape)}: Linear stores its weight transposed\n"
        f"weight.grad {tuple(shape)}：Linear 的权重是转置存放的"
    )
    assert bias == linear.bias.grad[0].item(), (
        f"bias.grad[0] {bias}: the bias was copied into every row; how many rows are there?\n"
        f"bias.grad[0] {bias}：偏置被复制到了每一行，一共有几行？"
    )
    assert weight == linear.weight.grad[0, 0].item(), (
        f"weight.grad[0, 0] {weight}: for each row of x, one entry of x; add them up\n"
        f"weight.grad[0, 0] {weight}：x 的每一行贡献一个元素，把它们加起来"
    )


def check_linear_backward(linear_backward):
    x, grad_z, linear = layer(6, 5, 4)
    x.requires_grad_()
    linear(x).backward(grad_z)
    answer = linear_backward(grad_z, x.detach(), linear.weight.detach().clone())
    assert count(answer) == 3, "return three gradients\n要返回三个梯度"
    for name, gradient, exact, english, chinese in (
        ("x", answer[0], x.grad, "grad_z and weight", "grad_z 和 weight"),
        ("weight", answer[1], linear.weight.grad, "grad_z and x", "grad_z 和 x"),
        ("bias", answer[2], linear.bias.grad, "grad_z alone", "grad_z"),
    ):
        compare(
            name,
            gradient,
            exact,
            f"the gradient for {name} has the right shape and wrong entries: it is made of "
            f"{english}\n{name} 的梯度形状对，数不对：它只用到 {chinese}",
        )


def check_two_halves(two_halves):
    for N, first in ((7, 4), (6, 3)):
        x, y, linear = layer(N, 5, 4)
        torch.nn.functional.mse_loss(linear(x), y).backward()
        exact = [param.grad for param in linear.parameters()]
        linear.zero_grad()
        ((linear(x[first:]) - y[first:]).pow(2).sum() / y.numel()).backward()
        second_half = linear.bias.grad
        linear.zero_grad()

        rows, steps = [], []
        linear.register_forward_pre_hook(
            lambda module, inputs, rows=rows: rows.append(len(*inputs))
        )
        linear.register_forward_pre_hook(lambda module, inputs, s=steps: s.append("forward"))
        linear.bias.register_hook(lambda grad, s=steps: s.append("backward"))
        two_halves(linear, x.clone(), y.clone())
        assert linear.weight.grad is not None, (
            ".grad is None: call backward() on the loss of each half\n"
            ".grad 是 None：对每一半的损失调用 backward()"
        )
        assert rows == [first, N - first], (
            f"linear saw batches of {rows} rows, it should see {[first, N - first]}: one half "
            f"after the other\n"
            f"linear 依次看到 {rows} 行，应为 {[first, N - first]}：先一半，后一半"
        )
        assert steps == ["forward", "backward"] * 2, (
            f"the order is {', '.join(steps)}: go back through the first half before the second "
            "goes forward, or both graphs have to fit into memory\n"
            f"次序是 {', '.join(steps)}：前一半先反向传播，再算后一半，否则内存里要同时放下两张图"
        )
        assert not torch.allclose(linear.bias.grad, second_half), (
            "only the second half is left in .grad: do not clear it between the halves\n"
            ".grad 里只剩下后一半：两半之间不要清零"
        )
        for (name, param), gradient in zip(linear.named_parameters(), exact, strict=True):
            compare(
                name,
                param.grad,
                gradient,
                f"the gradient for {name} is not that of the whole batch, and no single factor "
                f"fixes it: the halves have {first} and {N - first} rows, so their means must not "
                f"weigh the same\n"
                f"{name} 的梯度与整个批次的不符，也不是只差一个系数：两半各有 {first} 行和 "
                f"{N - first} 行，它们的平均值不能等权相加",
            )


def check_sum_to(sum_to):
    generator = torch.Generator().manual_seed(0)
    for large, small in (
        ((6, 4), (4,)),
        ((6, 4), (1, 4)),
        ((6, 4), (6, 1)),
        ((6, 4), (6, 4)),
        ((2, 6, 4), (6, 1)),
        ((6, 4), ()),
        ((5, 2, 6, 4), (2, 1, 4)),
    ):
        grad = torch.randn(large, generator=generator, dtype=torch.float64)
        array = torch.zeros(small, dtype=torch.float64, requires_grad=True)
        array.expand(large).backward(grad)
        answer = sum_to(grad.clone(), small)
        shape = tuple(np.shape(answer))
        assert shape == small, (
            f"for {small}, broadcast to {large}, the gradient has the shape {shape}\n"
            f"形状 {small} 广播成 {large}：梯度的形状是 {shape}，应为 {small}"
        )
        assert torch.allclose(torch.as_tensor(answer), array.grad), (
            f"for {small}, broadcast to {large}, the shape is right and the entries are not: each "
            "copy of an entry adds its gradient, without an average\n"
            f"形状 {small} 广播成 {large}：形状对，数不对。同一个元素的各份副本，梯度要加起来，"
            "不取平均"
        )
