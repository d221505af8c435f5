"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import attention as right

THIRDS = [1 / 3, 1 / 3, 1 / 3]


def backward(q, k, v, g, p):
    """Return o and the three gradients for given weights p."""
    scale = q.shape[1] ** -0.5
    b = g.mm(v.t())
    grad_s = p * (b - (p * b).sum(dim=1, keepdim=True))
    return p.mm(v), scale * grad_s.mm(k), scale * grad_s.t().mm(q), p.t().mm(g)


def scores(q, k):
    return q.mm(k.t()) / q.shape[1] ** 0.5


def no_mask(q, k, v, g):
    return backward(q, k, v, g, torch.softmax(scores(q, k), dim=1))


def mask_after_softmax(q, k, v, g):
    return backward(q, k, v, g, torch.softmax(scores(q, k), dim=1).tril())


def mask_the_past(q, k, v, g):
    hidden = torch.ones(len(q), len(q)).tril(-1) > 0
    return backward(q, k, v, g, torch.softmax(scores(q, k).masked_fill(hidden, -torch.inf), dim=1))


def mask_times_infinity(q, k, v, g):
    hidden = torch.ones(len(q), len(q)).triu(1)
    return backward(q, k, v, g, torch.softmax(scores(q, k) - hidden * torch.inf, dim=1))


def scale_forgotten(q, k, v, g):
    o, grad_q, grad_k, grad_v = right.causal(q, k, v, g)
    return o, grad_q * q.shape[1] ** 0.5, grad_k * q.shape[1] ** 0.5, grad_v


def mean_forgotten(q, k, v, g):
    o, _, _, grad_v = right.causal(q, k, v, g)
    p = torch.softmax(
        scores(q, k).masked_fill(torch.ones(len(q), len(q)).triu(1) > 0, -torch.inf), 1
    )
    grad_s = p * g.mm(v.t())
    return o, grad_s.mm(k) / q.shape[1] ** 0.5, grad_s.t().mm(q) / q.shape[1] ** 0.5, grad_v


def values_forgotten(x, w_q, w_k, w_v, g):
    o, grad_x, *rest = right.self_attention(x, w_q, w_k, w_v, g)
    p = torch.softmax(scores(x.mm(w_q), x.mm(w_k)), dim=1)
    return o, grad_x - p.t().mm(g).mm(w_v.t()), *rest


def values_only(x, w_q, w_k, w_v, g):
    o, _, *rest = right.self_attention(x, w_q, w_k, w_v, g)
    p = torch.softmax(scores(x.mm(w_q), x.mm(w_k)), dim=1)
    return o, p.t().mm(g).mm(w_v.t()), *rest


def transpose_forgotten(x, w_q, w_k, w_v, g):
    o, grad_x, grad_w_q, grad_w_k, grad_w_v = right.self_attention(x, w_q, w_k, w_v, g)
    return o, grad_x, grad_w_q.t(), grad_w_k, grad_w_v


def queries_for_keys(x, w_q, w_k, w_v, g):
    o, grad_x, grad_w_q, grad_w_k, grad_w_v = right.self_attention(x, w_q, w_k, w_v, g)
    return o, grad_x, grad_w_k, grad_w_q, grad_w_v


def softmax_of_block(q, k_block, v_block, saved, g):
    own = scores(q, k_block).logsumexp(dim=1, keepdim=True)
    return right.key_block(q, k_block, v_block, (saved[0], own), g)


def mean_of_block(q, k_block, v_block, saved, g):
    p = (scores(q, k_block) - saved[1]).exp()
    _, _, grad_k, grad_v = backward(q, k_block, v_block, g, p)
    return grad_k, grad_v


def factor_forgotten(q, k_block, v_block, saved, g):
    grad_k, grad_v = right.key_block(q, k_block, v_block, saved, g)
    return grad_k * q.shape[1] ** 0.5, grad_v


WRONG = {
    "two_queries": [
        (lambda: [(0, THIRDS, True), (2, [0, 1, 0], True)], "[0, 0, 0]: the output is not 0"),
        (lambda: [(3, [1, 1, 1], True), (2, [0, 1, 0], True)], "P transposed times ones"),
        (lambda: [(3, THIRDS, False), (2, [0, 1, 0], True)], "look at Q"),
        (lambda: [(3, THIRDS, True), (200, [0, 1, 0], True)], "[0, 100, 0]: the output is not"),
        (lambda: [(3, THIRDS, True), (2, [0, 1, 0], False)], "the slope of softmax"),
    ],
    "causal": [
        (no_mask, "attention without a mask"),
        (mask_after_softmax, "before softmax"),
        (mask_the_past, "o[0] has to be v[0]"),
        (mask_times_infinity, "0 multiplied by infinity"),
        (scale_forgotten, "grad_q is 1.732 times"),
        (mean_forgotten, "grad_q is wrong, and not only by a factor"),
    ],
    "self_attention": [
        (values_forgotten, "the way through the values is missing"),
        (values_only, "only the way through the values"),
        (transpose_forgotten, "grad_w_q has the shape (3, 6), it should be (6, 3): transposed?"),
        (queries_for_keys, "grad_w_q is wrong"),
    ],
    "key_block": [
        (softmax_of_block, "not softmax of the block"),
        (mean_of_block, "runs over all keys"),
        (factor_forgotten, "is 1.732 times"),
    ],
}
