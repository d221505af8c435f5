"""The checks of 27_any_network.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import itertools

import torch

SHAPES = {"w1": (7, 5), "w2": (5, 5), "w3": (5, 3), "b1": (5,), "b2": (5,), "b3": (3,)}


def draw(*shapes):
    """Draw tensors of these shapes in float64."""
    return [torch.randn(shape, dtype=torch.float64) for shape in shapes]


def count(answer):
    """Return how many values a function returned; 0 if it returned no tuple and no list."""
    return len(answer) if isinstance(answer, tuple | list) else 0


def gradients(loss, leaves):
    """Return autograd's gradients of loss(*leaves) for all of them."""
    leaves = [leaf.clone().requires_grad_() for leaf in leaves]
    return torch.autograd.grad(loss(*leaves), leaves)


def same(answer, expected):
    """Tell whether an answer is a tensor with these entries."""
    return (
        isinstance(answer, torch.Tensor)
        and answer.shape == expected.shape
        and torch.allclose(answer.to(expected.dtype), expected)
    )


def compare(name, answer, expected, otherwise):
    """Say how a gradient differs from that of autograd."""
    assert isinstance(answer, torch.Tensor), f"{name} is not a tensor\n{name} 不是张量"
    seen, wanted = tuple(answer.shape), tuple(expected.shape)
    assert seen == wanted, (
        f"{name} has the shape {seen}, it should be {wanted}: is a transpose missing, or have "
        "copies not been added up?\n"
        f"{name} 的形状是 {seen}，应为 {wanted}：是不是漏了转置，或者没有把副本加起来？"
    )
    if same(answer, expected):
        return
    ratio = float((answer * expected).sum() / expected.pow(2).sum())
    assert not torch.allclose(answer.to(expected.dtype), ratio * expected), (
        f"{name} is {ratio:.4g} times what autograd finds: look for a factor\n"
        f"{name} 是自动求导所得的 {ratio:.4g} 倍：找一找系数"
    )
    raise AssertionError(otherwise)


def check_four_gates(four_gates):
    answer = four_gates()
    assert count(answer) == 3, "return three numbers\n要返回三个数"
    u, v, w = (float(number) for number in answer)
    assert v != 5, (
        "v gets the gradient of s; that of s is the other factor of the product, m\n"
        "v 得到 s 的梯度，而 s 的梯度是乘积的另一个因子 m"
    )
    assert v == 7, (
        "v.grad is wrong: the add gate hands on the gradient of s as it is\n"
        "v.grad 不对：加法把 s 的梯度原样传回"
    )
    assert w != 0, (
        "w.grad is not 0: the maximum hands its gradient to the larger one, which is w\n"
        "w.grad 不是 0：取最大值时，梯度交给较大的那个，也就是 w"
    )
    assert w == 5, (
        "w.grad is wrong: the maximum hands the gradient of m, which is s, to w undivided\n"
        "w.grad 不对：m 的梯度就是 s，取最大值时它整个交给 w"
    )
    assert u != 7, (
        "u.grad lacks a part: u stands in the last line, too\nu.grad 少了一项：最后一行也有 u"
    )
    assert u == 8, (
        "u.grad is wrong: u is used three times; add up what the sum, the maximum (is u the "
        "larger one?) and the last line give\n"
        "u.grad 不对：u 用了三次，把加法、取最大值（u 是较大的吗？）和最后一行给出的加起来"
    )


def check_scale_and_shift(scale_and_shift):
    torch.manual_seed(0)
    u, v, c, g = draw((6, 4), (4,), (6, 1), (6, 4))
    expected = gradients(lambda u, v, c: ((u * v + c) * g).sum(), (u, v, c))
    answer = scale_and_shift(u.clone(), v.clone(), c.clone(), g.clone())
    assert count(answer) == 3, "return three gradients\n要返回三个梯度"
    hints = (
        "grad_u is wrong: the multiply gate multiplies by the other factor, v\n"
        "grad_u 不对：乘法门乘的是另一个因子 v",
        "grad_v is wrong: multiply by u first, then add up the rows\n"
        "grad_v 不对：先乘 u，再把各行加起来",
        "grad_c is wrong: the add gate multiplies by nothing; add up along each row\n"
        "grad_c 不对：加法门什么也不乘，沿每一行加起来",
    )
    for name, ours, exact, hint in zip("uvc", answer, expected, hints, strict=True):
        compare(f"grad_{name}", ours, exact, hint)


def relu_network(x, y, *weights, slope_of_last=False):
    """Return the loss of exercise 3."""
    a = x
    for w in weights[:-1]:
        a = torch.relu(a @ w)
    p = a @ weights[-1]
    return ((torch.relu(p) if slope_of_last else p) - y).pow(2).mean()


def check_deep_relu(deep_relu):
    torch.manual_seed(0)
    sizes = [7, 6, 5, 4, 3]
    for depth in (1, 2, 4):
        widths = sizes[: depth + 1]
        weights = draw(*itertools.pairwise(widths))
        x, y = draw((9, widths[0]), (9, widths[-1]))
        _, _, *expected = gradients(relu_network, (x, y, *weights))
        answer = deep_relu(x.clone(), y.clone(), [w.clone() for w in weights])
        layers = f"for {depth} layers", f"{depth} 层时"
        assert count(answer) == depth, (
            f"{layers[0]}: return a list of as many gradients\n"
            f"{layers[1]}：返回的列表里，梯度的个数应与层数相同"
        )
        assert depth == 1 or not all(map(same, answer, reversed(expected))), (
            f"{layers[0]}: the gradients are right, but those of the last layer come first\n"
            f"{layers[1]}：梯度都对，但次序反了，第一层的应在最前面"
        )
        for k in range(depth, 0, -1):
            compare(
                f"the gradient of layer {k} · 第 {k} 层的梯度，{layers[1]}",
                answer[k - 1],
                expected[k - 1],
                f"{layers[0]}, layer {k} is the last wrong one: are the slopes those of the layer "
                "before, and has the last layer none?\n"
                f"{layers[1]}，从后往前第 {k} 层开始错："
                "斜率是前一层的吗？最后一层没有斜率，乘了吗？",
            )


def skip_network(x, y, leaves, ways=(1, 1)):
    """Return the loss of exercise 4; a way that is 0 lets no gradient back."""
    w1, w2, w3, b1, b2, b3 = leaves
    a1 = torch.tanh(x @ w1 + b1)
    through, past = (a1 if way else a1.detach() for way in ways)
    a2 = torch.tanh(through @ w2 + b2) + past
    return (a2 @ w3 + b3 - y).pow(2).sum() / len(x)


def check_three_layers(three_layers):
    torch.manual_seed(0)
    x, y, *leaves = draw((9, 7), (9, 3), *SHAPES.values())
    expected = gradients(lambda *leaves: skip_network(x, y, leaves), leaves)
    copies = [leaf.clone() for leaf in leaves]
    answer = three_layers(x.clone(), y.clone(), copies[:3], copies[3:])
    assert count(answer) == 2, (
        "return two lists, one for the weights and one for the biases\n"
        "要返回两个列表，一个是权重的，一个是偏置的"
    )
    assert [*map(count, answer)] == [3, 3], (
        "each of the two lists holds three gradients\n两个列表里各有三个梯度"
    )
    found = dict(zip(SHAPES, [*answer[0], *answer[1]], strict=True))
    exact = dict(zip(SHAPES, expected, strict=True))
    hints = {
        "w3": (
            "the last layer is a product of a2; is the skip connection in the a2 of your forward "
            "pass?",
            "最后一层是 a2 的乘积；前向时，你的 a2 加上捷径了吗？",
        ),
        "b3": ("add up the rows of grad_p", "把 grad_p 的各行加起来"),
        "w2": (
            "the input of layer 2 is a1, and the slopes are those of the tanh alone, without a1",
            "第 2 层的输入是 a1，斜率是 tanh 那一部分的，不含加上去的 a1",
        ),
        "b2": ("add up the rows of grad_z2", "把 grad_z2 的各行加起来"),
        "w1": (
            "is grad_a1 a sum of two parts, and do the slopes of the first layer come after it?",
            "grad_a1 是不是两部分之和？之后有没有乘第一层的斜率？",
        ),
        "b1": ("add up the rows of grad_z1", "把 grad_z1 的各行加起来"),
    }
    for ways, english, chinese in (
        ((1, 0), "along the skip connection", "沿捷径"),
        ((0, 1), "through layer 2", "穿过第 2 层"),
    ):
        one_way = gradients(
            lambda *leaves, ways=ways: skip_network(x, y, leaves, ways=ways), leaves
        )
        assert not same(found["w1"], one_way[0]), (
            f"grad_w1 lacks what comes back {english}: a1 is used twice\n"
            f"grad_w1 少了{chinese}传回来的一项：a1 用了两次"
        )
    for name in ("w3", "b3", "w2", "b2", "w1", "b1"):
        english, chinese = hints[name]
        compare(
            f"grad_{name}",
            found[name],
            exact[name],
            f"grad_{name} is wrong: {english}\ngrad_{name} 不对：{chinese}",
        )


class Loss:
    """A loss that keeps whether each argument had the dtype that it should have."""

    def __init__(self, function):
        self.function = function
        self.calls, self.in_float64 = 0, True

    def __call__(self, w):
        """Return the loss at w, without a gradient."""
        self.calls += 1
        self.in_float64 &= w.dtype == torch.float64
        with torch.no_grad():
            return self.function(w.double())


def judge(agrees, function, w, grad):
    """Return what an answer says of a gradient."""
    loss, before = Loss(function), w.clone()
    verdict = agrees(loss, w, grad.clone())
    assert torch.equal(w, before), (
        "w has another value after the test: change a copy\n检验之后 w 变了：要改就改它的副本"
    )
    assert loss.calls, "loss was never called\n没有调用过 loss"
    assert loss.in_float64, (
        "loss was called in another dtype than float64, in which rounding hides the slope\n"
        "调用 loss 时的 dtype 不是 float64，舍入误差会盖住斜率"
    )
    assert isinstance(verdict, bool) or getattr(verdict, "dtype", None) == torch.bool, (
        "return True or False\n要返回 True 或 False"
    )
    return bool(verdict)


def check_agrees(agrees):
    torch.manual_seed(0)
    x, w = draw((6, 4), (4, 4))
    losses = {
        "of moderate size · 大小适中": (lambda w: torch.tanh(x @ w).exp().sum(), w),
        "a million times as large · 放大一百万倍": (
            lambda w: 1e6 * torch.tanh(x @ w).exp().sum(),
            w,
        ),
        "a billion times smaller · 缩小到十亿分之一": (
            lambda w: 1e-9 * torch.tanh(x @ w).exp().sum(),
            w,
        ),
        "with very small weights · 权重很小": (
            lambda w: torch.tanh(1e6 * x @ w).exp().sum(),
            1e-6 * w,
        ),
    }
    for size, (function, at) in losses.items():
        (right,) = gradients(function, [at])
        english, chinese = size.split(" · ")
        off = right.clone()
        off[2, 1] = off[2, 1] + 0.5 * right.abs().max()
        assert judge(agrees, function, at, right), (
            f"a right gradient is rejected, for a loss {english}: how does the step compare with "
            "w, and the tolerance with the slope?\n"
            f"正确的梯度被拒绝了（{chinese}）：步长与 w 相比、容差与斜率相比，合适吗？"
        )
        for wrong, said, in_chinese in (
            (right.T, "transposed", "转置了的"),
            (off, "with one wrong entry", "有一个元素错了的"),
            (-right, "with the wrong sign", "符号反了的"),
            (1.01 * right, "that is too large by one per cent", "大了百分之一的"),
            (0 * right, "of zeros", "全为零的"),
        ):
            assert not judge(agrees, function, at, wrong), (
                f"a gradient {said} is accepted, for a loss {english}: does the direction tell "
                "all entries apart, and is the tolerance relative?\n"
                f"{in_chinese}梯度也被接受了（{chinese}）：所取的方向能区分所有元素吗？容差是相对的吗？"
            )
