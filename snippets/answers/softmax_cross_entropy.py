"""Answers to the exercises of the derivation of softmax with cross-entropy."""

import math

import torch


# --8<-- [start:fresh]
def fresh(N, C):
    """Return the loss, and the gradient for two scores of the first sample."""
    z = torch.zeros(N, C, dtype=torch.float64, requires_grad=True)  # (N, C)
    y = torch.eye(C, dtype=torch.float64)[[0] * N]  # (N, C): class 0 is right in each row
    loss = -(y * torch.log_softmax(z, dim=1)).sum() / N
    loss.backward()
    return loss.item(), z.grad[0, 0].item(), z.grad[0, 1].item()


# --8<-- [end:fresh]


# --8<-- [start:first_loss]
def first_loss(N, C):
    """Return the loss and the gradients for the right and for another score, all scores being 0."""
    return math.log(C), (1 / C - 1) / N, 1 / C / N


# --8<-- [end:first_loss]


# --8<-- [start:log_softmax]
def log_softmax(z):
    """Return the logarithm of softmax of each row of z, shape (N, C)."""
    u = z - z.amax(dim=1, keepdim=True)  # (N, C): the largest of each row is 0
    total = u.exp().sum(dim=1, keepdim=True)  # (N, 1)
    return u - total.log()


# --8<-- [end:log_softmax]


# --8<-- [start:class_weights]
def class_weights(z, y, weight):
    """Return the gradient of the weighted loss for z, shape (N, C).

    Args:
        z (torch.Tensor): Scores, shape (N, C).
        y (torch.Tensor): One-hot targets, shape (N, C).
        weight (torch.Tensor): The weight of each class, shape (C,).
    """
    w = (y * weight).sum(dim=1, keepdim=True)  # (N, 1): that of each sample
    p = torch.softmax(z, dim=1)  # (N, C)
    return w * (p - y) / w.sum()


# --8<-- [end:class_weights]


# --8<-- [start:classifier]
def classifier(x, y, w1, w2):
    """Return the loss, and its gradients for w1 (D_in, H) and w2 (H, C)."""
    N = len(x)
    h = x.mm(w1)  # (N, H)
    h_relu = h.clamp(min=0)  # (N, H)
    z = h_relu.mm(w2)  # (N, C)
    log_p = torch.log_softmax(z, dim=1)  # (N, C)
    loss = -(y * log_p).sum() / N

    grad_z = (log_p.exp() - y) / N  # (N, C)
    grad_w2 = h_relu.t().mm(grad_z)  # (H, C)
    grad_h = grad_z.mm(w2.t()) * (h > 0)  # (N, H)
    grad_w1 = x.t().mm(grad_h)  # (D_in, H)
    return loss, grad_w1, grad_w2


# --8<-- [end:classifier]


def losses_of_training(learning_rate=0.5, steps=101):
    """Train the classifier to name the largest of three numbers; return its losses."""
    torch.manual_seed(0)
    x = torch.randn(60, 3, dtype=torch.float64)  # (N, D_in)
    y = torch.eye(3, dtype=torch.float64)[x.argmax(dim=1)]  # (N, C)
    w1 = torch.randn(3, 8, dtype=torch.float64)  # (D_in, H)
    w2 = torch.randn(8, 3, dtype=torch.float64) / 8  # (H, C)
    losses = []
    for _ in range(steps):
        loss, grad_w1, grad_w2 = classifier(x, y, w1, w2)
        losses.append(loss.item())
        w1 -= learning_rate * grad_w1
        w2 -= learning_rate * grad_w2
    return losses


def main():
    """Print what the answers give; the parts are those of the page."""
    for classes in (10, 100):
        numbers = "  ".join(f"{number:.4g}" for number in first_loss(4, classes))
        print(f"N = 4, C = {classes:3d}:  {numbers}")
    print()

    z = torch.tensor([[1000.0, 0.0, -1000.0]], dtype=torch.float64)  # (1, C)
    quotient = z.exp() / z.exp().sum(dim=1, keepdim=True)  # (1, C)
    print("formula, finite:", quotient.log().isfinite()[0].tolist())
    print("log_softmax:    ", log_softmax(z)[0].tolist())
    print()

    torch.manual_seed(0)
    z = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)  # (N, C)
    labels = torch.tensor([0, 2, 1, 1, 0])  # (N,)
    weight = torch.tensor([0.5, 2.0, 4.0], dtype=torch.float64)  # (C,)
    torch.nn.functional.cross_entropy(z, labels, weight=weight).backward()
    y = torch.eye(3, dtype=torch.float64)[labels]  # (N, C)
    print("as autograd:", torch.allclose(class_weights(z.detach(), y, weight), z.grad))
    print()

    losses = losses_of_training()
    for t in (0, 10, 100):
        print(f"{t:3d}  {losses[t]:.4f}")


if __name__ == "__main__":
    main()
