"""Convolution in one dimension as a product with a matrix, and its gradients."""

import torch
from torch.nn.functional import conv1d, conv_transpose1d, pad

N, K = 5, 3
seed = 0
dtype = torch.float64


# --8<-- [start:windows]
def windows(N, K, stride, padding):
    """Return M matrices of shape (K, N); number i cuts out window i."""
    starts = range(-padding, N + padding - K + 1, stride)
    taps, places = torch.arange(K)[:, None], torch.arange(N)  # (K, 1), (N,)
    return [(start + taps == places).to(dtype) for start in starts]


# --8<-- [end:windows]


def other_ways(g, w, stride, padding):
    """Return gradients for the input (N,) made of g (M,) and w (K,), right ones and a wrong one."""
    g, w = g[None, None], w[None, None]  # (1, 1, M), (1, 1, K)
    # --8<-- [start:transpose]
    by_transpose = conv_transpose1d(g, w, stride=stride, padding=padding)  # (1, 1, N)
    # --8<-- [end:transpose]
    if stride > 1:
        return {"x, transposed": by_transpose[0, 0]}
    # --8<-- [start:flip]
    padded = pad(g, (K - 1, K - 1))  # (1, 1, N + K - 1)
    by_flip = conv1d(padded, w.flip(2))  # (1, 1, N)
    not_flipped = conv1d(padded, w)  # (1, 1, N)
    # --8<-- [end:flip]
    return {
        "x, transposed": by_transpose[0, 0],
        "x, flipped": by_flip[0, 0],
        "x, not flipped": not_flipped[0, 0],
    }


def convolve(stride, padding):
    """Print the matrix and compare gradients; return both and the size of the output.

    Args:
        stride (int): How far it is from one window to the next.
        padding (int): How many zeros are put before the first number and behind the last.
    """
    torch.manual_seed(seed)
    x = torch.randn(N, dtype=dtype, requires_grad=True)  # (N,)
    w = torch.tensor([1, 2, 3], dtype=dtype, requires_grad=True)  # (K,)
    b = torch.randn((), dtype=dtype, requires_grad=True)  # ()
    y = conv1d(x[None, None], w[None, None], b[None], stride, padding)[0, 0]  # (M,)
    M = len(y)
    target = torch.randn(M, dtype=dtype)  # (M,)
    loss = (y - target).pow(2).sum()
    exact = torch.autograd.grad(loss, (x, w, b))

    with torch.no_grad():
        # --8<-- [start:formulas]
        cuts = windows(N, K, stride, padding)  # M of shape (K, N)
        u = torch.stack([s @ x for s in cuts], dim=1)  # (K, M): windows as columns
        t = torch.stack([w @ s for s in cuts])  # (M, N): the matrix
        y_by_matrix = t @ x + b  # (M,)

        g = 2 * (y - target)  # (M,): gradient for the output
        grad_x = t.T @ g  # (N,)
        grad_w = u @ g  # (K,)
        grad_b = g.sum()  # ()
        # --8<-- [end:formulas]
    differences = {
        "y": y_by_matrix - y,
        "x": grad_x - exact[0],
        "w": grad_w - exact[1],
        "b": grad_b - exact[2],
    }
    for name, gradient in other_ways(g, w.detach(), stride, padding).items():
        differences[name] = gradient - exact[0]
    for row in t.int().tolist():
        print(*row)
    print()
    largest = {name: error.abs().max().item() for name, error in differences.items()}
    for name, value in largest.items():
        print(f"{name:15s} {value:.0e}")
    return t.tolist(), largest, M


def main():
    """Return what `convolve` returns, without and with stride and padding."""
    plain = convolve(stride=1, padding=0)
    print()
    return plain, convolve(stride=2, padding=1)


if __name__ == "__main__":
    plain, strided = main()
