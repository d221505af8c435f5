"""Derivation: scaled dot-product attention · 推导：缩放点积注意力

Fill in the four functions, then run: python check.py attention
补全下面四个函数，然后运行：python check.py attention
"""

import torch


def two_queries():
    """1. Predict. Return what the program gives for [0, 0, 0] and for [0, 100, 0], in a list.

    预测。程序对 [0, 0, 0] 和 [0, 100, 0] 各得出什么，放在一个列表里返回。
    Each: (the output, a list of the three numbers in v.grad, whether k.grad is 0).
    每一项：（输出，v.grad 里三个数的列表，k.grad 是不是 0）。
    """
    raise NotImplementedError


def causal(q, k, v, g):
    """2. Return o and the gradients for q, k and v. Query n sees the keys 0 to n only.

    返回 o，以及损失对 q、k、v 的梯度。第 n 个查询只看得到第 0 到第 n 个键。
    q, k: (N, D), v, g: (N, E); g is the gradient for o · g 是对 o 的梯度
    """
    raise NotImplementedError


def self_attention(x, w_q, w_k, w_v, g):
    """3. Return o and the gradients for x, w_q, w_k and w_v. Queries, keys, values all come from x.

    返回 o，以及损失对 x、w_q、w_k、w_v 的梯度。查询、键、值都由 x 算出。
    x: (N, D_in), w_q, w_k: (D_in, D), w_v: (D_in, E), g: (N, E), the gradient for o · 对 o 的梯度
    """
    raise NotImplementedError


def key_block(q, k_block, v_block, saved, g):
    """4. Return the gradients for k_block and v_block, of which there are only a few rows.

    返回损失对 k_block 和 v_block 的梯度；它们只是全部键和值中的几行。
    q: (N, D), k_block: (B, D), v_block: (B, E), g: (N, E), the gradient for o · 对 o 的梯度
    saved: a pair that the forward pass kept, o, (N, E), and lse, (N, 1) · 前向传播留下的两样
    lse: the logarithm of the sum of exp(s) over all keys · exp(s) 对所有键求和，再取对数
    """
    raise NotImplementedError
