"""Derivation: convolution · 推导：卷积

Fill in the four functions, then run: python check.py convolution
补全下面四个函数，然后运行：python check.py convolution
"""

import torch
from torch.nn.functional import conv1d, fold, pad, unfold


def four_numbers():
    """1. Predict. Return y, x.grad and w.grad, each as a list of numbers.

    预测。返回 y、x.grad 和 w.grad，各是一个列表。
    """
    raise NotImplementedError


def matrix(w, N, stride, padding):
    """2. Return the matrix that convolves N numbers with the kernel w.

    返回一个矩阵：它乘 N 个数，就等于用核 w 对它们做卷积。
    w: (K,); the result has a row for each window · 结果里，每个窗口占一行
    """
    raise NotImplementedError


def input_gradient(g, weight):
    """3. Return the gradient for the input of conv1d, with the help of conv1d alone.

    只用 conv1d，返回损失对 conv1d 的输入的梯度。
    g: (B, F, M), the gradient for the output · 损失对输出的梯度; weight: (F, C, K)
    The stride is 1, the padding 0; the result is (B, C, N) · 步幅为 1，填充为 0
    """
    raise NotImplementedError


def conv2d_backward(g, x, weight, padding):
    """4. Return the gradients for x, weight and bias of conv2d, with stride 1.

    步幅为 1 时，返回损失对 conv2d 的 x、weight 和偏置的梯度。
    x: (B, C, H, W), weight: (F, C, k, k); g has the shape of the output · g 与输出同形状
    """
    raise NotImplementedError
