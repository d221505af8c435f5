"""grad is for functions that return one number."""
# raises: RuntimeError

import torch
from torch.func import grad


def main():
    """Ask for the gradient of a function of three numbers that returns three."""
    # --8<-- [start:grad]
    x = torch.tensor([0.0, 1.0, 2.0])
    grad(torch.sin)(x)
    # --8<-- [end:grad]


if __name__ == "__main__":
    main()
