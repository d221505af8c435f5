"""Derivation: softmax with cross-entropy · 推导：softmax 与交叉熵

Fill in the four functions, then run: python check.py softmax-cross-entropy
补全下面四个函数，然后运行：python check.py softmax-cross-entropy
"""

import math

import torch


def first_loss(N, C):
    """1. Predict. Return three numbers for N samples and C classes, if all scores are 0.

    预测。N 个样本、C 个类别，得分全为 0，返回三个数。
    The loss, the gradient for the right class's score, the gradient for another class's score.
    损失；损失对正确类别得分的梯度；损失对其他任一类别得分的梯度。
    """
    raise NotImplementedError


def log_softmax(z):
    """2. Return the logarithm of softmax of each row, finite for large scores too.

    返回每一行 softmax 的对数；得分很大时，结果也要是有限数。
    z: (N, C). Do without PyTorch's softmax, log_softmax and logsumexp.
    不要用 PyTorch 的 softmax、log_softmax 和 logsumexp。
    """
    raise NotImplementedError


def class_weights(z, y, weight):
    """3. Return the gradient for z of the loss in which each class has its weight.

    各类别带权重时，返回损失对 z 的梯度。
    z: (N, C), y: (N, C), one-hot, weight: (C,)
    """
    raise NotImplementedError


def classifier(x, y, w1, w2):
    """4. Return the loss and the gradients for w1 and w2. ReLU follows the first product.

    返回损失，以及它对 w1、w2 的梯度。第一次乘法之后有一个 ReLU。
    x: (N, D_in), y: (N, C), one-hot, w1: (D_in, H), w2: (H, C)
    """
    raise NotImplementedError
