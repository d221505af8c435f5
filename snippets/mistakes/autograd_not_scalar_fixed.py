"""One number as the loss; or, for several, the gradient to begin with."""

import torch


def main():
    """Print the gradient of the sum, and the same with a gradient of ones for each error."""
    # --8<-- [start:sum]
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    ((3 * w - 1) ** 2).sum().backward()
    # --8<-- [end:sum]
    print("sum()         ", w.grad)
    of_sum = w.grad.clone()
    w.grad = None
    # --8<-- [start:ones]
    ((3 * w - 1) ** 2).backward(gradient=torch.ones(2))
    # --8<-- [end:ones]
    print("gradient=ones ", w.grad)
    return of_sum.tolist(), w.grad.tolist()


if __name__ == "__main__":
    main()
