"""Answers to the exercises of the page on einsum and several heads."""

import torch
from torch import einsum
from torch.nn.functional import scaled_dot_product_attention

seed = 0
double = torch.float64


# --8<-- [start:program]
def program(spec):
    """Return the result and u.grad, as lists of numbers."""
    u = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)  # (2, 2)
    v = torch.tensor([10.0, 20.0])  # (2,)
    r = torch.einsum(spec, u, v)
    r.sum().backward()
    return r.tolist(), u.grad.tolist()


# --8<-- [end:program]


# --8<-- [start:three_specs]
def three_specs():
    """Return what the program gives for "ij,j->i", "ij,k->i" and "ii,i->"."""
    return [
        ([50, 110], [[10, 20], [10, 20]]),
        ([90, 210], [[30, 30], [30, 30]]),
        (90, [[10, 0], [0, 20]]),
    ]


# --8<-- [end:three_specs]


# --8<-- [start:scores]
def scores(q, k):
    """Return `einsum("bthd,bshd->bhts", q, k)` without einsum.

    Args:
        q (torch.Tensor): Queries, shape (B, T, heads, D_head).
        k (torch.Tensor): Keys, shape (B, S, heads, D_head).
    """
    return q.transpose(1, 2) @ k.permute(0, 2, 3, 1)  # (B, heads, T, S)


# --8<-- [end:scores]


# --8<-- [start:bilinear]
def bilinear(g, x1, w, x2):
    """Return the gradients for x1, w and x2 of `einsum("ni,kij,nj->nk", x1, w, x2)`.

    Args:
        g (torch.Tensor): The gradient for the output, shape (N, K).
        x1 (torch.Tensor): The first input, shape (N, I).
        w (torch.Tensor): The weights, shape (K, I, J).
        x2 (torch.Tensor): The second input, shape (N, J).
    """
    grad_x1 = einsum("nk,kij,nj->ni", g, w, x2)  # (N, I)
    grad_w = einsum("nk,ni,nj->kij", g, x1, x2)  # (K, I, J)
    grad_x2 = einsum("nk,ni,kij->nj", g, x1, w)  # (N, J)
    return grad_x1, grad_w, grad_x2


# --8<-- [end:bilinear]


# --8<-- [start:one_key]
def one_key(q, k, v, g):
    """Return o and the gradients for q, k and v; all heads share the keys and the values.

    Args:
        q (torch.Tensor): Queries, shape (B, T, heads, D_head).
        k (torch.Tensor): Keys, shape (B, S, D_head).
        v (torch.Tensor): Values, shape (B, S, D_head).
        g (torch.Tensor): The gradient for the output, shape (B, T, heads, D_head).
    """
    D_head = q.shape[-1]
    s = einsum("bthd,bsd->bhts", q, k) / D_head**0.5  # (B, heads, T, S)
    p = s.softmax(dim=-1)  # (B, heads, T, S)
    o = einsum("bhts,bsd->bthd", p, v)  # (B, T, heads, D_head)

    grad_v = einsum("bthd,bhts->bsd", g, p)  # (B, S, D_head): summed over the heads
    grad_p = einsum("bthd,bsd->bhts", g, v)  # (B, heads, T, S)
    grad_s = p * (grad_p - (p * grad_p).sum(dim=-1, keepdim=True))  # (B, heads, T, S)
    grad_q = einsum("bhts,bsd->bthd", grad_s, k) / D_head**0.5  # (B, T, heads, D_head)
    grad_k = einsum("bhts,bthd->bsd", grad_s, q) / D_head**0.5  # (B, S, D_head)
    return o, grad_q, grad_k, grad_v


# --8<-- [end:one_key]


def leaves(*shapes):
    """Return one leaf tensor of normal numbers for each shape."""
    torch.manual_seed(seed)
    return [torch.randn(shape, dtype=double, requires_grad=True) for shape in shapes]


def compare(names, answers, expected):
    """Print for each name whether an answer is what PyTorch computed."""
    for name, ours, theirs in zip(names, answers, expected, strict=True):
        print(f"{name:8s}{torch.allclose(ours, theirs)}")


def main():
    """Print what the answers give; the parts are those of the page."""
    for spec in ("ij,j->i", "ij,k->i", "ii,i->"):
        print(f"{spec:8s}", *program(spec))
    print()

    q, k = leaves((2, 5, 3, 4), (2, 6, 3, 4))
    compare(["scores"], [scores(q, k)], [einsum("bthd,bshd->bhts", q, k)])
    print()

    tensors = leaves((7, 5), (7, 4), (7, 3))
    x1, x2, g = tensors
    layer = torch.nn.Bilinear(5, 4, 3, bias=False, dtype=double)  # (N, 5), (N, 4) -> (N, 3)
    layer(x1, x2).backward(g)
    with torch.no_grad():
        answers = bilinear(g, x1, layer.weight, x2)
    compare(["x1", "w", "x2"], answers, [x1.grad, layer.weight.grad, x2.grad])
    print()

    q, k, v, g = leaves((2, 5, 3, 4), (2, 6, 4), (2, 6, 4), (2, 5, 3, 4))
    o = scaled_dot_product_attention(q.transpose(1, 2), k[:, None], v[:, None])  # (B, heads, T, ·)
    o.transpose(1, 2).backward(g)
    with torch.no_grad():
        answers = one_key(q, k, v, g)
    names = ["o", "grad_q", "grad_k", "grad_v"]
    compare(names, answers, [o.transpose(1, 2), q.grad, k.grad, v.grad])


if __name__ == "__main__":
    main()
