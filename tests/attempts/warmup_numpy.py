"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import math

import numpy as np

from snippets.answers import warmup_numpy as right


def shapes_of_arrays(N, D_in, H, D_out):
    x, grad_h = np.ones((N, D_in)), np.ones((N, H))
    return np.ones((N, D_out)).shape, grad_h.shape, x.T.dot(grad_h).shape


def in_place(grad_leaky, h):
    grad_leaky[h < 0] *= 0.1
    return grad_leaky


def first_in_array(losses):
    bad = np.flatnonzero(~np.isfinite(losses))
    return bad[0] if len(bad) else None


def with_masks(x, y, w1, w2, w3):
    h1 = x @ w1
    a1 = h1 * (h1 > 0)
    h2 = a1 @ w2
    a2 = h2 * (h2 > 0)
    error = a2 @ w3 - y
    back2 = 2 * error @ w3.T
    back2[h2 <= 0] = 0
    back1 = back2 @ w2.T
    back1[h1 <= 0] = 0
    return [(error**2).sum(), x.T @ back1, a1.T @ back2, 2 * a2.T @ error]


def last_three(x, y, w1, w2, w3):
    return right.three_layers(x, y, w1, w2, w3)[1:]


WRONG = {
    "shapes": [
        (lambda N, D_in, H, D_out: [(N, D_out), (H, N), (D_in, H)], "grad_h"),
        (lambda N, D_in, H, D_out: [(N, D_out), (N, H), (H, D_in)], "what is left outside"),
        (lambda N, D_in, H, D_out: [(N, D_out), (D_in, H), (D_in, H)], "grad_h is not"),
        (lambda N, D_in, H, D_out: [(D_out, N), (N, H), (D_in, H)], "y_pred is not (10, 64)"),
        (lambda N, D_in, H, D_out: [(N, D_out), (N, H)], "return three shapes"),
        (lambda *sizes: [(64, 10), (64, 100), (1000, 100)], "N = 2, D_in = 3, H = 4, D_out = 5"),
        (lambda N, D_in, H, D_out: [(N, D_out), (64, 100), (D_in, H)], "grad_h is not (64, 100)"),
    ],
    "first_bad_step": [
        (lambda losses: 0, "it should return None, not 0"),
        ("not np.isfinite(loss)", "loss == np.inf", "nan equals nothing"),
        ("not np.isfinite(loss)", "np.isnan(loss)", "infinity counts too"),
        ("not np.isfinite(loss)", "loss == np.inf or np.isnan(loss)", "minus infinity"),
        ("not np.isfinite(loss)", "not abs(loss) < 1e9", "1e300 is large"),
        ("return t", "return loss", "it should return 1, not inf"),
        ("return t", "return t or None", "the first one is bad already"),
        ("return None", "return -1", "it should return None, not -1"),
        (lambda losses: int(np.argmin(np.isfinite(losses))) or None, "the first one is bad"),
    ],
    "leaky_backward": [
        (lambda grad_leaky, h: grad_leaky * (h > 0), "the slope there is 0.1"),
        (lambda grad_leaky, h: grad_leaky.sum(), "the shape is ()"),
        (lambda grad_leaky, h: np.where(h > 0, 1, 0.1), "multiply them by grad_leaky"),
        ("np.where(h > 0, 1, 0.1)", "np.where(h > 0, h, 0.1 * h)", "wrong where h > 0"),
        ("np.where(h > 0, 1, 0.1)", "np.where(grad_leaky > 0, 1, 0.1)", "wrong where h > 0"),
        ("np.where(h > 0, 1, 0.1)", "np.where(h > 0, 0.1, 1)", "wrong where h > 0"),
    ],
    "three_layers": [
        ("return loss, grad_w1", "return loss, -grad_w1", "the gradient for w1"),
        (" * (h2 > 0)", "", "the gradient for w2"),
        (" * (h1 > 0)", "", "the gradient for w1"),
        ("np.maximum(h2, 0)", "h2", "fix the forward pass first"),
        ("np.square(y_pred - y).sum()", "np.square(y_pred - y).mean()", "it should be 229.5"),
        ("2 * (y_pred - y)", "y_pred - y", "the gradient for w3"),
        ("h1_relu.T.dot(grad_h2)", "h1.T.dot(grad_h2)", "the gradient for w2"),
        ("x.T.dot(grad_h1)", "grad_h1.T.dot(x)", "has the shape (4, 5), w1 has (5, 4)"),
        ("grad_w1, grad_w2, grad_w3\n", "grad_w3, grad_w2, grad_w1\n", "w3 has (4, 3)"),
        ("return loss, grad_w1, grad_w2", "return loss, grad_w2", "three gradients"),
    ],
}

RIGHT = {
    "shapes": [
        lambda N, D_in, H, D_out: [[N, D_out], [N, H], [D_in, H]],
        lambda N, D_in, H, D_out: ((N, D_out), (N, H), (D_in, H)),
        shapes_of_arrays,
    ],
    "first_bad_step": [
        first_in_array,
        ("not np.isfinite(loss)", "loss != loss or abs(loss) == np.inf"),
        lambda losses: next((t for t in range(len(losses)) if not math.isfinite(losses[t])), None),
    ],
    "leaky_backward": [
        in_place,
        lambda grad_leaky, h: np.where(h > 0, grad_leaky, 0.1 * grad_leaky),
        lambda grad_leaky, h: grad_leaky * ((h > 0) + 0.1 * (h <= 0)),
        lambda grad_leaky, h: 0.1 * grad_leaky + 0.9 * grad_leaky * (h > 0),
    ],
    "three_layers": [
        with_masks,
        ("* (h2 > 0)", "* (h2_relu > 0)"),
        ("np.square(y_pred - y).sum()", "float(((y_pred - y) ** 2).sum())"),
        ("return loss, grad_w1", "return np.array(loss), grad_w1"),
    ],
}
