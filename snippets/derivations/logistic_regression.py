"""Logistic regression: gradient and Hessian by formula and by autograd, and Newton's method."""

import torch

seed = 0
dtype = torch.float64


# --8<-- [start:loss]
def loss_of(x, y, w):
    """Return the mean loss, from scores of any size.

    Args:
        x (torch.Tensor): Inputs, shape (N, D).
        y (torch.Tensor): Targets, 0 or 1, shape (N, 1).
        w (torch.Tensor): Weights, shape (D, 1).
    """
    z = x @ w  # (N, 1)
    return (z.clamp(min=0) - y * z + torch.log1p(torch.exp(-z.abs()))).mean()


# --8<-- [end:loss]


# --8<-- [start:formulas]
def derivatives(x, y, w):
    """Return the gradient, shape (D, 1), and the Hessian, shape (D, D)."""
    p = torch.sigmoid(x @ w)  # (N, 1)
    s = p * (1 - p)  # (N, 1): the slope of the sigmoid
    grad_w = x.T @ (p - y) / len(x)  # (D, 1)
    hessian = x.T @ (s * x) / len(x)  # (D, D)
    return grad_w, hessian


# --8<-- [end:formulas]


# --8<-- [start:newton]
def newton_step(x, y, w):
    """Return the weights after one step of Newton's method."""
    grad_w, hessian = derivatives(x, y, w)
    return w - torch.linalg.solve(hessian, grad_w)  # (D, 1)


def descent_step(x, y, w):
    """Return the weights after a step against the gradient that cannot raise the loss."""
    learning_rate = 4 * len(x) / torch.linalg.matrix_norm(x, 2) ** 2
    return w - learning_rate * derivatives(x, y, w)[0]  # (D, 1)


# --8<-- [end:newton]


# --8<-- [start:halving]
def careful_step(x, y, w):
    """Return the weights after Newton's step, halved until the loss does not rise."""
    step = newton_step(x, y, w) - w  # (D, 1)
    while loss_of(x, y, w + step) > loss_of(x, y, w):
        step = step / 2
    return w + step


# --8<-- [end:halving]


def data():
    """Return inputs, of which the first is 1 for the bias, and targets drawn at random."""
    torch.manual_seed(seed)
    N, D = 200, 3
    x = torch.randn(N, D, dtype=dtype)  # (N, D)
    x[:, 0] = 1
    x[:, 2] = x[:, 1] + 0.3 * x[:, 2]  # nearly the same as the second
    w = torch.tensor([[-0.5], [2.0], [-1.0]], dtype=dtype)  # (D, 1)
    y = (torch.rand(N, 1, dtype=dtype) < torch.sigmoid(x @ w)).to(dtype)  # (N, 1)
    return x, y


def compare(x, y):
    """Return the largest differences from autograd, at random weights."""
    D = x.shape[1]
    w = torch.randn(D, 1, dtype=dtype)  # (D, 1)
    grad_w, hessian = derivatives(x, y, w)

    def flat(w):
        return loss_of(x, y, w.reshape(D, 1))

    differences = {
        "gradient": grad_w.flatten() - torch.func.grad(flat)(w.flatten()),
        "Hessian": hessian - torch.func.hessian(flat)(w.flatten()),
    }
    return {name: error.abs().max().item() for name, error in differences.items()}


def follow(step, x, y, w, steps):
    """Return how long the gradient is after 0, 1, 2, … steps, and the last weights."""
    lengths = [derivatives(x, y, w)[0].norm().item()]
    for _ in range(steps):
        w = step(x, y, w)
        lengths.append(derivatives(x, y, w)[0].norm().item())
    return lengths, w


def separable():
    """Return inputs and targets that a threshold at 0 separates without a mistake."""
    x = torch.tensor([[-2.0], [-1.0], [1.0], [3.0]], dtype=dtype)  # (4, 1)
    return x, (x > 0).to(dtype)


def run_away(steps):
    """Print weight, loss and Hessian on separable data; return the last of each by step."""
    x, y = separable()
    w = torch.zeros(1, 1, dtype=dtype)  # (1, 1)
    seen = {}
    for step in range(steps + 1):
        hessian = derivatives(x, y, w)[1]
        seen[step] = w.item(), loss_of(x, y, w).item(), hessian.item()
        w = newton_step(x, y, w)
    for step in (0, 1, 2, 5, 10, 20):
        print("{:4d}   {:6.2f}   {:.1e}   {:.1e}".format(step, *seen[step]))
    return seen


def main():
    """Print all results; return them by name."""
    x, y = data()
    differences = compare(x, y)
    for name, value in differences.items():
        print(f"{name:8s}  {value:.0e}")
    print()

    D = x.shape[1]
    start = torch.zeros(D, 1, dtype=dtype)  # (D, 1)
    newton, best = follow(newton_step, x, y, start, 6)
    descent, _ = follow(descent_step, x, y, start, 1000)
    print("step   Newton    gradient descent")
    for step in range(7):
        print(f"{step:4d}   {newton[step]:.0e}     {descent[step]:.0e}")
    for step in (10, 100, 1000):
        print(f"{step:4d}             {descent[step]:.0e}")
    print()

    far = torch.full((D, 1), 2.0, dtype=dtype)  # (D, 1)
    for name, step in (("Newton", newton_step), ("halved", careful_step)):
        w = far
        losses = [loss_of(x, y, w).item()]
        for _ in range(3):
            w = step(x, y, w)
            losses.append(loss_of(x, y, w).item())
        print(name, " ".join(f"{loss:9.3g}" for loss in losses))
    print()

    print("step   weight   loss      Hessian")
    seen = run_away(20)
    lengths = {"descent": descent[:41], "newton": newton}
    return differences, newton, descent, best, seen, lengths


if __name__ == "__main__":
    differences, newton, descent, best, seen, lengths = main()
