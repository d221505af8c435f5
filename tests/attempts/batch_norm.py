"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import batch_norm as right


def by_lerp(x, mean, var, momentum):
    return mean.lerp(x.mean(dim=0), momentum), var.lerp(x.var(dim=0), momentum)


def by_layer(x, mean, var, momentum):
    layer = torch.nn.BatchNorm1d(x.shape[1], momentum=momentum, dtype=x.dtype)
    layer.running_mean, layer.running_var = mean, var
    layer(x)
    return layer.running_mean, layer.running_var


def eval_by_autograd(g, x, layer):
    leaves = [x.requires_grad_(), layer.weight, layer.bias]
    return torch.autograd.grad(layer(x), leaves, g)


def as_in_training(g, x, layer):
    sigma = (x.var(dim=0, correction=0) + layer.eps).sqrt()
    x_hat, b = (x - x.mean(dim=0)) / sigma, g * layer.weight
    grad_x = (b - b.mean(dim=0) - x_hat * (b * x_hat).mean(dim=0)) / sigma
    return grad_x, *right.eval_backward(g, x, layer)[1:]


def fold_by_identity(linear, layer):
    D = linear.in_features
    bias = layer(linear(torch.zeros(1, D, dtype=torch.float64)))[0]
    return (layer(linear(torch.eye(D, dtype=torch.float64))) - bias).T, bias


def pictures_as_rows(g, x, gamma, epsilon):
    N, C, H, W = x.shape
    x, g = (part.permute(1, 0, 2, 3).reshape(C, -1) for part in (x, g))
    sigma = (x.var(dim=1, correction=0, keepdim=True) + epsilon).sqrt()
    x_hat, b = (x - x.mean(dim=1, keepdim=True)) / sigma, g * gamma[:, None]
    inner = (b * x_hat).mean(dim=1, keepdim=True)
    grad_x = (b - b.mean(dim=1, keepdim=True) - x_hat * inner) / sigma
    return grad_x.reshape(C, N, H, W).permute(1, 0, 2, 3)


def pictures_by_autograd(g, x, gamma, epsilon):
    x.requires_grad_()
    y = torch.nn.functional.batch_norm(x, None, None, gamma, training=True, eps=epsilon)
    return torch.autograd.grad(y, x, g)[0]


Y, MEAN, VAR = [[-1, 0], [1, 0]], [0.2, 1], [1.7, 0.9]
BIAS = "scale * (linear.bias - layer.running_mean) + layer.bias"
THREE = "b - mean_b - x_hat * mean_bx"
WRONG = {
    "two_samples": [
        (lambda: ([[-0.71, 0], [0.71, 0]], MEAN, VAR), "by N, not N - 1"),
        (lambda: ([[-2, 0], [2, 0]], MEAN, VAR), "divide by its standard deviation"),
        (lambda: ([[-1, 1], [-1, 1]], MEAN, VAR), "minus the mean of its column"),
        (lambda: (Y, [2, 10], VAR), "a tenth of the way to the mean"),
        (lambda: (Y, [1.8, 9], VAR), "a tenth of the way to the mean"),
        (lambda: (Y, MEAN, [1.3, 0.9]), "divided by N - 1"),
        (lambda: (Y, MEAN, [0.8, 0]), "it starts at 1"),
        (lambda: (Y, [MEAN], [VAR]), "one number for each column"),
        (lambda: Y, "y, running_mean and running_var"),
    ],
    "running": [
        ("(1 - momentum) * mean + momentum *", "momentum * mean + (1 - momentum) *", "the rest"),
        ("x.var(dim=0)", "x.var(dim=0, correction=0)", "divided by N - 1"),
        ("x.var(dim=0)", "x.std(dim=0)", "the variance (momentum = 0.1)"),
        ("x.mean(dim=0)", "x.mean(dim=0, keepdim=True)", "has the shape (1, 3)"),
        ("x.mean(dim=0)", "x.mean()", "the mean (momentum = 0.1)"),
        ("return new_mean, new_var", "return x.mean(dim=0), x.var(dim=0)", "the share"),
        ("return new_mean, new_var", "return new_mean", "the new mean and the new variance"),
    ],
    "eval_backward": [
        (as_in_training, "mean and variance are constants"),
        ("g * layer.weight / tau", "g / tau", "look for gamma"),
        ("g * layer.weight / tau", "g * layer.weight / tau**2", "look for gamma, the root"),
        ("(layer.running_var + layer.eps).sqrt()", "layer.running_var.sqrt()", "and epsilon"),
        ("(x - layer.running_mean)", "x", "less the running mean"),
        ("(x - layer.running_mean)", "(x - x.mean(dim=0))", "less the running mean"),
        ("grad_beta = g.sum(dim=0)", "grad_beta = g.mean(dim=0)", "made of g alone"),
        ("grad_beta = g.sum(dim=0)", "grad_beta = g", "grad_beta has the shape (5, 3)"),
        ("return grad_x, grad_gamma, grad_beta", "return grad_x", "three gradients"),
    ],
    "fold": [
        ("scale[:, None] * linear.weight", "linear.weight", "each output is multiplied"),
        ("scale[:, None] * linear.weight", "linear.weight.T * scale", "has the shape (4, 3)"),
        ("(layer.running_var + layer.eps)", "layer.running_var", "the running variance plus"),
        (BIAS, "linear.bias + layer.bias", "for an x of zeros"),
        (BIAS, "scale * linear.bias - layer.running_mean + layer.bias", "for an x of zeros"),
        (BIAS, "scale * (linear.bias - layer.running_mean + layer.bias)", "for an x of zeros"),
        ("return weight, bias", "return weight", "a weight and a bias"),
    ],
    "pictures_backward": [
        ("axes = (0, 2, 3)", "axes = (2, 3)", "normalised by itself"),
        ("axes = (0, 2, 3)", "axes = (0,)", "every mean runs over"),
        ("axes = (0, 2, 3)", "axes = (1, 2, 3)", "does not sum to 0"),
        (THREE, "b", "does not sum to 0"),
        (THREE, "b - mean_b", "three terms"),
        (THREE, "b - x_hat * mean_bx", "does not sum to 0"),
        ("g * gamma[:, None, None]", "g", "gamma in b"),
        (" + epsilon).sqrt()", ").sqrt() + epsilon", "epsilon under the root"),
        ("u.pow(2).mean(dim=axes, keepdim=True)", "x.var(dim=axes, keepdim=True)", "three terms"),
        (f"({THREE}) / sigma", f"({THREE}).sum(dim=0) / sigma[0]", "has the shape (3, 4, 5)"),
    ],
}

RIGHT = {
    "two_samples": [
        lambda: [torch.tensor(Y), torch.tensor(MEAN), torch.tensor(VAR)],
        lambda: ([[-1.0, -0.0], [1.0, 0.0]], (0.2, 1.0), (1.7, 0.9)),
        lambda: tuple(part.detach() for part in right.program()),
    ],
    "running": [
        by_lerp,
        by_layer,
        ("x.var(dim=0)", "(x - x.mean(dim=0)).pow(2).sum(dim=0) / (len(x) - 1)"),
    ],
    "eval_backward": [
        eval_by_autograd,
        (
            "(g * (x - layer.running_mean) / tau).sum(dim=0)",
            "(g * x).sum(0) / tau - layer.running_mean / tau * g.sum(0)",
        ),
        ("g * layer.weight / tau", "g @ torch.diag(layer.weight / tau)"),
    ],
    "fold": [
        fold_by_identity,
        ("scale[:, None] * linear.weight", "torch.diag(scale) @ linear.weight"),
        (BIAS, "layer.bias - scale * layer.running_mean + scale * linear.bias"),
    ],
    "pictures_backward": [
        pictures_as_rows,
        pictures_by_autograd,
        ("u.pow(2).mean(dim=axes, keepdim=True)", "x.var(dim=axes, correction=0, keepdim=True)"),
    ],
}
