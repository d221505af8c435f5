"""The gradients of a network with any number of layers, beside autograd."""

import itertools

import torch

N = 9
widths = [8, 7, 6, 5, 4, 3, 2]  # all different: a forgotten transpose does not fit
seed = 0
dtype = torch.float64


# --8<-- [start:forward]
def forward(x, weights, biases):
    """Return the input and what each layer puts out; the last has no tanh."""
    a = [x]
    for k, (w, b) in enumerate(zip(weights, biases, strict=True), start=1):
        z = a[k - 1] @ w + b
        a.append(z if k == len(weights) else torch.tanh(z))
    return a


# --8<-- [end:forward]


# --8<-- [start:layer]
def layer_backward(grad_z, a, w):
    """Return the gradients for weights, bias and input of z = a @ w + b.

    Args:
        grad_z (torch.Tensor): The gradient for z, shape (N, D_k).
        a (torch.Tensor): The input of the layer, shape (N, D_j).
        w (torch.Tensor): Its weights, shape (D_j, D_k).
    """
    grad_w = a.T @ grad_z  # (D_j, D_k)
    grad_b = grad_z.sum(dim=0)  # (D_k,)
    grad_a = grad_z @ w.T  # (N, D_j)
    return grad_w, grad_b, grad_a


# --8<-- [end:layer]


# --8<-- [start:backward]
def backward(a, y, weights):
    """Return the gradients for x, the weights and the biases, first layer first."""
    grad_ws, grad_bs = [], []
    grad_z = 2 * (a[-1] - y)  # the last layer has no tanh
    for k in range(len(weights), 0, -1):
        w = weights[k - 1]  # the list begins with the weights of layer 1
        grad_w, grad_b, grad_a = layer_backward(grad_z, a[k - 1], w)
        grad_ws.insert(0, grad_w)
        grad_bs.insert(0, grad_b)
        if k > 1:
            grad_z = grad_a * (1 - a[k - 1] ** 2)  # through the tanh of layer k - 1
    return grad_a, grad_ws, grad_bs


# --8<-- [end:backward]


def make_network(widths):
    """Return random weights, (D_j, D_k), and biases, (D_k,), for layers of these widths."""
    sizes = list(itertools.pairwise(widths))
    weights = [torch.randn(d_j, d_k, dtype=dtype) / d_j**0.5 for d_j, d_k in sizes]
    return weights, [torch.randn(d_k, dtype=dtype) for _, d_k in sizes]


def compare(depth):
    """Return the largest difference from autograd for a network of so many layers."""
    torch.manual_seed(seed)
    weights, biases = make_network(widths[: depth + 1])
    x = torch.randn(N, widths[0], dtype=dtype)
    y = torch.randn(N, widths[depth], dtype=dtype)
    grad_x, grad_ws, grad_bs = backward(forward(x, weights, biases), y, weights)

    leaves = [leaf.requires_grad_() for leaf in (x, *weights, *biases)]
    loss = (forward(x, weights, biases)[-1] - y).pow(2).sum()
    exact = torch.autograd.grad(loss, leaves)
    pairs = zip((grad_x, *grad_ws, *grad_bs), exact, strict=True)
    return max((ours - theirs).abs().max().item() for ours, theirs in pairs)


def main():
    """Return for each number of layers the largest difference from autograd."""
    largest = {depth: compare(depth) for depth in range(1, 7)}
    for depth, difference in largest.items():
        print(f"layers: {depth}   largest difference: {difference:.0e}")
    return largest


if __name__ == "__main__":
    largest = main()
