"""The checks of 01_warmup_numpy.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import numpy as np


def central_differences(loss, w, step=1e-6):
    """Measure the slope of loss() along each entry of w, which is moved in place."""
    slopes = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        kept = w[index]
        w[index] = kept + step
        above = loss()
        w[index] = kept - step
        below = loss()
        w[index] = kept
        slopes[index] = (above - below) / (2 * step)
    return slopes


def check_shapes(shapes):
    for N, D_in, H, D_out in ((64, 1000, 100, 10), (2, 3, 4, 5)):
        sizes = f"N = {N}, D_in = {D_in}, H = {H}, D_out = {D_out}"
        answer = [tuple(shape) for shape in shapes(N, D_in, H, D_out)]
        assert len(answer) == 3, "return three shapes\n要返回三个形状"
        for name, shape, right, english, chinese in (
            (
                "y_pred",
                answer[0],
                (N, D_out),
                "one row for each sample, one column for each output",
                "一个样本一行，一个输出一列",
            ),
            (
                "grad_h",
                answer[1],
                (N, H),
                "a gradient has the shape of the array that it belongs to",
                "梯度与它所属的数组形状相同",
            ),
            (
                "x.T.dot(grad_h)",
                answer[2],
                (D_in, H),
                "write (D_in, N) times (N, H); what is left outside?",
                "写出 (D_in, N) 乘 (N, H)，剩下的是哪两个数？",
            ),
        ):
            assert shape == right, (
                f"{sizes}: {name} is not {shape}: {english}\n"
                f"{sizes}：{name} 不是 {shape}：{chinese}"
            )


def check_first_bad_step(first_bad_step):
    inf, nan = np.inf, np.nan
    for losses, right, english, chinese in (
        ([3.0, 2.0, 1.0], None, "all are finite", "都是有限数"),
        ([3.0, inf, nan], 1, "infinity counts too", "无穷大也算"),
        (
            [3.0, 2.0, nan],
            2,
            "nan equals nothing, not even nan; use np.isfinite",
            "nan 不等于任何数，包括它自己；用 np.isfinite",
        ),
        ([2.0, -inf, 1.0], 1, "minus infinity is infinite too", "负无穷大也是无穷大"),
        ([nan, 2.0], 0, "the first one is bad already", "第一个就不正常"),
        ([1e300, 2.0], None, "1e300 is large, and finite", "1e300 很大，但它是有限数"),
        ([], None, "there is no bad one", "没有不正常的"),
    ):
        found = first_bad_step(list(losses))
        assert found == right, (
            f"{losses}: it should return {right}, not {found}: {english}\n"
            f"{losses}：应返回 {right}，而不是 {found}：{chinese}"
        )


def check_leaky_backward(leaky_backward):
    rng = np.random.default_rng(0)
    h, weight = rng.standard_normal((2, 5, 4))
    answer = leaky_backward(weight.copy(), h.copy())
    measured = central_differences(lambda: (weight * np.where(h > 0, h, 0.1 * h)).sum(), h)
    shape = np.shape(answer)
    assert shape == h.shape, (
        f"the shape is {shape}, it should be that of h, {h.shape}\n"
        f"形状是 {shape}，应与 h 相同，是 {h.shape}"
    )
    assert not np.allclose(answer * weight, measured), (
        "these are the slopes alone: multiply them by grad_leaky\n这只是斜率，还要乘以 grad_leaky"
    )
    assert np.allclose(answer[h > 0], measured[h > 0]), (
        "wrong where h > 0: the slope there is 1\nh > 0 处不对：那里的斜率是 1"
    )
    assert np.allclose(answer, measured), (
        "right where h > 0, wrong where h < 0: the slope there is 0.1\n"
        "h > 0 处对，h < 0 处不对：那里的斜率是 0.1"
    )


def check_three_layers(three_layers):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 5)), rng.standard_normal((6, 3))
    weights = [rng.standard_normal(shape) for shape in [(5, 4), (4, 4), (4, 3)]]

    def loss_of(w1, w2, w3):
        h_relu = np.maximum(np.maximum(x.dot(w1), 0).dot(w2), 0)
        return np.square(h_relu.dot(w3) - y).sum()

    loss, *gradients = three_layers(x.copy(), y.copy(), *(w.copy() for w in weights))
    expected = loss_of(*weights)
    assert np.isclose(loss, expected), (
        f"the loss is {loss:.4g}, it should be {expected:.4g}: fix the forward pass first\n"
        f"损失是 {loss:.4g}，应为 {expected:.4g}：先把前向传播改对"
    )
    assert len(gradients) == 3, "return the loss and three gradients\n要返回损失和三个梯度"
    for name, w, gradient in zip(("w3", "w2", "w1"), weights[::-1], gradients[::-1], strict=True):
        measured = central_differences(lambda: loss_of(*weights), w)
        shape = np.shape(gradient)
        assert shape == w.shape, (
            f"the gradient for {name} has the shape {shape}, {name} has {w.shape}\n"
            f"{name} 的梯度形状是 {shape}，{name} 的形状是 {w.shape}"
        )
        assert np.allclose(gradient, measured, rtol=1e-4, atol=1e-4), (
            f"the gradient for {name} is not what central differences measure; the check goes from "
            f"w3 back to w1, so fix this one first\n"
            f"{name} 的梯度与中心差分测得的不符；检查是从 w3 往 w1 做的，先把这一个改对"
        )
