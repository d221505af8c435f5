"""The checks of 28_einsum.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.overrides import TorchFunctionMode


def draw(*shapes):
    """Return a tensor of standard normal numbers for each shape, the same each time."""
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]


def require_count(answer, count, english, chinese):
    """Say what a function should return if it did not return so many things."""
    seen = len(answer) if isinstance(answer, tuple | list) else 0
    assert seen == count, f"return {english}\n要返回{chinese}"


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


def require_equal(name, answer, expected, english, chinese):
    """Say how an answer differs from what PyTorch computed."""
    require_shape(name, answer, expected)
    answer = answer.detach().to(expected.dtype)
    if equal(answer, expected):
        return
    factor = float((answer * expected).sum() / (expected * expected).sum())
    assert not torch.allclose(answer, factor * expected), (
        f"{name} is {factor:.4g} times what it should be: look at the constant factors\n"
        f"{name} 是正确值的 {factor:.4g} 倍：检查常数因子"
    )
    raise AssertionError(
        f"{name} has the right shape and wrong entries: {english}\n{name} 形状对，数不对：{chinese}"
    )


def check_three_specs(three_specs):
    answer = three_specs()
    require_count(answer, 3, "a list of three", "三项")
    for spec, said in zip(("ij,j->i", "ij,k->i", "ii,i->"), answer, strict=True):
        require_count(said, 2, "the result and u.grad for each", "每一项的结果和 u.grad")
        u = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64, requires_grad=True)
        r = torch.einsum(spec, u, torch.tensor([10.0, 20.0], dtype=torch.float64))
        r.sum().backward()
        result, grad = (torch.as_tensor(part, dtype=torch.float64) for part in said)
        assert result.shape == r.shape, (
            f"{spec}: the result has the shape {tuple(result.shape)}; after the arrow stand the "
            f"axes that stay\n{spec}：结果的形状是 {tuple(result.shape)}；箭头后面是留下来的轴"
        )
        assert equal(result, r.detach()), (
            f"{spec}: the result is not {result.tolist()}; which letters are summed, and which "
            f"entries of u and v stand in one product?\n"
            f"{spec}：结果不是 {result.tolist()}；对哪些字母求和？u 和 v 的哪些元素相乘？"
        )
        assert grad.shape == u.shape, (
            f"{spec}: u.grad has the shape of u\n{spec}：u.grad 与 u 形状相同"
        )
        assert equal(grad, u.grad), (
            f"{spec}: u.grad is not {grad.tolist()}; g is 1, so each entry is the sum of what that "
            f"entry of u was multiplied with\n"
            f"{spec}：u.grad 不是 {grad.tolist()}；g 是 1，所以"
            "每个元素都是 u 的这个元素乘过的那些数之和"
        )


class WithoutEinsum(TorchFunctionMode):
    """Says so if einsum is called."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        """Call any other function."""
        assert func is not torch.einsum, "that is einsum: do without it\n这里用了 einsum：不要用它"
        return func(*args, **(kwargs or {}))


def check_scores(scores):
    q, k = draw((2, 5, 3, 4), (2, 6, 3, 4))
    expected = torch.einsum("bthd,bshd->bhts", q, k)
    with WithoutEinsum():
        answer = scores(q.clone(), k.clone())
    if isinstance(answer, torch.Tensor):
        turned = tuple(answer.shape) == tuple(expected.mT.shape)
        assert not turned, (
            "the last two axes are exchanged: the places of the queries come first\n"
            "最后两个轴对调了：查询的位置在前"
        )
    require_equal(
        "scores(q, k)",
        answer,
        expected,
        "does a view cut the heads out of the wrong numbers? Move axes with transpose or permute",
        "是不是 view 把别的数当成了一个头？要用 transpose 或 permute 移动轴",
    )


SWAP = (
    "take the output's letters for g, and the operand's own letters after the arrow",
    "g 用输出的字母，箭头后面是这个操作数自己的字母",
)


def check_bilinear(bilinear):
    operands = draw((7, 5), (3, 5, 4), (7, 4))
    (g,) = draw((7, 3))
    leaves = [operand.clone().requires_grad_() for operand in operands]
    torch.einsum("ni,kij,nj->nk", *leaves).backward(g)
    answer = bilinear(g.clone(), *(operand.clone() for operand in operands))
    require_count(answer, 3, "three gradients", "三个梯度")
    for name, ours, leaf in zip(("grad_x1", "grad_w", "grad_x2"), answer, leaves, strict=True):
        require_equal(name, ours, leaf.grad, *SWAP)


def check_one_key(one_key):
    q, k, v, g = draw((2, 5, 3, 4), (2, 6, 4), (2, 6, 4), (2, 5, 3, 4))
    leaves = [tensor.clone().requires_grad_() for tensor in (q, k, v)]
    heads_first = leaves[0].transpose(1, 2)
    o = scaled_dot_product_attention(heads_first, leaves[1][:, None], leaves[2][:, None])
    o = o.transpose(1, 2)
    o.backward(g)
    answer = one_key(q.clone(), k.clone(), v.clone(), g.clone())
    require_count(answer, 4, "o and three gradients", " o 和三个梯度")
    require_equal(
        "o",
        answer[0],
        o.detach(),
        "the weights of a query sum to 1 over the keys; the scores are divided by the root of "
        "D_head",
        "一个查询的权重对各键之和为 1；得分要除以 D_head 的平方根",
    )
    for name, ours, leaf, english, chinese in (
        (
            "grad_v",
            answer[3],
            leaves[2],
            "every head uses the same values, so their gradients add up over the heads",
            "每个头用的是同样的值，它们的梯度要对各个头相加",
        ),
        (
            "grad_q",
            answer[1],
            leaves[0],
            "look at the slope of softmax: from grad_p the mean of its row, weighted with p, is "
            "subtracted",
            "看看 softmax 的斜率：grad_p 要减去它那一行以 p 为权的平均",
        ),
        (
            "grad_k",
            answer[2],
            leaves[1],
            "every head uses the same keys, so their gradients add up over the heads",
            "每个头用的是同样的键，它们的梯度要对各个头相加",
        ),
    ):
        require_equal(name, ours, leaf.grad, english, chinese)
