"""The 2x2 case of the derivation, written with sums only, beside autograd."""

import torch

seed = 0
dtype = torch.float64


def grad_w1_by_sums(x, y, w1, w2):
    """Compute the gradient for w1 entry by entry.

    Args:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H).
        w2 (torch.Tensor): Second weights, shape (H, D_out).

    Returns:
        grad_w1 (torch.Tensor): Shape (D_in, H).
    """
    h = x.mm(w1)  # (N, H)
    e = h.clamp(min=0).mm(w2) - y  # (N, D_out)
    # --8<-- [start:sums]
    grad_w1 = torch.zeros_like(w1)  # (D_in, H)
    for i in range(w1.shape[0]):
        for j in range(w1.shape[1]):
            for n in range(x.shape[0]):
                if h[n, j] > 0:
                    for k in range(w2.shape[1]):
                        grad_w1[i, j] += 2 * e[n, k] * w2[j, k] * x[n, i]
    # --8<-- [end:sums]
    return grad_w1


def main():
    """Return the largest difference from autograd's gradient."""
    torch.manual_seed(seed)
    x, y, w1, w2 = (torch.randn(2, 2, dtype=dtype) for _ in range(4))
    w1.requires_grad_()
    loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
    loss.backward()
    by_sums = grad_w1_by_sums(x, y, w1.detach(), w2)
    difference = (by_sums - w1.grad).abs().max().item()
    print(f"largest difference from autograd: {difference:.1e}")
    return difference


if __name__ == "__main__":
    difference = main()
