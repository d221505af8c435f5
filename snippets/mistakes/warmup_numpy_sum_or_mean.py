"""Sum or mean of the squared errors? The gradient changes by a constant factor."""

import numpy as np

N, D_out = 64, 10
learning_rate = 1e-6
seed = 0
dtype = np.float64


def compare():
    """Return how many times larger the gradient of the sum is."""
    rng = np.random.default_rng(seed)
    y_pred = rng.standard_normal((N, D_out))  # (N, D_out)
    y = rng.standard_normal((N, D_out))  # (N, D_out)
    # --8<-- [start:compare]
    grad_of_sum = 2.0 * (y_pred - y)  # (N, D_out)
    grad_of_mean = 2.0 * (y_pred - y) / y.size  # (N, D_out)
    factor = np.linalg.norm(grad_of_sum) / np.linalg.norm(grad_of_mean)
    # --8<-- [end:compare]
    print(f"loss as sum   {np.square(y_pred - y).sum():.4g}")
    print(f"loss as mean  {np.square(y_pred - y).mean():.4g}")
    print(f"grad_of_sum / grad_of_mean = {factor:.4g}, which is N * D_out")

    # --8<-- [start:fixed]
    step_of_sum = learning_rate * grad_of_sum  # (N, D_out)
    step_of_mean = (N * D_out * learning_rate) * grad_of_mean  # (N, D_out)
    # --8<-- [end:fixed]
    print()
    print("the same step:", np.allclose(step_of_sum, step_of_mean, rtol=1e-12, atol=0))
    return float(factor)


if __name__ == "__main__":
    factor = compare()
