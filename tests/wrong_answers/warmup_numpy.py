"""Likely wrong answers, each with words that the check must say to it."""

import numpy as np

from snippets.answers import warmup_numpy as right


def sign_for_gradient(x, y, *weights):
    loss, grad_w1, grad_w2, grad_w3 = right.three_layers(x, y, *weights)
    return loss, -grad_w1, grad_w2, grad_w3


def mask_forgotten(x, y, w1, w2, w3):
    loss, grad_w1, _, grad_w3 = right.three_layers(x, y, w1, w2, w3)
    h1_relu = np.maximum(x.dot(w1), 0)
    y_pred = np.maximum(h1_relu.dot(w2), 0).dot(w3)
    return loss, grad_w1, h1_relu.T.dot((2 * (y_pred - y)).dot(w3.T)), grad_w3


WRONG = {
    "shapes": [
        (lambda N, D_in, H, D_out: [(N, D_out), (H, N), (D_in, H)], "grad_h"),
        (lambda N, D_in, H, D_out: [(N, D_out), (N, H), (H, D_in)], "what is left outside"),
        (lambda *sizes: [(64, 10), (64, 100), (1000, 100)], "use N, D_in, H, D_out"),
    ],
    "first_bad_step": [
        (lambda losses: 0, "return None"),
        (
            lambda losses: next((i for i, loss in enumerate(losses) if loss == np.inf), None),
            "nan equals nothing",
        ),
    ],
    "leaky_backward": [
        (lambda grad_leaky, h: grad_leaky * (h > 0), "0.1, not 0"),
        (lambda grad_leaky, h: grad_leaky.sum(), "the shape is ()"),
    ],
    "three_layers": [
        (sign_for_gradient, "the gradient for w1"),
        (mask_forgotten, "the gradient for w2"),
        (lambda x, *rest: (0.0, *rest[1:]), "fix the forward pass first"),
    ],
}
