"""Lesson 12, faster · 第 12 课 更快

Fill in the five functions, then run: python check.py faster
补全下面五个函数，然后运行：python check.py faster
"""

import pickle
import statistics

import torch


def compare(slow, fast, clock, repeats):
    """1. Return how many times as long slow() takes as fast() does, by the clock.

    返回按这只钟来算，slow() 用的时间是 fast() 的多少倍。
    clock() returns the seconds that have passed. The first call of each may take much longer,
    and does not count. Measure each `repeats` times; a call that was disturbed must not decide,
    and the machine may become slower meanwhile.
    clock() 返回过去了多少秒。两者的第一次调用可能慢得多，不算在内。各测 repeats 次；
    不能让某一次受了干扰的调用左右结果，机器也可能中途变慢。
    repeats: odd, at least 3 · 奇数，至少是 3
    """
    raise NotImplementedError


def new_graphs(depths):
    """2. Predict. Return for each call how many graphs torch.compile makes, in a list.

    预测。返回每次调用时 torch.compile 添几张图，放在一个列表里。
    The compiled function runs a loop `depth` times and then computes something more; between the
    calls nothing but the depth changes.
    编译过的函数把循环走 depth 圈，然后再算点别的；各次调用之间，只有深度变。
    depths: Python integers, one for each call · Python 的整数，每次调用一个
    """
    raise NotImplementedError


def limit(x):
    """3. Return x / x.norm() if the norm is more than 1, else x; torch.compile needs one graph.

    范数大于 1 就返回 x / x.norm()，否则返回 x；要让 torch.compile 写成一张图。
    This is right, but the `if` breaks the graph · 下面的写法结果对，但 if 会把图断开：

        if x.norm() > 1:
            return x / x.norm()
        return x

    x: (N,)
    """
    raise NotImplementedError


def load_weights(path):
    """4. Return the weights in a file as a dictionary; None if torch.load refuses the content.

    返回文件里的权重，一个字典；如果 torch.load 拒绝其中的内容，返回 None。
    The names are those of the plain model, also if the weights of a compiled one were saved.
    No code from the file may run. A missing file is an error, as usual.
    名字要是原来模型里的名字，即使存的是编译过的模型。文件里的代码一行也不能运行。
    文件不存在，照常报错。
    """
    raise NotImplementedError


def export_scores(model, D_in):
    """5. Return an exported program that maps (N, D_in) to scores for any N, dropout off.

    返回一个导出的程序，对任意的 N 都能把 (N, D_in) 变成得分，dropout 要关掉。
    Leave the model in the mode that it was in, training or not.
    模型原来在训练模式还是评估模式，之后仍然是。
    Returns: torch.export.ExportedProgram
    """
    raise NotImplementedError
