"""Likely wrong answers, each with words that the check must say to it."""

import torch

from snippets.answers import linear_layer as right


def weight_as_in_lesson_1(grad_z, x, weight):
    grad_x, _, grad_bias = right.linear_backward(grad_z, x, weight)
    return grad_x, x.t().mm(grad_z), grad_bias


def bias_along_rows(grad_z, x, weight):
    return *right.linear_backward(grad_z, x, weight)[:2], grad_z.sum(dim=1)


def bias_averaged(grad_z, x, weight):
    return *right.linear_backward(grad_z, x, weight)[:2], grad_z.mean(dim=0)


def bias_of_one_row(grad_z, x, weight):
    return *right.linear_backward(grad_z, x, weight)[:2], grad_z[0]


def halves(linear, x, y, loss):
    for rows in (slice(None, 4), slice(4, None)):
        loss(linear(x[rows]), y[rows]).backward()


def mean_of_means(linear, x, y):
    halves(linear, x, y, lambda z, y: (z - y).pow(2).mean() / 2)


def sums(linear, x, y):
    halves(linear, x, y, lambda z, y: (z - y).pow(2).sum())


def whole_batch(linear, x, y):
    (linear(x) - y).pow(2).mean().backward()


def cleared_between(linear, x, y):
    for rows in (slice(None, 4), slice(4, None)):
        linear.zero_grad()
        ((linear(x[rows]) - y[rows]).pow(2).sum() / y.numel()).backward()


def keepdim_forgotten(grad, shape):
    return right.sum_to(grad, shape).squeeze()


def averaged(grad, shape):
    return right.sum_to(grad, shape) * torch.ones(shape).numel() / grad.numel()


WRONG = {
    "ones_and_twos": [
        (lambda: ((5, 4), 6.0, 12.0), "stores its weight transposed"),
        (lambda: ((4, 5), 1.0, 2.0), "how many rows"),
        (lambda: ((4, 5), 6.0, 2.0), "add them up"),
        (lambda: (4, 5), "a shape and two numbers"),
    ],
    "linear_backward": [
        (weight_as_in_lesson_1, "the shape (5, 4), weight has (4, 5): look for a transpose"),
        (bias_along_rows, "a sum along the wrong dimension"),
        (bias_averaged, "bias is 0.1667 times"),
        (bias_of_one_row, "it is made of grad_z alone"),
    ],
    "two_halves": [
        (mean_of_means, "must not weigh the same"),
        (sums, "28 times what autograd finds"),
        (whole_batch, "linear saw batches of [7] rows"),
        (cleared_between, "do not clear it"),
        (lambda linear, x, y: None, ".grad is None"),
    ],
    "sum_to": [
        (keepdim_forgotten, "for (1, 4), broadcast to (6, 4), the gradient has the shape (4,)"),
        (averaged, "without an average"),
        (lambda grad, shape: grad, "has the shape (6, 4)"),
        (lambda grad, shape: grad.reshape(-1)[: torch.ones(shape).numel()].reshape(shape), "copy"),
    ],
}
