"""Lesson 11, functions of functions · 第 11 课 函数的函数

Fill in the four functions, then run: python check.py functions
补全下面四个函数，然后运行：python check.py functions
"""

import torch
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, jvp, vjp, vmap


def shapes(N, D, M):
    """1. Predict. Return the four shapes of the program on the page, tuples in a list.

    预测。页面上的程序有四个形状，写成元组，放在一个列表里返回。
    f maps (D,) to (M,), and x is (N, D).
    f 把 (D,) 映射到 (M,)，x 的形状是 (N, D)。
    """
    raise NotImplementedError


def clipped_gradient(model, x, y, limit):
    """2. Return the mean of the samples' gradients, each cut down to the length limit.

    返回各样本的梯度的平均；平均之前，每个梯度最长不超过 limit，超过的按比例缩短。
    A dictionary from the names of the parameters to tensors of their shapes; leave the model as
    it was. A sample's loss is the sum of its squared errors, its length that of all its numbers.
    返回一个字典，从参数的名字到与参数形状相同的张量；模型要保持原样。
    一个样本的损失是误差平方之和，它的梯度的长度由全部参数的数一起算。
    model maps (N, D_in) to (N, D_out) and (D_in,) to (D_out,); x: (N, D_in); y: (N, D_out)
    model 把 (N, D_in) 映射到 (N, D_out)，也把 (D_in,) 映射到 (D_out,)
    """
    raise NotImplementedError


def batch_jacobian(f, x):
    """3. Return the Jacobian of each row, (N, M, D).

    返回每一行的 Jacobi 矩阵，形状 (N, M, D)。
    f maps (N, D) to (N, M) for any N; a row of the result depends on the same row of x alone.
    对任何 N，f 把 (N, D) 映射到 (N, M)；结果的每一行只依赖 x 的同一行。
    """
    raise NotImplementedError


def largest_curvature(f, w, rounds):
    """4. Return the largest eigenvalue of the Hessian of f at w, a Python float.

    返回 f 在 w 处的海森矩阵的最大特征值，一个 Python 的 float。
    Multiply a random vector `rounds` times by the Hessian, without making the matrix. In the
    checks, no other eigenvalue is as large, whatever its sign.
    拿一个随机向量反复与海森矩阵相乘，一共 rounds 次，但不要造出这个矩阵。
    检查用的例子里，其余特征值的绝对值都比它小。
    f maps (D,) to a number of shape () · f 把 (D,) 映射到一个数，形状 ()
    """
    raise NotImplementedError
