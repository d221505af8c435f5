"""How much of a gradient arrives at the input, with and without skip connections."""

import torch

N, D = 8, 20
seed = 0
dtype = torch.float64


def arrives(weights, x, grad, skip):
    """Return the norm of the gradient for x, relative to the gradient for the last output.

    Args:
        weights (list[torch.Tensor]): One for each layer, shape (D, D).
        x (torch.Tensor): Inputs, shape (N, D).
        grad (torch.Tensor): The gradient for the last output, shape (N, D).
        skip (bool): Whether each layer adds its input to its output.
    """
    a, slopes = x, []
    for w in weights:
        out = torch.tanh(a @ w)  # (N, D)
        slopes.append(1 - out**2)  # (N, D)
        a = out + a if skip else out  # (N, D)
    grad_a = grad  # (N, D)
    for w, slope in zip(reversed(weights), reversed(slopes), strict=True):
        # --8<-- [start:backward]
        through = (grad_a * slope) @ w.T  # (N, D): back through the layer
        grad_a = through + grad_a if skip else through  # (N, D)
        # --8<-- [end:backward]
    return (grad_a.norm() / grad.norm()).item()


def main():
    """Return the norms by number of layers, without and with skip connections."""
    torch.manual_seed(seed)
    x, grad = torch.randn(2, N, D, dtype=dtype)  # (N, D), (N, D)
    weights = [0.5 * torch.randn(D, D, dtype=dtype) / D**0.5 for _ in range(30)]
    found = {}
    print("layers  without     with")
    for depth in (1, 10, 20, 30):
        used = weights[:depth]
        found[depth] = arrives(used, x, grad, skip=False), arrives(used, x, grad, skip=True)
        print(f"{depth:6d}  {found[depth][0]:7.0e}  {found[depth][1]:7.2g}")
    return found


if __name__ == "__main__":
    found = main()
