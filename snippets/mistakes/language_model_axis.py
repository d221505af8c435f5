"""Softmax along the wrong axis: no error, and the future leaks into the weights."""

import torch

L = 4
seed = 0

if __name__ == "__main__":
    torch.manual_seed(seed)
    # --8<-- [start:axes]
    hidden = torch.ones(L, L).triu(1) > 0  # (L, L)
    s = torch.randn(L, L).masked_fill(hidden, -torch.inf)  # (L, L): row: query, column: key
    right = s.softmax(dim=-1)  # (L, L)
    wrong = s.softmax(dim=-2)  # (L, L)

    s[3, 0] += 1  # the last query changes; the first must not notice
    changed = [s.softmax(dim=dim) for dim in (-1, -2)]
    # --8<-- [end:axes]
    found = {}
    for name, before, after in zip(("dim=-1", "dim=-2"), (right, wrong), changed, strict=True):
        sums, first = before.sum(dim=1), (after - before)[0].abs().max().item()
        found[name] = [sums.tolist(), first]
        print(f"{name}: rows sum to {[round(total, 2) for total in sums.tolist()]}")
        print(f"        the first row changes by {first:.2f}")
