"""Likely wrong answers, each with words that the check must say to it."""

import numpy as np
import torch

from snippets.answers import custom_function as right


def function_with(function, backward, base):
    """Return a call of a function like `base`, with another backward pass."""
    made = type(function, (base,), {"backward": staticmethod(backward)})
    return made.apply


def leaky_with(backward):
    return function_with("LeakyReLU", backward, right.LeakyReLU)


def leaky_without_grad_output(ctx, grad_output):
    (x,) = ctx.saved_tensors
    return torch.where(x > 0, 1.0, ctx.slope).to(x.dtype), None


def plain_relu(ctx, grad_output):
    (x,) = ctx.saved_tensors
    return grad_output * (x > 0), None


def leaky_sides_swapped(ctx, grad_output):
    (x,) = ctx.saved_tensors
    return torch.where(x > 0, ctx.slope * grad_output, grad_output), None


def leaky_in_place(ctx, grad_output):
    (x,) = ctx.saved_tensors
    grad_output[x <= 0] *= ctx.slope
    return grad_output, None


def product_with(backward):
    return function_with("Product", backward, right.Product)


def swapped(ctx, grad_output):
    a, b = ctx.saved_tensors
    return grad_output * a, grad_output * b


def slopes_alone(ctx, grad_output):
    a, b = ctx.saved_tensors
    return b, a


class OlderProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output * b, grad_output * a


def softplus_with(backward):
    return function_with("Softplus", backward, right.Softplus)


def overflowing(ctx, grad_output):
    (x,) = ctx.saved_tensors
    return grad_output * torch.exp(x) / (1 + torch.exp(x))


def slope_of_exp(ctx, grad_output):
    (x,) = ctx.saved_tensors
    return grad_output * torch.exp(x)


class OverflowingSoftplus(right.Softplus):
    @staticmethod
    def forward(x):
        return torch.log(1 + torch.exp(x))


def network_with(backward):
    return function_with("TwoLayers", backward, right.TwoLayers)


def grads_of(ctx, grad_output):
    return right.TwoLayers.backward(ctx, grad_output)


def grad_output_forgotten(ctx, grad_output):
    return grads_of(ctx, torch.ones_like(grad_output))


def two_forgotten(ctx, grad_output):
    return grads_of(ctx, grad_output / 2)


def mask_forgotten(ctx, grad_output):
    x, y, w1, w2 = ctx.saved_tensors
    _, _, _, grad_w2 = grads_of(ctx, grad_output)
    grad_y_pred = grad_output * 2 * (x.mm(w1).clamp(min=0).mm(w2) - y)
    return None, None, x.t().mm(grad_y_pred.mm(w2.t())), grad_w2


def no_gradient_for_w2(ctx, grad_output):
    return None, None, grads_of(ctx, grad_output)[2], None


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
        (leaky_with(leaky_without_grad_output), "multiply them by grad_output"),
        (leaky_with(plain_relu), "wrong where x < 0"),
        (leaky_with(leaky_sides_swapped), "wrong where x > 0"),
        (leaky_with(leaky_in_place), "clone it"),
        (leaky_with(lambda ctx, grad_output: (None, None)), "x gets no gradient"),
    ],
    "product": [
        (lambda a, b: a.mm(b.t()), "has the shape (5, 5), it should have (5, 4)"),
        (lambda a, b: a + b, "entry by entry"),
        (lambda a, b: a * b, "PyTorch wrote the backward pass"),
        (product_with(swapped), "a gets the gradient of the other input"),
        (product_with(slopes_alone), "multiply it by grad_output"),
        (OlderProduct.apply, "save in setup_context"),
    ],
    "softplus": [
        (lambda x: torch.from_numpy(np.logaddexp(0, x.detach().numpy())), "has no grad_fn"),
        (lambda x: np.logaddexp(0, x.detach().numpy()), "not a tensor"),
        (torch.nn.functional.softplus, "PyTorch wrote the backward pass"),
        (softplus_with(slope_of_exp), "exp(x) / (1 + exp(x))"),
        (softplus_with(overflowing), "exp(1000) is infinite"),
        (OverflowingSoftplus.apply, "the result for 1000 is not finite"),
    ],
    "network_loss": [
        (lambda x, y, w1, w2: right.network_loss(x, y, w1, w2) / 640, "fix forward first"),
        (network_with(two_forgotten), "is 0.5 times the right one"),
        (network_with(mask_forgotten), "the gradient for w1 is wrong"),
        (network_with(grad_output_forgotten), "where is grad_output?"),
        (network_with(no_gradient_for_w2), "w2 gets no gradient"),
    ],
}
