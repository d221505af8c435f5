"""Answers to the exercises of lesson 3."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10


def program():
    """Print the name of an operation and what three tensors hold: the reader is to say what."""
    # --8<-- [start:program]
    w = torch.tensor([1.0, 2.0], requires_grad=True)  # (2,)
    v = torch.tensor([3.0, 4.0])  # (2,)
    loss = (w * v).sum()
    print(loss.grad_fn.name())
    loss.backward()
    print(w.grad)
    w.pow(2).sum().backward()
    print(w.grad)
    print(v.grad)
    # --8<-- [end:program]


# --8<-- [start:predict]
def predict():
    """Return the operation that loss.grad_fn names, and each .grad as it is printed."""
    return ["sum", [3.0, 4.0], [5.0, 8.0], None]


# --8<-- [end:predict]


# --8<-- [start:gradient]
def gradient(f, w):
    """Return the gradient of f at w.

    Args:
        f (Callable): Takes a tensor of the shape of w, returns one of shape ().
        w (torch.Tensor): Where, of any shape; it is left as it was.

    Returns:
        grad (torch.Tensor): The gradient, of the shape of w.
    """
    leaf = w.detach().clone().requires_grad_()
    f(leaf).backward()
    return leaf.grad


# --8<-- [end:gradient]


# --8<-- [start:accumulate]
def accumulate(forward, x, y, size):
    """Add up the gradients of the mean squared error, some rows at a time.

    Args:
        forward (Callable): Takes rows of x, returns those rows of y_pred.
        x (torch.Tensor): Inputs, shape (N, D_in).
        y (torch.Tensor): Targets, shape (N, D_out).
        size (int): How many rows at most go through forward at once.

    Returns:
        mean (float): The loss of the whole batch.
    """
    mean = 0.0
    for start in range(0, len(x), size):
        rows = slice(start, start + size)
        loss = (forward(x[rows]) - y[rows]).pow(2).sum() / y.numel()
        loss.backward()
        mean += loss.item()
    return mean


# --8<-- [end:accumulate]


# --8<-- [start:notes]
# a = 2, b = 3; c = a * b; d = c + a; loss = d * d
NOTES = [
    ("c", [("a", 3.0), ("b", 2.0)]),
    ("d", [("c", 1.0), ("a", 1.0)]),
    ("loss", [("d", 8.0), ("d", 8.0)]),
]
# --8<-- [end:notes]


# --8<-- [start:walk_back]
def walk_back(notes, loss):
    """Return the gradient of the loss with respect to each name (dict[str, float])."""
    grad = {loss: 1.0}
    for result, inputs in reversed(notes):
        for name, slope in inputs:
            grad[name] = grad.get(name, 0.0) + grad.get(result, 0.0) * slope
    return grad


# --8<-- [end:walk_back]


def main():
    """Print what the answers give; the parts are those of the page."""
    program()
    print()
    torch.manual_seed(0)
    shapes = [(N, D_in), (N, D_out), (D_in, H), (H, D_out)]
    x, y, w1, w2 = (torch.randn(shape, dtype=torch.float64) for shape in shapes)

    def loss_of(x, w1):
        return (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).mean()

    grad_x = gradient(lambda x: loss_of(x, w1), x)  # (N, D_in)
    print("gradient for x", tuple(grad_x.shape), "  x.requires_grad", x.requires_grad)
    print()
    rows = []

    def forward(x):
        rows.append(len(x))
        return x.mm(w1).clamp(min=0).mm(w2)

    w1.requires_grad_()
    mean = accumulate(forward, x, y, 24)
    print("rows", rows)
    print(f"loss {mean:.4g}")
    whole = gradient(lambda w1: loss_of(x, w1), w1)  # (D_in, H)
    print("the gradient of the whole batch:", torch.allclose(w1.grad, whole))
    print()
    print(walk_back(NOTES, "loss"))


if __name__ == "__main__":
    main()
