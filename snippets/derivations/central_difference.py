"""Step size against error for the central difference, in float64 and float32."""

import numpy as np

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0


def relative_error(dtype, step):
    """Compare one entry of grad_w1 with its central difference.

    Args:
        dtype (type): np.float64 or np.float32.
        step (float): Distance moved along the entry, each way.

    Returns:
        error (float): |measured - exact| / |exact|.
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D_in)).astype(dtype)  # (N, D_in)
    y = rng.standard_normal((N, D_out)).astype(dtype)  # (N, D_out)
    w1 = rng.standard_normal((D_in, H)).astype(dtype)  # (D_in, H)
    w2 = rng.standard_normal((H, D_out)).astype(dtype)  # (H, D_out)

    def loss_at(w1):
        return np.square(np.maximum(x.dot(w1), 0).dot(w2) - y).sum()

    # --8<-- [start:measure]
    h = x.dot(w1)  # (N, H)
    grad_y_pred = 2 * (np.maximum(h, 0).dot(w2) - y)  # (N, D_out)
    exact = x.T.dot(grad_y_pred.dot(w2.T) * (h > 0))[0, 0]

    above, below = w1.copy(), w1.copy()
    above[0, 0] += dtype(step)
    below[0, 0] -= dtype(step)
    measured = (loss_at(above) - loss_at(below)) / dtype(2 * step)
    # --8<-- [end:measure]
    return float(abs(measured - exact) / abs(exact))


def main():
    """Print a row per step; return the errors by dtype."""
    errors = {"float64": [], "float32": []}
    print("step    float64   float32")
    for step in [1e-2, 1e-4, 1e-6]:
        errors["float64"].append(relative_error(np.float64, step))
        errors["float32"].append(relative_error(np.float32, step))
        print(f"{step:.0e}   {errors['float64'][-1]:.0e}     {errors['float32'][-1]:.0e}")
    return errors


if __name__ == "__main__":
    errors = main()
