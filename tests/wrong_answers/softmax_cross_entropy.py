"""Likely wrong answers, each with words that the check must say to it."""

import math

import torch

from snippets.answers import softmax_cross_entropy as right


def largest_of_all(z):
    u = z - z.max()
    return u - u.exp().sum(dim=1, keepdim=True).log()


def quotient_first(z):
    u = z - z.amax(dim=1, keepdim=True)
    return (u.exp() / u.exp().sum(dim=1, keepdim=True)).log()


def in_place(z):
    answer = right.log_softmax(z)
    z -= z.amax(dim=1, keepdim=True)
    return answer


def weights_on_columns(z, y, weight):
    return weight * (torch.softmax(z, dim=1) - y) / (y * weight).sum()


def weights_on_targets(z, y, weight):
    return (torch.softmax(z, dim=1) - weight * y) / (y * weight).sum()


def divided_by_n(z, y, weight):
    return right.class_weights(z, y, weight) * (y * weight).sum() / len(z)


def squared_error(x, y, w1, w2):
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    return (y_pred - y).pow(2).sum(), *right.classifier(x, y, w1, w2)[1:]


def mean_forgotten(x, y, w1, w2):
    loss, grad_w1, grad_w2 = right.classifier(x, y, w1, w2)
    return loss, len(x) * grad_w1, len(x) * grad_w2


def mask_forgotten(x, y, w1, w2):
    loss, _, grad_w2 = right.classifier(x, y, w1, w2)
    p = torch.softmax(x.mm(w1).clamp(min=0).mm(w2), dim=1)
    return loss, x.t().mm(((p - y) / len(x)).mm(w2.t())), grad_w2


def transpose_forgotten(x, y, w1, w2):
    loss, grad_w1, grad_w2 = right.classifier(x, y, w1, w2)
    return loss, grad_w1, grad_w2.t()


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
        (largest_of_all, "its own largest score"),
        (quotient_first, "log(exp(u)) is u"),
        (in_place, "z itself was changed"),
    ],
    "class_weights": [
        (weights_on_columns, "A weight belongs to a sample"),
        (weights_on_targets, "each row has to sum to 0"),
        (divided_by_n, "look at the constant factors"),
        (
            lambda z, y, weight: (torch.softmax(z, dim=1) - y) / len(z),
            "times the weight of its class",
        ),
        (lambda z, y, weight: right.class_weights(z, y, weight).t(), "transposed?"),
    ],
    "classifier": [
        (squared_error, "fix the forward pass first"),
        (mean_forgotten, "grad_w2 is 6 times"),
        (mask_forgotten, "grad_w1 is wrong, and not only by a factor"),
        (transpose_forgotten, "grad_w2 has the shape (3, 4), it should be (4, 3): transposed?"),
    ],
}
