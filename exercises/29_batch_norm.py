"""Derivation: batch normalisation and RMSNorm · 推导：批归一化与 RMSNorm

Fill in the five functions, then run: python check.py batch-norm
补全下面五个函数，然后运行：python check.py batch-norm
"""

import torch


def two_samples():
    """1. Predict. Return y, running_mean and running_var to two decimals, as lists.

    预测。返回 y、running_mean 和 running_var，精确到两位小数，都写成列表。
    """
    raise NotImplementedError


def running(x, mean, var, momentum):
    """2. Return the running mean and the running variance after the batch x.

    看过批次 x 之后，返回新的滑动均值和滑动方差。
    x: (N, H); mean, var: (H,)
    """
    raise NotImplementedError


def eval_backward(g, x, layer):
    """3. Return the gradients for x, layer.weight and layer.bias in evaluation mode.

    在评估模式下，返回损失对 x、layer.weight、layer.bias 的梯度。
    g, x: (N, H), layer: torch.nn.BatchNorm1d(H); g is the gradient for y · g 是对 y 的梯度
    """
    raise NotImplementedError


def fold(linear, layer):
    """4. Return weight and bias of one linear layer that does what two layers do.

    The two: first linear, then layer, which is in evaluation mode.
    先过 linear，再过 layer（评估模式）；把两层合成一个线性层，返回它的权重和偏置。
    linear: torch.nn.Linear(D, H), layer: torch.nn.BatchNorm1d(H)
    """
    raise NotImplementedError


def pictures_backward(g, x, gamma, epsilon):
    """5. Return the gradient for x, if each channel of a batch of pictures is normalised.

    对一批图片的每个通道做归一化时，返回损失对 x 的梯度。
    g, x: (N, C, H, W), gamma: (C,); g is the gradient for the output · g 是对输出的梯度
    """
    raise NotImplementedError
