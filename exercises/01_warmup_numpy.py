"""Lesson 1, warm-up in numpy · 第 1 课 用 numpy 热身

Fill in the four functions, then run: python check.py warmup-numpy
补全下面四个函数，然后运行：python check.py warmup-numpy
"""

import numpy as np


def shapes(N, D_in, H, D_out):
    """1. Predict. Return a list of the shapes of y_pred, grad_h and x.T.dot(grad_h), as tuples.

    预测。返回 y_pred、grad_h 和 x.T.dot(grad_h) 的形状，三个元组放在一个列表里。
    """
    raise NotImplementedError


def first_bad_step(losses):
    """2. Return the index of the first loss that is infinite or nan, or None if there is none.

    返回第一个等于无穷大或 nan 的损失的序号；全都正常，就返回 None。
    """
    raise NotImplementedError


def leaky_backward(grad_leaky, h):
    """3. Return the gradient for h, if the forward pass is np.where(h > 0, h, 0.1 * h).

    前向传播是 np.where(h > 0, h, 0.1 * h)，返回损失对 h 的梯度。
    grad_leaky: (N, H), the gradient for its result · 损失对前向结果的梯度
    """
    raise NotImplementedError


def three_layers(x, y, w1, w2, w3):
    """4. Return the loss and the gradients for w1, w2 and w3. ReLU follows the first two products.

    返回损失，以及它对 w1、w2、w3 的梯度。前两次乘法之后各有一个 ReLU。
    x: (N, D_in), y: (N, D_out), w1: (D_in, H), w2: (H, H), w3: (H, D_out)
    """
    raise NotImplementedError
