"""zero_grad() between backward() and step(): the step finds nothing to do."""

import torch

seed = 0


# --8<-- [start:order]
def cleared_between(model, optimizer, x):
    """Clear the gradients before the step has used them."""
    model(x).pow(2).sum().backward()
    optimizer.zero_grad()
    optimizer.step()


def cleared_before(model, optimizer, x):
    """Clear the gradients of the last step, then compute new ones and use them."""
    optimizer.zero_grad()
    model(x).pow(2).sum().backward()
    optimizer.step()


# --8<-- [end:order]


def move(step):
    """Return how far the weight moved in one step, and its gradient afterwards."""
    torch.manual_seed(seed)
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = model.weight.detach().clone()  # (2, 3)
    step(model, optimizer, torch.ones(4, 3))
    return (model.weight - before).abs().max().item(), model.weight.grad


def main():
    """Take both steps from the same start; return what the wrong one did."""
    for step in (cleared_between, cleared_before):
        moved, grad = move(step)
        print(
            f"{step.__name__:15s}  the weight moved by {moved:.3g}, .grad is None: {grad is None}"
        )
    return move(cleared_between)


if __name__ == "__main__":
    moved, grad = main()
