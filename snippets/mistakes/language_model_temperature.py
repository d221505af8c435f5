"""A temperature of 0: the scores become infinite, and softmax makes NaN of them."""
# raises: RuntimeError

import torch

if __name__ == "__main__":
    # --8<-- [start:zero]
    scores = torch.tensor([2.0, 1.0, 0.0])  # (V,)
    for temperature in (2, 1, 0.5, 0.1):
        p = (scores / temperature).softmax(dim=0)  # (V,)
        print(temperature, p)
    p = (scores / 0).softmax(dim=0)  # (V,)
    print(0, p)
    torch.multinomial(p, 1)
    # --8<-- [end:zero]
