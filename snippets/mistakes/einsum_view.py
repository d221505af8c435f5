"""view cuts numbers in the order in which they lie in memory: places first, then heads."""

import torch
from torch.nn.functional import scaled_dot_product_attention

T, heads, D_head = 4, 2, 2
seed = 0
dtype = torch.float64


# --8<-- [start:split]
def split(x):
    """Return the heads of (T, D), shape (heads, T, D_head)."""
    return x.view(T, heads, D_head).transpose(0, 1)


def split_wrongly(x):
    """Return numbers of the right shape, (heads, T, D_head)."""
    return x.view(heads, T, D_head)


# --8<-- [end:split]


def leak(split):
    """Return how much the first places change when the last one does, under a causal mask."""
    torch.manual_seed(seed)
    x = torch.randn(T, heads * D_head, dtype=dtype)  # (T, D)
    later = x.clone()
    later[-1] += 1
    outputs = []
    for features in (x, later):
        part = split(features)  # (heads, T, D_head)
        o = scaled_dot_product_attention(part, part, part, is_causal=True)  # (heads, T, D_head)
        outputs.append(o.transpose(0, 1).reshape(T, heads * D_head))  # (T, D)
    return (outputs[1] - outputs[0])[:-1].abs().max().item()


def main():
    """Return the first head of both, and how much each lets through from the last place."""
    x = torch.arange(T * heads * D_head).view(T, heads * D_head)  # (T, D)
    first = {name: cut(x)[0].tolist() for name, cut in (("right", split), ("wrong", split_wrongly))}
    leaks = {"right": leak(split), "wrong": leak(split_wrongly)}
    for name, numbers in first.items():
        print(f"{name}: {numbers}   leaks {leaks[name]:.2f}")
    return x.tolist(), first, leaks


if __name__ == "__main__":
    x, first, leaks = main()
