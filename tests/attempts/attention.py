"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import attention as right


def query_by_query(q, k, v, g):
    o, grad_q, grad_k, grad_v = (torch.zeros_like(tensor) for tensor in (g, q, k, v))
    root = q.shape[1] ** 0.5
    for n in range(len(q)):
        seen_k, seen_v = k[: n + 1], v[: n + 1]
        p = torch.softmax(seen_k @ q[n] / root, dim=0)
        o[n] = p @ seen_v
        b = seen_v @ g[n]
        grad_s = p * (b - p @ b) / root
        grad_q[n] = grad_s @ seen_k
        grad_k[: n + 1] += torch.outer(grad_s, q[n])
        grad_v[: n + 1] += torch.outer(p, g[n])
    return o, grad_q, grad_k, grad_v


def through_the_jacobian(q, k_block, v_block, saved, g):
    p = torch.exp(q @ k_block.T / q.shape[1] ** 0.5 - saved[1])
    grad_s = p * (g @ v_block.T) - p * (g * saved[0]).sum(1)[:, None]
    return [(grad_s / q.shape[1] ** 0.5).T @ q, p.T @ g]


THIRDS = [1 / 3, 1 / 3, 1 / 3]
FIRST, SECOND = (3, THIRDS, True), (2, [0, 1, 0], True)
MASKED = "torch.softmax(s.masked_fill(hidden, -torch.inf), dim=1)"
WEIGHTS = "(q.mm(k_block.t()) / D**0.5 - lse).exp()"
SUMMED = " - (p * b).sum(dim=1, keepdim=True)"
GRAD_X = "grad_q.mm(w_q.t()) + grad_k.mm(w_k.t()) + grad_v.mm(w_v.t())"
WRONG = {
    "two_queries": [
        (lambda: [(0, THIRDS, True), SECOND], "[0, 0, 0]: the output is not 0"),
        (lambda: [(9, THIRDS, True), SECOND], "[0, 0, 0]: the output is not 9"),
        (lambda: [(3, [1, 1, 1], True), SECOND], "P transposed times g"),
        (lambda: [(3, THIRDS, False), SECOND], "look at Q"),
        (lambda: [FIRST, (200, [0, 1, 0], True)], "[0, 100, 0]: the output is not"),
        (lambda: [FIRST, (2, [0, 2, 0], True)], "[0, 100, 0]: v.grad is not [0, 2, 0]"),
        (lambda: [FIRST, (2, [0, 1, 0], False)], "the slope of softmax"),
        (lambda: [FIRST], "a list of two"),
    ],
    "causal": [
        (MASKED, "torch.softmax(s, dim=1)", "attention without a mask"),
        (MASKED, "torch.softmax(s, dim=1).tril()", "before softmax"),
        (MASKED, "torch.softmax(s.masked_fill(hidden, 0), dim=1)", "before softmax"),
        ("triu(1)", "tril(-1)", "o[0] has to be v[0]"),
        ("triu(1)", "triu()", "does a row see no key at all"),
        (MASKED, "torch.softmax(s - hidden * torch.inf, dim=1)", "0 multiplied by infinity"),
        (" / D**0.5  # (N, N)", "", "o is wrong"),
        ("grad_s = p", "grad_s = D**0.5 * p", "grad_q is 1.732 times"),
        (SUMMED, "", "grad_q is wrong, and not only by a factor"),
        ("return o, grad_q, grad_k, grad_v", "return grad_q, grad_k, grad_v", "three gradients"),
    ],
    "self_attention": [
        (" + grad_v.mm(w_v.t())", "", "the way through the values is missing"),
        (" + grad_k.mm(w_k.t())", "", "the way through the keys is missing"),
        ("grad_q.mm(w_q.t()) + grad_k.mm(w_k.t()) + ", "", "only the way through the values"),
        (GRAD_X, f"({GRAD_X}) / 3", "grad_x is 0.3333 times"),
        ("x.t().mm(grad_q)", "grad_q.t().mm(x)", "(3, 6), it should be (6, 3): transposed?"),
        (
            "x.t().mm(grad_q), x.t().mm(grad_k)",
            "x.t().mm(grad_k), x.t().mm(grad_q)",
            "grad_w_q is wrong",
        ),
        ("D = w_q.shape[1]", "D = x.shape[1]", "o is wrong"),
        (SUMMED, "", "grad_w_q is wrong"),
        ("p.t().mm(g)", "p.mm(g)", "grad_w_v is wrong"),
    ],
    "key_block": [
        (WEIGHTS, "torch.softmax(q.mm(k_block.t()) / D**0.5, dim=1)", "not softmax of the block"),
        ("(o * g).sum", "(p * b).sum", "runs over all keys"),
        ("(o * g).sum", "(o * g).mean", "grad_k_block (keys[0:6]) is wrong"),
        (".mm(q) / D**0.5", ".mm(q)", "is 1.732 times"),
        (" - lse).exp()", ").exp()", "grad_v_block (keys[0:6]) is wrong"),
        ("q.mm(k_block.t()) / D**0.5", "q.mm(k_block.t())", "grad_v_block (keys[0:6]) is wrong"),
        ("return grad_k_block, grad_v_block", "return grad_v_block, grad_k_block", "(6, 3), it"),
        ("return grad_k_block, grad_v_block", "return grad_k_block", "two gradients"),
    ],
}

RIGHT = {
    "two_queries": [
        lambda: ((3.0, (0.33, 0.33, 0.33), 1), [2.0, [0.0, 1.0, 0.0], True]),
        lambda: [right.program([0.0, 0.0, 0.0]), right.program([0.0, 100.0, 0.0])],
        lambda: [(3, torch.full((3,), 1 / 3), True), (2, [0, 1, 0], True)],
    ],
    "causal": [
        query_by_query,
        ("masked_fill(hidden, -torch.inf)", "masked_fill(hidden, -1e9)"),
        (MASKED, "torch.softmax(torch.where(hidden, -torch.inf, s), dim=1)"),
        ("(p * b).sum(dim=1, keepdim=True)", "(o * g).sum(dim=1, keepdim=True)"),
    ],
    "self_attention": [
        (GRAD_X, "torch.cat([grad_q, grad_k, grad_v], 1) @ torch.cat([w_q, w_k, w_v], 1).T"),
        ("torch.softmax(q.mm(k.t()) / D**0.5, dim=1)", "(q / D**0.5 @ k.T).softmax(-1)"),
        (SUMMED, " - (g * o).sum(1)[:, None]"),
    ],
    "key_block": [
        through_the_jacobian,
        ("(o * g).sum(dim=1, keepdim=True)", 'torch.einsum("ne,ne->n", o, g).unsqueeze(1)'),
        (WEIGHTS, "(q.mm(k_block.t()) / D**0.5).exp() / lse.exp()"),
    ],
}
