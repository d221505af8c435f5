"""Derivation: the recipe for any network · 推导：任意网络的求导步骤

Fill in the five functions, then run: python check.py any-network
补全下面五个函数，然后运行：python check.py any-network
"""

import torch


def four_gates():
    """1. Predict. Return u.grad, v.grad and w.grad of the program on the page, as three numbers.

    预测。返回页面上那个程序的 u.grad、v.grad、w.grad，三个数。
    """
    raise NotImplementedError


def scale_and_shift(u, v, c, grad_r):
    """2. Return the gradients for u, v and c, if r = u * v + c.

    r = u * v + c，返回损失对 u、v、c 的梯度。
    u, grad_r: (N, D), v: (D,), c: (N, 1); grad_r is the gradient for r · grad_r 是对 r 的梯度
    """
    raise NotImplementedError


def deep_relu(x, y, weights):
    """3. Return a list: the gradient for each of the weights, those of the first layer first.

    返回一个列表：对每层权重的梯度，从第一层开始。
    Each layer but the last has ReLU · 除最后一层外，每层后面都有 ReLU
    The loss is the mean of the squared errors · 损失是平方误差的平均值
    """
    raise NotImplementedError


def three_layers(x, y, weights, biases):
    """4. Return [grad_w1, grad_w2, grad_w3], [grad_b1, grad_b2, grad_b3].

    返回这两个列表。
    (w1, w2, w3), (b1, b2, b3) = weights, biases
    a1 = torch.tanh(x @ w1 + b1)
    a2 = torch.tanh(a1 @ w2 + b2) + a1
    p = a2 @ w3 + b3
    loss = (p - y).pow(2).sum() / len(x)
    """
    raise NotImplementedError


def agrees(loss, w, grad):
    """5. Return True if grad is the gradient of loss at w, else False. Call loss, not autograd.

    grad 是 loss 在 w 处的梯度就返回 True，否则返回 False。只调用 loss，不用自动求导。
    """
    raise NotImplementedError
