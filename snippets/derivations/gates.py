"""What each gate of a network does to a gradient, beside autograd."""

import torch

P, Q, R = 4, 3, 5
seed = 0
dtype = torch.float64


def main():
    """Return for each gate the largest difference from autograd."""
    torch.manual_seed(seed)
    u = torch.randn(P, Q, dtype=dtype, requires_grad=True)  # (P, Q)
    v = torch.randn(P, Q, dtype=dtype, requires_grad=True)  # (P, Q)
    w = torch.randn(Q, R, dtype=dtype, requires_grad=True)  # (Q, R)
    g = torch.randn(P, Q, dtype=dtype)  # (P, Q): the gradient for what a gate puts out
    g_wide = torch.randn(P, R, dtype=dtype)  # (P, R): the same for the matrix product
    forward = {
        "add": (u + v, g, (u, v)),
        "copy": (torch.stack([u, u]), torch.stack([g, 2 * g]), (u,)),
        "multiply": (u * v, g, (u, v)),
        "tanh": (torch.tanh(u), g, (u,)),
        "matmul": (u @ w, g_wide, (u, w)),
        "maximum": (torch.maximum(u, v), g, (u, v)),
    }
    with torch.no_grad():
        # --8<-- [start:backward]
        backward = {
            "add": (g, g),
            "copy": (g + 2 * g,),  # the copies got g and 2 * g
            "multiply": (g * v, g * u),
            "tanh": (g * (1 - torch.tanh(u) ** 2),),
            "matmul": (g_wide @ w.T, u.T @ g_wide),
            "maximum": (g * (u > v), g * (v > u)),
        }
        # --8<-- [end:backward]
    largest = {}
    for name, (result, g, operands) in forward.items():
        exact = torch.autograd.grad(result, operands, g)
        pairs = zip(backward[name], exact, strict=True)
        largest[name] = max((ours - theirs).abs().max().item() for ours, theirs in pairs)
        print(f"{name:8s} {largest[name]:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
