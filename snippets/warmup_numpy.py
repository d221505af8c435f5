"""Lesson 1: a two-layer network trained in numpy, its gradients written by hand."""

import numpy as np

# --8<-- [start:sizes]
# N: samples in the batch; D_in, H, D_out: features in, hidden units, features out
N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
steps = 500
seed = 0
dtype = np.float64
# --8<-- [end:sizes]


def make_data():
    """Draw inputs, targets and initial weights from a standard normal distribution.

    Returns:
        x (np.ndarray): Inputs, shape (N, D_in).
        y (np.ndarray): Targets, shape (N, D_out).
        w1 (np.ndarray): First weights, shape (D_in, H).
        w2 (np.ndarray): Second weights, shape (H, D_out).
    """
    # --8<-- [start:data]
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D_in), dtype=dtype)  # (N, D_in)
    y = rng.standard_normal((N, D_out), dtype=dtype)  # (N, D_out)
    w1 = rng.standard_normal((D_in, H), dtype=dtype)  # (D_in, H)
    w2 = rng.standard_normal((H, D_out), dtype=dtype)  # (H, D_out)
    # --8<-- [end:data]
    return x, y, w1, w2


def gradients(x, y, w1, w2):
    """Compute the loss and its gradients with respect to both weights.

    The formulas are derived on the course's page *derivative-basics*.

    Args:
        x (np.ndarray): Inputs, shape (N, D_in).
        y (np.ndarray): Targets, shape (N, D_out).
        w1 (np.ndarray): First weights, shape (D_in, H).
        w2 (np.ndarray): Second weights, shape (H, D_out).

    Returns:
        loss (float): Sum of squared errors.
        grad_w1 (np.ndarray): Gradient of the loss with respect to w1, shape (D_in, H).
        grad_w2 (np.ndarray): Gradient of the loss with respect to w2, shape (H, D_out).
    """
    # --8<-- [start:forward]
    # Forward pass: compute the prediction
    h = x.dot(w1)  # (N, H)
    h_relu = np.maximum(h, 0)  # (N, H)
    y_pred = h_relu.dot(w2)  # (N, D_out)
    # --8<-- [end:forward]

    # --8<-- [start:loss]
    loss = np.square(y_pred - y).sum()  # one number
    # --8<-- [end:loss]

    # --8<-- [start:backward]
    # Backward pass: gradients of the loss with respect to w2, then w1
    # --8<-- [start:grad_y_pred]
    grad_y_pred = 2.0 * (y_pred - y)  # (N, D_out)
    # --8<-- [end:grad_y_pred]
    # --8<-- [start:grad_w2]
    grad_w2 = h_relu.T.dot(grad_y_pred)  # (H, D_out)
    # --8<-- [end:grad_w2]
    # --8<-- [start:grad_h_relu]
    grad_h_relu = grad_y_pred.dot(w2.T)  # (N, H)
    # --8<-- [end:grad_h_relu]
    # --8<-- [start:grad_h]
    grad_h = grad_h_relu.copy()  # (N, H)
    grad_h[h <= 0] = 0  # (N, H)
    # --8<-- [end:grad_h]
    # --8<-- [start:grad_w1]
    grad_w1 = x.T.dot(grad_h)  # (D_in, H)
    # --8<-- [end:grad_w1]
    # --8<-- [end:backward]
    return loss, grad_w1, grad_w2


def train(x, y, w1, w2):
    """Run gradient descent on the whole batch, printing the loss as it goes.

    Args:
        x (np.ndarray): Inputs, shape (N, D_in).
        y (np.ndarray): Targets, shape (N, D_out).
        w1 (np.ndarray): First weights, shape (D_in, H); updated in place.
        w2 (np.ndarray): Second weights, shape (H, D_out); updated in place.

    Returns:
        losses (list[float]): The loss before each of the updates.
    """
    losses = []
    for t in range(steps):
        loss, grad_w1, grad_w2 = gradients(x, y, w1, w2)
        losses.append(float(loss))
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss:.4g}")
        # --8<-- [start:update]
        # Step against the gradient
        w1 -= learning_rate * grad_w1
        w2 -= learning_rate * grad_w2
        # --8<-- [end:update]
    return losses


if __name__ == "__main__":
    x, y, w1, w2 = make_data()
    losses = train(x, y, w1, w2)
