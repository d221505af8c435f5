"""The gradients of scaled dot-product attention, by formula and by autograd."""

import torch

N, M, D, E = 4, 6, 3, 5  # queries, keys, features of both, features of the values
seed = 0
dtype = torch.float64


def main():
    """Return the largest difference from autograd for each gradient."""
    torch.manual_seed(seed)
    q = torch.randn(N, D, dtype=dtype, requires_grad=True)  # (N, D)
    k = torch.randn(M, D, dtype=dtype, requires_grad=True)  # (M, D)
    v = torch.randn(M, E, dtype=dtype, requires_grad=True)  # (M, E)
    target = torch.randn(N, E, dtype=dtype)  # (N, E)
    o = torch.nn.functional.scaled_dot_product_attention(q, k, v)  # (N, E)
    (o - target).pow(2).sum().backward()

    # --8<-- [start:formulas]
    with torch.no_grad():
        g = 2 * (o - target)  # (N, E): gradient for the output
        p = torch.softmax(q.mm(k.t()) / D**0.5, dim=1)  # (N, M)

        grad_v = p.t().mm(g)  # (M, E)
        b = g.mm(v.t())  # (N, M): gradient for p
        grad_s = p * (b - (p * b).sum(dim=1, keepdim=True))  # (N, M)
        grad_q = grad_s.mm(k) / D**0.5  # (N, D)
        grad_k = grad_s.t().mm(q) / D**0.5  # (M, D)
    # --8<-- [end:formulas]
    differences = {"v": grad_v - v.grad, "q": grad_q - q.grad, "k": grad_k - k.grad}
    largest = {name: error.abs().max().item() for name, error in differences.items()}
    for name, value in largest.items():
        print(f"{name} {value:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
