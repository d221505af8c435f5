"""The checks of 30_convolution.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch
from torch.nn.functional import conv1d, conv2d


def draw(*shapes):
    """Return a tensor of standard normal numbers for each shape, the same each time."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def require_three(answer, english, chinese):
    """Say what a function should return if it did not return three things."""
    seen = len(answer) if isinstance(answer, tuple | list) else 0
    assert seen == 3, f"return {english}\n要返回{chinese}"


def require_shape(name, answer, expected):
    """Say what shape an answer has if it is not that of the expected tensor."""
    assert isinstance(answer, torch.Tensor), f"{name} is not a tensor\n{name} 不是张量"
    seen, wanted = tuple(answer.shape), tuple(expected.shape)
    assert seen == wanted, (
        f"{name} has the shape {seen}, it should be {wanted}\n{name} 的形状是 {seen}，应为 {wanted}"
    )


def equal(answer, expected):
    """Tell whether two tensors agree up to rounding."""
    return torch.allclose(answer.detach().to(expected.dtype), expected)


def check_four_numbers(four_numbers):
    answer = four_numbers()
    require_three(answer, "y, x.grad and w.grad", " y、x.grad 和 w.grad 三样")
    y, grad_x, grad_w = (torch.as_tensor(part, dtype=torch.float64).flatten() for part in answer)
    x = torch.tensor([[[1.0, 2.0, 3.0, 4.0]]], dtype=torch.float64, requires_grad=True)
    w = torch.tensor([[[1.0, 0.0, -1.0]]], dtype=torch.float64, requires_grad=True)
    right = conv1d(x, w)
    right.sum().backward()
    for name, said, tensor in (("y", y, right), ("x.grad", grad_x, x.grad), ("w.grad", grad_w, w)):
        wanted = tensor.numel()
        assert said.numel() == wanted, (
            f"{name} has {said.numel()} numbers, it should have {wanted}: how many windows of 3 "
            f"are there in 4 numbers?\n{name} 有 {said.numel()} 个数，应有 {wanted} 个："
            "4 个数里有几个宽为 3 的窗口？"
        )
    right, exact = right.detach().flatten(), (x.grad.flatten(), w.grad.flatten())
    assert not equal(y, -right), (
        f"y is not {y.tolist()}: PyTorch does not flip the kernel\n"
        f"y 不是 {y.tolist()}：PyTorch 不翻转卷积核"
    )
    assert equal(y, right), (
        f"y is not {y.tolist()}: multiply the kernel with each window, entry by entry, and add up\n"
        f"y 不是 {y.tolist()}：卷积核与每个窗口逐元素相乘，再相加"
    )
    assert equal(grad_x, exact[0]), (
        f"x.grad is not {grad_x.tolist()}: each window adds the kernel at its place; windows "
        f"overlap\nx.grad 不是 {grad_x.tolist()}：每个窗口都在自己的位置上加一份卷积核；"
        "窗口之间有重叠"
    )
    assert equal(grad_w, exact[1]), (
        f"w.grad is not {grad_w.tolist()}: each window adds its numbers; add the windows up\n"
        f"w.grad 不是 {grad_w.tolist()}：每个窗口贡献自己的那些数；把各窗口加起来"
    )


def matrix_of(w, N, stride, padding):
    """Return the matrix of a convolution, column by column, from PyTorch."""
    units = torch.eye(N, dtype=w.dtype)[:, None]
    return conv1d(units, w[None, None], stride=stride, padding=padding)[:, 0].T


def check_matrix(matrix):
    (w,) = draw((3,))
    for case in ((5, 1, 0), (6, 2, 0), (6, 1, 2), (7, 3, 2)):
        expected = matrix_of(w, *case)
        answer = matrix(w.clone(), *case)
        name = "matrix(w, N={}, stride={}, padding={})".format(*case)
        require_shape(name, answer, expected)
        assert not equal(answer, matrix_of(w.flip(0), *case)), (
            f"{name}: the kernel is flipped\n{name}：卷积核翻转了"
        )
        assert equal(answer, expected), (
            f"{name} has the right shape and wrong entries: where does the window of a row begin, "
            f"and which part of the kernel is left if it hangs over the edge?\n"
            f"{name} 形状对，数不对：一行的窗口从哪里开始？伸到边界外面时，卷积核还剩哪一部分？"
        )


def check_input_gradient(input_gradient):
    x, weight, g = draw((2, 3, 9), (2, 3, 5), (2, 2, 5))
    x.requires_grad_()
    conv1d(x, weight).backward(g)
    answer = input_gradient(g.clone(), weight.clone())
    require_shape("the gradient", answer, x.grad)
    not_flipped = torch.nn.functional.conv_transpose1d(g, weight.flip(2))
    assert not equal(answer, not_flipped), (
        "the kernel is not flipped: the shape is right and the entries are not\n"
        "卷积核没有翻转：形状对，数不对"
    )
    assert equal(answer, x.grad), (
        "the gradient has the right shape and wrong entries: padding on both sides? the kernel "
        "flipped along its last axis alone?\n"
        "梯度形状对，数不对：两边都填充了吗？卷积核只沿最后一个轴翻转了吗？"
    )


def check_conv2d_backward(conv2d_backward):
    for padding in (0, 1, 2):
        x, weight, bias = draw((2, 3, 6, 5), (4, 3, 3, 3), (4,))
        leaves = [tensor.clone().requires_grad_() for tensor in (x, weight, bias)]
        y = conv2d(*leaves, padding=padding)
        (g,) = draw(y.shape)
        y.backward(g)
        answer = conv2d_backward(g.clone(), x.clone(), weight.clone(), padding)
        require_three(answer, "three gradients", "三个梯度")
        for name, ours, leaf, english, chinese in (
            (
                "grad_x",
                answer[0],
                leaves[0],
                "turn the gradient for the output into windows with the transposed weight, and "
                "fold these",
                "先用转置的权重把输出的梯度变成各窗口的梯度，再 fold",
            ),
            (
                "grad_weight",
                answer[1],
                leaves[1],
                "g times the windows, transposed; which axis do you sum over?",
                "g 乘各窗口的转置；对哪个轴求和？",
            ),
            (
                "grad_bias",
                answer[2],
                leaves[2],
                "the bias was added at each place of each picture; the copies add up",
                "偏置加到了每张图片的每个位置上；各份副本要加起来",
            ),
        ):
            require_shape(f"{name} (padding = {padding})", ours, leaf)
            assert equal(ours, leaf.grad), (
                f"{name} (padding = {padding}) has the right shape and wrong entries: {english}\n"
                f"{name}（padding = {padding}）形状对，数不对：{chinese}"
            )
