"""Softmax with cross-entropy: (P - Y) / N, as long as each row of Y sums to 1."""

import torch

N, C = 5, 3
seed = 0
dtype = torch.float64


def difference(y):
    """Return the largest difference between (P - Y) / N and autograd.

    Args:
        y (torch.Tensor): Target weights, shape (N, C).

    Returns:
        largest (float): 0 up to rounding where the formula holds.
    """
    torch.manual_seed(seed)
    z = torch.randn(N, C, dtype=dtype, requires_grad=True)  # (N, C)
    # --8<-- [start:formula]
    loss = -(y * torch.log_softmax(z, dim=1)).sum() / N
    loss.backward()
    p = torch.softmax(z.detach(), dim=1)  # (N, C)
    grad_z = (p - y) / N  # (N, C)
    # --8<-- [end:formula]
    return (grad_z - z.grad).abs().max().item()


if __name__ == "__main__":
    one_hot = torch.eye(C, dtype=dtype)[[0, 2, 1, 1, 0]]  # (N, C), rows sum to 1
    right = difference(one_hot)
    wrong = difference(2 * one_hot)
    print(f"rows of Y sum to 1:  {right:.1e}")
    print(f"rows of Y sum to 2:  {wrong:.1e}")
