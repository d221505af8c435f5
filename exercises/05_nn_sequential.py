"""Lesson 5, layers from torch.nn · 第 5 课 torch.nn 里的层

Fill in the five functions, then run: python check.py nn-sequential
补全下面五个函数，然后运行：python check.py nn-sequential
"""

import itertools

import torch


def parameter_shapes(D_in, H, D_out):
    """1. Predict. Return what the program returns: a list of four shapes, and a count.

    预测。程序返回什么，这里就返回什么：四个形状的列表，以及一个总数。
    For example · 例如：return [(D_in,), (H,), (H,), (D_out,)], 2 * H
    """
    raise NotImplementedError


def rate_for_mean(learning_rate, y):
    """2. Return the learning rate for MSELoss() that takes the steps of MSELoss(reduction="sum").

    返回一个学习率：用 MSELoss() 时，它走的每一步都和 MSELoss(reduction="sum") 一样。
    learning_rate: the rate for the sum · 求和时用的学习率；y: (N, D_out)
    """
    raise NotImplementedError


def as_layers(w1, w2):
    """3. Return a Sequential that computes x.mm(w1).clamp(min=0).mm(w2), for any x.

    返回一个 Sequential，对任何 x 都算出 x.mm(w1).clamp(min=0).mm(w2)。
    w1: (D_in, H), w2: (H, D_out)
    """
    raise NotImplementedError


def train_last(model, x, y, learning_rate, steps):
    """4. Train the last layer of a Sequential and leave the others alone; return the losses.

    只训练 Sequential 的最后一层，其余的层不动；返回每一步更新之前的损失（列表）。
    x: (N, D_in), y: (N, D_out); the loss is the sum · 损失是误差平方和
    losses: Python numbers, one for each step · 每一步一个 Python 的数
    """
    raise NotImplementedError


def any_depth(sizes):
    """5. Return a Sequential: a Linear from each size to the next, a ReLU between any two.

    返回一个 Sequential：每两个相邻的数之间一个 Linear，两个 Linear 之间一个 ReLU。
    sizes: for example · 例如 [1000, 100, 100, 10]
    """
    raise NotImplementedError
