"""Likely wrong answers, each with words that the check must say to it."""

import numpy as np

from snippets.answers import derivative_basics as right


def parts(x, y, w1, w2):
    h = x.dot(w1)
    h_relu = np.maximum(h, 0)
    return h, h_relu, 2 * (h_relu.dot(w2) - y)


def penalty_factor(x, y, w1, w2, decay):
    return right.grad_w1_penalty(x, y, w1, w2, decay / 2)


def penalty_number(x, y, w1, w2, decay):
    return right.grad_w1_penalty(x, y, w1, w2, 0) + 2 * decay * np.square(w1)


def mean_over_samples(x, y, w1, w2):
    _, h_relu, grad_y_pred = parts(x, y, w1, w2)
    return h_relu.T.dot(grad_y_pred / len(x))


def mean_before_relu(x, y, w1, w2):
    h, _, grad_y_pred = parts(x, y, w1, w2)
    return h.T.dot(grad_y_pred / y.size)


def without_short_cut(x, y, w1, w_mid, w2, *, straight=1, around=0, mask=True):
    h1 = x.dot(w1)
    a1 = np.maximum(h1, 0)
    h2 = a1.dot(w_mid)
    grad_a2 = 2 * ((np.maximum(h2, 0) + a1).dot(w2) - y).dot(w2.T)
    grad_h2 = grad_a2 * (h2 > 0)
    grad_a1 = straight * grad_h2.dot(w_mid.T) + around * grad_a2
    return a1.T.dot(grad_h2), x.T.dot(grad_a1 * (h1 > 0) if mask else grad_a1)


def through_short_cut_only(*arrays):
    return without_short_cut(*arrays, straight=0, around=1)


def mask_forgotten(*arrays):
    return without_short_cut(*arrays, around=1, mask=False)


def mid_transposed(*arrays):
    grad_w_mid, grad_w1 = right.shortcut(*arrays)
    return grad_w_mid.T, grad_w1


def short_cut_ignored_on_the_way_forward(x, y, w1, w_mid, w2):
    a1 = np.maximum(x.dot(w1), 0)
    h2 = a1.dot(w_mid)
    grad_h2 = 2 * (np.maximum(h2, 0).dot(w2) - y).dot(w2.T) * (h2 > 0)
    return a1.T.dot(grad_h2), x.T.dot(grad_h2.dot(w_mid.T) * (a1 > 0))


WRONG = {
    "one_sample": [
        (lambda: ([[6.0], [0.0]], [[4.0, 6.0], [8.0, 12.0]]), "is negative"),
        (lambda: ([[3.0], [0.0]], [[2.0, 0.0], [4.0, 0.0]]), "0.5 times"),
        (lambda: ([[6.0, 0.0]], [[4.0, 0.0], [8.0, 0.0]]), "the shape (1, 2), w2 has (2, 1)"),
        (lambda: ([[6.0], [0.0]], [[4.0, 8.0], [0.0, 0.0]]), "w1 is transposed"),
        (lambda: ([[6.0], [-2.0]], [[4.0, 0.0], [8.0, 0.0]]), "compute h first"),
        (lambda: [[6.0], [0.0], [4.0, 0.0], [8.0, 0.0]], "return two gradients"),
    ],
    "grad_input": [
        (lambda x, y, w1, w2: parts(x, y, w1, w2)[2].dot(w2.T).dot(w1.T), "is the mask there"),
        (lambda *a: right.grad_input(*a).T, "the shape (5, 6), x has (6, 5): a transpose"),
        (lambda *a: right.grad_input(*a) / 2, "0.5 times what autograd finds"),
        (lambda *a: None, "is a return missing"),
    ],
    "grad_w1_penalty": [
        (penalty_factor, "the term of the penalty is 0.5 times"),
        (
            lambda x, y, w1, w2, decay: right.grad_w1_penalty(x, y, w1, w2, 0),
            "without the penalty: a term is missing",
        ),
        (penalty_number, "the gradient of a sum is the sum"),
        (lambda *a: right.grad_w1_penalty(*a).T, "the shape (4, 5), w1 has (5, 4)"),
    ],
    "grad_w2_mean": [
        (mean_over_samples, "3 times what autograd finds"),
        (mean_before_relu, "is it h_relu"),
        (lambda *a: right.grad_w2_mean(*a).T, "the shape (3, 4), w2 has (4, 3)"),
    ],
    "shortcut": [
        (without_short_cut, "through the shortcut"),
        (through_short_cut_only, "through the middle layer"),
        (mask_forgotten, "the mask of the first layer"),
        (mid_transposed, "w_mid is transposed"),
        (short_cut_ignored_on_the_way_forward, "the gradient for w_mid is wrong"),
        (lambda *a: right.shortcut(*a)[1:], "return the gradients for w_mid and w1"),
    ],
}
