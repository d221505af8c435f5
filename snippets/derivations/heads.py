"""Several heads of attention in einsum, forward and backward, beside PyTorch's."""

import torch
from torch import einsum
from torch.nn.functional import scaled_dot_product_attention

B, T, heads, D_head = 2, 5, 3, 4  # samples, places, heads, features of a head
D = heads * D_head  # features of a place
seed = 0
dtype = torch.float64


def forward(x, w_q, w_k, w_v, w_o):
    """Return queries, keys, values, weights and results of the heads, and the output.

    Args:
        x (torch.Tensor): The features of each place, shape (B, T, D).
        w_q (torch.Tensor): Makes the queries, shape (D, heads, D_head).
        w_k (torch.Tensor): Makes the keys, the same shape.
        w_v (torch.Tensor): Makes the values, the same shape.
        w_o (torch.Tensor): Mixes what the heads found, shape (heads, D_head, D).
    """
    # --8<-- [start:forward]
    q = einsum("btf,fhd->bthd", x, w_q)  # (B, T, heads, D_head)
    k = einsum("bsf,fhd->bshd", x, w_k)  # (B, T, heads, D_head)
    v = einsum("bsf,fhd->bshd", x, w_v)  # (B, T, heads, D_head)
    s = einsum("bthd,bshd->bhts", q, k) / D_head**0.5  # (B, heads, T, T)
    p = s.softmax(dim=-1)  # (B, heads, T, T)
    o = einsum("bhts,bshd->bthd", p, v)  # (B, T, heads, D_head)
    y = einsum("bthd,hdf->btf", o, w_o)  # (B, T, D)
    # --8<-- [end:forward]
    return q, k, v, p, o, y


def backward(g, x, weights, kept):
    """Return the gradients for x and the four weights.

    Args:
        g (torch.Tensor): The gradient for the output, shape (B, T, D).
        x (torch.Tensor): The features of each place, shape (B, T, D).
        weights (Sequence[torch.Tensor]): Those of `forward`, in its order.
        kept (tuple[torch.Tensor, ...]): What `forward` returned, without the output.
    """
    w_q, w_k, w_v, w_o = weights
    q, k, v, p, o = kept
    # --8<-- [start:backward]
    grad_w_o = einsum("btf,bthd->hdf", g, o)  # (heads, D_head, D)
    grad_o = einsum("btf,hdf->bthd", g, w_o)  # (B, T, heads, D_head)

    grad_v = einsum("bthd,bhts->bshd", grad_o, p)  # (B, T, heads, D_head)
    grad_p = einsum("bthd,bshd->bhts", grad_o, v)  # (B, heads, T, T)
    grad_s = p * (grad_p - (p * grad_p).sum(dim=-1, keepdim=True))  # (B, heads, T, T)
    grad_q = einsum("bhts,bshd->bthd", grad_s, k) / D_head**0.5  # (B, T, heads, D_head)
    grad_k = einsum("bhts,bthd->bshd", grad_s, q) / D_head**0.5  # (B, T, heads, D_head)

    grad_w_q = einsum("bthd,btf->fhd", grad_q, x)  # (D, heads, D_head)
    grad_w_k = einsum("bshd,bsf->fhd", grad_k, x)  # (D, heads, D_head)
    grad_w_v = einsum("bshd,bsf->fhd", grad_v, x)  # (D, heads, D_head)
    grad_x = (
        einsum("bthd,fhd->btf", grad_q, w_q)
        + einsum("bshd,fhd->bsf", grad_k, w_k)
        + einsum("bshd,fhd->bsf", grad_v, w_v)
    )  # (B, T, D)
    # --8<-- [end:backward]
    return grad_x, grad_w_q, grad_w_k, grad_w_v, grad_w_o


def by_reshape(x, weights):
    """Return the output as lesson 14 computes it: the heads are cut out of (B, T, D)."""
    w_q, w_k, w_v, w_o = weights

    # --8<-- [start:reshape]
    def split(w):
        flat = x @ w.reshape(D, D)  # (B, T, D)
        return flat.reshape(B, T, heads, D_head).transpose(1, 2)  # (B, heads, T, D_head)

    o = scaled_dot_product_attention(split(w_q), split(w_k), split(w_v))  # (B, heads, T, D_head)
    y = o.transpose(1, 2).reshape(B, T, D) @ w_o.reshape(D, D)  # (B, T, D)
    # --8<-- [end:reshape]
    return y


# --8<-- [start:module]
def packed(w_q, w_k, w_v):
    """Return weights or gradients of shape (D, heads, D_head) as the module stores them."""
    return torch.cat([w.reshape(D, D).T for w in (w_q, w_k, w_v)])  # (3 D, D)


def make_module(w_q, w_k, w_v, w_o):
    """Return a MultiheadAttention with these weights."""
    module = torch.nn.MultiheadAttention(D, heads, bias=False, batch_first=True, dtype=dtype)
    with torch.no_grad():
        module.in_proj_weight.copy_(packed(w_q, w_k, w_v))
        module.out_proj.weight.copy_(w_o.reshape(D, D).T)
    return module


# --8<-- [end:module]


def main():
    """Return the largest differences from PyTorch."""
    torch.manual_seed(seed)
    x = torch.randn(B, T, D, dtype=dtype, requires_grad=True)  # (B, T, D)
    shapes = [(D, heads, D_head)] * 3 + [(heads, D_head, D)]
    weights = [(torch.randn(shape, dtype=dtype) / D**0.5).requires_grad_() for shape in shapes]
    target = torch.randn(B, T, D, dtype=dtype)  # (B, T, D)

    *kept, y = forward(x, *weights)
    exact = torch.autograd.grad((y - target).pow(2).sum(), (x, *weights))
    module = make_module(*weights)
    by_module = module(x, x, x, need_weights=False)[0]  # (B, T, D)
    (by_module - target).pow(2).sum().backward()
    with torch.no_grad():
        ours = backward(2 * (y - target), x, weights, kept)
        differences = {"y, by reshape": by_reshape(x, weights) - y, "y, module": by_module - y}
        for name, gradient, theirs in zip(
            ("x", "w_q", "w_k", "w_v", "w_o"), ours, exact, strict=True
        ):
            differences[f"grad_{name}"] = gradient - theirs
        differences["in_proj_weight.grad"] = packed(*ours[1:4]) - module.in_proj_weight.grad
        differences["out_proj.weight.grad"] = ours[4].reshape(D, D).T - module.out_proj.weight.grad
    largest = {name: error.abs().max().item() for name, error in differences.items()}
    for name, value in largest.items():
        print(f"{name:21s} {value:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
