"""Answers to the exercises of the derivation of logistic regression."""

import torch

seed = 0
double = torch.float64


# --8<-- [start:program]
def program():
    """Return both losses of three scores, each of shape (3,)."""
    z = torch.tensor([0.0, 1000.0, -1000.0])  # (3,)
    y = torch.zeros(3)
    of_probabilities = torch.nn.BCELoss(reduction="none")(torch.sigmoid(z), y)
    of_scores = torch.nn.BCEWithLogitsLoss(reduction="none")(z, y)
    return of_probabilities, of_scores


# --8<-- [end:program]


# --8<-- [start:three_scores]
def three_scores():
    """Return the losses of the probabilities, then those of the scores, to two decimals."""
    return [0.69, 100, 0], [0.69, 1000, 0]


# --8<-- [end:three_scores]


# --8<-- [start:stable_loss]
def stable_loss(z, y):
    """Return the mean loss of scores and targets, each of shape (N, 1)."""
    return (z.clamp(min=0) - y * z + torch.log1p(torch.exp(-z.abs()))).mean()


# --8<-- [end:stable_loss]


# --8<-- [start:newton_step]
def newton_step(x, y, w, decay):
    """Return the weights after one step, shape (D, 1)."""
    p = torch.sigmoid(x @ w)  # (N, 1)
    s = p * (1 - p)  # (N, 1)
    grad_w = x.t() @ (p - y) / len(x) + decay * w  # (D, 1)
    hessian = x.t() @ (s * x) / len(x) + decay * torch.eye(len(w), dtype=x.dtype)  # (D, D)
    return w - torch.linalg.solve(hessian, grad_w)


# --8<-- [end:newton_step]


# --8<-- [start:poisson]
def poisson(x, y, w):
    """Return the gradient, shape (D, 1), and the Hessian, shape (D, D)."""
    expected = torch.exp(x @ w)  # (N, 1)
    grad_w = x.t() @ (expected - y) / len(x)  # (D, 1)
    hessian = x.t() @ (expected * x) / len(x)  # (D, D)
    return grad_w, hessian


# --8<-- [end:poisson]


def main():
    """Print what the answers give; the parts are those of the page."""
    for name, losses in zip(("BCELoss", "BCEWithLogitsLoss"), program(), strict=True):
        print(f"{name:17s} {[round(loss, 2) for loss in losses.tolist()]}")
    print()

    torch.manual_seed(seed)
    theirs = torch.nn.functional.binary_cross_entropy_with_logits
    z, y = torch.randn(2, 50, 1, dtype=double)  # (N, 1), (N, 1)
    y = (y > 0).to(double)
    for scores in (z, 1000 * z.sign()):
        print("as PyTorch's:", torch.allclose(stable_loss(scores, y), theirs(scores, y)))
    print()

    x = torch.tensor([[-2.0], [-1.0], [1.0], [3.0]], dtype=double)  # (N, 1)
    y, w = (x > 0).to(double), torch.zeros(1, 1, dtype=double)
    for step in range(13):
        if step in (0, 1, 2, 5, 10, 11, 12):
            print(f"{step:4d}   {w.item():.4f}")
        w = newton_step(x, y, w, 0.01)
    print()

    x, w = torch.randn(50, 3, dtype=double), torch.randn(3, dtype=double)  # (50, 3), (3,)
    y = torch.poisson(torch.exp(x @ w))[:, None]  # (50, 1)

    def loss(w):
        z = x @ w[:, None]  # (N, 1)
        return (torch.exp(z) - y * z).mean()

    grad_w, hessian = poisson(x, y, w[:, None])
    differences = grad_w.flatten() - torch.func.grad(loss)(w), hessian - torch.func.hessian(loss)(w)
    for name, error in zip(("gradient", "Hessian"), differences, strict=True):
        print(f"{name:8s} {error.abs().max():.0e}")


if __name__ == "__main__":
    main()
