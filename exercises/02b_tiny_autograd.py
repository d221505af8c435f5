"""Interlude, write autograd yourself · 插曲 自己写一个自动求导

Fill in the five functions, then run: python check.py tiny-autograd
补全下面五个函数，然后运行：python check.py tiny-autograd
"""

import numpy as np


def predict():
    """1. Predict. a = 2, b = 3, c = a * b, d = c + a, L = d * c: return the slopes along a and b.

    预测。a = 2，b = 3，c = a * b，d = c + a，L = d * c：返回 L 沿 a 与沿 b 的斜率，两个数。
    """
    raise NotImplementedError


def exp(x):
    """2. Return np.exp(x), and the function that turns the gradient of this into that of x.

    返回 np.exp(x)，以及一个函数：给它结果的梯度，它返回 x 的梯度。
    """
    raise NotImplementedError


def mean(x, axis):
    """3. Return the mean of x along an axis, and the function for the way back, as in 2.

    返回 x 沿 axis 的平均值，以及往回走的函数，同第 2 题。
    """
    raise NotImplementedError


def maximum(x, y):
    """4. Return the larger entries of x and y, of equal shape, and the function for the way back.

    It returns two gradients, that of x and that of y. Where both are equal, x gets it.
    返回 x 与 y（形状相同）中较大的元素，以及往回走的函数；它返回 x 的和 y 的两个梯度。
    两者相等的地方，梯度归 x。
    """
    raise NotImplementedError


def in_order(last):
    """5. List the results that `last` was made of, each after those that it was made of itself.

    Each has a list `made_of` of other results: the results themselves, not pairs as in the lesson.
    Each comes once; `last` comes at the end. Write it without recursion: Python stops at about
    1,000 nested calls.
    把算出 last 的所有结果列出来，每一个都排在算出它的那些之后；每个只出现一次，last 在最后。
    每个结果都有列表 made_of，里面就是别的结果本身，不像课文里那样是一对一对的。
    不要用递归：Python 嵌套调用大约 1000 层就会停下。
    """
    raise NotImplementedError
