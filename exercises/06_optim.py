"""Lesson 6, optimizers · 第 6 课 优化器

Fill in the three functions and the class, then run: python check.py optim
补全下面三个函数和一个类，然后运行：python check.py optim
"""

import torch


def predict():
    """1. Predict. Return the three numbers that the program on the page prints, in a list.

    预测。页面上的程序打印三个数，放在一个列表里返回。
    """
    raise NotImplementedError


def two_rates(model, slow, fast):
    """2. Return one torch.optim.SGD: the last layer with the rate fast, the others with slow.

    返回一个 torch.optim.SGD：最后一层的学习率是 fast，其余各层的是 slow。
    model: a torch.nn.Sequential that ends in a Linear · 以 Linear 结尾的 torch.nn.Sequential
    """
    raise NotImplementedError


def remembered(optimizer):
    """3. Return how many numbers the optimizer keeps in optimizer.state.

    返回优化器在 optimizer.state 里一共存了多少个数。
    """
    raise NotImplementedError


class Adam:
    """4. An optimizer of your own, to stand where torch.optim.Adam stood.

    你自己的优化器，用来替换 torch.optim.Adam。
    """

    def __init__(self, params, lr):
        """params: what model.parameters() gives · 就是 model.parameters() 给出的参数"""
        raise NotImplementedError

    def zero_grad(self):
        """Forget the gradients. · 清掉梯度。"""
        raise NotImplementedError

    def step(self):
        """Update each parameter that has a gradient. · 更新每个有梯度的参数。"""
        raise NotImplementedError
