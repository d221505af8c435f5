"""Answers to the exercises of the derivation page, each beside autograd."""

import torch

N, D_in, H, D_out = 6, 5, 4, 3
seed = 0
dtype = torch.float64
decay = 0.1


def largest_difference(ours, theirs):
    """Return the largest difference between two tensors of one shape."""
    return (ours - theirs).abs().max().item()


def main():
    """Return the largest difference from autograd for each exercise."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, dtype=dtype, requires_grad=True)  # (N, D_in)
    y = torch.randn(N, D_out, dtype=dtype)  # (N, D_out)
    w1 = torch.randn(D_in, H, dtype=dtype, requires_grad=True)  # (D_in, H)
    w2 = torch.randn(H, D_out, dtype=dtype, requires_grad=True)  # (H, D_out)
    w_mid = torch.randn(H, H, dtype=dtype, requires_grad=True)  # (H, H)
    differences = {}

    # --8<-- [start:input]
    h = x.mm(w1)  # (N, H)
    e = h.clamp(min=0).mm(w2) - y  # (N, D_out)
    grad_h = (2 * e).mm(w2.t()) * (h > 0)  # (N, H)
    grad_x = grad_h.mm(w1.t())  # (N, D_in)
    # --8<-- [end:input]
    loss = e.pow(2).sum()
    (exact,) = torch.autograd.grad(loss, x, retain_graph=True)
    differences["input"] = largest_difference(grad_x, exact)

    # --8<-- [start:penalty]
    grad_w1 = x.t().mm(grad_h) + 2 * decay * w1  # (D_in, H)
    # --8<-- [end:penalty]
    (exact,) = torch.autograd.grad(loss + decay * w1.pow(2).sum(), w1)
    differences["penalty"] = largest_difference(grad_w1, exact)

    # --8<-- [start:three]
    h1 = x.mm(w1)  # (N, H)
    a1 = h1.clamp(min=0)  # (N, H)
    h2 = a1.mm(w_mid)  # (N, H)
    e = h2.clamp(min=0).mm(w2) - y  # (N, D_out)
    grad_h2 = (2 * e).mm(w2.t()) * (h2 > 0)  # (N, H)
    grad_w_mid = a1.t().mm(grad_h2)  # (H, H)
    grad_h1 = grad_h2.mm(w_mid.t()) * (h1 > 0)  # (N, H)
    grad_w1 = x.t().mm(grad_h1)  # (D_in, H)
    # --8<-- [end:three]
    exact_mid, exact_w1 = torch.autograd.grad(e.pow(2).sum(), [w_mid, w1])
    differences["three layers"] = max(
        largest_difference(grad_w_mid, exact_mid), largest_difference(grad_w1, exact_w1)
    )

    # --8<-- [start:mean]
    h = x.mm(w1)  # (N, H)
    e = h.clamp(min=0).mm(w2) - y  # (N, D_out)
    grad_w2 = h.clamp(min=0).t().mm(2 * e / (N * D_out))  # (H, D_out)
    # --8<-- [end:mean]
    (exact,) = torch.autograd.grad(e.pow(2).mean(), w2)
    differences["mean"] = largest_difference(grad_w2, exact)

    for name, value in differences.items():
        print(f"{name:13s} {value:.1e}")
    return differences


if __name__ == "__main__":
    differences = main()
