"""Why do lessons 2 and 3 differ in the last digits? clamp and relu differ at exactly 0."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
steps = 500
seed = 0
dtype = torch.float32


def start():
    """Return x, y, w1, w2, equal each time."""
    torch.manual_seed(seed)
    return [torch.randn(shape) for shape in [(N, D_in), (N, D_out), (D_in, H), (H, D_out)]]


def train_by_hand():
    """Train as lesson 2 does; return the losses and the first step with an h of exactly 0."""
    x, y, w1, w2 = start()
    losses, first_zero = [], None
    for t in range(steps):
        h = x.mm(w1)  # (N, H)
        if first_zero is None and (h == 0).any():
            first_zero = t
        h_relu = h.clamp(min=0)  # (N, H)
        grad_y_pred = 2.0 * (h_relu.mm(w2) - y)  # (N, D_out)
        losses.append((h_relu.mm(w2) - y).pow(2).sum().item())
        grad_h = grad_y_pred.mm(w2.t())  # (N, H)
        grad_h[h <= 0] = 0
        grad_w2 = h_relu.t().mm(grad_y_pred)  # (H, D_out)
        w1 -= learning_rate * x.t().mm(grad_h)
        w2 -= learning_rate * grad_w2
    return losses, first_zero


def train_with(relu):
    """Train as lesson 3 does, with the ReLU given; return the losses."""
    x, y, w1, w2 = start()
    w1.requires_grad_()
    w2.requires_grad_()
    losses = []
    for _ in range(steps):
        loss = (relu(x.mm(w1)).mm(w2) - y).pow(2).sum()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            w1 -= learning_rate * w1.grad
            w2 -= learning_rate * w2.grad
            w1.grad.zero_()
            w2.grad.zero_()
    return losses


def first_difference(losses, others):
    """Return the first step at which two lists of losses differ, or None."""
    return next((t for t, (a, b) in enumerate(zip(losses, others, strict=True)) if a != b), None)


def main():
    """Return the first exact zero, and where each ReLU leaves the losses of lesson 2."""
    # --8<-- [start:compare]
    by_hand, first_zero = train_by_hand()
    with_relu = first_difference(by_hand, train_with(torch.relu))
    with_clamp = first_difference(by_hand, train_with(lambda h: h.clamp(min=0)))
    # --8<-- [end:compare]
    print("first step with a hidden value of exactly 0:", first_zero)
    print("first step whose loss is not that of lesson 2")
    print("    torch.relu  ", with_relu)
    print("    clamp(min=0)", with_clamp)
    return first_zero, with_relu, with_clamp


if __name__ == "__main__":
    first_zero, with_relu, with_clamp = main()
