"""Lesson 8, control flow and weight sharing · 第 8 课 控制流与权重共享

Fill in the two functions and the two classes, then run: python check.py weight-sharing
补全下面两个函数和两个类，然后运行：python check.py weight-sharing
"""

import torch


def predict():
    """1. Predict. Return the three things that the program on the page prints, in a list.

    预测。页面上的程序打印三样东西，放在一个列表里返回。
    Each is a number or None. · 每一样是一个数，或者 None。
    """
    raise NotImplementedError


def draw_depth():
    """2. Return 0, 1, 2 or 3, drawn so that torch.manual_seed is the only seed needed.

    返回 0、1、2 或 3。要这样抽：只用 torch.manual_seed 一个种子就够了。
    Each is as likely as the others. · 四个数的机会均等。
    """
    raise NotImplementedError


class UnsharedNet(torch.nn.Module):
    """3. Lesson 8's network with three middle layers instead of one that is shared.

    第 8 课的网络，但是用三个中间层，代替那一个共享的层。
    """

    def __init__(self, D_in, H, D_out):
        """Create self.input_linear, self.middle_linears (a ModuleList), self.output_linear.

        创建 self.input_linear、self.middle_linears（一个 ModuleList）、self.output_linear。
        """
        raise NotImplementedError

    def forward(self, x, depth):
        """Send x (N, D_in) through the first `depth` middle layers. Return y_pred, (N, D_out).

        让 x（N, D_in）经过前 depth 个中间层，返回 y_pred，(N, D_out)。
        """
        raise NotImplementedError


class PaddedReader(torch.nn.Module):
    """4. The reader of the lesson, for sentences of different lengths in one batch.

    课文里的阅读网络，但一批里的句子可以有长有短。
    """

    def __init__(self, D_in, H, D_out):
        """Create self.input_linear, self.hidden_linear and self.output_linear.

        创建 self.input_linear、self.hidden_linear 和 self.output_linear。
        """
        raise NotImplementedError

    def forward(self, words, lengths):
        """words: (T, N, D_in); lengths: a tensor (N,), words of each sentence; then padding.

        words：(T, N, D_in)；lengths：张量 (N,)，每句的词数；后面都是填充。
        Return y_pred, (N, D_out): for each sentence as if it were read alone.
        返回 y_pred，(N, D_out)：每一句都和单独读它时一样。
        """
        raise NotImplementedError
