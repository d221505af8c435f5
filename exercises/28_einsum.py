"""Derivation: einsum and several heads · 推导：einsum 与多个头

Fill in the four functions, then run: python check.py einsum
补全下面四个函数，然后运行：python check.py einsum
"""

import torch
from torch import einsum


def three_specs():
    """1. Predict. Return what the program gives for "ij,j->i", "ij,k->i" and "ii,i->", in a list.

    预测。程序对 "ij,j->i"、"ij,k->i"、"ii,i->" 各得出什么，放在一个列表里返回。
    Each: (the result, u.grad), in lists of numbers · 每一项：（结果，u.grad），都写成数的列表
    """
    raise NotImplementedError


def scores(q, k):
    """2. Return `einsum("bthd,bshd->bhts", q, k)` without einsum.

    不用 einsum，返回 `einsum("bthd,bshd->bhts", q, k)`。
    q: (B, T, heads, D_head), k: (B, S, heads, D_head)
    """
    raise NotImplementedError


def bilinear(g, x1, w, x2):
    """3. Return the gradients for x1, w and x2 of `einsum("ni,kij,nj->nk", x1, w, x2)`.

    对 `einsum("ni,kij,nj->nk", x1, w, x2)`，返回损失对 x1、w、x2 的梯度。
    g: (N, K), the gradient for the output · 损失对输出的梯度
    x1: (N, I), w: (K, I, J), x2: (N, J)
    """
    raise NotImplementedError


def one_key(q, k, v, g):
    """4. Return o and the gradients for q, k and v. All heads share the keys and the values.

    返回 o，以及损失对 q、k、v 的梯度。各个头共用同样的键和值。
    q: (B, T, heads, D_head), k, v: (B, S, D_head)
    g: (B, T, heads, D_head), the gradient for o · 损失对 o 的梯度
    """
    raise NotImplementedError
