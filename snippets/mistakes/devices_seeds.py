"""Python, numpy and torch each have a generator of their own, and each needs its seed."""

import random

import numpy as np
import torch

seed = 0

if __name__ == "__main__":
    # --8<-- [start:seeds]
    first, second = {}, {}
    for numbers in (first, second):
        torch.manual_seed(seed)
        numbers["random"] = random.random()
        numbers["numpy"] = np.random.rand()
        numbers["torch"] = torch.rand(()).item()
    # --8<-- [end:seeds]
    same = {name: first[name] == second[name] for name in first}
    for name, equal in same.items():
        print(f"{name:6s} the same number twice: {equal}")
    print()
    # --8<-- [start:generator]
    draws = []
    for between in (0, 1):
        generator = torch.Generator().manual_seed(seed)
        torch.rand(between)  # somebody else draws, or does not
        own = torch.rand(3, generator=generator)  # (3,)
        draws.append(own)
    # --8<-- [end:generator]
    undisturbed = draws[0].equal(draws[1])
    print("own generator, undisturbed:", undisturbed)
