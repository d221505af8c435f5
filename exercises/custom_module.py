"""Lesson 7, a module of your own · 第 7 课 自定义模块

Fill in the function and the three classes, then run: python check.py custom_module
补全下面一个函数和三个类，然后运行：python check.py custom_module
"""

import itertools

import torch


def predict():
    """1. Predict. Return the names that the program on the page prints, in a list.

    预测。页面上的程序打印一些名字，放在一个列表里返回。
    """
    raise NotImplementedError


class ShortcutNet(torch.nn.Module):
    """2. The network of the lesson, whose predictions are added to the first D_out inputs.

    课文里的网络，再把输入的前 D_out 列加到预测上。
    """

    def __init__(self, D_in, H, D_out):
        """Create self.linear1 and self.linear2. D_in >= D_out.

        创建 self.linear1 和 self.linear2。D_in 不小于 D_out。
        """
        raise NotImplementedError

    def forward(self, x):
        """x: (N, D_in). Return y_pred, (N, D_out). · 返回 y_pred，(N, D_out)。"""
        raise NotImplementedError


class DeepNet(torch.nn.Module):
    """3. Linear layers, as many as asked for, with a ReLU between neighbours.

    任意多个线性层，相邻两层之间有一个 ReLU。
    """

    def __init__(self, sizes):
        """sizes: [D_in, H, …, D_out]. [5, 4, 3] means two layers, from 5 to 4 and from 4 to 3.

        sizes：[D_in, H, …, D_out]。[5, 4, 3] 表示两层，分别是 5 到 4、4 到 3。
        """
        raise NotImplementedError

    def forward(self, x):
        """x: (N, D_in). Return y_pred, (N, D_out). · 返回 y_pred，(N, D_out)。"""
        raise NotImplementedError


class MyLinear(torch.nn.Module):
    """4. A layer that computes what torch.nn.Linear computes, and does not use it.

    自己写的线性层，算的和 torch.nn.Linear 一样，但不许用它。
    """

    def __init__(self, D_in, H):
        """Create self.weight, (H, D_in), and self.bias, (H,).

        创建 self.weight，形状 (H, D_in)，和 self.bias，形状 (H,)。
        """
        raise NotImplementedError

    def forward(self, x):
        """x: (N, D_in). Return (N, H). · 返回 (N, H)。"""
        raise NotImplementedError
