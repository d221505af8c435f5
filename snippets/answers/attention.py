"""Answers to the exercises of the derivation of attention."""

import torch


# --8<-- [start:program]
def program(query):
    """Return the output, the numbers in v.grad, and whether k.grad is 0.

    Args:
        query (list[float]): The only query, shape (3,).
    """
    q = torch.tensor([query], dtype=torch.float64)  # (N, D)
    k = torch.eye(3, dtype=torch.float64, requires_grad=True)  # (M, D)
    values = [[1.0], [2.0], [6.0]]
    v = torch.tensor(values, dtype=torch.float64, requires_grad=True)  # (M, E)
    o = torch.nn.functional.scaled_dot_product_attention(q, k, v)  # (N, E)
    o.sum().backward()
    zero = bool((k.grad.abs() < 1e-9).all())
    return o.item(), v.grad.flatten().tolist(), zero


# --8<-- [end:program]


# --8<-- [start:two_queries]
def two_queries():
    """Return what the program gives for [0, 0, 0] and for [0, 100, 0]."""
    return [(3, [1 / 3, 1 / 3, 1 / 3], True), (2, [0, 1, 0], True)]


# --8<-- [end:two_queries]


# --8<-- [start:causal]
def causal(q, k, v, g):
    """Return o and its gradients for q, k and v; query n sees the keys 0 to n only.

    Args:
        q (torch.Tensor): Queries, shape (N, D).
        k (torch.Tensor): Keys, shape (N, D).
        v (torch.Tensor): Values, shape (N, E).
        g (torch.Tensor): The gradient for the output, shape (N, E).
    """
    N, D = q.shape
    hidden = torch.ones(N, N).triu(1) > 0  # (N, N): true above the diagonal
    s = q.mm(k.t()) / D**0.5  # (N, N)
    p = torch.softmax(s.masked_fill(hidden, -torch.inf), dim=1)  # (N, N)
    o = p.mm(v)  # (N, E)

    grad_v = p.t().mm(g)  # (N, E)
    b = g.mm(v.t())  # (N, N): gradient for p
    grad_s = p * (b - (p * b).sum(dim=1, keepdim=True))  # (N, N)
    grad_q = grad_s.mm(k) / D**0.5  # (N, D)
    grad_k = grad_s.t().mm(q) / D**0.5  # (N, D)
    return o, grad_q, grad_k, grad_v


# --8<-- [end:causal]


# --8<-- [start:self_attention]
def self_attention(x, w_q, w_k, w_v, g):
    """Return o, and its gradients in the shapes of x, w_q, w_k and w_v.

    Args:
        x (torch.Tensor): Inputs, shape (N, D_in).
        w_q (torch.Tensor): Makes the queries, shape (D_in, D).
        w_k (torch.Tensor): Makes the keys, shape (D_in, D).
        w_v (torch.Tensor): Makes the values, shape (D_in, E).
        g (torch.Tensor): The gradient for the output, shape (N, E).
    """
    D = w_q.shape[1]
    q, k, v = x.mm(w_q), x.mm(w_k), x.mm(w_v)  # (N, D), (N, D), (N, E)
    p = torch.softmax(q.mm(k.t()) / D**0.5, dim=1)  # (N, N)
    o = p.mm(v)  # (N, E)

    grad_v = p.t().mm(g)  # (N, E)
    b = g.mm(v.t())  # (N, N): gradient for p
    grad_s = p * (b - (p * b).sum(dim=1, keepdim=True))  # (N, N)
    grad_q = grad_s.mm(k) / D**0.5  # (N, D)
    grad_k = grad_s.t().mm(q) / D**0.5  # (N, D)

    grad_x = grad_q.mm(w_q.t()) + grad_k.mm(w_k.t()) + grad_v.mm(w_v.t())  # (N, D_in)
    return o, grad_x, x.t().mm(grad_q), x.t().mm(grad_k), x.t().mm(grad_v)


# --8<-- [end:self_attention]


# --8<-- [start:key_block]
def key_block(q, k_block, v_block, saved, g):
    """Return the gradients for B keys, shape (B, D), and for their values, shape (B, E).

    Args:
        q (torch.Tensor): All queries, shape (N, D).
        k_block (torch.Tensor): Some of the keys, shape (B, D).
        v_block (torch.Tensor): Their values, shape (B, E).
        saved (tuple[torch.Tensor, torch.Tensor]): The output o, shape (N, E), and lse, shape
            (N, 1), the logarithm of the sum of exp(s) over all keys.
        g (torch.Tensor): The gradient for the output, shape (N, E).
    """
    o, lse = saved  # (N, E), (N, 1)
    D = q.shape[1]
    p = (q.mm(k_block.t()) / D**0.5 - lse).exp()  # (N, B): B columns of all the weights
    b = g.mm(v_block.t())  # (N, B): gradient for p
    mean = (o * g).sum(dim=1, keepdim=True)  # (N, 1): over all keys
    grad_s = p * (b - mean)  # (N, B)
    grad_k_block = grad_s.t().mm(q) / D**0.5  # (B, D)
    grad_v_block = p.t().mm(g)  # (B, E)
    return grad_k_block, grad_v_block


# --8<-- [end:key_block]


def leaves(*shapes):
    """Return one leaf tensor of normal numbers for each shape."""
    torch.manual_seed(0)
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]


def compare(names, answers, expected):
    """Print for each name whether an answer is what PyTorch computed."""
    for name, ours, theirs in zip(names, answers, expected, strict=True):
        print(f"{name:6s} {torch.allclose(ours, theirs)}")


@torch.no_grad()
def blocks(q, k, v, g):
    """Return the gradients for k and v, computed two keys at a time."""
    s = q.mm(k.t()) / q.shape[1] ** 0.5  # (N, M)
    lse = s.logsumexp(dim=1, keepdim=True)  # (N, 1)
    o = torch.softmax(s, dim=1).mm(v)  # (N, E)
    pairs = [key_block(q, k[m : m + 2], v[m : m + 2], (o, lse), g) for m in range(0, len(k), 2)]
    return [torch.cat(parts) for parts in zip(*pairs, strict=True)]


def main():
    """Print what the answers give; the parts are those of the page."""
    attend = torch.nn.functional.scaled_dot_product_attention
    for query in ([0.0, 0.0, 0.0], [0.0, 100.0, 0.0]):
        o, grad_v, zero = program(query)
        print(query, round(o, 2), [round(number, 2) for number in grad_v], zero)
    print()

    q, k, v, g = leaves((4, 3), (4, 3), (4, 5), (4, 5))
    o = attend(q, k, v, is_causal=True)  # (N, E)
    o.backward(g)
    answers = causal(*(tensor.detach() for tensor in (q, k, v, g)))
    compare(("o", "grad_q", "grad_k", "grad_v"), answers, (o, q.grad, k.grad, v.grad))
    print()

    tensors = leaves((4, 6), (6, 3), (6, 3), (6, 5), (4, 5))
    x, w_q, w_k, w_v, g = tensors
    o = attend(x.mm(w_q), x.mm(w_k), x.mm(w_v))  # (N, E)
    o.backward(g)
    answers = self_attention(*(tensor.detach() for tensor in tensors))
    compare(("o", "x", "w_q", "w_k", "w_v"), answers, (o, *(leaf.grad for leaf in tensors[:4])))
    print()

    q, k, v, g = leaves((4, 3), (6, 3), (6, 5), (4, 5))
    attend(q, k, v).backward(g)
    compare(("grad_k", "grad_v"), blocks(q, k, v, g), (k.grad, v.grad))


if __name__ == "__main__":
    main()
