"""The checks of warmup_numpy.py. You need not read them. · 以下是检查，不必读。

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
    answer = [tuple(shape) for shape in shapes(64, 1000, 100, 10)]
    assert len(answer) == 3, "return three shapes\n要返回三个形状"
    assert answer[0] == (64, 10), (
        f"y_pred {answer[0]}: one row for each sample, one column for each output\n"
        "y_pred：一个样本一行，一个输出一列"
    )
    assert answer[1] == (64, 100), (
        f"grad_h {answer[1]}: a gradient has the shape of the array that it belongs to\n"
        "grad_h：梯度与它所属的数组形状相同"
    )
    assert answer[2] == (1000, 100), (
        f"x.T.dot(grad_h) {answer[2]}: write (D_in, N) times (N, H); what is left outside?\n"
        "x.T.dot(grad_h)：写出 (D_in, N) 乘 (N, H)，剩下的是哪两个数？"
    )
    assert shapes(2, 3, 4, 5)[0] == (2, 5), "use N, D_in, H, D_out\n要用 N、D_in、H、D_out 来写"


def check_first_bad_step(first_bad_step):
    assert first_bad_step([3.0, 2.0, 1.0]) is None, (
        "[3.0, 2.0, 1.0] is fine: return None\n[3.0, 2.0, 1.0] 都正常，应返回 None"
    )
    assert first_bad_step([3.0, np.inf, np.nan]) == 1, (
        "[3.0, inf, nan]: infinity counts too\n[3.0, inf, nan]：无穷大也算"
    )
    assert first_bad_step([3.0, 2.0, np.nan]) == 2, (
        "[3.0, 2.0, nan]: nan equals nothing, not even nan; use np.isfinite\n"
        "[3.0, 2.0, nan]：nan 不等于任何数，包括它自己；用 np.isfinite"
    )


def check_leaky_backward(leaky_backward):
    rng = np.random.default_rng(0)
    h, weight = rng.standard_normal((2, 5, 4))
    answer = leaky_backward(weight.copy(), h)
    measured = central_differences(lambda: (weight * np.where(h > 0, h, 0.1 * h)).sum(), h)
    assert np.shape(answer) == h.shape, (
        f"the shape is {np.shape(answer)}, that of h is {h.shape}\n形状应与 h 相同"
    )
    assert np.allclose(answer[h > 0], measured[h > 0]), (
        "wrong where h > 0: the slope there is 1\nh > 0 处不对：那里的斜率是 1"
    )
    assert np.allclose(answer, measured), (
        "right where h > 0, wrong where h < 0: the slope there is 0.1, not 0\n"
        "h > 0 处对，h < 0 处不对：那里的斜率是 0.1，不是 0"
    )


def check_three_layers(three_layers):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((6, 5)), rng.standard_normal((6, 3))
    weights = [rng.standard_normal(shape) for shape in [(5, 4), (4, 4), (4, 3)]]
    loss, *gradients = three_layers(x, y, *weights)
    h1 = np.maximum(x.dot(weights[0]), 0)
    h2 = np.maximum(h1.dot(weights[1]), 0)
    expected = np.square(h2.dot(weights[2]) - y).sum()
    assert np.isclose(loss, expected), (
        f"the loss is {loss:.4g}, it should be {expected:.4g}: fix the forward pass first\n"
        "损失不对，先把前向传播改对"
    )
    assert len(gradients) == 3, "return the loss and three gradients\n要返回损失和三个梯度"
    for name, w, gradient in zip(("w3", "w2", "w1"), weights[::-1], gradients[::-1], strict=True):
        measured = central_differences(lambda: three_layers(x, y, *weights)[0], w)
        assert np.shape(gradient) == w.shape, (
            f"the gradient for {name} has the shape {np.shape(gradient)}, {name} has {w.shape}\n"
            f"{name} 的梯度应与 {name} 形状相同"
        )
        assert np.allclose(gradient, measured, rtol=1e-4, atol=1e-4), (
            f"the gradient for {name} is not what central differences measure; the check goes from "
            f"w3 back to w1, so fix this one first\n"
            f"{name} 的梯度与中心差分测得的不符；检查是从 w3 往 w1 做的，先把这一个改对"
        )
