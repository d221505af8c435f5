"""zero_grad() between backward() and step(): the step finds nothing to do."""

import torch

seed = 0


def main():
    """Return how far the weight moved, and its gradient afterwards."""
    torch.manual_seed(seed)
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = model.weight.detach().clone()  # (2, 3)
    # --8<-- [start:order]
    model(torch.ones(4, 3)).pow(2).sum().backward()
    optimizer.zero_grad()
    optimizer.step()
    # --8<-- [end:order]
    moved = (model.weight - before).abs().max().item()
    print("the weight moved by", moved)
    print("model.weight.grad is", model.weight.grad)
    return moved, model.weight.grad


if __name__ == "__main__":
    moved, grad = main()
