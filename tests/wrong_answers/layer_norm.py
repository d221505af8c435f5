"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import layer_norm as right

ZERO = [[0, 0]] * 3


def variance_of_torch(x, g, epsilon):
    u = x - x.mean(dim=-1, keepdim=True)
    sigma = (x.var(dim=-1, keepdim=True) + epsilon).sqrt()
    return (g * u / sigma).sum(dim=(0, 1)), g.sum(dim=(0, 1))


def over_the_text(x, g, epsilon):
    u = x - x.mean(dim=(1, 2), keepdim=True)
    sigma = (u.pow(2).mean(dim=(1, 2), keepdim=True) + epsilon).sqrt()
    return (g * u / sigma).sum(dim=(0, 1)), g.sum(dim=(0, 1))


def epsilon_outside(x, g, epsilon):
    u = x - x.mean(dim=-1, keepdim=True)
    sigma = u.pow(2).mean(dim=-1, keepdim=True).sqrt()
    return (g * u / (sigma + epsilon)).sum(dim=(0, 1)), g.sum(dim=(0, 1))


def root_mean_square(x, epsilon):
    return (x.pow(2).mean(dim=1, keepdim=True) + epsilon).sqrt()


def mean_kept(g, x, gamma, epsilon):
    mean = (g * gamma).mean(dim=1, keepdim=True)
    return right.rms_norm_backward(g, x, gamma, epsilon) - mean / root_mean_square(x, epsilon)


def gamma_missing(g, x, gamma, epsilon):
    return right.rms_norm_backward(g, x, torch.ones_like(gamma), epsilon)


def sum_for_mean(g, x, gamma, epsilon):
    r = root_mean_square(x, epsilon)
    b = g * gamma
    return (b - x / r * (b * x / r).sum(dim=1, keepdim=True)) / r


def rows_for_columns(x, gamma, beta, g, epsilon):
    y = torch.nn.functional.layer_norm(x, (4,), gamma, beta, epsilon)
    return y, *right.batch_norm(x, gamma, beta, g, epsilon)[1:]


def column_mean_fixed(x, gamma, beta, g, epsilon):
    y, _, grad_gamma, grad_beta = right.batch_norm(x, gamma, beta, g, epsilon)
    sigma = (x.var(dim=0, correction=0) + epsilon).sqrt()
    return y, g * gamma / sigma, grad_gamma, grad_beta


def not_summed(x, gamma, beta, g, epsilon):
    y, grad_x, grad_gamma, _ = right.batch_norm(x, gamma, beta, g, epsilon)
    return y, grad_x, grad_gamma, g


WRONG = {
    "three_rows": [
        (lambda: ([[-0.71, 0.71], [-0.71, 0.71], [0, 0]], ZERO), "by H, not H - 1"),
        (lambda: ([[-1, 1], [-10, 10], [0, 0]], ZERO), "divide by its standard deviation"),
        (lambda: ([[-1, 1], [-1, 1], [float("nan")] * 2], ZERO), "the last row of y"),
        (lambda: ([[-1, 1], [-1, 1], [0, 0]], [[1, 1]] * 3), "what happens to the sum"),
    ],
    "scale_shift": [
        (variance_of_torch, "is 0.866 times what it should be"),
        (lambda x, g, epsilon: ((g * x).sum(dim=0), g.sum(dim=0)), "over which axes do you sum"),
        (over_the_text, "each word's own H numbers"),
        (epsilon_outside, "under the root"),
    ],
    "rms_norm_backward": [
        (lambda g, x, gamma, epsilon: g * gamma / root_mean_square(x, epsilon), "r held fixed"),
        (mean_kept, "no mean is subtracted"),
        (gamma_missing, "gamma is missing"),
        (sum_for_mean, "is a term missing"),
    ],
    "batch_norm": [
        (rows_for_columns, "over the samples"),
        (column_mean_fixed, "grad_x (epsilon = 1e-05) is wrong"),
        (not_summed, "grad_beta (epsilon = 1e-05) has the shape (5, 4)"),
    ],
}
