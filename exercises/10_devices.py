"""Lesson 10, devices, dtypes, precision · 第 10 课 设备、dtype、精度

Fill in the five functions, then run: python check.py devices
补全下面五个函数，然后运行：python check.py devices
"""

import math
import random

import numpy as np
import torch


def spacing(x, dtype):
    """1. Predict. How far is it from x to the next larger number of this dtype? A Python float.

    预测。从 x 到这种 dtype 的下一个更大的数，有多远？返回 Python 的 float。
    x: a Python float that the dtype holds, at least 1 · 这种 dtype 恰好能表示的数，不小于 1
    """
    raise NotImplementedError


def training_bytes(model):
    """2. Return the bytes of a model, its gradients and Adam's two tensors for each gradient.

    返回模型、它的梯度、以及 Adam 为每个梯度记住的两个张量，一共占多少字节（int）。
    A weight with requires_grad=False has no gradient. The model may be on the device meta.
    requires_grad=False 的权重没有梯度。模型可能在 meta 设备上。
    Adam's counters of steps do not count · Adam 记步数的计数器不算
    """
    raise NotImplementedError


def update(master, grad, learning_rate):
    """3. Update float32 weights in place; return a bfloat16 copy of them for the next pass.

    原地更新 float32 的权重；返回它们的一份 bfloat16 的副本，供下一次前向传播使用。
    master: float32; grad: bfloat16, of the same shape · 形状相同
    """
    raise NotImplementedError


def scaled_step(loss, parameters, optimizer, scale):
    """4. Take a step with the gradients of scale * loss, divided by scale; return the next scale.

    用 scale * loss 的梯度除以 scale，走一步；返回下一步用的 scale。
    If a gradient is inf or nan, take no step and return half of the scale.
    只要有梯度是 inf 或 nan，就不走这一步，返回 scale 的一半。
    Gradients of the step before may still be there · 上一步的梯度可能还在
    """
    raise NotImplementedError


def draw_again(draw, seed):
    """5. Return what draw() returns if the generators of Python, numpy and torch have this seed.

    给 Python、numpy、torch 的随机数生成器都设上这个种子，返回 draw() 的结果。
    Afterwards they go on as if nobody had called you: use their states.
    此后它们要接着原来的状态往下抽，就像没有人调用过你的函数。
    numpy: the global generator, np.random · numpy 指全局的 np.random
    """
    raise NotImplementedError
