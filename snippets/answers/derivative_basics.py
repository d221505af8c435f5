"""Answers to the exercises of the derivation page."""

import numpy as np
import torch

N, D_in, H, D_out = 6, 5, 4, 3
seed = 0
decay = 0.1


def program():
    """Print the gradients of lesson 1's network for one sample."""
    # --8<-- [start:program]
    x = np.array([[1.0, 2.0]])  # (1, 2)
    y = np.array([[5.0]])  # (1, 1)
    w1 = np.array([[1.0, -1.0], [1.0, 0.0]])  # (2, 2)
    w2 = np.array([[2.0], [3.0]])  # (2, 1)

    h = x.dot(w1)  # (1, 2)
    h_relu = np.maximum(h, 0)  # (1, 2)
    y_pred = h_relu.dot(w2)  # (1, 1)

    grad_y_pred = 2 * (y_pred - y)  # (1, 1)
    grad_w2 = h_relu.T.dot(grad_y_pred)  # (2, 1)
    grad_h_relu = grad_y_pred.dot(w2.T)  # (1, 2)
    grad_w1 = x.T.dot(grad_h_relu * (h > 0))  # (2, 2)
    print(grad_w2.tolist(), grad_w1.tolist())
    # --8<-- [end:program]


# --8<-- [start:one_sample]
def one_sample():
    """Return grad_w2, two rows of one number, and grad_w1, two rows of two."""
    return [[6.0], [0.0]], [[4.0, 0.0], [8.0, 0.0]]


# --8<-- [end:one_sample]


# --8<-- [start:grad_input]
def grad_input(x, y, w1, w2):
    """Return the gradient for x, shape (N, D_in)."""
    h = x.dot(w1)  # (N, H)
    error = np.maximum(h, 0).dot(w2) - y  # (N, D_out)
    grad_h = (2 * error).dot(w2.T) * (h > 0)  # (N, H)
    return grad_h.dot(w1.T)


# --8<-- [end:grad_input]


# --8<-- [start:grad_w1_penalty]
def grad_w1_penalty(x, y, w1, w2, decay):
    """Return the gradient for w1, shape (D_in, H)."""
    h = x.dot(w1)  # (N, H)
    error = np.maximum(h, 0).dot(w2) - y  # (N, D_out)
    grad_h = (2 * error).dot(w2.T) * (h > 0)  # (N, H)
    return x.T.dot(grad_h) + 2 * decay * w1


# --8<-- [end:grad_w1_penalty]


# --8<-- [start:grad_w2_mean]
def grad_w2_mean(x, y, w1, w2):
    """Return the gradient for w2, shape (H, D_out)."""
    h_relu = np.maximum(x.dot(w1), 0)  # (N, H)
    error = h_relu.dot(w2) - y  # (N, D_out)
    return h_relu.T.dot(2 * error / error.size)


# --8<-- [end:grad_w2_mean]


# --8<-- [start:shortcut]
def shortcut(x, y, w1, w_mid, w2):
    """Return the gradients for w_mid, shape (H, H), and for w1, shape (D_in, H)."""
    h1 = x.dot(w1)  # (N, H)
    a1 = np.maximum(h1, 0)  # (N, H)
    h2 = a1.dot(w_mid)  # (N, H)
    a2 = np.maximum(h2, 0) + a1  # (N, H)
    error = a2.dot(w2) - y  # (N, D_out)

    grad_a2 = (2 * error).dot(w2.T)  # (N, H)
    grad_h2 = grad_a2 * (h2 > 0)  # (N, H)
    grad_w_mid = a1.T.dot(grad_h2)  # (H, H)
    grad_a1 = grad_h2.dot(w_mid.T) + grad_a2  # (N, H)
    grad_w1 = x.T.dot(grad_a1 * (h1 > 0))  # (D_in, H)
    return grad_w_mid, grad_w1


# --8<-- [end:shortcut]


def by_autograd(loss, *arrays):
    """Return autograd's gradient of a loss for each of the arrays it is computed from.

    Args:
        loss (Callable): Takes one tensor for each array, returns a tensor with one number.
        arrays (np.ndarray): Any shapes.

    Returns:
        gradients (list[np.ndarray]): One for each array, in its shape.
    """
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    loss(*tensors).backward()
    return [tensor.grad.numpy() for tensor in tensors]


def squared_error(x, y, w1, w2):
    """Return the loss of the page, from tensors."""
    return (torch.relu(x @ w1) @ w2 - y).pow(2).sum()


def squared_error_shortcut(x, y, w1, w_mid, w2):
    """Return the loss of the network with a short cut, from tensors."""
    a1 = torch.relu(x @ w1)  # (N, H)
    a2 = torch.relu(a1 @ w_mid) + a1  # (N, H)
    return (a2 @ w2 - y).pow(2).sum()


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D_in))  # (N, D_in)
    y = rng.standard_normal((N, D_out))  # (N, D_out)
    w1 = rng.standard_normal((D_in, H))  # (D_in, H)
    w2 = rng.standard_normal((H, D_out))  # (H, D_out)
    w_mid = rng.standard_normal((H, H))  # (H, H)
    exact_x, _, exact_w1, exact_w2 = by_autograd(squared_error, x, y, w1, w2)
    grad_x = grad_input(x, y, w1, w2)  # (N, D_in)
    print(f"{grad_x.shape}, equal to autograd's: {np.allclose(grad_x, exact_x)}")
    print()
    added = (grad_w1_penalty(x, y, w1, w2, decay) - exact_w1) / w1  # (D_in, H)
    print("added to the gradient, divided by w1:", np.unique(added.round(6)).tolist())
    print()
    ratio = exact_w2 / grad_w2_mean(x, y, w1, w2)  # (H, D_out)
    print("one divided by the other:", np.unique(ratio.round(6)).tolist())
    print()
    exact = by_autograd(squared_error_shortcut, x, y, w1, w_mid, w2)
    for name, ours, theirs in zip(
        ("w_mid", "w1"), shortcut(x, y, w1, w_mid, w2), (exact[3], exact[2]), strict=True
    ):
        print(f"{name:5s} {ours.shape}, equal to autograd's: {np.allclose(ours, theirs)}")


if __name__ == "__main__":
    main()
