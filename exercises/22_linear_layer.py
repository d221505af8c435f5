"""Derivation, a linear layer · 推导：线性层

Fill in the four functions, then run: python check.py linear-layer
补全下面四个函数，然后运行：python check.py linear-layer
"""

import numpy as np
import torch


def ones_and_twos():
    """1. Predict. Return what the program on the page prints: a shape, as a tuple, two numbers.

    预测。返回页面上那个程序打印的东西：一个形状（写成元组）和两个数。
    """
    raise NotImplementedError


def linear_backward(grad_z, x, weight):
    """2. Return the gradients for x, weight and bias of z = x.mm(weight.t()) + bias.

    返回损失对 x、weight 和 bias 的梯度，其中 z = x.mm(weight.t()) + bias。
    grad_z: (N, H), the gradient for z · 对 z 的梯度；x: (N, D), weight: (H, D), bias: (H,)
    """
    raise NotImplementedError


def two_halves(linear, x, y):
    """3. Call backward() once for each half of the batch; linear never sees more than a half.

    Afterwards the .grad of linear's parameters are those of the mean squared error of the whole
    batch. Return nothing. The first half has (N + 1) // 2 rows.
    把批次分成两半，每一半调用一次 backward()；linear 一次最多只看到一半。结束以后，linear
    各参数的 .grad 就是整个批次均方误差的梯度。不用返回什么。前一半有 (N + 1) // 2 行。
    linear: torch.nn.Linear(D, H), x: (N, D), y: (N, H)
    """
    raise NotImplementedError


def sum_to(grad, shape):
    """4. Undo a broadcast: return the gradient for an array of this shape.

    The array was broadcast to grad.shape, and grad is the gradient for the result.
    还原广播：一个形状为 shape 的张量被广播成 grad.shape，grad 是对广播结果的梯度；
    返回对原来那个张量的梯度。
    """
    raise NotImplementedError
