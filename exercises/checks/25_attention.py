"""The checks of 25_attention.py. You need not read them. · 以下是检查，不必读。

Each takes your answer, the function or class of its name. · 每个检查的参数是你写的同名函数或类。
"""

import torch


def count(answer):
    """Return how many values a function returned; 0 if it returned no tuple and no list."""
    return len(answer) if isinstance(answer, tuple | list) else 0


attend = torch.nn.functional.scaled_dot_product_attention
TERM = ("is a term missing, or a factor that is not constant?", "是不是少了一项，或少乘了什么？")


def compare(name, answer, expected, hint=TERM):
    """Say how an answer differs from what PyTorch computed."""
    assert isinstance(answer, torch.Tensor), f"{name} is not a tensor\n{name} 不是张量"
    seen, wanted = tuple(answer.shape), tuple(expected.shape)
    turned = (": transposed?", "：是不是转置了？") if seen == wanted[::-1] else ("", "")
    assert seen == wanted, (
        f"{name} has the shape {seen}, it should be {wanted}{turned[0]}\n"
        f"{name} 的形状是 {seen}，应为 {wanted}{turned[1]}"
    )
    assert answer.isfinite().all(), f"{name} holds nan or infinity\n{name} 里有 nan 或无穷大"
    answer = answer.to(expected.dtype)
    if torch.allclose(answer, expected):
        return
    factor = float((answer * expected).sum() / (expected * expected).sum())
    assert not torch.allclose(answer, factor * expected), (
        f"{name} is {factor:.4g} times what it should be: look at the constant factors; the root "
        f"of D is one\n{name} 是正确值的 {factor:.4g} 倍：检查常数因子，D 的平方根就是一个"
    )
    raise AssertionError(
        f"{name} is wrong, and not only by a factor: {hint[0]}\n"
        f"{name} 不对，而且不只差一个因子：{hint[1]}"
    )


def random(*shapes):
    """Return one leaf tensor of normal numbers for each shape."""
    torch.manual_seed(0)
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]


def copies(*tensors):
    """Return copies for the reader's function, which may change them."""
    return [tensor.detach().clone() for tensor in tensors]


def check_two_queries(two_queries):
    answer = two_queries()
    assert count(answer) == 2, "return a list of two\n要返回两项"
    for query, said in zip(([0, 0, 0], [0, 100, 0]), answer, strict=True):
        assert count(said) == 3, (
            "for each query: o, v.grad, k.grad\n每个查询三样：o、v.grad、k.grad"
        )
        q = torch.tensor([query], dtype=torch.float64)
        k = torch.eye(3, dtype=torch.float64, requires_grad=True)
        v = torch.tensor([[1], [2], [6]], dtype=torch.float64, requires_grad=True)
        o = attend(q, k, v)
        o.sum().backward()
        assert abs(said[0] - o.item()) < 0.01, (
            f"{query}: the output is not {said[0]:.4g}; which weights does softmax give to the "
            f"three scores?\n{query}：输出不是 {said[0]:.4g}；softmax 给三个得分怎样的权重？"
        )
        grad_v = torch.as_tensor(said[1], dtype=torch.float64)
        assert grad_v.shape == (3,), f"{query}: v.grad, three numbers\n{query}：v.grad 是三个数"
        assert torch.allclose(grad_v, v.grad.flatten(), atol=0.01), (
            f"{query}: v.grad is not {said[1]}; it is P transposed times g, and g is 1: look at "
            f"the weights\n{query}：v.grad 不是 {said[1]}；它是 P 的转置乘以 g，而 g 是 1：看看权重"
        )
        real = bool((k.grad.abs() < 1e-9).all())
        assert said[2] == real, (
            f"{query}: is k.grad 0? It is F transposed times Q: look at Q, and at the slope of "
            f"softmax\n{query}：k.grad 是不是 0？它是 F 的转置乘以 Q：看看 Q，再看看 softmax 的斜率"
        )


def check_causal(causal):
    q, k, v, g = random((4, 3), (4, 3), (4, 5), (4, 5))
    expected = attend(q, k, v, is_causal=True)
    expected.backward(g)
    answer = causal(*copies(q, k, v, g))
    assert count(answer) == 4, "return o and three gradients\n要返回 o 和三个梯度"
    o = answer[0]
    if isinstance(o, torch.Tensor) and o.shape == expected.shape:
        assert not torch.allclose(o, attend(q, k, v)), (
            "o is that of attention without a mask\no 与不带掩码的注意力相同"
        )
        assert not o.isnan().any(), (
            "o holds nan: does a row see no key at all, or is 0 multiplied by infinity?\n"
            "o 里有 nan：是不是有一行什么键也看不到，或者 0 乘了无穷大？"
        )
        assert torch.allclose(o[0], v[0]), (
            "the first query sees the first key only, so o[0] has to be v[0]: the other scores "
            "have to be -inf before softmax\n"
            "第一个查询只看得到第一个键，o[0] 应等于 v[0]：其余得分要在 softmax 之前变成 -inf"
        )
    compare("o", o, expected.detach())
    for at, name, leaf in ((3, "grad_v", v), (1, "grad_q", q), (2, "grad_k", k)):
        compare(name, answer[at], leaf.grad)


def check_self_attention(self_attention):
    x, w_q, w_k, w_v, g = random((4, 6), (6, 3), (6, 3), (6, 5), (4, 5))
    ways = {name: x.detach().clone().requires_grad_() for name in ("queries", "keys", "values")}
    expected = attend(ways["queries"].mm(w_q), ways["keys"].mm(w_k), ways["values"].mm(w_v))
    expected.backward(g)
    answer = self_attention(*copies(x, w_q, w_k, w_v, g))
    assert count(answer) == 5, "return o and four gradients\n要返回 o 和四个梯度"
    compare("o", answer[0], expected.detach())
    for at, name, leaf in ((4, "grad_w_v", w_v), (2, "grad_w_q", w_q), (3, "grad_w_k", w_k)):
        compare(name, answer[at], leaf.grad)
    grad_x = sum(way.grad for way in ways.values())
    chinese = {"queries": "查询", "keys": "键", "values": "值"}
    if isinstance(answer[1], torch.Tensor) and answer[1].shape == x.shape:
        for name, way in ways.items():
            assert not torch.allclose(answer[1], way.grad), (
                f"grad_x: only the way through the {name} is there; add up all three\n"
                f"grad_x：只有经过{chinese[name]}的那一条路；三条路要加起来"
            )
            assert not torch.allclose(answer[1] + way.grad, grad_x), (
                f"grad_x: the way through the {name} is missing\n"
                f"grad_x：少了经过{chinese[name]}的那一条路"
            )
    compare("grad_x", answer[1], grad_x)


def check_key_block(key_block):
    q, k, v, g = random((4, 3), (6, 3), (6, 5), (4, 5))
    o = attend(q, k, v)
    o.backward(g)
    lse = (q.mm(k.t()) / 3**0.5).logsumexp(dim=1, keepdim=True)
    for first, last in ((0, 6), (0, 2), (2, 6)):
        q_copy, k_block, v_block, g_copy = copies(q, k[first:last], v[first:last], g)
        answer = key_block(q_copy, k_block, v_block, tuple(copies(o, lse)), g_copy)
        assert count(answer) == 2, "return two gradients\n要返回两个梯度"
        if (first, last) == (0, 6):
            hints = [TERM, TERM]
        else:
            hints = [
                (
                    "all six at once are right; the weights are exp(s - lse), not softmax of the "
                    "block",
                    "六个键一起算是对的；权重是 exp(s - lse)，不是这几个键自己的 softmax",
                ),
                (
                    "all six at once are right; the subtracted mean runs over all keys, so get it "
                    "from o and g",
                    "六个键一起算是对的；减去的平均是对所有键的，要由 o 和 g 得到",
                ),
            ]
        compare(f"grad_v_block (keys[{first}:{last}])", answer[1], v.grad[first:last], hints[0])
        compare(f"grad_k_block (keys[{first}:{last}])", answer[0], k.grad[first:last], hints[1])
