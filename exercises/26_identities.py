"""Derivation, identities to look up · 推导：常用恒等式

Find the identity on the page, fill in the five functions, then run: python check.py identities
先在页面上找到恒等式，再补全下面五个函数，然后运行：python check.py identities

All arguments are torch tensors of float64. Do not use autograd: the checks do.
参数都是 float64 的 torch 张量。不要用自动求导，检查程序会用它来核对。
"""

import numpy as np
import torch


def quadratic_form():
    """1. Predict. Return the two numbers that the program on the page prints, as a list.

    预测。返回页面上那个程序打印的两个数，放在一个列表里。
    """
    raise NotImplementedError


def ridge(A, x, a, decay):
    """2. Return the gradient of |A x - a|^2 + decay |x|^2 with respect to x.

    返回 |A x - a|^2 + decay |x|^2 对 x 的梯度。
    A: (m, n), x: (n, 1), a: (m, 1), decay: a number · 一个数
    """
    raise NotImplementedError


def jacobian(A, B):
    """3. Return the matrix J for which J @ S.flatten() is (A @ S @ B).flatten(), for every S.

    返回矩阵 J：对任何 S，J @ S.flatten() 都等于 (A @ S @ B).flatten()。
    A: (m, n), B: (n, p), S: (n, n)
    """
    raise NotImplementedError


def log_det(S):
    """4. Return the gradient of the logarithm of det(S). S need not be symmetric; det(S) > 0.

    返回 det(S) 的对数的梯度。S 未必对称，det(S) > 0。
    S: (n, n)
    """
    raise NotImplementedError


def gaussian(X, S):
    """5. Return the gradient for S of log(det(S)) + tr(X S^-1 X^T) / m. S need not be symmetric.

    返回 log(det(S)) + tr(X S^-1 X^T) / m 对 S 的梯度。S 未必对称。
    X: (m, n), S: (n, n)
    """
    raise NotImplementedError
