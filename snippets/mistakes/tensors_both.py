"""Lines that numpy and PyTorch read alike: one function takes arrays or tensors."""

import numpy as np
import torch


# --8<-- [start:function]
def loss_and_gradients(x, y, w1, w2):
    """Return the loss of the lesson's network and its gradients for w1 and w2."""
    h = x @ w1  # (N, H)
    h_relu = h * (h > 0)  # (N, H), 0 where h is negative
    error = h_relu @ w2 - y  # (N, D_out)
    loss = (error**2).sum()
    grad_y_pred = 2 * error  # (N, D_out)
    grad_w2 = h_relu.T @ grad_y_pred  # (H, D_out)
    grad_h = grad_y_pred @ w2.T * (h > 0)  # (N, H)
    grad_w1 = x.T @ grad_h  # (D_in, H)
    return loss, grad_w1, grad_w2


# --8<-- [end:function]


def main():
    """Call the function with arrays, then with tensors of the same numbers."""
    # --8<-- [start:call]
    rng = np.random.default_rng(0)
    of_all = [(64, 1000), (64, 10), (1000, 100), (100, 10)]  # x, y, w1, w2
    arrays = [rng.standard_normal(shape) for shape in of_all]
    tensors = [torch.tensor(array) for array in arrays]
    for given in (arrays, tensors):
        loss, *gradients = loss_and_gradients(*given)
        shapes = [tuple(gradient.shape) for gradient in gradients]
        print(f"{type(gradients[0]).__name__:8s} loss {loss:.6g}, gradients", *shapes)
    # --8<-- [end:call]
    return arrays, tensors


if __name__ == "__main__":
    main()
