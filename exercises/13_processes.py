"""Lesson 13, processes · 第 13 课 多个进程

Fill in the four functions, then run: python check.py processes
补全下面四个函数，然后运行：python check.py processes
"""

import math

import torch


def whole_gradient(gradients, counts):
    """1. Return the gradient of the mean loss of all samples, the same shape as each of them.

    返回所有样本的平均损失的梯度，形状与其中每一个相同。
    gradients[rank] is that of the mean loss of the counts[rank] samples of one process. Leave the
    tensors as they are. A process may have no samples: then its gradient is all zeros.
    gradients[rank] 是一个进程里 counts[rank] 个样本的平均损失的梯度。不要改动这些张量。
    某个进程可以没有样本，这时它的梯度全是 0。
    """
    raise NotImplementedError


def my_share(count, size, rank, drop_last):
    """2. Return the indices that DistributedSampler gives a process, without shuffling: a list.

    返回 DistributedSampler 不打乱时分给一个进程的下标，放在一个列表里。
    Deal 0 … count - 1 in turns to `size` processes; this one has the number `rank`. All get
    equally many: with drop_last the end is left out, else it goes on from the beginning, as often
    as needed.
    把 0 … count - 1 轮流发给 size 个进程，这个进程的编号是 rank。每个进程拿到的一样多：
    drop_last 为真就去掉末尾多出的，否则从头接着发，不够就再来一遍。
    """
    raise NotImplementedError


def bytes_per_process(numbers, size, sharded):
    """3. Return the bytes that one process keeps: of parameters, of gradients, of Adam's state.

    返回一个进程要存多少字节：参数、梯度、Adam 的状态。
    The model has `numbers` parameters in float32, a multiple of `size`; Adam keeps two numbers for
    each. `sharded` is a set of the names "parameters", "gradients", "Adam": these are divided among
    the `size` processes, and the others are whole in each. Leave out the step count.
    模型有 numbers 个 float32 的参数，是 size 的倍数；Adam 为每个参数存两个数。
    sharded 是一个集合，里面是 "parameters"、"gradients"、"Adam" 中的几个：这几样由 size 个进程
    分开存，其余的每个进程都存完整的一份。步数不算。
    Returns: int
    """
    raise NotImplementedError


def waiting(calls):
    """4. Predict. Return how many all_reduce finish, and the list of ranks that wait for ever.

    预测。返回有多少次 all_reduce 能完成，以及永远等下去的进程编号的列表。
    calls[rank] is how often the program of that process calls all_reduce.
    calls[rank] 是那个进程的程序调用 all_reduce 的次数。
    """
    raise NotImplementedError
