"""Lesson 14, a small language model · 第 14 课 小小的语言模型

Fill in the four functions, then run: python check.py language-model
补全下面四个函数，然后运行：python check.py language-model
"""

import torch


def window(i, start, T):
    """1. Return what the network reads and what it is to predict, two tensors of shape (T,).

    返回网络读的和要预测的，两个张量，形状都是 (T,)。
    What it reads begins at `start`. · 网络读的从 start 开始。
    i: (length,), a text as numbers; it is long enough · 写成数的文本，足够长
    """
    raise NotImplementedError


def count_parameters(V, D, T, layers):
    """2. Predict. Return how many parameters the network of the lesson has, an int.

    预测。返回课文里的网络有多少个参数，一个整数。
    V: characters; D: width; T: context; layers: blocks.
    V：字符数；D：宽度；T：上下文长度；layers：块数。
    """
    raise NotImplementedError


def probabilities(scores, temperature):
    """3. Return the probability of each character, (V,).

    返回每个字符的概率，形状 (V,)。
    At temperature 0 the first of the highest scores has probability 1.
    温度为 0 时，得分最高的那个概率为 1；有几个一样高，就取第一个。
    scores: (V,), finite · 有限的数；temperature >= 0
    """
    raise NotImplementedError


def pair_table(i, V, alpha):
    """4. Return p, (V, V): p[a, b] is the probability that b follows a.

    返回 p，形状 (V, V)：p[a, b] 是 a 后面跟着 b 的概率。
    Count each pair of neighbours, add alpha to every count, then make each row sum to 1.
    数出每对相邻的字符，每个计数都加上 alpha，再让每一行之和为 1。
    i: (length,), a text as numbers · 写成数的文本；alpha > 0
    """
    raise NotImplementedError
