"""Likely wrong answers, each with words that the check must say to it."""

import math

import torch

from snippets.answers import softmax_cross_entropy as right

WRONG = {
    "first_loss": [
        (lambda N, C: (0.0, 0.0, 0.0), "what is the probability of each class"),
        (lambda N, C: (N * math.log(C), (1 / C - 1) / N, 1 / C / N), "not their sum"),
        (lambda N, C: (math.log(C), (1 - 1 / C) / N, -1 / C / N), "is negative"),
        (lambda N, C: (math.log(C), 1 / C - 1, 1 / C), "is N times the gradient"),
        (lambda N, C: (math.log(C), -1 / N, 0.0), "is not (P - Y) / N"),
        (lambda N, C: (math.log(10), -0.225, 0.025), "N = 2, C = 3"),
    ],
    "log_softmax": [
        (lambda z: torch.log_softmax(z, dim=0), "not to 1"),
        (lambda z: (z.exp() / z.exp().sum(dim=1, keepdim=True)).log(), "near 1000"),
        ("z.amax(dim=1, keepdim=True)", "z.max()", "its own largest score"),
        ("u - total.log()", "(u.exp() / total).log()", "log(exp(u)) is u"),
        ("u = z - z.amax", "u = z\n    u -= z.amax", "z itself was changed"),
    ],
    "class_weights": [
        ("w * (p - y)", "weight * (p - y)", "A weight belongs to a sample"),
        ("w * (p - y)", "(p - weight * y)", "each row has to sum to 0"),
        ("w.sum()", "len(z)", "look at the constant factors"),
        ("w * (p - y) / w.sum()", "(p - y) / len(z)", "times the weight of its class"),
        (lambda z, y, weight: right.class_weights(z, y, weight).t(), "transposed?"),
    ],
    "classifier": [
        ("-(y * log_p).sum() / N", "(z - y).pow(2).sum()", "fix the forward pass first"),
        ("(log_p.exp() - y) / N", "log_p.exp() - y", "grad_w2 is 6 times"),
        (" * (h > 0)", "", "grad_w1 is wrong, and not only by a factor"),
        (
            "grad_w1, grad_w2\n",
            "grad_w1, grad_w2.t()\n",
            "grad_w2 has the shape (3, 4), it should be (4, 3): transposed?",
        ),
    ],
}
