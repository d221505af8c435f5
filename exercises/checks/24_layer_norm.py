"""The checks of 24_layer_norm.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch


def count(answer):
    """Return how many values a function returned; 0 if it returned no tuple and no list."""
    return len(answer) if isinstance(answer, tuple | list) else 0


TERM = ("is a term missing?", "是不是少了一项？")
UNDER_THE_ROOT = (
    "epsilon is added to the mean of the squares, under the root",
    "epsilon 加在平方的平均值上，在根号里面",
)
HINTS = {1e-5: TERM, 0.1: UNDER_THE_ROOT}  # only who misplaces epsilon comes to the second


def compare(name, answer, expected, hint=TERM):
    """Say how an answer differs from what PyTorch computed."""
    assert isinstance(answer, torch.Tensor), f"{name} is not a tensor\n{name} 不是张量"
    seen, wanted = tuple(answer.shape), tuple(expected.shape)
    assert seen == wanted, (
        f"{name} has the shape {seen}, it should be {wanted}: over which axes do you sum?\n"
        f"{name} 的形状是 {seen}，应为 {wanted}：该对哪些轴求和？"
    )
    assert answer.isfinite().all(), f"{name} holds nan or infinity\n{name} 里有 nan 或无穷大"
    answer = answer.to(expected.dtype)
    if torch.allclose(answer, expected, rtol=1e-3, atol=1e-4):
        return
    factor = float((answer * expected).sum() / (expected * expected).sum())
    assert not torch.allclose(answer, factor * expected, rtol=1e-3), (
        f"{name} is {factor:.4g} times what it should be: look at the constant factors, and "
        "remember that torch.var divides by H - 1 unless you say correction=0\n"
        f"{name} 是正确值的 {factor:.4g} 倍：检查常数因子；另外，"
        "不写 correction=0 的话，torch.var 除的是 H - 1"
    )
    raise AssertionError(
        f"{name} is wrong, and not only by a factor: {hint[0]}\n"
        f"{name} 不对，而且不只差一个因子：{hint[1]}"
    )


def check_three_rows(three_rows):
    answer = three_rows()
    assert count(answer) == 2, "return y and x.grad\n要返回 y 和 x.grad"
    said, said_grad = (torch.as_tensor(rows, dtype=torch.float64) for rows in answer)
    x = torch.tensor([[1, 3], [10, 30], [5, 5]], dtype=torch.float64, requires_grad=True)
    y = torch.nn.LayerNorm(2, dtype=torch.float64)(x)
    y.sum().backward()
    for name, tensor in (("y", said), ("x.grad", said_grad)):
        assert tensor.shape == x.shape, (
            f"{name}: three rows of two numbers, like x\n{name}：三行，每行两个数，和 x 一样"
        )
    assert torch.allclose(said[:2], y[:2], atol=0.01), (
        f"the first two rows of y are not {said[:2].tolist()}: subtract the mean of the row, then "
        "divide by its standard deviation, for which the squares are averaged (by H, not H - 1)\n"
        f"y 的前两行不是 {said[:2].tolist()}：先减这一行的均值，再除以它的标准差；"
        "求标准差时，平方和除以 H，不是 H - 1"
    )
    assert torch.allclose(said[2], y[2], atol=0.01), (
        f"the last row of y is not {said[2].tolist()}: what is 5 - 5, and what keeps the divisor "
        f"above 0?\ny 的最后一行不是 {said[2].tolist()}：5 - 5 是多少？又是什么使除数大于 0？"
    )
    assert torch.allclose(said_grad, x.grad, atol=0.01), (
        f"x.grad is not {said_grad.tolist()}: change x a little; what happens to the sum of a row "
        f"of y?\nx.grad 不是 {said_grad.tolist()}：把 x 改动一点点，y 的一行之和会怎样？"
    )


def check_scale_shift(scale_shift):
    torch.manual_seed(0)
    x, g = torch.randn(2, 2, 3, 4, dtype=torch.float64)
    for epsilon, hint in HINTS.items():
        layer = torch.nn.LayerNorm(4, eps=epsilon, dtype=torch.float64)
        layer(x).backward(g)
        answer = scale_shift(x.clone(), g.clone(), epsilon)
        assert count(answer) == 2, "return two gradients\n要返回两个梯度"
        compare(f"grad_beta (epsilon = {epsilon})", answer[1], layer.bias.grad)
        statistics = (
            "x_hat comes from each word's own H numbers, dim=-1",
            "x_hat 由每个词自己的 H 个数算出，dim=-1",
        )
        said = statistics if hint == TERM else hint
        compare(f"grad_gamma (epsilon = {epsilon})", answer[0], layer.weight.grad, said)


def rms_gradient(g, x, gamma, epsilon, fixed=False):
    """Return the gradient for x by autograd; with fixed, as if r did not depend on x."""
    x = x.clone().requires_grad_()
    r = (x.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()
    (gradient,) = torch.autograd.grad(gamma * x / (r.detach() if fixed else r), x, g)
    return gradient


def check_rms_norm_backward(rms_norm_backward):
    torch.manual_seed(0)
    g, x = torch.randn(2, 5, 4, dtype=torch.float64)
    gamma = torch.randn(4, dtype=torch.float64)
    for epsilon, hint in HINTS.items():
        expected = rms_gradient(g, x, gamma, epsilon)
        answer = rms_norm_backward(g.clone(), x.clone(), gamma.clone(), epsilon)
        if isinstance(answer, torch.Tensor) and answer.shape == expected.shape:
            fixed = rms_gradient(g, x, gamma, epsilon, fixed=True)
            assert not torch.allclose(answer, fixed), (
                "this is the gradient with r held fixed; each entry of a row also moves r\n"
                "这是把 r 当成常数的梯度；一行里的每个元素也会改变 r"
            )
            plain = rms_gradient(g, x, torch.ones_like(gamma), epsilon)
            assert not torch.allclose(answer, plain), "gamma is missing\n漏了 gamma"
            error = answer - expected
            same = torch.allclose(error, error[:, :1].expand_as(error))
            assert torch.allclose(answer, expected) or not same, (
                "each row is off by one and the same number: here no mean is subtracted, so its "
                "term has to go\n每一行都差同一个数：这里没有减均值，那一项应当去掉"
            )
        compare(f"grad_x (epsilon = {epsilon})", answer, expected, hint)


def check_batch_norm(batch_norm):
    torch.manual_seed(0)
    x, g = torch.randn(2, 5, 4, dtype=torch.float64)
    gamma, beta = torch.randn(2, 4, dtype=torch.float64)
    for epsilon, hint in HINTS.items():
        leaves = [tensor.clone().requires_grad_() for tensor in (x, gamma, beta)]
        x_leaf, *rest = leaves
        expected = torch.nn.functional.batch_norm(
            x_leaf, None, None, *rest, training=True, eps=epsilon
        )
        expected.backward(g)
        answer = batch_norm(x.clone(), gamma.clone(), beta.clone(), g.clone(), epsilon)
        assert count(answer) == 4, "return y and three gradients\n要返回 y 和三个梯度"
        if isinstance(answer[0], torch.Tensor) and answer[0].shape == x.shape:
            means = ((answer[0] - beta) / gamma).mean(dim=0)
            assert torch.allclose(means, torch.zeros_like(means)), (
                "the columns of y, before scale and shift, do not have mean 0: a column is "
                "normalised over the samples, dim=0\n"
                "缩放、平移之前，y 各列的均值不是 0：要在样本方向上归一化，也就是 dim=0"
            )
        compare(f"y (epsilon = {epsilon})", answer[0], expected.detach(), hint)
        for at, name in ((3, "grad_beta"), (2, "grad_gamma"), (1, "grad_x")):
            compare(f"{name} (epsilon = {epsilon})", answer[at], leaves[at - 1].grad, hint)
