"""t() transposes matrices only; .mT transposes the last two dimensions of a stack."""
# raises: RuntimeError

import torch


def main():
    """Transpose a stack of matrices, first the way that works."""
    stack = torch.zeros(2, 3, 4)
    print(tuple(stack.mT.shape))
    return stack.t()


if __name__ == "__main__":
    main()
