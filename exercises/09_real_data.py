"""Lesson 9, real data · 第 9 课 真实的数据

Fill in the four functions, then run: python check.py real-data
补全下面四个函数，然后运行：python check.py real-data
"""

import math

import torch


def count_batches(N, batch_size):
    """1. Predict. Return three numbers for a DataLoader of N samples, in a list.

    预测。一个 DataLoader 有 N 个样本，返回三个数，放在一个列表里。
    The batches, the samples in the last batch, and the batches with drop_last=True.
    有几批；最后一批有几个样本；写了 drop_last=True 时有几批。
    """
    raise NotImplementedError


def mean_loss(model, x, y, batch_size):
    """2. Return the mean cross-entropy of all samples, a Python float.

    返回全部样本的交叉熵的平均，一个 Python 的 float。
    The model sees at most batch_size samples at a time. Measure only: no dropout, no graph.
    模型一次最多看 batch_size 个样本。只测量：没有 dropout，也不记录计算图。
    x: (N, D_in); y: (N,), integers · 整数；N >= 1
    """
    raise NotImplementedError


def early_stop(val_losses, patience):
    """3. Return the last epoch that runs and the best epoch, in a list; epochs count from 1.

    返回最后一轮和最好的一轮，放在一个列表里；轮数从 1 开始。
    Stop after `patience` epochs in a row that are not lower than the lowest so far.
    连续 patience 轮都没有低于此前的最低值，就停止。
    val_losses: at least one number, the loss after each epoch; it may run to the end of the list.
    至少一个数，各轮之后的损失；也可能一直跑到列表末尾。
    """
    raise NotImplementedError


def recall(counts):
    """4. Return for each digit the share of its pictures that were read correctly, (D_out,).

    返回每个数字的图有多大比例认对了，形状 (D_out,)。
    counts: (D_out, D_out), a confusion matrix; row: digit, column: answer.
    混淆矩阵；行是数字，列是回答。
    """
    raise NotImplementedError
