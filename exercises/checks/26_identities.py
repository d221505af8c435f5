"""The checks of 26_identities.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import numpy as np
import torch


def gradient(loss, at):
    """Return autograd's gradient of a loss at a tensor."""
    at = at.clone().requires_grad_()
    return torch.autograd.grad(loss(at), at)[0]


def equal(answer, exact):
    """Say whether an answer, of any dtype, is exact up to rounding."""
    return torch.allclose(torch.as_tensor(answer, dtype=torch.float64).detach(), exact)


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
    if equal(answer, exact):
        return
    square = len(shape) == 2 and shape[0] == shape[1]
    assert not (square and equal(answer, exact.T)), (
        f"the gradient for {name} is transposed: {name} is not symmetric\n"
        f"{name} 的梯度差一个转置：{name} 并不对称"
    )
    answer = torch.as_tensor(answer, dtype=torch.float64).detach()
    ratio = ((answer * exact).sum() / exact.pow(2).sum()).item()
    assert ratio == 0 or not torch.allclose(answer, ratio * exact), (
        f"the gradient for {name} is {ratio:.4g} times what autograd finds: look for a factor\n"
        f"{name} 的梯度是自动求导所得的 {ratio:.4g} 倍：找一找系数"
    )
    raise AssertionError(otherwise)


def by_hand(answer, *given):
    """Return what an answer gives for copies of these, without recording a graph."""
    try:
        with torch.no_grad():
            return answer(*(tensor.clone() for tensor in given))
    except RuntimeError as error:
        if "does not require grad" not in str(error):
            raise
        raise AssertionError(
            "this leaves the gradient to autograd: write down the formula\n"
            "这里的梯度是自动求导算的：请把公式写出来"
        ) from None


def random(*shapes):
    """Return a tensor with random entries for each shape."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def check_quadratic_form(quadratic_form):
    S = torch.tensor([[1.0, 2.0], [0.0, 3.0]], dtype=torch.float64)
    x = torch.ones(2, 1, dtype=torch.float64)
    answer = quadratic_form()
    answer = np.asarray(answer)
    assert answer.size == 2, "return two numbers\n要返回两个数"
    answer = answer.reshape(2, 1)
    exact = gradient(lambda x: (x.T @ S @ x).sum(), x)
    for one_only in (S, S.T):
        assert not equal(answer, 2 * one_only @ x), (
            f"{answer.ravel().tolist()} holds for a symmetric matrix only; look at S\n"
            f"{answer.ravel().tolist()}：只有对称矩阵才能这样算，看看 S"
        )
    compare(
        "x",
        answer,
        exact,
        f"{answer.ravel().tolist()} is not what the program prints: which identity has x on both "
        f"sides of S?\n{answer.ravel().tolist()} 与程序打印的不符：哪个恒等式里 S 的两边都是 x？",
    )


def check_ridge(ridge):
    A, x, a = random((5, 4), (4, 1), (5, 1))
    decay = 0.3

    def error(x):
        return (A @ x - a).pow(2).sum()

    def penalty(x):
        return decay * x.pow(2).sum()

    answer = by_hand(lambda A, x, a: ridge(A, x, a, decay), A, x, a)
    if np.shape(answer) == (4, 1):
        assert not equal(answer, gradient(error, x)), (
            "this is the gradient of |A x - a|^2 alone: a term is missing\n"
            "这只是 |A x - a|^2 的梯度：少了一项"
        )
        assert not equal(answer, gradient(penalty, x)), (
            "this is the gradient of decay |x|^2 alone: a term is missing\n"
            "这只是 decay |x|^2 的梯度：少了一项"
        )
    compare(
        "x",
        answer,
        gradient(lambda x: error(x) + penalty(x), x),
        "the shape is right, the entries are not: compute both terms, then look at the factor of "
        "each\n形状对，数不对：两项分开算，再分别核对系数",
    )


def check_jacobian(jacobian):
    A, S, B = random((2, 3), (3, 3), (3, 4))
    exact = torch.func.jacrev(lambda S: A @ S @ B)(S)
    answer = by_hand(jacobian, A, B)
    shape = tuple(np.shape(answer))
    assert shape == (2 * 4, 3 * 3), (
        f"the shape is {shape}: one row for each entry of A S B, 8 here, one column for each "
        "entry of S, 9 here\n"
        f"形状是 {shape}：A S B 的每个元素占一行，这里有 8 个；S 的每个元素占一列，这里有 9 个"
    )
    assert not equal(answer, exact.permute(1, 0, 3, 2).reshape(8, 9)), (
        "this is right if matrices are flattened by columns; flatten() goes by rows\n"
        "按列拉直才是这样；flatten() 是按行拉直的"
    )
    assert equal(answer, exact.reshape(8, 9)), (
        "the shape is right, the entries are not: the Kronecker product of which two matrices? "
        "Does one of them need a transpose?\n"
        "形状对，数不对：是哪两个矩阵的 Kronecker 积？其中一个要不要转置？"
    )


def matrix():
    """Return a matrix with a positive determinant that is not symmetric."""
    (S,) = random((4, 4))
    return S + 4 * torch.eye(4, dtype=torch.float64)


def check_log_det(log_det):
    S = matrix()
    compare(
        "S",
        by_hand(log_det, S),
        gradient(torch.logdet, S),
        "the shape is right, the entries are not: take the gradient of det(S) from the page, and "
        "the slope of the logarithm\n"
        "形状对，数不对：det(S) 的梯度页面上有，再乘对数的斜率",
    )


def check_gaussian(gaussian):
    S = matrix()
    (X,) = random((6, 4))

    def trace(S):
        return (X @ torch.linalg.inv(S) @ X.T).trace() / len(X)

    answer = by_hand(gaussian, X, S)
    if np.shape(answer) == S.shape:
        determinant, rest = gradient(torch.logdet, S), gradient(trace, S)
        assert not equal(answer, determinant), (
            "this is the gradient of log(det(S)) alone: a term is missing\n"
            "这只是 log(det(S)) 的梯度：少了一项"
        )
        assert not equal(answer, determinant - rest), (
            "the sign of the second term is wrong: the differential of an inverse has a minus\n"
            "第二项的符号不对：逆矩阵的微分带负号"
        )
        assert not equal(answer, determinant + len(X) * rest), (
            "the second term lacks its factor 1 / m\n第二项漏了系数 1 / m"
        )
    compare(
        "S",
        answer,
        gradient(lambda S: torch.logdet(S) + trace(S), S),
        "the shape is right, the entries are not. The first term is that of exercise 4; the "
        "second is a sum over the rows of X, each with the inverse between two columns\n"
        "形状对，数不对。第一项就是第 4 题；第二项是对 X 各行求和，"
        "每一项都是两个列向量中间夹着逆矩阵",
    )
