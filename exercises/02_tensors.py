"""Lesson 2, PyTorch tensors · 第 2 课 PyTorch 张量

Fill in the eight functions, then run: python check.py tensors
补全下面八个函数，然后运行：python check.py tensors
"""

import numpy as np
import torch


def predict():
    """1. Predict. Return the four things that the program on the page prints, in a list.

    预测。页面上的程序打印四样东西，放在一个列表里返回。
    A shape is a tuple, a dtype is torch.float32 and the like, the last one is a number.
    形状写成元组，dtype 写成 torch.float32 之类，最后一个是数。
    """
    raise NotImplementedError


def own_tensor(a):
    """2. Return a float32 tensor with the numbers of the array a, in memory of its own.

    返回一个 float32 张量，数与数组 a 相同，但有自己的内存。
    """
    raise NotImplementedError


def loss_in(dtype, x, y, w1, w2):
    """3. Return the loss of the lesson's network, computed in this dtype, as a Python number.

    用这种 dtype 计算课文里那个网络的损失，返回 Python 的数。
    x: (N, D_in), y: (N, D_out), w1: (D_in, H), w2: (H, D_out), of any dtype · dtype 不定
    """
    raise NotImplementedError


def bias_gradient(x, y, w1, b1, w2):
    """4. Return the gradient of the loss for b1, if the forward pass begins h = x.mm(w1) + b1.

    前向传播的第一行是 h = x.mm(w1) + b1，其余同课文；返回损失对 b1 的梯度。
    x: (N, D_in), y: (N, D_out), w1: (D_in, H), b1: (H,), w2: (H, D_out)
    """
    raise NotImplementedError


def many_networks(x, y, w1, w2):
    """5. Return the losses of K networks, and the gradients for w1 and for w2, without a loop.

    返回 K 个网络各自的损失，以及对 w1、对 w2 的梯度；不用循环。
    x: (N, D_in), y: (N, D_out), w1: (K, D_in, H), w2: (K, H, D_out)
    losses: (K,) · 各个网络的损失
    """
    raise NotImplementedError


def spread(x):
    """6. Return what the numpy function on the page returns, for a tensor of whole numbers.

    返回页面上那个 numpy 函数的结果；x 是整数张量。
    x: (N, D), int64; the result: (2 * N,), float64 · 结果：(2 * N,)，float64
    """
    raise NotImplementedError


def zeroed():
    """7. Predict. Return the letters of what is zero after x[:] = 0, in a string such as "abc".

    预测。x[:] = 0 之后，哪几个里面全是 0？把它们的字母写成字符串返回，例如 "abc"。
    """
    raise NotImplementedError


def side_by_side(outputs):
    """8. Return a matrix: in row n, what network 0 gives for sample n, then network 1, and so on.

    返回一个矩阵：第 n 行先放第 0 个网络对样本 n 的输出，再放第 1 个的，依次下去。
    outputs: (K, N, D_out); the result: (N, K * D_out) · 结果：(N, K * D_out)
    """
    raise NotImplementedError
