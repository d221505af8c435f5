"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import numpy as np
import torch

from snippets.answers import custom_function as right


class OlderProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output * b, grad_output * a


class OlderLeaky(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, slope):
        ctx.factor = torch.ones_like(x)
        ctx.factor[x < 0] = slope
        return x * ctx.factor

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.factor, None


class SharedSlope(right.LeakyReLU):
    @staticmethod
    def setup_context(ctx, inputs, output):
        SharedSlope.slope = inputs[1]
        ctx.save_for_backward(inputs[0])

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, grad_output, SharedSlope.slope * grad_output), None


class TorchSoftplus(right.Softplus):
    @staticmethod
    def forward(x):
        return torch.nn.functional.softplus(x)


class OlderLayers(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y, w1, w2):
        h = x @ w1
        error = h.relu() @ w2 - y
        ctx.save_for_backward(x, w2, h, error)
        return (error**2).sum()

    @staticmethod
    def backward(ctx, grad_output):
        x, w2, h, error = ctx.saved_tensors
        grad_h = 2 * error @ w2.T * (h > 0)
        return None, None, grad_output * (x.T @ grad_h), grad_output * (h.relu().T @ error) * 2


class NumpyLayers(right.TwoLayers):
    @staticmethod
    def backward(ctx, grad_output):
        x, y, w1, w2 = (tensor.detach().numpy() for tensor in ctx.saved_tensors)
        h = x.dot(w1)
        h_relu = np.maximum(h, 0)
        grad_y_pred = grad_output.item() * 2.0 * (h_relu.dot(w2) - y)
        grad_w1 = x.T.dot(grad_y_pred.dot(w2.T) * (h > 0))
        return None, None, torch.from_numpy(grad_w1), torch.from_numpy(h_relu.T.dot(grad_y_pred))


FORWARD = "torch.where(x > 0, x, slope * x)"
LEAKY = "torch.where(x > 0, grad_output, ctx.slope * grad_output)"
IN_PLACE = "grad_output\n        grad_output[x <= 0] *= ctx.slope"
CLONED = "grad_output.clone()\n        grad_x[x <= 0] *= ctx.slope"
SWAPPED = "torch.where(x > 0, ctx.slope * grad_output, grad_output)"
NUMPY = "torch.from_numpy(np.logaddexp(0, x.detach().numpy()))"
STABLE = "/ (1 + torch.exp(-x))"
WRONG = {
    "at_zero": [
        (lambda: ([0.0, 0.0, 3.0], True), "is 0 < 0?"),
        (lambda: ([0.0, 1.0, 1.0], True), "at 0 the gradient is not 1.0"),
        (lambda: ([0.0, 3.0, 1.0], True), "what comes in as grad_output?"),
        (lambda: ([-3.0, 3.0, 3.0], True), "the line with < sets 0"),
        (lambda: ([0.0, 1.5, 3.0], True), "at 0 the gradient is not 1.5"),
        (lambda: ([0.0, 3.0], True), "three entries"),
        (lambda: ([0.0, 3.0, 3.0], False), "at which points does it compare?"),
    ],
    "leaky_relu": [
        (torch.nn.functional.leaky_relu, "PyTorch wrote the backward pass"),
        (lambda x, slope: right.leaky_relu(-x, slope), "the forward pass is wrong"),
        (FORWARD, "torch.maximum(x, slope * x)", "slope 2.0: the forward pass is wrong"),
        (LEAKY, "torch.where(x > 0, 1.0, ctx.slope).to(x.dtype)", "multiply them by grad_output"),
        (LEAKY, "grad_output * (x > 0)", "wrong where x < 0"),
        (LEAKY, SWAPPED, "wrong where x > 0"),
        (LEAKY, IN_PLACE, "clone it"),
        ("return grad_x, None", "return None, None", "x gets no gradient"),
        ("return grad_x, None", "return grad_x", "one gradient for each input"),
        (SharedSlope.apply, "keep slope in ctx"),
    ],
    "product": [
        (lambda a, b: a.mm(b.t()), "has the shape (5, 5), it should have (5, 4)"),
        (lambda a, b: a + b, "entry by entry"),
        (lambda a, b: a * b, "PyTorch wrote the backward pass"),
        ("return grad_a, grad_b", "return grad_b, grad_a", "the gradient of the other input"),
        ("return grad_a, grad_b", "return b, a", "multiply it by grad_output"),
        ("return grad_a, grad_b", "return grad_a, None", "b gets no gradient"),
        ("return grad_a, grad_b", "return grad_a.sum(dim=0), grad_b", "in its shape"),
        (OlderProduct.apply, "save in setup_context"),
    ],
    "softplus": [
        (lambda x: torch.from_numpy(np.logaddexp(0, x.detach().numpy())), "has no grad_fn"),
        (lambda x: np.logaddexp(0, x.detach().numpy()), "not a tensor"),
        (torch.nn.functional.softplus, "PyTorch wrote the backward pass"),
        (TorchSoftplus.apply, "never leaves PyTorch"),
        (STABLE, "* torch.exp(x)", "exp(x) / (1 + exp(x))"),
        ("return grad_output / (1", "return 1 / (1", "multiply them by grad_output"),
        (STABLE, "* torch.exp(x) / (1 + torch.exp(x))", "exp(1000) is infinite"),
        (STABLE, "/ (1 + torch.exp(-x.clamp(max=10)))", "it should be [0.0, 1.0]"),
        (NUMPY, "torch.from_numpy(np.log(1 + np.exp(x.detach().numpy())))", "is not finite"),
        (NUMPY, "torch.tensor(np.logaddexp(0, x.detach().numpy())).float()", "keep the dtype"),
    ],
    "network_loss": [
        (lambda x, y, w1, w2: right.network_loss(x, y, w1, w2) / 640, "fix forward first"),
        ("grad_output * 2.0", "grad_output", "is 0.5 times the right one"),
        ("        grad_h[h <= 0] = 0\n", "", "the gradient for w1 is wrong"),
        ("h_relu.t().mm(grad_y_pred)", "h.t().mm(grad_y_pred)", "the gradient for w2 is wrong"),
        ("x.t().mm(grad_h)", "grad_h.t().mm(x)", "in its shape"),
        ("grad_output * 2.0", "2.0", "where is grad_output?"),
        ("grad_w1, grad_w2\n", "grad_w1, None\n", "w2 gets no gradient"),
        ("return None, None, grad_w1", "return grad_w1", "one gradient for each input"),
        (lambda x, y, w1, w2: (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum(), "PyTorch wrote"),
    ],
}

RIGHT = {
    "at_zero": [
        lambda: [[0, 3, 3], True],
        lambda: ((0.0, 3.0, 3.0), 1),
        lambda: (torch.tensor([0.0, 3.0, 3.0]), True),
    ],
    "leaky_relu": [
        OlderLeaky.apply,
        (LEAKY, CLONED),
        (FORWARD, "x.clamp(min=0) + slope * x.clamp(max=0)"),
        (LEAKY, "grad_output * torch.where(x > 0, 1, ctx.slope)"),
    ],
    "product": [
        ("return grad_a, grad_b", "return b * grad_output, a * grad_output"),
        ("return a * b", "return torch.mul(a, b)"),
        ("ctx.save_for_backward(*inputs)", "a, b = inputs\n        ctx.save_for_backward(a, b)"),
    ],
    "softplus": [
        (NUMPY, "torch.tensor(np.logaddexp(0, x.detach().numpy()), dtype=x.dtype)"),
        (STABLE, "* torch.sigmoid(x)"),
        (STABLE, "* (1 - 1 / (1 + torch.exp(x)))"),
        (NUMPY, "torch.from_numpy(np.logaddexp(np.zeros_like(x), x.numpy()))"),
    ],
    "network_loss": [
        OlderLayers.apply,
        NumpyLayers.apply,
        ("grad_h[h <= 0] = 0", "grad_h *= h > 0"),
    ],
}
