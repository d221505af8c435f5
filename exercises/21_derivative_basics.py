"""Derivation, where the gradients come from · 矩阵导数推导

Derive each on paper, fill in the five functions, then run: python check.py derivative-basics
先在纸上推，再补全下面五个函数，然后运行：python check.py derivative-basics

All arrays are numpy's, with the names of lesson 1. The network is
    y_pred = np.maximum(x.dot(w1), 0).dot(w2)
and the loss is the sum of the squared errors, unless an exercise says otherwise.
数组都是 numpy 的，名字和第 1 课一样。除非题目另有说明，网络就是上面这一行，损失是平方误差之和。
x: (N, D_in), y: (N, D_out), w1: (D_in, H), w2: (H, D_out)
"""

import numpy as np
import torch


def one_sample():
    """1. Predict. Return grad_w2 and grad_w1 of the program on the page, as two nested lists.

    预测。返回页面上那个程序的 grad_w2 和 grad_w1，写成两个嵌套的列表。
    """
    raise NotImplementedError


def grad_input(x, y, w1, w2):
    """2. Return the gradient of the loss with respect to the input x.

    返回损失对输入 x 的梯度。
    """
    raise NotImplementedError


def grad_w1_penalty(x, y, w1, w2, decay):
    """3. Return the gradient for w1, if decay * np.square(w1).sum() is added to the loss.

    损失再加上 decay * np.square(w1).sum()，返回它对 w1 的梯度。
    """
    raise NotImplementedError


def grad_w2_mean(x, y, w1, w2):
    """4. Return the gradient for w2, if the loss is the mean of the squared errors.

    损失改成平方误差的平均值，返回它对 w2 的梯度。
    """
    raise NotImplementedError


def shortcut(x, y, w1, w_mid, w2):
    """5. Three layers, the middle one with a shortcut. Return the gradients for w_mid and w1.

    三层，中间那层带一条捷径。返回损失对 w_mid 和 w1 的梯度。
    w_mid: (H, H)
    a1 = np.maximum(x.dot(w1), 0)
    a2 = np.maximum(a1.dot(w_mid), 0) + a1
    y_pred = a2.dot(w2)
    """
    raise NotImplementedError
