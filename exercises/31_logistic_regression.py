"""Derivation: logistic regression · 推导：逻辑回归

Fill in the four functions, then run: python check.py logistic-regression
补全下面四个函数，然后运行：python check.py logistic-regression

Do not use autograd in exercises 3 and 4: the checks do.
第 3、4 题不要用自动求导，检查程序会用它来核对。
"""

import torch


def three_scores():
    """1. Predict. Return both rows of losses to two decimals, each as a list of three numbers.

    预测。返回两行损失，精确到两位小数，各是一个含三个数的列表。
    """
    raise NotImplementedError


def stable_loss(z, y):
    """2. Return the mean loss of scores z and targets y, finite for scores of any size.

    返回得分 z 与目标 y 的平均损失，得分多大都是有限数。
    z, y: (N, 1)
    """
    raise NotImplementedError


def newton_step(x, y, w, decay):
    """3. Return the weights after a step of Newton's method; the penalty is decay / 2 |w|^2.

    返回 Newton 法走一步之后的权重；惩罚是 decay / 2 |w|^2。
    x: (N, D), y: (N, 1), w: (D, 1), decay: a number · 一个数
    """
    raise NotImplementedError


def poisson(x, y, w):
    """4. Return gradient and Hessian of the mean of exp(z) - y z, where z = x @ w.

    返回 exp(z) - y z 的平均值的梯度和海森矩阵，其中 z = x @ w。
    x: (N, D), y: (N, 1), w: (D, 1)
    """
    raise NotImplementedError
