"""A sum that is kept in bfloat16 stops growing."""

import torch

if __name__ == "__main__":
    # --8<-- [start:count]
    ones = torch.ones(1000, dtype=torch.bfloat16)  # (1000,)
    total = torch.zeros((), dtype=torch.bfloat16)
    for one in ones:
        total += one
    # --8<-- [end:count]
    together = ones.sum()
    in_float32 = ones.sum(dtype=torch.float32)
    print("one by one ", total.item())
    print("sum()      ", together.item())
    print("in float32 ", in_float32.item())
    one_by_one = total.item()
