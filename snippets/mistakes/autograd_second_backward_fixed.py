"""A new loss in each step, and what is carried over is cut off from the old graph."""

import torch


def main():
    """Take two steps; the second begins with the first one's prediction."""
    w = torch.ones(3, requires_grad=True)
    last = torch.zeros(3)
    losses = []
    for t in range(2):
        y_pred = (last + w).pow(2)
        loss = y_pred.sum()
        loss.backward()
        losses.append(loss.item())
        print(f"step {t}  loss {loss.item():.4g}")
        last = y_pred.detach()  # y_pred alone would bring the old graph along
    return losses


if __name__ == "__main__":
    main()
