"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch
from torch.nn.functional import conv1d, conv2d, conv_transpose1d, conv_transpose2d

from snippets.answers import convolution as right


def by_columns(w, N, stride, padding):
    units = torch.eye(N, dtype=w.dtype)[:, None]
    return conv1d(units, w[None, None], stride=stride, padding=padding)[:, 0].T


def by_padded_rows(w, N, stride, padding):
    wide = torch.zeros(N + 2 * padding, N + 2 * padding - len(w) + 1, dtype=w.dtype).T
    for i, row in enumerate(wide):
        row[i : i + len(w)] = w
    return wide[::stride, padding : padding + N]


def by_diagonals(w, N, stride, padding):
    square = sum(
        weight * torch.diag(torch.ones(N + 2 * padding - k, dtype=w.dtype), k)
        for k, weight in enumerate(w)
    )
    M = (N + 2 * padding - len(w)) // stride + 1
    return square[::stride][:M, padding : padding + N]


def by_stamps(g, weight):
    (B, _, M), (_, C, K) = g.shape, weight.shape
    grad = torch.zeros(B, C, M + K - 1, dtype=g.dtype)
    for m in range(M):
        grad[:, :, m : m + K] += torch.einsum("bf,fck->bck", g[:, :, m], weight)
    return grad


def input_by_autograd(g, weight):
    B, C, N = len(g), weight.shape[1], g.shape[2] + weight.shape[2] - 1
    x = torch.zeros(B, C, N, dtype=g.dtype, requires_grad=True)
    return torch.autograd.grad(conv1d(x, weight), x, g)[0]


def backward_by_autograd(g, x, weight, padding):
    leaves = [x, weight, torch.zeros(len(weight), dtype=x.dtype)]
    for leaf in leaves:
        leaf.requires_grad_()
    return torch.autograd.grad(conv2d(*leaves, padding=padding), leaves, g)


def backward_by_transpose(g, x, weight, padding):
    grad_x = conv_transpose2d(g, weight, padding=padding)
    grad_weight = conv2d(x.transpose(0, 1), g.transpose(0, 1), padding=padding).transpose(0, 1)
    return grad_x, grad_weight, g.sum((0, 2, 3))


def unpadded(g, x, weight, padding):
    inner = right.conv2d_backward(g, x, weight, padding)
    return inner[0] * 0 + conv_transpose2d(g, weight.flip(2, 3), padding=padding), *inner[1:]


Y, X, W = [-2, -2], [1, 1, -1, -1], [3, 5, 7]
WRONG = {
    "four_numbers": [
        (lambda: ([2, 2], X, W), "does not flip the kernel"),
        (lambda: ([1, 2, -2, -2], X, W), "y has 4 numbers, it should have 2"),
        (lambda: ([-2, -3], X, W), "entry by entry"),
        (lambda: (Y, [1, 0, -1, 0], W), "windows overlap"),
        (lambda: (Y, [1, 1, 1, 1], W), "windows overlap"),
        (lambda: (Y, [1, 0, -1], W), "x.grad has 3 numbers"),
        (lambda: (Y, X, [1, 2, 3]), "add the windows up"),
        (lambda: (Y, X, [10, 10, 10]), "add the windows up"),
        (lambda: (Y, X), "y, x.grad and w.grad"),
    ],
    "matrix": [
        (lambda w, N, s, p: by_columns(w.flip(0), N, s, p), "the kernel is flipped"),
        (lambda w, N, s, p: by_columns(w, N, s, p).T, "has the shape (5, 3)"),
        (lambda w, N, s, p: by_columns(w, N, 1, p), "has the shape (4, 6), it should be (2, 6)"),
        (lambda w, N, s, p: by_columns(w, N, s, 0), "has the shape (4, 6), it should be (8, 6)"),
        ("- len(w) + 1, stride", ", stride", "has the shape (5, 5)"),
        ("if 0 <= start + k < N", "if start >= 0 and start + k < N", "hangs over the edge"),
        ("if 0 <= start + k < N", "if start + k < N", "hangs over the edge"),
        ("return torch.stack(rows)", "return rows", "is not a tensor"),
    ],
    "input_gradient": [
        ("weight.flip(2).transpose", "weight.transpose", "is not flipped"),
        ("weight.flip(2).transpose", "weight.flip(0, 2).transpose", "its last axis alone"),
        ("(K - 1, K - 1)", "(2 * (K - 1), 0)", "padding on both sides"),
        ("(K - 1, K - 1)", "(K, K)", "has the shape (2, 3, 11), it should be (2, 3, 9)"),
        ("(K - 1, K - 1)", "(g.shape[2], g.shape[2])", "has the shape (2, 3, 11)"),
        ("(K - 1, K - 1)", "(len(weight), len(weight))", "has the shape (2, 3, 5)"),
        ("return conv1d(pad(g, (K - 1, K - 1)), kernels)", "return kernels", "has the shape"),
        ("return conv1d(", "conv1d(", "is not a tensor"),
    ],
    "conv2d_backward": [
        ("(g @ u.mT).sum(dim=0)", "(g @ u.mT).mean(dim=0)", "which axis do you sum over"),
        ("(g @ u.mT).sum(dim=0)", "(g @ u.mT)[0]", "grad_weight (padding = 0)"),
        ("g.sum(dim=(0, 2))", "g.sum(dim=2)[0]", "the copies add up"),
        ("g.sum(dim=(0, 2))", "g.mean(dim=(0, 2))", "the copies add up"),
        ("g.sum(dim=(0, 2))", "g.sum(dim=2)", "grad_bias (padding = 0) has the shape (2, 4)"),
        (unpadded, "fold these"),
        (".reshape(weight.shape)  #", "  #", "grad_weight (padding = 0) has the shape (4, 27)"),
        ("return grad_x, grad_weight, grad_bias", "return grad_x, grad_weight", "three gradients"),
    ],
}

RIGHT = {
    "four_numbers": [
        lambda: [torch.tensor(part) for part in (Y, X, W)],
        lambda: ([[[-2.0, -2.0]]], [[[1.0, 1.0, -1.0, -1.0]]], [[[3.0, 5.0, 7.0]]]),
        lambda: tuple(part.detach() for part in right.program()),
    ],
    "matrix": [by_columns, by_padded_rows, by_diagonals],
    "input_gradient": [conv_transpose1d, by_stamps, input_by_autograd],
    "conv2d_backward": [
        backward_by_autograd,
        backward_by_transpose,
        ("(g @ u.mT).sum(dim=0)", 'torch.einsum("bfm,bkm->fk", g, u)'),
    ],
}
