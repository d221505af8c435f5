"""SGD from torch.optim beside the update that lesson 5 wrote by hand."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
seed = 0
dtype = torch.float32


def train(update):
    """Train for 100 steps; return the first layer's weight, shape (H, D_in)."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for _ in range(100):
        loss = (model(x) - y).pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        update(model, optimizer)
    return model[0].weight.detach()


# --8<-- [start:updates]
def by_optimizer(model, optimizer):
    """Let the optimizer do it."""
    optimizer.step()


@torch.no_grad()
def in_one_operation(model, optimizer):
    """Add -learning_rate * grad in a single call, as SGD does inside."""
    for param in model.parameters():
        param.add_(param.grad, alpha=-learning_rate)


@torch.no_grad()
def in_two_operations(model, optimizer):
    """Multiply, round, then subtract, as lesson 5 does."""
    for param in model.parameters():
        param -= learning_rate * param.grad


# --8<-- [end:updates]


def main():
    """Return the largest difference of each hand-written update from the optimizer's."""
    weight = train(by_optimizer)  # (H, D_in)
    one = (train(in_one_operation) - weight).abs().max().item()
    two = (train(in_two_operations) - weight).abs().max().item()
    print(f"param.add_(grad, alpha=-lr)  differs by {one:.1g}")
    print(f"param -= lr * grad           differs by {two:.1g}")
    return one, two


if __name__ == "__main__":
    one, two = main()
