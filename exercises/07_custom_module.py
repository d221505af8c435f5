"""Lesson 7, a module of your own · 第 7 课 自定义模块

Fill in the function and the three classes, then run: python check.py custom-module
补全下面一个函数和三个类，然后运行：python check.py custom-module
"""

import torch


def predict():
    """1. Predict. Return the names that the program on the page prints, in a list.

    预测。页面上的程序打印一些名字，放在一个列表里返回。
    """
    raise NotImplementedError


class TwoInputNet(torch.nn.Module):
    """2. A network with two inputs, each with a layer of its own.

    有两个输入的网络，每个输入有自己的层。
    """

    def __init__(self, D_x, D_z, H, D_out):
        """Create self.linear_x (to H), self.linear_z (to H) and self.linear_out (from 2 H).

        创建 self.linear_x（输出 H 个数）、self.linear_z（输出 H 个数）和 self.linear_out
        （输入 2 H 个数）。
        """
        raise NotImplementedError

    def forward(self, x, z):
        """x: (N, D_x), z: (N, D_z). Return y_pred, (N, D_out). · 返回 y_pred，(N, D_out)。"""
        raise NotImplementedError


class Rescale(torch.nn.Module):
    """3. Subtracts from each column the mean of the training inputs, divides by their std.

    每一列减去训练输入的平均值，再除以训练输入的标准差。
    """

    def __init__(self, x_train):
        """Keep buffers self.mean and self.std, one number for each column of x_train (N, D_in).

        把 x_train（N, D_in）每一列的平均值和标准差存成 buffer：self.mean 和 self.std。
        """
        raise NotImplementedError

    def forward(self, x):
        """x: (M, D_in), other rows. Return (M, D_in). · x 是别的一些行，返回 (M, D_in)。"""
        raise NotImplementedError


class MyLinear(torch.nn.Module):
    """4. A layer that computes what torch.nn.Linear computes, and does not use it.

    自己写的线性层，算的和 torch.nn.Linear 一样，但不许用它。
    """

    def __init__(self, D_in, H):
        """Create self.weight, (H, D_in), random, with a std of about 1/√D_in, and self.bias, (H,).

        创建 self.weight，形状 (H, D_in)，随机，标准差约为 1/√D_in；和 self.bias，形状 (H,)。
        """
        raise NotImplementedError

    def forward(self, x):
        """x: (N, D_in). Return (N, H). · 返回 (N, H)。"""
        raise NotImplementedError
