"""Answers to the exercises of the recipe for any network."""

import itertools

import torch

seed = 0
double = torch.float64


# --8<-- [start:program]
def program():
    """Return three numbers that require gradients, after the backward pass."""
    u, v, w = (torch.tensor(number, requires_grad=True) for number in (3.0, 2.0, 7.0))
    s = u + v
    m = torch.maximum(u, w)
    loss = s * m + u
    loss.backward()
    return u, v, w


# --8<-- [end:program]


# --8<-- [start:four_gates]
def four_gates():
    """Return the gradients for u, v and w."""
    return 8, 7, 5


# --8<-- [end:four_gates]


# --8<-- [start:scale_and_shift]
def scale_and_shift(u, v, c, grad_r):
    """Return the gradients for u, (N, D), for v, (D,), and for c, (N, 1)."""
    grad_u = grad_r * v  # (N, D)
    grad_v = (grad_r * u).sum(dim=0)  # (D,)
    grad_c = grad_r.sum(dim=1, keepdim=True)  # (N, 1)
    return grad_u, grad_v, grad_c


# --8<-- [end:scale_and_shift]


# --8<-- [start:deep_relu]
def deep_relu(x, y, weights):
    """Return the gradients for all weights, those of the first layer first."""
    a = [x]
    for k, w in enumerate(weights, start=1):
        z = a[k - 1] @ w
        a.append(z if k == len(weights) else torch.relu(z))

    grads = []
    grad_z = 2 * (a[-1] - y) / y.numel()
    for k in range(len(weights), 0, -1):
        grads.insert(0, a[k - 1].T @ grad_z)
        if k > 1:
            grad_z = grad_z @ weights[k - 1].T * (a[k - 1] > 0)
    return grads


# --8<-- [end:deep_relu]


# --8<-- [start:three_layers]
def three_layers(x, y, weights, biases):
    """Return two lists: the gradients for the three weights, and for the three biases."""
    (w1, w2, w3), (b1, b2, b3) = weights, biases
    a1 = torch.tanh(x @ w1 + b1)  # (N, H)
    t2 = torch.tanh(a1 @ w2 + b2)  # (N, H): what the second layer adds to its input
    a2 = t2 + a1  # (N, H)
    p = a2 @ w3 + b3  # (N, D_out)

    grad_p = 2 * (p - y) / len(x)  # (N, D_out)
    grad_w3 = a2.T @ grad_p  # (H, D_out)
    grad_b3 = grad_p.sum(dim=0)  # (D_out,)
    grad_a2 = grad_p @ w3.T  # (N, H)
    grad_z2 = grad_a2 * (1 - t2**2)  # (N, H)
    grad_w2 = a1.T @ grad_z2  # (H, H)
    grad_b2 = grad_z2.sum(dim=0)  # (H,)
    grad_a1 = grad_z2 @ w2.T + grad_a2  # (N, H): a1 is used twice
    grad_z1 = grad_a1 * (1 - a1**2)  # (N, H)
    grad_w1 = x.T @ grad_z1  # (D_in, H)
    grad_b1 = grad_z1.sum(dim=0)  # (H,)
    return [grad_w1, grad_w2, grad_w3], [grad_b1, grad_b2, grad_b3]


# --8<-- [end:three_layers]


# --8<-- [start:agrees]
def agrees(loss, w, grad):
    """Return whether grad is the gradient of loss at w, by central differences."""
    step = 1e-5 * (w.abs().max() or 1)  # where all of w is 0, the step must not be 0
    for _ in range(3):
        direction = torch.randn_like(w)
        slope = (loss(w + step * direction) - loss(w - step * direction)) / (2 * step)
        error = ((grad * direction).sum() - slope).abs()
        if error > 1e-6 * grad.norm() * direction.norm():
            return False
    return True


# --8<-- [end:agrees]


def loss_of(x, y, weights, biases):
    """Return the loss of the three layers with a skip connection."""
    (w1, w2, w3), (b1, b2, b3) = weights, biases
    a1 = torch.tanh(x @ w1 + b1)  # (N, H)
    a2 = torch.tanh(a1 @ w2 + b2) + a1  # (N, H)
    return (a2 @ w3 + b3 - y).pow(2).sum() / len(x)


def main():
    """Print what the answers give; the parts are those of the page."""
    for name, leaf in zip("uvw", program(), strict=True):
        print(f"{name}.grad {leaf.grad.item():g}")
    print()

    torch.manual_seed(seed)
    u, g = torch.randn(2, 6, 4, dtype=double)  # (6, 4), (6, 4)
    v, c = torch.randn(4, dtype=double), torch.randn(6, 1, dtype=double)
    leaves = [leaf.requires_grad_() for leaf in (u, v, c)]
    exact = torch.autograd.grad(u * v + c, leaves, g)
    for name, ours, theirs in zip("uvc", scale_and_shift(u, v, c, g), exact, strict=True):
        print(f"{name} as autograd: {torch.allclose(ours, theirs)}")
    print()

    sizes = [7, 6, 5, 4, 3]
    weights = [torch.randn(pair, dtype=double) for pair in itertools.pairwise(sizes)]
    x, y = torch.randn(9, 7, dtype=double), torch.randn(9, 3, dtype=double)
    grads = deep_relu(x, y, weights)
    a = x
    for w in weights[:-1]:
        a = torch.relu(a @ w.requires_grad_())
    loss = torch.nn.functional.mse_loss(a @ weights[-1].requires_grad_(), y)
    for k, exact in enumerate(torch.autograd.grad(loss, weights), start=1):
        print(f"layer {k} as autograd: {torch.allclose(grads[k - 1], exact)}")
    print()

    shapes = {"w1": (7, 5), "w2": (5, 5), "w3": (5, 3), "b1": (5,), "b2": (5,), "b3": (3,)}
    leaves = {name: torch.randn(shape, dtype=double) for name, shape in shapes.items()}

    def loss_with(**changed):
        w1, w2, w3, b1, b2, b3 = (leaves | changed).values()
        return loss_of(x, y, (w1, w2, w3), (b1, b2, b3))

    w1, w2, w3, b1, b2, b3 = leaves.values()
    grad_ws, grad_bs = three_layers(x, y, (w1, w2, w3), (b1, b2, b3))
    grads = dict(zip(leaves, [*grad_ws, *grad_bs], strict=True))
    as_slopes = {
        name: agrees(lambda at, name=name: loss_with(**{name: at}), leaf, grads[name])
        for name, leaf in leaves.items()
    }
    loss = loss_with(**{name: leaf.requires_grad_() for name, leaf in leaves.items()})
    exact = torch.autograd.grad(loss, list(leaves.values()))
    for name, theirs in zip(leaves, exact, strict=True):
        as_autograd = torch.allclose(grads[name], theirs)
        print(f"{name} as autograd: {as_autograd}  as slopes: {as_slopes[name]}")
    print()

    w = torch.randn(4, 4, dtype=double)  # (4, 4)
    right = w.exp()  # (4, 4)
    off = right.clone()  # (4, 4)
    off[2, 1] *= 1.5
    for name, grad in (("right", right), ("transposed", right.T), ("one entry", off)):
        print(f"{name:10s} {agrees(lambda w: w.exp().sum(), w, grad)}")


if __name__ == "__main__":
    main()
