"""Derivation: layer normalisation · 推导：层归一化

Fill in the four functions, then run: python check.py layer-norm
补全下面四个函数，然后运行：python check.py layer-norm
"""

import torch


def three_rows():
    """1. Predict. Return y and x.grad to two decimals, each as a list of three rows.

    预测。返回 y 和 x.grad，精确到两位小数，各是一个含三行的列表。
    """
    raise NotImplementedError


def scale_shift(x, g, epsilon):
    """2. Return the gradients for gamma and beta, if x has a third axis.

    x 有三个轴时，返回损失对 gamma 和 beta 的梯度。
    x, g: (N, T, H); g is the gradient for the output · g 是对输出的梯度
    """
    raise NotImplementedError


def rms_norm_backward(g, x, gamma, epsilon):
    """3. Return the gradient for x through RMSNorm, which subtracts no mean.

    穿过 RMSNorm（它不减均值），返回损失对 x 的梯度。
    g, x: (N, H), gamma: (H,); g is the gradient for the output · g 是对输出的梯度
    """
    raise NotImplementedError


def batch_norm(x, gamma, beta, g, epsilon):
    """4. Return y and the gradients for x, gamma and beta. Each column is normalised.

    每一列做归一化，返回 y，以及损失对 x、gamma、beta 的梯度。
    x, g: (N, H), gamma, beta: (H,); g is the gradient for y · g 是对 y 的梯度
    """
    raise NotImplementedError
