"""The checks of 02b_tiny_autograd.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function of its name. · 每个检查的参数是你写的同名函数。
"""

import numpy as np


class Result:
    """A result that remembers what it was made of."""

    def __init__(self, name, *made_of):
        self.name, self.made_of = name, list(made_of)


def central_differences(function, x, grad, step=1e-6):
    """Measure the slope of (function(x) * grad).sum() along each entry of x."""
    slopes = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        nudge = np.zeros_like(x)
        nudge[index] = step
        change = function(x + nudge) - function(x - nudge)
        slopes[index] = (change * grad).sum() / (2 * step)
    return slopes


def expect_pair(answer):
    """Return the two parts of an answer: what it computes, and the function for the way back."""
    is_pair = isinstance(answer, tuple | list) and len(answer) == 2
    assert is_pair, "return two things: the result, and a function\n要返回两样：结果，和一个函数"
    assert callable(answer[1]), (
        "the second thing is a function of the gradient of the result\n"
        "第二样是一个函数，它的参数是结果的梯度"
    )
    return answer


def expect_equal(found, right, english, chinese, tolerance=1e-6):
    """Compare arrays; nudging leaves an error of about 1e-9, and the tolerance is far above it."""
    found = np.asarray(found)
    assert found.shape == right.shape, (
        f"{english}: it has the shape {found.shape}, it should be {right.shape}\n"
        f"{chinese}：形状是 {found.shape}，应该是 {right.shape}"
    )
    wrong = ~np.isclose(found, right, rtol=tolerance, atol=tolerance)
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise AssertionError(
            f"{english}: at {index} it is {found[index]:.6g}, it should be {right[index]:.6g}\n"
            f"{chinese}：在 {index} 处是 {found[index]:.6g}，应该是 {right[index]:.6g}"
        )


def check_predict(predict):
    answer = predict()
    is_pair = isinstance(answer, tuple | list) and len(answer) == 2
    assert is_pair, (
        "return two numbers, the slope along a and the slope along b\n"
        "要返回两个数：沿 a 的斜率，沿 b 的斜率"
    )

    def loss(a, b):
        c = a * b
        d = c + a
        return d * c

    step = 1e-6
    for name, slope, up, down in (
        ("a", answer[0], loss(2 + step, 3), loss(2 - step, 3)),
        ("b", answer[1], loss(2, 3 + step), loss(2, 3 - step)),
    ):
        right = round((up - down) / (2 * step), 3)
        assert abs(slope - right) < 0.001, (
            f"along {name} it is not {slope:g}: nudge {name}, and add up all paths; c is used in d "
            f"and in L\n沿 {name} 不是 {slope:g}：微调 {name} 试试，把所有路径加起来；"
            f"c 既用在 d 里，也用在 L 里"
        )


def check_exp(exp):
    rng = np.random.default_rng(0)
    for shape in ((3,), (2, 4)):
        x, grad = rng.standard_normal(shape), rng.standard_normal(shape)
        kept = x.copy()
        result, send_back = expect_pair(exp(x))
        expect_equal(result, np.exp(kept), "the result", "结果")
        right = central_differences(np.exp, kept, grad)
        for _ in range(2):
            expect_equal(send_back(grad.copy()), right, "the gradient of x", "x 的梯度")
        expect_equal(x, kept, "x itself, which must stay as it is", "x 本身不能改动")


def check_mean(mean):
    rng = np.random.default_rng(0)
    for shape, axis in (((4, 3), 0), ((4, 3), 1), ((2, 5, 3), 1)):
        x = rng.standard_normal(shape)
        result, send_back = expect_pair(mean(x, axis))
        where = f"shape {shape}, axis {axis}"
        expect_equal(result, x.mean(axis), f"{where}, the result", f"形状 {shape}，轴 {axis}，结果")
        grad = rng.standard_normal(result.shape)
        right = central_differences(lambda x, axis=axis: x.mean(axis), x, grad)
        found = send_back(grad)
        expect_equal(
            found, right, f"{where}, the gradient of x", f"形状 {shape}，轴 {axis}，x 的梯度"
        )


def check_maximum(maximum):
    rng = np.random.default_rng(0)
    x, y, grad = (rng.standard_normal((4, 3)) for _ in range(3))
    result, send_back = expect_pair(maximum(x, y))
    expect_equal(result, np.maximum(x, y), "the result", "结果")
    grads = send_back(grad)
    is_pair = isinstance(grads, tuple | list) and len(grads) == 2
    assert is_pair, (
        "the function returns two gradients, that of x and that of y\n"
        "这个函数要返回两个梯度：x 的，和 y 的"
    )
    for found, right, name in (
        (grads[0], central_differences(lambda x: np.maximum(x, y), x, grad), "x"),
        (grads[1], central_differences(lambda y: np.maximum(x, y), y, grad), "y"),
    ):
        expect_equal(found, right, f"the gradient of {name}", f"{name} 的梯度")
    equal = np.zeros((2, 2))
    for_x, for_y = maximum(equal, equal.copy())[1](np.full((2, 2), 5.0))
    expect_equal(for_x, np.full((2, 2), 5.0), "where both are equal, x", "两者相等处，x")
    expect_equal(for_y, np.zeros((2, 2)), "where both are equal, y", "两者相等处，y")


def check_in_order(in_order):
    a, b = Result("a"), Result("b")
    c = Result("c", a, b)
    d = Result("d", c, a)
    e = Result("e", c, d, c)
    chain = Result("0")
    for number in range(1, 5000):
        chain = Result(str(number), chain)
    wide = [Result("w0")]
    for number in range(1, 40):  # 2 ** 39 paths, 40 results
        wide.append(Result(f"w{number}", wide[-1], wide[-1]))
    for last, count in ((a, 1), (e, 5), (wide[-1], 40), (chain, 5000)):
        try:
            order = in_order(last)
        except RecursionError:
            raise AssertionError(
                "it calls itself too often: keep a list of what is still to be done\n"
                "它嵌套调用自己太多层：用一个列表记住还没处理的"
            ) from None
        assert isinstance(order, list), "return a list\n要返回一个列表"
        names = ", ".join(str(getattr(item, "name", item)) for item in order[:8])
        assert order[-1:] == [last], (
            f"{last.name} must come at the end; the list begins {names}\n"
            f"{last.name} 应该在最后；列表开头是 {names}"
        )
        assert len({id(item) for item in order}) == len(order), (
            f"a result comes twice: {names}\n有结果出现了两次：{names}"
        )
        assert len(order) == count, (
            f"{count} results belong to {last.name}, the list has {len(order)}: {names}\n"
            f"属于 {last.name} 的结果有 {count} 个，列表里有 {len(order)} 个：{names}"
        )
        place = {id(item): index for index, item in enumerate(order)}
        for item in order:
            for source in item.made_of:
                assert place[id(source)] < place[id(item)], (
                    f"{item.name} was made of {source.name}, and comes before it: {names}\n"
                    f"{item.name} 由 {source.name} 算出，却排在它前面：{names}"
                )
