"""The six gradient lines of lesson 1, each compared with the slope that nudging measures."""

import numpy as np

N, D_in, H, D_out = 64, 1000, 100, 10
step = 1e-3  # how far an entry is nudged to each side
seed = 0
dtype = np.float64


def make_data():
    """Draw inputs, targets and weights as lesson 1 does.

    Returns:
        x (np.ndarray): Inputs, shape (N, D_in).
        y (np.ndarray): Targets, shape (N, D_out).
        w1 (np.ndarray): First weights, shape (D_in, H).
        w2 (np.ndarray): Second weights, shape (H, D_out).
    """
    rng = np.random.default_rng(seed)
    shapes = ((N, D_in), (N, D_out), (D_in, H), (H, D_out))
    return [rng.standard_normal(shape, dtype=dtype) for shape in shapes]


# --8<-- [start:slope]
def slope(loss_of, array, entry):
    """Measure the slope of the loss along one entry of an array: nudge that entry alone."""
    up, down = array.copy(), array.copy()
    up[entry] += step
    down[entry] -= step
    return (loss_of(up) - loss_of(down)) / (2 * step)


# --8<-- [end:slope]


def main():
    """Print one entry of each gradient beside the measured slope; return both by name."""
    x, y, w1, w2 = make_data()
    h = x.dot(w1)  # (N, H)
    h_relu = np.maximum(h, 0)  # (N, H)
    y_pred = h_relu.dot(w2)  # (N, D_out)
    grad_y_pred = 2.0 * (y_pred - y)  # (N, D_out)
    grad_w2 = h_relu.T.dot(grad_y_pred)  # (H, D_out)
    grad_h_relu = grad_y_pred.dot(w2.T)  # (N, H)
    grad_h = grad_h_relu.copy()  # (N, H)
    grad_h[h <= 0] = 0
    grad_w1 = x.T.dot(grad_h)  # (D_in, H)
    # --8<-- [start:losses]
    # The loss as a function of each array in turn; the others stay as they are
    loss_of = {
        "y_pred": lambda y_pred: np.square(y_pred - y).sum(),
        "w2": lambda w2: np.square(h_relu.dot(w2) - y).sum(),
        "h_relu": lambda h_relu: np.square(h_relu.dot(w2) - y).sum(),
        "h": lambda h: np.square(np.maximum(h, 0).dot(w2) - y).sum(),
        "w1": lambda w1: np.square(np.maximum(x.dot(w1), 0).dot(w2) - y).sum(),
    }
    # --8<-- [end:losses]
    arrays = {"y_pred": y_pred, "w2": w2, "h_relu": h_relu, "h": h, "w1": w1}
    gradients = {
        "y_pred": grad_y_pred,
        "w2": grad_w2,
        "h_relu": grad_h_relu,
        "h": grad_h,
        "w1": grad_w1,
    }
    found = {}
    print("entry          gradient line   measured slope")
    for name, entry in ((name, (3, 5)) for name in arrays):
        formula = float(gradients[name][entry])
        measured = float(slope(loss_of[name], arrays[name], entry))
        found[name] = formula, measured
        print(f"{name + '[3, 5]':12s}  {formula:14.6g}  {measured:14.6g}")
    return found


if __name__ == "__main__":
    found = main()
