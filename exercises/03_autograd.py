"""Lesson 3, autograd · 第 3 课 自动求导

Fill in the four functions, then run: python check.py autograd
补全下面四个函数，然后运行：python check.py autograd
"""

import numpy as np
import torch


def predict():
    """1. Predict. Return the four things that the program on the page prints, in a list.

    预测。页面上的程序打印四样东西，放在一个列表里返回。
    First one word: an operation of the program. Then lists of numbers, or None.
    第一样写一个词：程序里的某个运算。其余写成数的列表，或 None。
    """
    raise NotImplementedError


def gradient(f, w):
    """2. Return the gradient of f(w) with respect to w, and leave w as it was.

    返回 f(w) 对 w 的梯度，并让 w 保持原样。
    f: takes a tensor, returns one of shape () · 传入张量，返回形状为 () 的张量
    w: of any shape; it may require gradients already · 形状不定，可能已经需要梯度
    """
    raise NotImplementedError


def accumulate(forward, x, y, size):
    """3. Let backward() fill the .grad of the weights, with no more than size rows at once.

    让 backward() 填好各个权重的 .grad，每次至多用 size 行。
    The loss is the mean of the squared errors of the whole batch; return it as a Python number.
    损失是整个批次的误差平方的平均，以 Python 的数返回。
    forward: takes rows of x, returns those rows of y_pred · 传入 x 的若干行，返回 y_pred 的那几行
    x: (N, D_in), y: (N, D_out)
    """
    raise NotImplementedError


def walk_back(notes, loss):
    """4. Return a dictionary: for each name in the notes the gradient of the loss for it.

    返回一个字典：损失对记录里每个名字的梯度。
    notes: the steps of a forward pass in order, each (result, [(input, slope), …])
    按次序记下的前向传播，每一步是一个结果和一列（输入，斜率）
    loss: the name of the result to begin at · 从哪个结果出发（名字）
    """
    raise NotImplementedError
