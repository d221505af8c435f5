"""The gradients of lesson 1, by hand and by HIPS autograd, which differentiates numpy code."""

import autograd.numpy as np
from autograd import grad

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0
dtype = np.float64


# --8<-- [start:loss]
def loss_of(w1, w2, x, y):
    """Compute the loss of lesson 1, in numpy as autograd provides it."""
    h_relu = np.maximum(np.dot(x, w1), 0)  # (N, H)
    y_pred = np.dot(h_relu, w2)  # (N, D_out)
    return np.sum(np.square(y_pred - y))  # one number


gradients_of = grad(loss_of, argnum=(0, 1))  # for the first two arguments, w1 and w2
# --8<-- [end:loss]


def gradients_by_hand(w1, w2, x, y):
    """Compute the gradients of lesson 1 with its six lines."""
    h = np.dot(x, w1)  # (N, H)
    h_relu = np.maximum(h, 0)  # (N, H)
    grad_y_pred = 2.0 * (np.dot(h_relu, w2) - y)  # (N, D_out)
    grad_w2 = np.dot(h_relu.T, grad_y_pred)  # (H, D_out)
    grad_h_relu = np.dot(grad_y_pred, w2.T)  # (N, H)
    grad_h = grad_h_relu.copy()  # (N, H)
    grad_h[h <= 0] = 0  # (N, H)
    grad_w1 = np.dot(x.T, grad_h)  # (D_in, H)
    return grad_w1, grad_w2


def main():
    """Print one entry of each gradient both ways; return whether all entries agree."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D_in), dtype=dtype)  # (N, D_in)
    y = rng.standard_normal((N, D_out), dtype=dtype)  # (N, D_out)
    w1 = rng.standard_normal((D_in, H), dtype=dtype)  # (D_in, H)
    w2 = rng.standard_normal((H, D_out), dtype=dtype)  # (H, D_out)

    # --8<-- [start:compare]
    by_hand = gradients_by_hand(w1, w2, x, y)
    automatic = gradients_of(w1, w2, x, y)
    agree = []
    for name, ours, theirs in zip(["w1", "w2"], by_hand, automatic, strict=True):
        largest = np.abs(ours).max()
        agree.append(bool(np.abs(ours - theirs).max() < 1e-12 * largest))
        print(f"grad_{name}[0, 0]  by hand {ours[0, 0]:.8g}  autograd {theirs[0, 0]:.8g}")
        print(f"  all entries agree to 12 digits of the largest: {agree[-1]}")
    # --8<-- [end:compare]

    print()
    # --8<-- [start:zero]
    at_zero = grad(lambda h: np.maximum(h, 0))(0.0)
    print(f"slope of np.maximum(h, 0) at exactly 0: {at_zero}")
    # --8<-- [end:zero]
    return agree, float(at_zero)


if __name__ == "__main__":
    agree, at_zero = main()
