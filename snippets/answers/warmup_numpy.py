"""Answers to the exercises of lesson 1."""

import numpy as np


# --8<-- [start:shapes]
def shapes(N, D_in, H, D_out):
    """Return the shapes of y_pred, grad_h and x.T.dot(grad_h)."""
    return [(N, D_out), (N, H), (D_in, H)]


# --8<-- [end:shapes]


# --8<-- [start:first_bad_step]
def first_bad_step(losses):
    """Return the index of the first loss that is infinite or nan, or None."""
    for t, loss in enumerate(losses):
        if not np.isfinite(loss):
            return t
    return None


# --8<-- [end:first_bad_step]


# --8<-- [start:leaky_backward]
def leaky_backward(grad_leaky, h):
    """Return the gradient for h, shape (N, H), like that of its leaky ReLU."""
    return grad_leaky * np.where(h > 0, 1, 0.1)


# --8<-- [end:leaky_backward]


# --8<-- [start:three_layers]
def three_layers(x, y, w1, w2, w3):
    """Return the loss, and its gradients for w1 (D_in, H), w2 (H, H) and w3 (H, D_out)."""
    h1 = x.dot(w1)  # (N, H)
    h1_relu = np.maximum(h1, 0)  # (N, H)
    h2 = h1_relu.dot(w2)  # (N, H)
    h2_relu = np.maximum(h2, 0)  # (N, H)
    y_pred = h2_relu.dot(w3)  # (N, D_out)
    loss = np.square(y_pred - y).sum()

    grad_y_pred = 2 * (y_pred - y)  # (N, D_out)
    grad_w3 = h2_relu.T.dot(grad_y_pred)  # (H, D_out)
    grad_h2 = grad_y_pred.dot(w3.T) * (h2 > 0)  # (N, H)
    grad_w2 = h1_relu.T.dot(grad_h2)  # (H, H)
    grad_h1 = grad_h2.dot(w2.T) * (h1 > 0)  # (N, H)
    grad_w1 = x.T.dot(grad_h1)  # (D_in, H)
    return loss, grad_w1, grad_w2, grad_w3


# --8<-- [end:three_layers]


def losses_at(learning_rate):
    """Return 50 losses of lesson 1's network, trained with this learning rate."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((64, 1000)), rng.standard_normal((64, 10))
    w1, w2 = rng.standard_normal((1000, 100)), rng.standard_normal((100, 10))
    losses = []
    with np.errstate(all="ignore"):
        for _ in range(50):
            h = x.dot(w1)  # (N, H)
            error = np.maximum(h, 0).dot(w2) - y  # (N, D_out)
            losses.append(float(np.square(error).sum()))
            grad_h = (2 * error).dot(w2.T) * (h > 0)  # (N, H)
            w2 = w2 - learning_rate * np.maximum(h, 0).T.dot(2 * error)
            w1 = w1 - learning_rate * x.T.dot(grad_h)
    return losses


def main():
    """Print what the answers give; the parts are those of the page."""
    for name, shape in zip(
        ("y_pred", "grad_h", "x.T.dot(grad_h)"), shapes(64, 1000, 100, 10), strict=True
    ):
        print(f"{name:16s} {shape}")
    print()
    for learning_rate in (1e-6, 1e-5, 1e-4):
        print(f"{learning_rate:.0e}  {first_bad_step(losses_at(learning_rate))}")
    print()
    h = np.array([[-2.0, 3.0]])
    print(leaky_backward(np.ones((1, 2)), h))
    print()
    rng = np.random.default_rng(0)
    sizes = [(6, 5), (6, 3), (5, 4), (4, 4), (4, 3)]
    loss, *gradients = three_layers(*[rng.standard_normal(size) for size in sizes])
    print(f"loss {loss:.4g}, gradients {[gradient.shape for gradient in gradients]}")


if __name__ == "__main__":
    main()
