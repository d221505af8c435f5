"""The checks of 21_derivative_basics.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import numpy as np
import torch

SHAPES = {"x": (6, 5), "y": (6, 3), "w1": (5, 4), "w_mid": (4, 4), "w2": (4, 3)}


def network(*names):
    """Return arrays with random entries, by name."""
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(SHAPES[name]) for name in names}


def squared_error(x, y, w1, w2):
    return (torch.relu(x @ w1) @ w2 - y).pow(2).sum()


def gradients(loss, arrays):
    """Return autograd's gradients of a loss for all arrays it is computed from, by name."""
    tensors = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    found = torch.autograd.grad(loss(**tensors), list(tensors.values()))
    return dict(zip(tensors, found, strict=True))


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
        f"the gradient for {name} has the shape {shape}, {name} has {expected}: a transpose is "
        "missing, or the factors stand in the wrong order\n"
        f"{name} 的梯度形状是 {shape}，应为 {expected}：漏了转置，或者因子的次序不对"
    )
    answer = torch.as_tensor(answer, dtype=torch.float64)
    if torch.allclose(answer, exact):
        return
    square = len(shape) == 2 and shape[0] == shape[1]
    assert not (square and torch.allclose(answer.T, exact)), (
        f"the gradient for {name} is transposed\n{name} 的梯度多了或少了一个转置"
    )
    ratio = ((answer * exact).sum() / exact.pow(2).sum()).item()
    assert ratio == 0 or not torch.allclose(answer, ratio * exact), (
        f"the gradient for {name} is {ratio:.4g} times what autograd finds: look for a factor\n"
        f"{name} 的梯度是自动求导所得的 {ratio:.4g} 倍：找一找系数"
    )
    raise AssertionError(otherwise)


def check_one_sample(one_sample):
    arrays = {
        "x": [[1.0, 2.0]],
        "y": [[5.0]],
        "w1": [[1.0, -1.0], [1.0, 0.0]],
        "w2": [[2.0], [3.0]],
    }
    arrays = {name: np.array(rows) for name, rows in arrays.items()}
    answer = one_sample()
    assert count(answer) == 2, "return two gradients\n要返回两个梯度"
    exact = gradients(squared_error, arrays)
    compare(
        "w2",
        answer[0],
        exact["w2"],
        "grad_w2 is h_relu transposed times grad_y_pred: compute h first, and cut it off at 0\n"
        "grad_w2 是 h_relu 的转置乘 grad_y_pred：先算 h，再把负的换成 0",
    )
    compare(
        "w1",
        answer[1],
        exact["w1"],
        "grad_w2 is right, grad_w1 is not: the second entry of h is negative, so ReLU lets no "
        "gradient through there\n"
        "grad_w2 对，grad_w1 不对：h 的第二个元素是负的，ReLU 在那里不让梯度通过",
    )


def check_grad_input(grad_input):
    arrays = network("x", "y", "w1", "w2")
    exact = gradients(squared_error, arrays)["x"]
    compare(
        "x",
        grad_input(*arrays.values()),
        exact,
        "the shape is right, the entries are not: is the mask there, and does it come before w1?\n"
        "形状对，数不对：有没有乘掩码？是不是在乘 w1 之前？",
    )


def check_grad_w1_penalty(grad_w1_penalty):
    arrays, decay = network("x", "y", "w1", "w2"), 0.3
    plain = gradients(squared_error, arrays)["w1"]
    exact = gradients(lambda **t: squared_error(**t) + decay * t["w1"].pow(2).sum(), arrays)["w1"]
    answer = grad_w1_penalty(*arrays.values(), decay)
    if np.shape(answer) == tuple(exact.shape):
        added = torch.as_tensor(answer) - plain
        assert not torch.allclose(added, torch.zeros_like(plain)), (
            "this is the gradient without the penalty: a term is missing\n"
            "这是没有惩罚项时的梯度：少了一项"
        )
        ratio = ((added * (exact - plain)).sum() / (exact - plain).pow(2).sum()).item()
        assert np.isclose(ratio, 1) or not torch.allclose(added, ratio * (exact - plain)), (
            f"the term of the penalty is {ratio:.4g} times what it should be: look for a factor\n"
            f"惩罚项的那一项是应有的 {ratio:.4g} 倍：找一找系数"
        )
    compare(
        "w1",
        answer,
        exact,
        "the shape is right, the entries are not: the gradient of a sum is the sum of the "
        "gradients, that of lesson 1 and that of the penalty\n"
        "形状对，数不对：和的梯度等于梯度的和，一个是第 1 课的，一个是惩罚项的",
    )


def check_grad_w2_mean(grad_w2_mean):
    arrays = network("x", "y", "w1", "w2")

    def mean_error(x, y, w1, w2):
        return (torch.relu(x @ w1) @ w2 - y).pow(2).mean()

    exact = gradients(mean_error, arrays)["w2"]
    compare(
        "w2",
        grad_w2_mean(*arrays.values()),
        exact,
        "the shape is right, the entries are not, and no single factor fixes them: is it h_relu "
        "that stands on the left?\n"
        "形状对，数不对，也不是只差一个系数：左边的因子是 h_relu 吗？",
    )


def check_shortcut(shortcut):
    arrays = network("x", "y", "w1", "w_mid", "w2")

    def loss(x, y, w1, w_mid, w2, *, roads=(1, 1)):
        a1 = torch.relu(x @ w1)
        through = [a1 if road else a1.detach() for road in roads]
        a2 = torch.relu(through[0] @ w_mid) + through[1]
        return (a2 @ w2 - y).pow(2).sum()

    exact = gradients(loss, arrays)
    short_cut_only, middle_only = (
        gradients(lambda roads=roads, **t: loss(**t, roads=roads), arrays)["w1"]
        for roads in ((0, 1), (1, 0))
    )
    answer = shortcut(*arrays.values())
    assert count(answer) == 2, (
        "return the gradients for w_mid and w1\n要返回 w_mid 和 w1 的两个梯度"
    )
    compare(
        "w_mid",
        answer[0],
        exact["w_mid"],
        "the gradient for w_mid is wrong: it is that of a layer without the shortcut, with a1 as "
        "its input and the mask of the middle layer\n"
        "w_mid 的梯度不对：它和没有捷径的一层相同，输入是 a1，掩码是中间层的",
    )
    for one_road, english, chinese in (
        (middle_only, "the shortcut", "捷径"),
        (short_cut_only, "the middle layer", "中间层"),
    ):
        if np.shape(answer[1]) == tuple(one_road.shape):
            assert not np.allclose(answer[1], one_road), (
                f"the gradient for w1 lacks what comes back through {english}: a1 is used twice\n"
                f"w1 的梯度少了从{chinese}传回来的一项：a1 用了两次"
            )
    compare(
        "w1",
        answer[1],
        exact["w1"],
        "w_mid is right, w1 is not: add up the two gradients for a1, then take the mask of the "
        "first layer\nw_mid 对，w1 不对：把 a1 的两个梯度相加，再乘第一层的掩码",
    )
