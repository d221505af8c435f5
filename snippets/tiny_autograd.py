"""Interlude: autograd over numpy arrays, and the network of lesson 1 trained with it."""

import numpy as np

# N: samples in the batch; D_in, H, D_out: features in, hidden units, features out
N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
steps = 500
seed = 0
dtype = np.float64


# --8<-- [start:tensor]
class Tensor:
    """An array that remembers what it was made of.

    Args:
        data (np.ndarray): The numbers.
        requires_grad (bool): Whether `backward` stores the gradient of the loss in `grad`.
    """

    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data)
        self.grad = None
        self.requires_grad = requires_grad
        self.made_of = []  # pairs: an input, and what turns our gradient into that input's

    @property
    def shape(self):
        """The shape of the array."""
        return self.data.shape

    # --8<-- [end:tensor]
    # --8<-- [start:add_mul]
    def __add__(self, other):
        return result(
            self.data + other.data,
            (self, lambda grad: grad),
            (other, lambda grad: grad),
        )

    def __mul__(self, other):
        return result(
            self.data * other.data,
            (self, lambda grad: grad * other.data),
            (other, lambda grad: grad * self.data),
        )

    # --8<-- [end:add_mul]
    def __sub__(self, other):
        return result(
            self.data - other.data, (self, lambda grad: grad), (other, lambda grad: -grad)
        )

    # --8<-- [start:product]
    def __matmul__(self, other):
        return result(
            self.data @ other.data,
            (self, lambda grad: grad @ other.data.T),
            (other, lambda grad: self.data.T @ grad),
        )

    # --8<-- [end:product]
    # --8<-- [start:elementwise]
    def relu(self):
        """Keep what is positive; 0 takes the place of the rest."""
        return result(np.maximum(self.data, 0), (self, lambda grad: grad * (self.data > 0)))

    def __pow__(self, power):
        slope = power * self.data ** (power - 1)
        return result(self.data**power, (self, lambda grad: grad * slope))

    # --8<-- [end:elementwise]
    # --8<-- [start:sum]
    def sum(self, axis=None):
        """Add up all entries, or those along one axis."""

        def spread(grad):
            if axis is not None:
                grad = np.expand_dims(grad, axis)
            return np.broadcast_to(grad, self.data.shape)

        return result(self.data.sum(axis), (self, spread))

    # --8<-- [end:sum]
    # --8<-- [start:backward]
    def backward(self):
        """Set the `grad` of all that this was made of and that needs one; a leaf adds it up."""
        order = in_order(self)
        for tensor in order:
            if tensor.made_of:
                tensor.grad = None  # an intermediate result starts anew; a leaf goes on adding
        self.grad = np.ones_like(self.data)
        for tensor in reversed(order):
            for source, send_back in tensor.made_of:
                grad = sum_to(send_back(tensor.grad), source.data.shape)
                source.grad = grad if source.grad is None else source.grad + grad

    # --8<-- [end:backward]


# --8<-- [start:result]
def result(data, *made_of):
    """Return a tensor that remembers those of its inputs which need a gradient."""
    tensor = Tensor(data)
    tensor.made_of = [(source, back) for source, back in made_of if source.requires_grad]
    tensor.requires_grad = bool(tensor.made_of)
    return tensor


# --8<-- [end:result]
# --8<-- [start:in_order]
def in_order(last):
    """List the tensors that `last` was made of, each one after all that it was made of itself."""
    order, seen = [], set()

    def visit(tensor):
        if tensor not in seen:
            seen.add(tensor)
            for source, _ in tensor.made_of:
                visit(source)
            order.append(tensor)

    visit(last)
    return order


# --8<-- [end:in_order]
# --8<-- [start:sum_to]
def sum_to(grad, shape):
    """Undo broadcasting: add up the gradients of all the copies of one number.

    Args:
        grad (np.ndarray): The gradient of the broadcast array.
        shape (tuple[int, ...]): The shape before broadcasting.
    """
    added = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(added)))  # dimensions that broadcasting put in front
    stretched = tuple(axis for axis, size in enumerate(shape) if size < grad.shape[axis])
    return grad.sum(axis=stretched, keepdims=True)  # dimensions of size 1 that it stretched


# --8<-- [end:sum_to]
def make_data():
    """Draw inputs, targets and initial weights like lesson 1, from the same seed.

    Returns:
        x (np.ndarray): Inputs, shape (N, D_in).
        y (np.ndarray): Targets, shape (N, D_out).
        w1 (np.ndarray): First weights, shape (D_in, H).
        w2 (np.ndarray): Second weights, shape (H, D_out).
    """
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D_in), dtype=dtype)  # (N, D_in)
    y = rng.standard_normal((N, D_out), dtype=dtype)  # (N, D_out)
    w1 = rng.standard_normal((D_in, H), dtype=dtype)  # (D_in, H)
    w2 = rng.standard_normal((H, D_out), dtype=dtype)  # (H, D_out)
    return x, y, w1, w2


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
    # --8<-- [start:leaves]
    x, y = Tensor(x), Tensor(y)
    w1, w2 = Tensor(w1, requires_grad=True), Tensor(w2, requires_grad=True)
    # --8<-- [end:leaves]
    # --8<-- [start:loop]
    for t in range(steps):
        y_pred = (x @ w1).relu() @ w2  # (N, D_out)
        loss = ((y_pred - y) ** 2).sum()  # ()
        losses.append(float(loss.data))
        if t == 0 or t % 100 == 99:
            print(f"step {t:3d}  loss {loss.data:.4g}")

        w1.grad = w2.grad = None
        loss.backward()
        w1.data -= learning_rate * w1.grad
        w2.data -= learning_rate * w2.grad
    # --8<-- [end:loop]
    return losses


if __name__ == "__main__":
    x, y, w1, w2 = make_data()
    losses = train(x, y, w1, w2)
