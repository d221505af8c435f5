"""Derivation: log-determinant and inverse · 推导：对数行列式与逆矩阵

Fill in the five functions, then run: python check.py log-det
补全下面五个函数，然后运行：python check.py log-det
"""

import torch


def three_ways():
    """1. Predict. Return the three numbers to two decimals; infinity is float("inf").

    预测。返回三个数，精确到两位小数；无穷大写 float("inf")。
    """
    raise NotImplementedError


def gaussian_loss(x, mean, c):
    """2. Return (log det C + mean of the quadratic forms) / 2, without det and inv.

    返回 (log det C + 二次型的平均) / 2，不用 det 和 inv。
    x: (N, n), mean: (n, 1), c: (n, n), symmetric and positive definite · 对称正定
    """
    raise NotImplementedError


def low_rank_solve(d, u, b):
    """3. Solve (diag(d) + U U^T) x = b without an n by n matrix.

    解 (diag(d) + U U^T) x = b，不造 n 乘 n 的矩阵。
    d: (n,), u: (n, k), b: (n, 1); d is positive · d 都是正数
    """
    raise NotImplementedError


def factor_gradient(f, k):
    """4. Return the gradient for K, lower triangular, where C = K K^T and F is that for C.

    返回损失对 K 的梯度（下三角），其中 C = K K^T，F 是损失对 C 的梯度。
    f, k: (n, n); f is symmetric, k lower triangular · f 对称，k 是下三角矩阵
    """
    raise NotImplementedError


def as_pairs(grad):
    """5. Turn a gradient for all entries into one in which mirrored entries are one variable.

    把“每个元素各算各的”梯度，改成“对称的两个元素算一个变量”的梯度。
    grad: (n, n), need not be symmetric · 未必对称
    """
    raise NotImplementedError
