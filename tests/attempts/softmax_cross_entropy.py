"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import math

import numpy as np
import torch

from snippets.answers import softmax_cross_entropy as right


def row_by_row(z):
    rows = []
    for row in z:
        u = row - max(row)
        rows.append(u - sum(u.exp()).log())
    return torch.stack(rows)


def in_numpy(z):
    z = z.numpy()
    u = z - z.max(axis=1, keepdims=True)
    return torch.from_numpy(u - np.log(np.exp(u).sum(axis=1, keepdims=True)))


def sample_by_sample(z, y, weight):
    grad, total = torch.zeros_like(z), 0.0
    for n, label in enumerate(y.argmax(dim=1).tolist()):
        grad[n] = weight[label] * (torch.softmax(z[n], dim=0) - y[n])
        total += weight[label]
    return grad / total


def by_logsumexp(x, y, w1, w2):
    h = (x @ w1).relu()
    z = h @ w2
    loss = (z.logsumexp(dim=1) - z[y.bool()]).mean().item()
    back = (z.softmax(dim=1) - y) / y.shape[0]
    return [loss, x.T @ torch.where(h > 0, back @ w2.T, 0), h.T @ back]


WRONG = {
    "first_loss": [
        (lambda N, C: (0.0, 0.0, 0.0), "what is the probability of each class"),
        (lambda N, C: (N * math.log(C), (1 / C - 1) / N, 1 / C / N), "not their sum"),
        (lambda N, C: (math.log(C), (1 - 1 / C) / N, -1 / C / N), "is negative"),
        (lambda N, C: (math.log(C), 1 / C - 1, 1 / C), "is N times the gradient"),
        (lambda N, C: (math.log(C), -1 / N, 0.0), "is not (P - Y) / N"),
        (lambda N, C: (math.log(C), (1 / C - 1) / N, 0.0), "is not (P - Y) / N"),
        (lambda N, C: (math.log2(C), (1 / C - 1) / N, 1 / C / N), "the loss is not 3.322"),
        (lambda N, C: (math.log(10), -0.225, 0.025), "N = 2, C = 3"),
    ],
    "log_softmax": [
        (lambda z: torch.log_softmax(z, dim=0), "not to 1"),
        (lambda z: torch.log_softmax(z, dim=1), "log_softmax of PyTorch did the work"),
        (lambda z: z - z.logsumexp(dim=1, keepdim=True), "logsumexp of PyTorch did the work"),
        (lambda z: (z.exp() / z.exp().sum(dim=1, keepdim=True)).log(), "near 1000"),
        ("u - total.log()", "u.exp() / total", "not to 1"),
        ("u - total.log()", "z - total.log()", "not to 1"),
        ("z.amax(dim=1, keepdim=True)", "z.max()", "its own largest score"),
        ("u - total.log()", "(u.exp() / total).log()", "log(exp(u)) is u"),
        ("u = z - z.amax", "u = z\n    u -= z.amax", "z itself was changed"),
    ],
    "class_weights": [
        ("w * (p - y)", "weight * (p - y)", "A weight belongs to a sample"),
        ("w * (p - y)", "(p - weight * y)", "each row has to sum to 0"),
        ("w.sum()", "len(z)", "look at the constant factors"),
        ("w.sum()", "weight.sum()", "look at the constant factors"),
        (" / w.sum()", "", "grad_z is 9 times"),
        ("p - y", "y - p", "grad_z is -1 times"),
        ("w * (p - y) / w.sum()", "(p - y) / len(z)", "times the weight of its class"),
        (lambda z, y, weight: right.class_weights(z, y, weight).t(), "transposed?"),
    ],
    "classifier": [
        ("-(y * log_p).sum() / N", "(z - y).pow(2).sum()", "fix the forward pass first"),
        ("-(y * log_p).sum() / N", "-(y * log_p).mean()", "fix the forward pass first"),
        ("(log_p.exp() - y) / N", "log_p.exp() - y", "grad_w2 is 6 times"),
        ("(log_p.exp() - y) / N", "2 * (log_p.exp() - y) / N", "grad_w2 is 2 times"),
        ("(log_p.exp() - y) / N", "(z - y) / N", "grad_w2 is wrong"),
        ("h_relu.t().mm(grad_z)", "h.t().mm(grad_z)", "grad_w2 is wrong"),
        (" * (h > 0)", "", "grad_w1 is wrong, and not only by a factor"),
        (
            "grad_w1, grad_w2\n",
            "grad_w1, grad_w2.t()\n",
            "(3, 4), it should be (4, 3): transposed?",
        ),
        ("return loss, grad_w1, grad_w2", "return grad_w1, grad_w2", "the loss and two gradients"),
    ],
}

RIGHT = {
    "first_loss": [
        right.fresh,
        lambda N, C: [-math.log(1 / C), -(C - 1) / (N * C), 1 / (N * C)],
        lambda N, C: (np.log(C), (1 / C - 1) / N, torch.tensor(1 / (N * C))),
    ],
    "log_softmax": [
        row_by_row,
        in_numpy,
        ("z.amax(dim=1, keepdim=True)", "z.max(dim=1, keepdim=True).values"),
        ("z.amax(dim=1, keepdim=True)", "z.max(dim=1)[0].unsqueeze(1)"),
    ],
    "class_weights": [
        sample_by_sample,
        ("(y * weight).sum(dim=1, keepdim=True)", "(y @ weight)[:, None]"),
        ("torch.softmax(z, dim=1)", "log_softmax(z).exp()"),
    ],
    "classifier": [
        by_logsumexp,
        ("-(y * log_p).sum() / N", "-log_p[y > 0].mean()"),
        (" * (h > 0)", " * h_relu.sign()"),
    ],
}
