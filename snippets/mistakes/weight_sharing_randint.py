"""randint(0, 3) of Python includes 3, that of torch does not; each has its own seed."""

import random

import torch


def main():
    """Return the values that each function draws, and whether torch's seed binds random."""
    # --8<-- [start:draw]
    torch.manual_seed(0)
    random.seed(0)
    from_python = sorted({random.randint(0, 3) for _ in range(1000)})
    from_torch = sorted({int(torch.randint(0, 3, ())) for _ in range(1000)})
    up_to_4 = sorted({int(torch.randint(0, 4, ())) for _ in range(1000)})
    state = random.getstate()
    torch.manual_seed(0)
    unchanged = random.getstate() == state
    # --8<-- [end:draw]
    print("random.randint(0, 3):   ", from_python)
    print("torch.randint(0, 3, ()):", from_torch)
    print("torch.randint(0, 4, ()):", up_to_4)
    print("torch.manual_seed left random as it was:", unchanged)
    return from_python, from_torch, unchanged


if __name__ == "__main__":
    from_torch = str(main()[1])
