"""Lesson 4, a function of your own · 第 4 课 自定义自动求导函数

Fill in the five functions, then run: python check.py custom-function
补全下面五个函数，然后运行：python check.py custom-function
"""

import numpy as np
import torch


def at_zero():
    """1. Predict. Return x.grad of the program as a list, and whether gradcheck passes.

    预测。返回程序里的 x.grad（三个数的列表），以及 gradcheck 是否通过。
    For example · 例如：return [1.0, 2.0, 3.0], False
    """
    raise NotImplementedError


def leaky_relu(x, slope):
    """2. Above this line write a class LeakyReLU; return LeakyReLU.apply(x, slope) here.

    在这个函数上方写一个类 LeakyReLU，这里返回 LeakyReLU.apply(x, slope)。
    x: (N, H); slope: a number, which needs no gradient · 一个数，不需要梯度
    """
    raise NotImplementedError


def product(a, b):
    """3. Return a times b, entry by entry, through a class of your own.

    用你自己写的类，返回 a 与 b 逐元素的乘积。
    a, b: (N, H), both want a gradient · 都要梯度
    """
    raise NotImplementedError


def softplus(x):
    """4. Return np.logaddexp(0, x) as a tensor that autograd can differentiate.

    返回 np.logaddexp(0, x) 的结果：它应是张量，并且自动求导能对它求导。
    x: (N, H), on the CPU · 在 CPU 上
    """
    raise NotImplementedError


def network_loss(x, y, w1, w2):
    """5. Return the loss of lesson 1 through one class; its backward has lesson 1's lines.

    用一个类算出第 1 课的损失；它的 backward 就是第 1 课的那几行。
    x: (N, D_in), y: (N, D_out), w1: (D_in, H), w2: (H, D_out)
    x and y need no gradient · x 和 y 不需要梯度
    """
    raise NotImplementedError
