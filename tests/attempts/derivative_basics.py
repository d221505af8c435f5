"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import numpy as np
import torch

from snippets.answers import derivative_basics as right


def by_numpy():
    x, y = np.array([[1, 2]]), np.array([[5]])
    w1, w2 = np.array([[1, -1], [1, 0]]), np.array([[2], [3]])
    h = x @ w1
    error = np.maximum(h, 0) @ w2 - y
    return np.maximum(h, 0).T @ (2 * error), x.T @ (2 * error @ w2.T * (h > 0))


def input_row_by_row(x, y, w1, w2):
    rows = []
    for n in range(len(x)):
        h = x[n] @ w1
        error = np.maximum(h, 0) @ w2 - y[n]
        rows.append(w1 @ ((w2 @ (2 * error)) * (h > 0)))
    return np.stack(rows)


def shortcut_in_torch(x, y, w1, w_mid, w2):
    x, y, w1, w_mid, w2 = (torch.from_numpy(array) for array in (x, y, w1, w_mid, w2))
    h1 = x @ w1
    a1 = h1.relu()
    h2 = a1 @ w_mid
    grad_a2 = 2 * ((h2.relu() + a1) @ w2 - y) @ w2.T
    grad_h2 = torch.where(h2 > 0, grad_a2, 0)
    return a1.T @ grad_h2, x.T @ ((grad_a2 + grad_h2 @ w_mid.T) * (h1 > 0))


W2, W1 = [[6.0], [0.0]], [[4.0, 0.0], [8.0, 0.0]]
MASK = "grad_h = (2 * error).dot(w2.T) * (h > 0)"
WRONG = {
    "one_sample": [
        (lambda: (W2, [[4.0, 6.0], [8.0, 12.0]]), "is negative"),
        (lambda: ([[3.0], [0.0]], [[2.0, 0.0], [4.0, 0.0]]), "0.5 times"),
        (lambda: ([[-6.0], [0.0]], [[-4.0, 0.0], [-8.0, 0.0]]), "-1 times"),
        (lambda: ([[6.0, 0.0]], W1), "the shape (1, 2), w2 has (2, 1)"),
        (lambda: (W2, [[4.0, 8.0], [0.0, 0.0]]), "w1 is transposed"),
        (lambda: ([[6.0], [-2.0]], W1), "compute h first"),
        (lambda: [[6.0], [0.0], [4.0, 0.0], [8.0, 0.0]], "return two gradients"),
        (lambda: (W1, W2), "the shape (2, 2), w2 has (2, 1)"),
    ],
    "grad_input": [
        (" * (h > 0)", "", "is the mask there"),
        ("dot(w1.T)", "dot(w1.T).T", "the shape (5, 6), x has (6, 5): a transpose"),
        ("np.maximum(h, 0).dot(w2)", "h.dot(w2)", "the shape is right, the entries are not"),
        ("2 * error", "error", "0.5 times what autograd finds"),
        ("2 * error", "2 * error / len(x)", "0.1667 times what autograd finds"),
        ("return grad_h.dot(w1.T)", "return grad_h", "the shape (6, 4), x has (6, 5)"),
        (lambda *a: None, "is a return missing"),
    ],
    "grad_w1_penalty": [
        ("2 * decay", "decay", "the term of the penalty is 0.5 times"),
        ("2 * decay", "2 * 0.1", "the term of the penalty is 0.3333 times"),
        (" + 2 * decay * w1", "", "without the penalty: a term is missing"),
        ("+ 2 * decay", "- 2 * decay", "the term of the penalty is -1 times"),
        ("2 * decay * w1", "2 * decay", "the gradient of a sum is the sum"),
        ("decay * w1", "decay * np.square(w1)", "the gradient of a sum is the sum"),
        (lambda *a: right.grad_w1_penalty(*a).T, "the shape (4, 5), w1 has (5, 4)"),
    ],
    "grad_w2_mean": [
        ("error.size", "len(x)", "3 times what autograd finds"),
        (" / error.size", "", "18 times what autograd finds"),
        ("2 * error", "error", "0.5 times what autograd finds"),
        ("return h_relu", "return x.dot(w1)", "is it h_relu"),
        ("h_relu.T.dot(2 * error / error.size)", "h_relu.T.dot(2 * error).mean()", "the shape ()"),
        (lambda *a: right.grad_w2_mean(*a).T, "the shape (3, 4), w2 has (4, 3)"),
    ],
    "shortcut": [
        ("dot(w_mid.T) + grad_a2", "dot(w_mid.T)", "through the shortcut"),
        ("grad_h2.dot(w_mid.T) + grad_a2", "grad_a2", "through the middle layer"),
        (" * (h1 > 0)", "", "the mask of the first layer"),
        (" * (h2 > 0)", "", "the gradient for w_mid is wrong"),
        ("return grad_w_mid", "return grad_w_mid.T", "w_mid is transposed"),
        ("np.maximum(h2, 0) + a1", "np.maximum(h2, 0)", "the gradient for w_mid is wrong"),
        ("return grad_w_mid, grad_w1", "return grad_w1, grad_w_mid", "the shape (5, 4)"),
        (lambda *a: right.shortcut(*a)[1:], "return the gradients for w_mid and w1"),
    ],
}

RIGHT = {
    "one_sample": [
        by_numpy,
        lambda: [[[6], [0]], [[4, 0], [8, 0]]],
        lambda: [*map(torch.tensor, (W2, W1))],
    ],
    "grad_input": [
        input_row_by_row,
        (MASK, "grad_h = 2 * error @ w2.T\n    grad_h[h <= 0] = 0"),
        ("grad_h.dot(w1.T)", "w1.dot(grad_h.T).T"),
    ],
    "grad_w1_penalty": [
        ("2 * decay * w1", "decay * (w1 + w1)"),
        (MASK, "grad_h = np.where(h > 0, 2 * error @ w2.T, 0)"),
        ("x.T.dot(grad_h) + 2 * decay * w1", "torch.tensor(x.T @ grad_h + decay * 2 * w1)"),
    ],
    "grad_w2_mean": [
        ("error.size", "(y.shape[0] * y.shape[1])"),
        ("h_relu.T.dot(2 * error / error.size)", "2 / y.size * (error.T @ h_relu).T"),
        ("np.maximum(x.dot(w1), 0)", "x.dot(w1) * (x.dot(w1) > 0)"),
    ],
    "shortcut": [
        shortcut_in_torch,
        (" * (h2 > 0)", " * np.sign(np.maximum(h2, 0))"),
        ("return grad_w_mid, grad_w1", "return [grad_w_mid, grad_w1]"),
    ],
}
