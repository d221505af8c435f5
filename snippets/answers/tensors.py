"""Answers to the exercises of lesson 2."""

import math

import numpy as np
import torch


def program():
    """Print two shapes, a dtype and a number: the reader is to say which."""
    # --8<-- [start:program]
    a = np.ones((4, 3))  # (4, 3)
    x = torch.from_numpy(a)  # (4, 3)
    w = torch.ones(4, 3)  # (4, 3)
    x[0, 0] = 5
    print(tuple(x.sum(dim=0).shape))
    print(tuple(x.t().shape))
    print((x * w).dtype)
    print(a[0, 0])
    # --8<-- [end:program]


# --8<-- [start:predict]
def predict():
    """Return what the program prints."""
    return [(3,), (3, 4), torch.float64, 5.0]


# --8<-- [end:predict]


# --8<-- [start:own_tensor]
def own_tensor(a):
    """Return a float32 tensor with the numbers and the shape of the array a, copied."""
    return torch.tensor(a, dtype=torch.float32)


# --8<-- [end:own_tensor]


# --8<-- [start:loss_in]
def loss_in(dtype, x, y, w1, w2):
    """Return the loss of the lesson's network, computed in this dtype.

    Args:
        dtype (torch.dtype): What to compute in.
        x (torch.Tensor): Inputs, shape (N, D_in), of any dtype; so are the others.
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H).
        w2 (torch.Tensor): Second weights, shape (H, D_out).

    Returns:
        loss (float): The sum of the squared errors.
    """
    x, y, w1, w2 = (tensor.to(dtype) for tensor in (x, y, w1, w2))
    y_pred = x.mm(w1).clamp(min=0).mm(w2)  # (N, D_out)
    return (y_pred - y).pow(2).sum().item()


# --8<-- [end:loss_in]


# --8<-- [start:bias_gradient]
def bias_gradient(x, y, w1, b1, w2):
    """Return the gradient of the loss with respect to the first bias.

    Args:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights, shape (D_in, H).
        b1 (torch.Tensor): First bias, shape (H,).
        w2 (torch.Tensor): Second weights, shape (H, D_out).

    Returns:
        grad_b1 (torch.Tensor): The gradient, shape (H,).
    """
    h = x.mm(w1) + b1  # (N, H)
    y_pred = h.clamp(min=0).mm(w2)  # (N, D_out)
    grad_y_pred = 2.0 * (y_pred - y)  # (N, D_out)
    grad_h = grad_y_pred.mm(w2.t())  # (N, H)
    grad_h[h <= 0] = 0
    grad_b1 = grad_h.sum(dim=0)  # (H,)
    return grad_b1


# --8<-- [end:bias_gradient]


# --8<-- [start:many_networks]
def many_networks(x, y, w1, w2):
    """Return the losses of K networks on the same data, and the gradients.

    Args:
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        w1 (torch.Tensor): First weights of all networks, shape (K, D_in, H).
        w2 (torch.Tensor): Second weights of all networks, shape (K, H, D_out).

    Returns:
        losses (torch.Tensor): One loss for each network, shape (K,).
        grad_w1 (torch.Tensor): Gradients of the losses, shape (K, D_in, H).
        grad_w2 (torch.Tensor): Gradients of the losses, shape (K, H, D_out).
    """
    h = x @ w1  # (K, N, H)
    h_relu = h.clamp(min=0)  # (K, N, H)
    y_pred = h_relu @ w2  # (K, N, D_out)
    losses = (y_pred - y).pow(2).sum(dim=(1, 2))  # (K,)

    grad_y_pred = 2.0 * (y_pred - y)  # (K, N, D_out)
    grad_w2 = h_relu.mT @ grad_y_pred  # (K, H, D_out)
    grad_h = grad_y_pred @ w2.mT  # (K, N, H)
    grad_h[h <= 0] = 0
    grad_w1 = x.t() @ grad_h  # (K, D_in, H)
    return losses, grad_w1, grad_w2


# --8<-- [end:many_networks]


# --8<-- [start:spread_in_numpy]
def spread_in_numpy(a):
    """Standardize the columns of a, and repeat the largest number of each row."""
    standard = (a - a.mean(axis=0)) / a.std(axis=0)  # (N, D)
    return standard.max(axis=1).repeat(2)  # (2 * N,)


# --8<-- [end:spread_in_numpy]


# --8<-- [start:spread]
def spread(x):
    """Return what spread_in_numpy returns, for a tensor of whole numbers.

    Args:
        x (torch.Tensor): Whole numbers, shape (N, D).

    Returns:
        largest (torch.Tensor): float64, shape (2 * N,).
    """
    x = x.double()
    standard = (x - x.mean(dim=0)) / x.std(dim=0, correction=0)  # (N, D)
    return standard.amax(dim=1).repeat_interleave(2)  # (2 * N,)


# --8<-- [end:spread]


def parts():
    """Make seven tensors of one, and change it: the reader is to say which ones change too."""
    # --8<-- [start:parts]
    x = torch.arange(1.0, 13.0).reshape(3, 4)  # (3, 4), from 1 to 12
    a = x[1:]
    b = x[[1, 2]]
    c = x[x > 5]
    d = x[1, 1]
    e = x.t()
    f = x.t().reshape(-1)
    g = x.to(torch.float32)
    x[:] = 0
    # --8<-- [end:parts]
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "g": g}


# --8<-- [start:zeroed]
def zeroed():
    """Return the letters of the tensors that are zero in the end."""
    return "adeg"


# --8<-- [end:zeroed]


# --8<-- [start:side_by_side]
def side_by_side(outputs):
    """Return the outputs of K networks side by side.

    Args:
        outputs (torch.Tensor): What each network gives, shape (K, N, D_out).

    Returns:
        table (torch.Tensor): A row for each sample, shape (N, K * D_out).
    """
    K, N, D_out = outputs.shape
    return outputs.transpose(0, 1).reshape(N, K * D_out)


# --8<-- [end:side_by_side]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    a = np.zeros(3, dtype=np.float32)
    torch.from_numpy(a).to(torch.float32)[0] = 7
    print("from_numpy and .to   ", a)
    a = np.zeros(3, dtype=np.float32)
    own_tensor(a)[0] = 7
    print("torch.tensor         ", a)
    print()
    torch.manual_seed(0)
    shapes = [(64, 1000), (64, 10), (1000, 100), (100, 10)]
    tensors = [torch.randn(shape, dtype=torch.float64) for shape in shapes]
    for dtype in (torch.float64, torch.float32, torch.float16):
        loss = loss_in(dtype, *tensors)
        said = f"{loss:.4g}" if math.isfinite(loss) else "too large"
        print(f"{dtype!s:14s} largest number {torch.finfo(dtype).max:.4g}, loss {said}")
    print()
    x, y, w1, w2 = tensors
    print("grad_b1", tuple(bias_gradient(x, y, w1, torch.zeros(100).to(x.dtype), w2).shape))
    print()
    scales = torch.tensor([1.0, 0.1, 0.01], dtype=torch.float64)[:, None, None]  # (3, 1, 1)
    losses, grad_w1, grad_w2 = many_networks(x, y, scales * w1, scales * w2)
    print("losses ", [f"{loss:.4g}" for loss in losses.tolist()])
    print("grad_w1", tuple(grad_w1.shape))
    print("grad_w2", tuple(grad_w2.shape))
    print()
    table = np.array([[1, 2], [3, 5], [8, 2]])
    print("numpy  ", spread_in_numpy(table).round(3).tolist())
    print("PyTorch", spread(torch.tensor(table)).numpy().round(3).tolist())
    print()
    for letter, part in parts().items():
        print(letter, part.tolist())
    print()
    outputs = torch.arange(8).reshape(2, 2, 2)
    print("outputs     ", outputs.tolist())
    print("side by side", side_by_side(outputs).tolist())
    print("reshape only", outputs.reshape(2, 4).tolist())


if __name__ == "__main__":
    main()
