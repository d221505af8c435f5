"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch

from snippets.answers import any_network as right


def by_autograd(x, y, weights):
    weights = [w.clone().requires_grad_() for w in weights]
    a = x
    for w in weights[:-1]:
        a = (a @ w).clamp(min=0)
    return list(torch.autograd.grad((a @ weights[-1] - y).square().mean(), weights))


def with_sums_kept(x, y, weights):
    sums, outputs = [], [x]
    for w in weights:
        sums.append(outputs[-1].mm(w))
        outputs.append(sums[-1].clamp(min=0))
    grad = 2 / y.numel() * (sums[-1] - y)
    grads = {}
    for k in reversed(range(len(weights))):
        grads[k] = outputs[k].t().mm(grad)
        grad = grad.mm(weights[k].t())
        if k > 0:
            grad[sums[k - 1] <= 0] = 0
    return tuple(grads[k] for k in range(len(weights)))


def with_ones(x, y, weights, biases):
    """A bias is a row of weights whose input is 1."""
    one = torch.ones(len(x), 1, dtype=x.dtype)
    v1, v2, v3 = (torch.cat([w, b[None]]) for w, b in zip(weights, biases, strict=True))
    x1 = torch.cat([x, one], dim=1)
    t1 = torch.tanh(x1 @ v1)
    x2 = torch.cat([t1, one], dim=1)
    t2 = torch.tanh(x2 @ v2)
    x3 = torch.cat([t1 + t2, one], dim=1)
    grad_p = 2 / len(x) * (x3 @ v3 - y)
    grad_a2 = grad_p @ v3[:-1].T
    grad_z2 = grad_a2 * (1 - t2.square())
    grad_z1 = (grad_a2 + grad_z2 @ v2[:-1].T) * (1 - t1.square())
    grads = x1.T @ grad_z1, x2.T @ grad_z2, x3.T @ grad_p
    return tuple(g[:-1] for g in grads), tuple(g[-1] for g in grads)


def entry_by_entry(loss, w, grad):
    step = 1e-4 * w.norm() / w.numel() ** 0.5
    slopes = torch.zeros_like(w)
    for n in range(w.shape[0]):
        for h in range(w.shape[1]):
            nudge = torch.zeros_like(w)
            nudge[n, h] = step
            slopes[n, h] = (loss(w + nudge) - loss(w - nudge)) / (2 * step)
    return torch.allclose(slopes, grad, rtol=0, atol=1e-5 * slopes.abs().max().item())


def relative_to_the_slope(loss, w, grad):
    direction = w.abs().max() * torch.randn(w.shape, dtype=w.dtype)
    up, down = loss(w + 1e-5 * direction), loss(w - 1e-5 * direction)
    slope = (up - down) / 2e-5
    return abs((grad * direction).sum() / slope - 1) < 1e-5


DIRECTION = "direction = torch.randn_like(w)"
TOLERANCE = "1e-6 * grad.norm() * direction.norm()"
WRONG = {
    "four_gates": [
        (lambda: (7, 7, 5), "u stands in the last line"),
        (lambda: (13, 7, 5), "is u the larger one"),
        (lambda: (6, 5, 7), "v gets the gradient of s"),
        (lambda: (8, 1, 5), "hands on the gradient of s as it is"),
        (lambda: (13, 7, 0), "which is w"),
        (lambda: (10.5, 7, 2.5), "to w undivided"),
        (lambda: [8, 7], "return three numbers"),
    ],
    "scale_and_shift": [
        ("grad_r * v", "grad_r", "the other factor, v"),
        ("(grad_r * u).sum(dim=0)", "grad_r * u", "grad_v has the shape (6, 4)"),
        ("(grad_r * u).sum(dim=0)", "grad_r.sum(dim=0)", "multiply by u first"),
        (", keepdim=True", "", "grad_c has the shape (6,)"),
        ("grad_r.sum(dim=1, keepdim=True)", "grad_r", "grad_c has the shape (6, 4)"),
        ("grad_r.sum(", "grad_r.mean(", "grad_c is 0.25 times"),
        ("grad_c = grad_r.sum", "grad_c = (grad_r * v).sum", "multiplies by nothing"),
        ("return grad_u, grad_v, grad_c", "return grad_u, grad_v", "return three gradients"),
    ],
    "deep_relu": [
        ("y.numel()", "len(y)", "times what autograd finds"),
        (" / y.numel()", "", "times what autograd finds"),
        (" * (a[k - 1] > 0)", "", "are the slopes those of the layer before"),
        ("grads.insert(0, a[k - 1].T @ grad_z)", "grads.append(a[k - 1].T @ grad_z)", "come first"),
        ("a[k - 1].T @ grad_z", "a[k].T @ grad_z", "the gradient of layer 1"),
        ("z if k == len(weights) else torch.relu(z)", "torch.relu(z)", "has the last layer none"),
        (lambda *a: right.deep_relu(*a)[:1], "return a list of as many gradients"),
        ("weights[k - 1].T * (a[k - 1] > 0)", "weights[k - 1].T * a[k - 1]", "are the slopes"),
    ],
    "three_layers": [
        ("grad_z2 @ w2.T + grad_a2", "grad_z2 @ w2.T", "lacks what comes back along the skip"),
        ("grad_z2 @ w2.T + grad_a2", "grad_a2", "lacks what comes back through layer 2"),
        ("(1 - t2**2)", "(1 - a2**2)", "those of the tanh alone"),
        ("/ len(x)", "/ y.numel()", "grad_w3 is 0.3333 times"),
        ("a2 = t2 + a1", "a2 = t2", "is the skip connection in the a2"),
        ("grad_b2 = grad_z2.sum(dim=0)", "grad_b2 = grad_z2", "grad_b2 has the shape (9, 5)"),
        ("grad_a1 * (1 - a1**2)", "grad_a1", "the slopes of the first layer"),
        ("grad_w2 = a1.T", "grad_w2 = a2.T", "the input of layer 2 is a1"),
        (lambda *a: right.three_layers(*a)[0], "return two lists"),
        (lambda *a: [three[1:] for three in right.three_layers(*a)], "holds three gradients"),
        ("grad_b1 = grad_z1.sum(dim=0)", "grad_b1 = grad_a1.sum(dim=0)", "the rows of grad_z1"),
    ],
    "agrees": [
        (DIRECTION, "direction = torch.ones_like(w)", "a gradient transposed is accepted"),
        (DIRECTION, "direction = 0 * w\n        direction[0, 0] = 1", "is accepted"),
        (TOLERANCE, "1e-6", "a right gradient is rejected, for a loss a million times as large"),
        (TOLERANCE, "1e-3", "for a loss a million times as large"),
        ("1e-5 * (w.abs().max() or 1)", "1e-5", "for a loss with very small weights"),
        ("/ (2 * step)", "/ step", "a right gradient is rejected"),
        (
            "((grad * direction).sum() - slope).abs()",
            "((grad * direction).sum().abs() - slope.abs()).abs()",
            "with the wrong sign is accepted",
        ),
        (TOLERANCE, "0", "a right gradient is rejected"),
        ("return True", "return error", "return True or False"),
        ("direction = torch.randn_like(w)", "direction = w.add_(1)", "change a copy"),
        ("loss(w + step * direction)", "loss((w + step * direction).float())", "than float64"),
        (lambda loss, w, grad: True, "loss was never called"),
    ],
}

RIGHT = {
    "four_gates": [
        lambda: [8.0, 7.0, 5.0],
        lambda: [leaf.grad for leaf in right.program()],
        lambda: (7 + 0 + 1, 7, 3 + 2),
    ],
    "scale_and_shift": [
        ("(grad_r * u).sum(dim=0)", "torch.diagonal(u.T @ grad_r)"),
        ("grad_r.sum(dim=1, keepdim=True)", "grad_r @ torch.ones(4, 1, dtype=u.dtype)"),
        (
            "return grad_u, grad_v, grad_c",
            "return [grad_r @ torch.diag(v), grad_v, grad_c.sum_to_size(c.shape)]",
        ),
    ],
    "deep_relu": [by_autograd, with_sums_kept, ("(a[k - 1] > 0)", "a[k - 1].sign()")],
    "three_layers": [
        with_ones,
        ("grad_z2 @ w2.T + grad_a2", "grad_a2 + (w2 @ grad_z2.T).T"),
        ("t2 = torch.tanh(a1 @ w2 + b2)", "t2 = torch.tanh(torch.addmm(b2, a1, w2))"),
    ],
    "agrees": [
        entry_by_entry,
        relative_to_the_slope,
        ("range(3)", "range(10)"),
        ("error > 1e-6 * grad", "not error <= 1e-5 * grad"),
    ],
}
