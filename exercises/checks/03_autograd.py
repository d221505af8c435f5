"""The checks of 03_autograd.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import numpy as np
import torch


def central_differences(f, w, step=1e-6):
    """Measure the slope of f along each entry of w."""
    slopes = torch.zeros_like(w)
    for index in np.ndindex(*w.shape):
        nudge = torch.zeros_like(w)
        nudge[index] = step
        slopes[index] = (f(w + nudge) - f(w - nudge)) / (2 * step)
    return slopes


class Noted:
    """A number that notes each sum and product which it enters."""

    def __init__(self, value, name, notes, values):
        self.value, self.name, self.notes, self.values = value, name, notes, values
        values[name] = value

    def follow(self, value, inputs):
        """Note one step and return its result."""
        name = f"n{len(self.notes)}"
        self.notes.append((name, inputs))
        return Noted(value, name, self.notes, self.values)

    def __add__(self, other):
        """Note a sum: its slope along each of the two is 1."""
        inputs = [(self.name, 1.0), (other.name, 1.0)]
        return self.follow(self.value + other.value, inputs)

    def __mul__(self, other):
        """Note a product: its slope along one is the other."""
        inputs = [(self.name, other.value), (other.name, self.value)]
        return self.follow(self.value * other.value, inputs)


def note(f, numbers):
    """Return the name of what f computes of these numbers, the notes, and all values by name."""
    notes, values = [], {}
    result = f(*(Noted(number, name, notes, values) for name, number in numbers.items()))
    return result.name, notes, values


def check_predict(predict):
    answer = predict()
    assert isinstance(answer, list | tuple), "return a list\n要返回一个列表"
    assert len(answer) == 4, "the program prints four things\n程序打印四样东西"
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    v = torch.tensor([3.0, 4.0])
    loss = (w * v).sum()
    operation, said = loss.grad_fn.name().lower(), str(answer[0]).lower().strip(" ().")
    assert operation.startswith(said if len(said) > 2 else "nothing"), (
        f"1: {answer[0]!r}: the graph is walked from the loss back; which operation comes "
        f"last in the forward pass?\n1：{answer[0]!r}：往回走是从损失出发的；"
        "前向传播里最后做的是哪个运算？"
    )
    loss.backward()
    assert np.array_equal(answer[1], w.grad.tolist()), (
        f"2: {answer[1]!r}: the loss is w[0] * v[0] + w[1] * v[1]; what is its slope along w[0]?\n"
        f"2：{answer[1]!r}：损失是 w[0] * v[0] + w[1] * v[1]，它沿 w[0] 的斜率是多少？"
    )
    w.pow(2).sum().backward()
    assert np.array_equal(answer[2], w.grad.tolist()), (
        f"3: {answer[2]!r}: the second loss alone gives 2 * w; nobody has cleared w.grad\n"
        f"3：{answer[2]!r}：单看第二个损失，梯度是 2 * w；可是没有人清零过 w.grad"
    )
    assert answer[3] is v.grad, (
        f"4: {answer[3]!r}: does v require gradients?\n4：{answer[3]!r}：v 需要梯度吗？"
    )


def check_gradient(gradient):
    torch.manual_seed(0)
    w, v = torch.randn(2, 3, 4, dtype=torch.float64)
    kept = w.clone()

    def f(w):
        return (w.pow(3) * v).sum()

    def measure():
        answer = gradient(f, w)
        assert answer is not None or w.requires_grad, (
            "it returns None: is a return missing, or is this the .grad of a tensor that f was not "
            "given?\n"
            "返回的是 None：是不是忘了写 return？取的是不是传给 f 的那个张量的 .grad？"
        )
        assert answer is not None, (
            "None, if w requires gradients already: a clone() of it is no leaf; cut it off first\n"
            "w 已经需要梯度时，得到的是 None：它的 clone() 不是叶子；先把它剪下来"
        )
        return torch.as_tensor(answer, dtype=torch.float64).detach()

    expected = central_differences(f, w)
    answer = measure()
    assert answer.shape == w.shape, (
        f"the shape is {tuple(answer.shape)}: return a tensor of the shape of w, {tuple(w.shape)}\n"
        f"形状是 {tuple(answer.shape)}：要返回与 w 形状相同的张量，{tuple(w.shape)}"
    )
    assert np.allclose(answer, expected, atol=1e-6), (
        "not what central differences measure\n与中心差分测得的不符"
    )
    assert torch.equal(w.detach(), kept), "w holds other numbers now\nw 里的数变了"
    assert not w.requires_grad, (
        "w requires gradients now, and did not before: let a tensor of your own require them\n"
        "w 原来不需要梯度，现在需要了：应当自己另造一个需要梯度的张量"
    )
    assert w.grad is None, (
        "w has a .grad now, and had none before: let a tensor of your own have it\n"
        "w 原来没有 .grad，现在有了：应当自己另造一个张量"
    )
    w.requires_grad_()
    (w * 10).sum().backward()
    answer = measure()
    assert np.allclose(answer, expected, atol=1e-6), (
        "wrong if w has a .grad from before: that one must not be counted in\n"
        "w 原先已有 .grad 时结果不对：不能把它也加进去"
    )
    assert w.requires_grad, "w no longer requires gradients\nw 原来需要梯度，现在不需要了"
    assert np.array_equal(w.grad, torch.full_like(w, 10)), (
        "w had a .grad, and it has changed: cut w off from the graph first, then go backward\n"
        "w 原来的 .grad 变了：先把 w 从图上剪下来，再反向传播"
    )


def check_accumulate(accumulate):
    torch.manual_seed(0)
    shapes = [(7, 5), (7, 2), (5, 4), (4, 2)]
    x, y, w1, w2 = (torch.randn(shape, dtype=torch.float64) for shape in shapes)
    w1.requires_grad_()
    w2.requires_grad_()
    rows, steps = [], []

    def forward(x):
        rows.append(len(x))
        steps.append("forward")
        return x.mm(w1).clamp(min=0).mm(w2)

    loss = (forward(x) - y).pow(2).mean()
    expected = torch.autograd.grad(loss, (w1, w2))
    w1.register_hook(lambda grad: steps.append("backward"))
    for size in (3, 2, 7):
        rows.clear()
        steps.clear()
        w1.grad = w2.grad = None
        answer = accumulate(forward, x.clone(), y.clone(), size)
        assert max(rows, default=0) <= size, (
            f"forward was given {rows} rows, with size = {size}: no more than {size} at once\n"
            f"size = {size}，forward 却拿到了 {rows} 行：每次至多 {size} 行"
        )
        assert 0 not in rows, (
            f"forward was given {rows} rows, with N = 7 and size = {size}: leave the empty part "
            f"out\nN = 7、size = {size}，forward 拿到 {rows} 行：空的那一份不要算"
        )
        assert sum(rows) == 7, (
            f"forward was given {rows} rows, with N = 7 and size = {size}: each row once, and the "
            "last part may be smaller\n"
            f"N = 7、size = {size}，forward 拿到 {rows} 行：每行一次，最后一份可以少些"
        )
        assert w1.grad is not None, (
            "w1.grad is None: call backward() for each part\nw1.grad 是 None：每一份都要 backward()"
        )
        assert steps == ["forward", "backward"] * len(rows), (
            f"the order is {', '.join(steps)}: go back through each part before the next one goes "
            "forward, or the graphs of all parts fill the memory\n"
            f"次序是 {', '.join(steps)}：每一份要先反向传播，再算下一份，否则各份的图都占着内存"
        )
        ratio = ((w1.grad * expected[0]).sum() / expected[0].pow(2).sum()).item()
        assert np.allclose(w1.grad, ratio * expected[0]), (
            "w1.grad is not the whole batch's gradient, nor a multiple of it: every part has to "
            "count, and a smaller part less; divide the sum over each part by the number of "
            "entries of the whole y\n"
            "w1.grad 不是整个批次的梯度，也不是它的倍数：每一份都要算进去，行数少的占得少；"
            "用每一份的总和除以整个 y 的元素个数"
        )
        assert np.isclose(ratio, 1), (
            f"w1.grad is {ratio:.4g} times the gradient of the whole batch: what does the mean "
            "divide by?\n"
            f"w1.grad 是整个批次的梯度的 {ratio:.4g} 倍：求平均时除以的是什么？"
        )
        assert np.allclose(w2.grad, expected[1]), (
            "w1.grad is right, w2.grad is not\nw1.grad 对，w2.grad 不对"
        )
        assert isinstance(answer, float), (
            f"the gradients are right; the loss is a {type(answer).__name__}, return a Python "
            "number: a tensor that is not detached would keep its graph alive\n"
            f"梯度对了；损失是 {type(answer).__name__}，要以 Python 的数返回："
            "留着没有 detach 的张量，图也就一直留着"
        )
        assert np.isclose(answer, loss.item()), (
            f"the gradients are right; the loss is {answer:.4g}, it should be {loss.item():.4g}\n"
            f"梯度对了；损失是 {answer:.4g}，应为 {loss.item():.4g}"
        )


def check_walk_back(walk_back):
    def compare(f, english, chinese):
        numbers = {"a": 2.0, "b": -3.0, "c": 5.0}
        loss, notes, _ = note(f, numbers)
        leaves = {name: torch.tensor(n, requires_grad=True) for name, n in numbers.items()}
        _, _, values = note(f, leaves)
        exact = torch.autograd.grad(values[loss], list(values.values()), allow_unused=True)
        found = walk_back(list(notes), loss)
        assert isinstance(found, dict), "return a dictionary\n要返回字典"
        for name, gradient in zip(values, exact, strict=True):
            right = 0.0 if gradient is None else gradient.item()
            said = found.get(name, 0.0)  # a name that the loss does not depend on may be left out
            assert name in found or right == 0, (
                f"{notes}: there is nothing for {name}, and every name of the notes is wanted, "
                f"results too\n{notes}：没有 {name}；记录里的每个名字都要有，中间结果也要"
            )
            assert said == right, (
                f"{notes}: for {name} it should be {right:g}, this gave {said:g}: {english}\n"
                f"{notes}：{name} 的梯度应为 {right:g}，得到的是 {said:g}：{chinese}"
            )

    compare(
        lambda a, b, c: a * b,
        "the gradient of the loss for itself is 1; an input's is that of the result, times the "
        "slope",
        "损失对自己的梯度是 1；输入的梯度等于结果的梯度乘以斜率",
    )
    compare(
        lambda a, b, c: (a * b) * c,
        "begin at the last note: a result's gradient must be known before it is passed on, and "
        "slopes along a way are multiplied",
        "从最后一条记录开始：先知道结果的梯度，才能往回传；一路上的斜率相乘",
    )
    compare(
        lambda a, b, c: (a * b + a) * a,
        "a is used three times, and each use adds to its gradient",
        "a 用了三次，每一次都要往它的梯度里加",
    )

    def with_a_side_branch(a, b, c):
        loss = a * b
        _ = loss * c  # noted, and leads away from the loss
        return loss

    compare(
        with_a_side_branch,
        "begin at the loss that is asked for, which need not be the last result",
        "从指定的损失出发，它不一定是最后一个结果",
    )
