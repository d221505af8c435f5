"""Is it w2.T or grad_w2.T? Both have the right shape; only numbers tell."""

import numpy as np

N, D_in, H, D_out = 8, 5, 4, 3
seed = 0
dtype = np.float64
distance = 1e-4


def loss_of(x, y, w1, w2):
    """Return the sum of squared errors of the two-layer network."""
    return np.square(np.maximum(x.dot(w1), 0).dot(w2) - y).sum()


def central_differences(x, y, w1, w2):
    """Measure the slope of the loss along each entry of w1, shape (D_in, H)."""
    # --8<-- [start:differences]
    slopes = np.zeros_like(w1)  # (D_in, H)
    for i, j in np.ndindex(w1.shape):
        nudge = np.zeros_like(w1)
        nudge[i, j] = distance
        above = loss_of(x, y, w1 + nudge, w2)
        below = loss_of(x, y, w1 - nudge, w2)
        slopes[i, j] = (above - below) / (2 * distance)
    # --8<-- [end:differences]
    return slopes


def compare():
    """Compute grad_w1 both ways; return each one's relative error."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D_in))  # (N, D_in)
    y = rng.standard_normal((N, D_out))  # (N, D_out)
    w1 = rng.standard_normal((D_in, H))  # (D_in, H)
    w2 = rng.standard_normal((H, D_out))  # (H, D_out)
    measured = central_differences(x, y, w1, w2)  # (D_in, H)

    # --8<-- [start:variants]
    h = x.dot(w1)  # (N, H)
    h_relu = np.maximum(h, 0)  # (N, H)
    grad_y_pred = 2.0 * (h_relu.dot(w2) - y)  # (N, D_out)
    grad_w2 = h_relu.T.dot(grad_y_pred)  # (H, D_out)

    right = x.T.dot(grad_y_pred.dot(w2.T) * (h > 0))  # (D_in, H)
    wrong = x.T.dot(grad_y_pred.dot(grad_w2.T) * (h > 0))  # (D_in, H)
    # --8<-- [end:variants]
    errors = {}
    for name, grad_w1 in [("w2.T", right), ("grad_w2.T", wrong)]:
        error = np.linalg.norm(grad_w1 - measured) / np.linalg.norm(measured)
        errors[name] = float(error)
        print(f"with {name:9s}  shape {grad_w1.shape}  relative error {error:.1e}")
    return errors


if __name__ == "__main__":
    errors = compare()
