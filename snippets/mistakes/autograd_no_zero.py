"""Lesson 3 with and without clearing the gradients; without, each step repeats all earlier ones."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-6
seed = 0
dtype = torch.float32


def train(steps, clear=False):
    """Train, and clear the gradients after each step or never; return the losses."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    w1 = torch.randn(D_in, H, requires_grad=True)  # (D_in, H)
    w2 = torch.randn(H, D_out, requires_grad=True)  # (H, D_out)
    losses = []
    for _ in range(steps):
        loss = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum()
        losses.append(loss.item())
        # --8<-- [start:update]
        loss.backward()
        with torch.no_grad():
            w1 -= learning_rate * w1.grad
            w2 -= learning_rate * w2.grad
            if clear:
                w1.grad.zero_()
                w2.grad.zero_()
        # --8<-- [end:update]
    return losses


if __name__ == "__main__":
    losses = train(201)
    cleared = train(201, clear=True)
    print("step  not cleared    cleared")
    for t in range(0, 201, 50):
        print(f"{t:4d}  {losses[t]:11.4g}  {cleared[t]:9.4g}")
