"""Likely wrong answers, each with words that the check must say to it."""

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


LEAKY = "torch.where(x > 0, grad_output, ctx.slope * grad_output)"
IN_PLACE = "grad_output\n        grad_output[x <= 0] *= ctx.slope"
SWAPPED = "torch.where(x > 0, ctx.slope * grad_output, grad_output)"
NUMPY = "torch.from_numpy(np.logaddexp(0, x.detach().numpy()))"
STABLE = "/ (1 + torch.exp(-x))"
WRONG = {
    "at_zero": [
        (lambda: ([0.0, 0.0, 3.0], True), "is 0 < 0?"),
        (lambda: ([0.0, 1.0, 1.0], True), "at 0 the gradient is not 1.0"),
        (lambda: ([0.0, 3.0, 1.0], True), "what comes in as grad_output?"),
        (lambda: ([0.0, 3.0, 3.0], False), "at which points does it compare?"),
    ],
    "leaky_relu": [
        (torch.nn.functional.leaky_relu, "PyTorch wrote the backward pass"),
        (lambda x, slope: right.leaky_relu(-x, slope), "the forward pass is wrong"),
        (LEAKY, "torch.where(x > 0, 1.0, ctx.slope).to(x.dtype)", "multiply them by grad_output"),
        (LEAKY, "grad_output * (x > 0)", "wrong where x < 0"),
        (LEAKY, SWAPPED, "wrong where x > 0"),
        (LEAKY, IN_PLACE, "clone it"),
        ("return grad_x, None", "return None, None", "x gets no gradient"),
    ],
    "product": [
        (lambda a, b: a.mm(b.t()), "has the shape (5, 5), it should have (5, 4)"),
        (lambda a, b: a + b, "entry by entry"),
        (lambda a, b: a * b, "PyTorch wrote the backward pass"),
        (
            "return grad_a, grad_b",
            "return grad_b, grad_a",
            "a gets the gradient of the other input",
        ),
        ("return grad_a, grad_b", "return b, a", "multiply it by grad_output"),
        (OlderProduct.apply, "save in setup_context"),
    ],
    "softplus": [
        (lambda x: torch.from_numpy(np.logaddexp(0, x.detach().numpy())), "has no grad_fn"),
        (lambda x: np.logaddexp(0, x.detach().numpy()), "not a tensor"),
        (torch.nn.functional.softplus, "PyTorch wrote the backward pass"),
        (STABLE, "* torch.exp(x)", "exp(x) / (1 + exp(x))"),
        (STABLE, "* torch.exp(x) / (1 + torch.exp(x))", "exp(1000) is infinite"),
        (NUMPY, "torch.log(1 + torch.exp(x))", "the result for 1000 is not finite"),
    ],
    "network_loss": [
        (lambda x, y, w1, w2: right.network_loss(x, y, w1, w2) / 640, "fix forward first"),
        ("grad_output * 2.0", "grad_output", "is 0.5 times the right one"),
        ("        grad_h[h <= 0] = 0\n", "", "the gradient for w1 is wrong"),
        ("grad_output * 2.0", "2.0", "where is grad_output?"),
        ("grad_w1, grad_w2\n", "grad_w1, None\n", "w2 gets no gradient"),
    ],
}
