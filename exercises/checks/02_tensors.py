"""The checks of 02_tensors.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import numpy as np
import torch


def loss_of(x, y, w1, w2, b1=0.0):
    """Return the loss of the lesson's network, computed by numpy."""
    x, y, w1, w2, b1 = (np.asarray(array, dtype=np.float64) for array in (x, y, w1, w2, b1))
    return np.square(np.maximum(x @ w1 + b1, 0) @ w2 - y).sum()


def central_differences(loss, w, step=1e-6):
    """Measure the slope of loss() along each entry of w, which is moved in place."""
    slopes = torch.zeros_like(w)
    for index in np.ndindex(*w.shape):
        kept = w[index].item()
        w[index] = kept + step
        above = loss()
        w[index] = kept - step
        below = loss()
        w[index] = kept
        slopes[index] = (above - below) / (2 * step)
    return slopes


def draw(*shapes):
    """Draw tensors of these shapes in float64, the same ones each time."""
    torch.manual_seed(0)
    return [torch.randn(shape, dtype=torch.float64) for shape in shapes]


def copies(tensors):
    """Return copies for the reader's function, which may change them."""
    return [tensor.clone() for tensor in tensors]


class Counter(torch.overrides.TorchFunctionMode):
    """Counts the functions of PyTorch that are called in a with block."""

    calls = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Count a call, and let it go on."""
        self.calls += 1
        return function(*args, **(kwargs or {}))


def check_predict(predict):
    answer = predict()
    assert isinstance(answer, list | tuple), "return a list\n要返回一个列表"
    assert len(answer) == 4, "the program prints four things\n程序打印四样东西"
    a = np.ones((4, 3))
    x = torch.from_numpy(a)
    x[0, 0] = 5
    w = torch.ones(4, 3)
    assert np.array_equal(answer[0], tuple(x.sum(dim=0).shape)), (
        f"1: {answer[0]!r}: dim=0 is the dimension that is added up, so it is gone afterwards; "
        "write the shape as a tuple\n"
        f"1：{answer[0]!r}：dim=0 是被加掉的那一维，加完就没有了；形状要写成元组"
    )
    assert np.array_equal(answer[1], tuple(x.t().shape)), (
        f"2: {answer[1]!r}: t() exchanges the two sizes\n2：{answer[1]!r}：t() 把两个大小对调"
    )
    assert str(answer[2]).removeprefix("torch.") == str((x * w).dtype).removeprefix("torch."), (
        f"3: {answer[2]!r}: entry by entry two dtypes do mix; look under “Two dtypes” at what "
        f"comes out\n3：{answer[2]!r}：逐元素运算可以混用两种 dtype；"
        "结果是哪一种，看“两种 dtype”一节"
    )
    assert answer[3] == a[0, 0], (
        f"4: {answer[3]!r}: does from_numpy copy?\n4：{answer[3]!r}：from_numpy 会复制吗？"
    )


def check_own_tensor(own_tensor):
    for dtype in (np.float64, np.float32):
        a = np.arange(6, dtype=dtype).reshape(2, 3)
        answer = own_tensor(a)
        assert isinstance(answer, torch.Tensor), (
            f"this is of the type {type(answer).__name__}: return a tensor\n"
            f"这是 {type(answer).__name__} 类型的：要返回张量"
        )
        assert answer.dtype == torch.float32, (
            f"the dtype is {answer.dtype}, it should be torch.float32\n"
            f"dtype 是 {answer.dtype}，应是 torch.float32"
        )
        assert answer.tolist() == a.tolist(), (
            f"of {a.tolist()} it made {answer.tolist()}: numbers and shape should be the same\n"
            f"由 {a.tolist()} 得到了 {answer.tolist()}：数和形状都应与数组相同"
        )
        answer[0, 0] = 7
        assert a[0, 0] == 0, (
            f"for an array in {a.dtype}, a change of the tensor shows in the array: "
            "nothing had to be converted, so nothing was copied\n"
            f"数组是 {a.dtype} 时，改张量，数组也跟着变：不需要转换，也就没有复制"
        )


def check_loss_in(loss_in):
    tensors = draw((6, 5), (6, 3), (5, 4), (4, 3))
    answer, expected = loss_in(torch.float64, *copies(tensors)), loss_of(*tensors)
    assert isinstance(answer, float), (
        f"this is of the type {type(answer).__name__}: return a Python float; if it is a tensor, "
        "take the number out with .item()\n"
        f"这是 {type(answer).__name__} 类型的：要返回 Python 的 float；如果是张量，"
        "用 .item() 把数取出来"
    )
    assert np.isclose(answer, expected), (
        f"the loss is {answer:.4g}, it should be {expected:.4g}: compare with the lesson's "
        f"forward pass\n损失是 {answer:.4g}，应为 {expected:.4g}：和课文的前向传播比一比"
    )
    number = 2.0**24 + 1  # float64 holds it; in float32 it becomes 2**24
    for dtype, held in ((torch.float64, number), (torch.float32, 2.0**24)):
        for large in ("w1", "w2", "x", "y"):
            numbers = {"x": 0.0 if large == "y" else 1.0, "y": 0.0, "w1": 1.0, "w2": 1.0}
            numbers[large] = number
            tensors = [torch.tensor([[n]], dtype=torch.float64) for n in numbers.values()]
            answer = loss_in(dtype, *tensors)
            given = ", ".join(f"{name} = {n:.0f}" for name, n in numbers.items())
            assert answer == held**2, (
                f"in {dtype}, {given} should give {held**2:.0f}, not {answer:.0f}: convert the "
                f"four tensors before you compute anything, {large} too, not the result\n"
                f"用 {dtype} 计算，{given}，应得 {held**2:.0f}，而不是 {answer:.0f}："
                f"先转换四个张量（包括 {large}），再计算；不要转换结果"
            )


def check_bias_gradient(bias_gradient):
    x, y, w1, b1, w2 = draw((6, 5), (6, 3), (5, 4), (4,), (4, 3))
    answer = bias_gradient(*copies([x, y, w1, b1, w2]))
    measured = central_differences(lambda: loss_of(x, y, w1, w2, b1), b1)
    shape = tuple(np.shape(answer))
    assert shape == (4,), (
        f"the shape is {shape}, that of b1 is (4,): b1 is added to each of the N rows; what "
        "becomes of the N gradients?\n"
        f"形状是 {shape}，b1 的形状是 (4,)：b1 加到 N 行中的每一行上，N 份梯度该怎么处理？"
    )
    assert not np.allclose(answer * len(x), measured), (
        "too small by the factor N: the loss is a sum, so the rows' gradients add up\n"
        "恰好只有 N 分之一：损失是求和，各行的梯度也要相加"
    )
    assert np.allclose(answer, measured), (
        "not what central differences measure: go back from y_pred to h as in the lesson, mask "
        "included, with b1 in h\n"
        "与中心差分测得的不符：像课文那样从 y_pred 退回到 h，不要漏掉掩码，算 h 时也要加 b1"
    )


def check_many_networks(many_networks):
    x, y, w1, w2 = draw((6, 5), (6, 2), (3, 5, 4), (3, 4, 2))
    answer = many_networks(*copies([x, y, w1, w2]))
    losses, *gradients = [one.detach() if isinstance(one, torch.Tensor) else one for one in answer]
    shape = tuple(np.shape(losses))
    assert shape == (3,), (
        f"the losses have the shape {shape}, it should be (3,), one for each network; over which "
        f"dimensions do you add?\n损失的形状是 {shape}，应为 (3,)，每个网络一个；"
        "求和时加掉的是哪几维？"
    )
    for k in range(3):
        expected = loss_of(x, y, w1[k], w2[k])
        assert np.isclose(losses[k], expected), (
            f"network {k}: the loss is {losses[k]:.4g}, alone it has {expected:.4g}\n"
            f"第 {k} 个网络的损失是 {losses[k]:.4g}，单独算是 {expected:.4g}"
        )
    assert len(gradients) == 2, "return the losses and two gradients\n要返回损失和两个梯度"
    for name, w, gradient in zip(("w2", "w1"), (w2, w1), gradients[::-1], strict=True):
        assert np.shape(gradient) == w.shape, (
            f"the gradient for {name} has the shape {tuple(np.shape(gradient))}, {name} has "
            f"{tuple(w.shape)}\n"
            f"{name} 的梯度形状是 {tuple(np.shape(gradient))}，{name} 的形状是 {tuple(w.shape)}"
        )
        measured = central_differences(
            lambda: sum(loss_of(x, y, w1[k], w2[k]) for k in range(3)), w
        )
        assert np.allclose(gradient, measured, rtol=1e-4, atol=1e-4), (
            f"the gradient for {name} is not what central differences measure: compare with the "
            f"lesson's lines, with a K before each shape\n"
            f"{name} 的梯度与中心差分测得的不符：与课文逐行对照，每个形状前面多一个 K"
        )
    calls = []
    for k in (2, 7):
        with Counter() as counter:
            many_networks(x, y, w1[:1].expand(k, -1, -1), w2[:1].expand(k, -1, -1))
        calls.append(counter.calls)
    assert calls[0] == calls[1], (
        f"all is right, but there is a loop: PyTorch was called {calls[0]} times for 2 networks "
        f"and {calls[1]} times for 7\n"
        f"结果都对，但是用了循环：2 个网络调用 PyTorch {calls[0]} 次，7 个网络调用 {calls[1]} 次"
    )


def check_spread(spread):
    a = np.random.default_rng(0).integers(-9, 10, (5, 3))
    standard = a - a.mean(axis=0)
    standard /= a.std(axis=0)
    largest = standard.max(axis=1)
    answer = spread(torch.tensor(a))
    assert isinstance(answer, torch.Tensor), (
        f"this is of the type {type(answer).__name__}: return a tensor\n"
        f"这是 {type(answer).__name__} 类型的：要返回张量"
    )
    shape = tuple(answer.shape)
    assert shape == (10,), (
        f"the shape is {shape}, for x of the shape (5, 3) it should be (10,): the largest number "
        "of each row, twice\n"
        f"形状是 {shape}，x 的形状是 (5, 3) 时应为 (10,)：每行最大的数，各两次"
    )

    def close(expected):
        return np.allclose(answer, expected, rtol=1e-5, atol=1e-5)  # float32 is close, too

    assert not close(np.tile(largest, 2)), (
        "the numbers are right, the order is not: numpy repeats each number, PyTorch's repeat "
        "the whole row of them\n"
        "数都对，次序不对：numpy 把每个数重复一遍，PyTorch 的 repeat 重复的是整排数"
    )
    by_one_less = np.repeat(largest * np.sqrt(4 / 5), 2)
    assert not close(by_one_less), (
        "too small by the factor √(4/5): the columns have 5 numbers, numpy's std divides by 5, "
        "PyTorch's by 4\n"
        "只有正确值的 √(4/5) 倍：每列 5 个数，numpy 的 std 除以 5，PyTorch 的除以 4"
    )
    assert close(np.repeat(largest, 2)), (
        "not the numbers that numpy gives: compare line by line; which of the dimensions is it "
        "each time?\n"
        "与 numpy 得到的数不同：逐行对照；每次是沿哪一维？"
    )
    assert answer.dtype == torch.float64, (
        f"the numbers are right, the dtype is {answer.dtype}: numpy computes in float64 here; "
        f"convert before you compute\n"
        f"数是对的，dtype 却是 {answer.dtype}：numpy 在这里用 float64 计算；先转换，再计算"
    )
    kept = torch.tensor(a)
    spread(kept)
    assert kept.tolist() == a.tolist(), (
        "the function has changed x; the one in numpy does not change a\n"
        "这个函数改动了 x；numpy 那个并不改动 a"
    )


WHY = {  # what is said of a letter that is missing, or there without being zero
    "a": "a is 0: a slice is a view\na 是 0：切片是视图",
    "b": "b is not 0: a list of positions copies\nb 不是 0：用位置列表索引，得到的是副本",
    "c": "c is not 0: what a mask picks is a copy\nc 不是 0：用布尔掩码挑出来的是副本",
    "d": "d is 0: in PyTorch a single element is a view, too\nd 是 0：PyTorch 里，单个元素也是视图",
    "e": "e is 0: a transpose moves no number\ne 是 0：转置不挪动任何数",
    "f": "f is not 0: x.t() is not contiguous, so reshape copies\n"
    "f 不是 0：x.t() 不连续，reshape 会复制",
    "g": "g is 0: is there anything to convert?\ng 是 0：有什么要转换的吗？",
}


def check_zeroed(zeroed):
    answer = zeroed()
    assert isinstance(answer, str | list | tuple | set), (
        "return the letters in a string\n要返回由字母组成的字符串"
    )
    said = {letter for part in answer for letter in str(part)}
    unknown = sorted(said - set(WHY))
    assert not unknown, (
        f"{unknown[0]!r} is none of the letters a to g\n{unknown[0]!r} 不是 a 到 g 里的字母"
    )
    for letter, why in WHY.items():
        assert (letter in said) == (letter in "adeg"), why


def check_side_by_side(side_by_side):
    outputs = torch.arange(24.0).reshape(3, 4, 2)
    expected = np.concatenate(list(outputs.numpy()), axis=1)
    answer = side_by_side(outputs.clone())
    shape = tuple(np.shape(answer))
    assert shape == (4, 6), (
        f"the shape is {shape}; for outputs of the shape (3, 4, 2) it should be (4, 6)\n"
        f"形状是 {shape}；outputs 的形状是 (3, 4, 2) 时应为 (4, 6)"
    )
    row = [int(number) for number in answer[0]]
    wanted = [int(number) for number in expected[0]]
    assert row != list(range(6)), (
        f"row 0 is {row}, it should be {wanted}: reshape reads the numbers in their order and "
        "does not exchange dimensions; that has to happen before\n"
        f"第 0 行是 {row}，应为 {wanted}：reshape 按原来的次序取数，不会对调维度；要先对调"
    )
    assert np.array_equal(answer, expected), (
        f"row 0 is {row}, it should be {wanted}: two dimensions have to change places, which?\n"
        f"第 0 行是 {row}，应为 {wanted}：有两维要对调，是哪两维？"
    )
