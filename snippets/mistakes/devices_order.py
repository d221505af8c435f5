"""The order of a sum decides what is rounded away."""

import torch

if __name__ == "__main__":
    # --8<-- [start:order]
    large, one = torch.tensor(1e8), torch.tensor(1.0)  # (), ()
    first = (large + one) - large
    second = (large - large) + one
    # --8<-- [end:order]
    print("1e8 + 1 - 1e8 =", first.item())
    print("1e8 - 1e8 + 1 =", second.item())
    sums = [first.item(), second.item()]
