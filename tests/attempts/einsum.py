"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch
from torch.nn.functional import scaled_dot_product_attention

from snippets.answers import einsum as right
from snippets.derivations import einsum as rule


def sample_by_sample(q, k):
    return torch.stack(
        [torch.stack([q[b, :, h] @ k[b, :, h].T for h in range(q.shape[2])]) for b in range(len(q))]
    )


def scores_by_sum(q, k):
    return (q[:, :, None] * k[:, None]).sum(-1).permute(0, 3, 1, 2)


def scores_by_view(q, k):
    B, T, heads, D_head = q.shape
    return q.view(B, heads, T, D_head) @ k.view(B, heads, -1, D_head).mT


def bilinear_by_autograd(g, x1, w, x2):
    leaves = [tensor.requires_grad_() for tensor in (x1, w, x2)]
    return torch.autograd.grad(torch.nn.functional.bilinear(x1, x2, w), leaves, g)


def bilinear_by_rule(g, x1, w, x2):
    return rule.backward("ni,kij,nj->nk", (x1, w, x2), g)


def bilinear_by_products(g, x1, w, x2):
    grad_x1 = sum(g[:, k : k + 1] * (x2 @ w[k].T) for k in range(len(w)))
    grad_x2 = sum(g[:, k : k + 1] * (x1 @ w[k]) for k in range(len(w)))
    return [grad_x1, torch.stack([(g[:, [k]] * x1).T @ x2 for k in range(len(w))]), grad_x2]


def one_key_by_autograd(q, k, v, g):
    leaves = [tensor.requires_grad_() for tensor in (q, k, v)]
    o = scaled_dot_product_attention(q.transpose(1, 2), k[:, None], v[:, None]).transpose(1, 2)
    return o, *torch.autograd.grad(o, leaves, g)


def one_key_by_copies(q, k, v, g):
    k, v = (tensor[:, None] for tensor in (k, v))
    q, g = q.transpose(1, 2), g.transpose(1, 2)
    p = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1)
    grad_p = g @ v.mT
    grad_s = p * (grad_p - (p * grad_p).sum(-1, keepdim=True)) / q.shape[-1] ** 0.5
    grad_k, grad_v = (grad_s.mT @ q).sum(1), (p.mT @ g).sum(1)
    return (p @ v).transpose(1, 2), (grad_s @ k).transpose(1, 2), grad_k, grad_v


FIRST = ([50, 110], [[10, 20], [10, 20]])
SECOND = ([90, 210], [[30, 30], [30, 30]])
THIRD = (90, [[10, 0], [0, 20]])
SUMMED = " - (p * grad_p).sum(dim=-1, keepdim=True)"
WRONG = {
    "three_specs": [
        (lambda: [([[10, 40], [30, 80]], FIRST[1]), SECOND, THIRD], "ij,j->i: the result has the"),
        (lambda: [([70, 100], FIRST[1]), SECOND, THIRD], "which letters are summed"),
        (lambda: [(FIRST[0], [[1, 1], [1, 1]]), SECOND, THIRD], "ij,j->i: u.grad is not"),
        (lambda: [(FIRST[0], [10, 20]), SECOND, THIRD], "u.grad has the shape of u"),
        (lambda: [FIRST, FIRST, THIRD], "ij,k->i: the result is not [50.0, 110.0]"),
        (lambda: [FIRST, (SECOND[0], FIRST[1]), THIRD], "ij,k->i: u.grad is not"),
        (lambda: [FIRST, SECOND, (300, THIRD[1])], "ii,i->: the result is not 300.0"),
        (lambda: [FIRST, SECOND, ([10, 80], THIRD[1])], "ii,i->: the result has the shape (2,)"),
        (lambda: [FIRST, SECOND, (90, FIRST[1])], "ii,i->: u.grad is not"),
        (lambda: [FIRST, SECOND], "a list of three"),
    ],
    "scores": [
        (scores_by_view, "does a view cut the heads"),
        (lambda q, k: torch.einsum("bthd,bshd->bhts", q, k), "that is einsum"),
        (lambda q, k: right.scores(k, q), "the last two axes are exchanged"),
        (lambda q, k: right.scores(q, k) / 2, "is 0.5 times"),
        (lambda q, k: right.scores(q, k).sum(1), "has the shape (2, 5, 6)"),
        (lambda q, k: torch.tensordot(q, k, ([0, 2, 3], [0, 2, 3])), "has the shape (5, 6)"),
        (lambda q, k: right.scores(q, k).tolist(), "is not a tensor"),
    ],
    "bilinear": [
        ('"nk,kij,nj->ni"', '"nk,kij,nj->nj"', "grad_x1 has the shape (7, 4)"),
        ('"nk,kij,nj->ni"', '"nk,kij,mj->ni"', "grad_x1 has the right shape"),
        ('"nk,ni,nj->kij"', '"nk,ni,nj->kji"', "grad_w has the shape (3, 4, 5)"),
        ('"nk,ni,nj->kij"', '"nk,mi,nj->kij"', "take the output's letters"),
        ('"nk,ni,kij->nj"', '"nk,mi,kij->nj"', "grad_x2 has the right shape"),
        (
            'einsum("nk,ni,kij->nj", g, x1, w)',
            "2 * torch.einsum('nk,ni,kij->nj', g, x1, w)",
            "is 2 times",
        ),
        ("return grad_x1, grad_w, grad_x2", "return grad_x1, grad_x2", "three gradients"),
        ("return grad_x1, grad_w, grad_x2", "return grad_x1, grad_x2, grad_w", "grad_w has the"),
    ],
    "one_key": [
        ('"bthd,bhts->bsd"', '"bthd,bhts->bshd"', "grad_v has the shape (2, 6, 3, 4)"),
        ('"bthd,bhts->bsd"', '"bthd,bkts->bsd"', "grad_v has the right shape"),
        (
            'einsum("bhts,bthd->bsd", grad_s, q)',
            'einsum("bhts,bthd->bshd", grad_s, q)[:, :, 0]',
            "their gradients add up over the heads",
        ),
        (
            'einsum("bthd,bhts->bsd", g, p)',
            'einsum("bthd,bhts->bshd", g, p).mean(2)',
            "grad_v is 0.3333 times",
        ),
        ("s.softmax(dim=-1)", "s.softmax(dim=-2)", "the weights of a query sum to 1"),
        (
            '"bthd,bsd->bhts", q, k) / D_head**0.5',
            '"bthd,bsd->bhts", q, k)',
            "o has the right shape",
        ),
        (SUMMED, "", "look at the slope of softmax"),
        ("grad_s, k) / D_head**0.5", "grad_s, k)", "grad_q is 2 times"),
        ("return o, grad_q, grad_k, grad_v", "return grad_q, grad_k, grad_v", "three gradients"),
    ],
}

RIGHT = {
    "three_specs": [
        lambda: tuple(right.program(spec) for spec in ("ij,j->i", "ij,k->i", "ii,i->")),
        lambda: [tuple(torch.tensor(part) for part in pair) for pair in (FIRST, SECOND, THIRD)],
        lambda: [list(pair) for pair in (FIRST, SECOND, THIRD)],
    ],
    "scores": [
        sample_by_sample,
        scores_by_sum,
        lambda q, k: (k.transpose(1, 2) @ q.permute(0, 2, 3, 1)).mT,
    ],
    "bilinear": [bilinear_by_autograd, bilinear_by_rule, bilinear_by_products],
    "one_key": [
        one_key_by_autograd,
        one_key_by_copies,
        (SUMMED, " - (g * o).sum(-1).mT[..., None]"),
    ],
}
