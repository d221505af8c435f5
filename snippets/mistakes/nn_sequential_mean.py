"""MSELoss() is a mean: with the learning rate of a sum, training hardly moves."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
learning_rate = 1e-4
seed = 0


def errors_after(loss_fn, steps):
    """Train lesson 5's network; return the sum of its squared errors afterwards."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    for _ in range(steps):
        model.zero_grad()
        loss_fn(model(x), y).backward()
        with torch.no_grad():
            for param in model.parameters():
                param -= learning_rate * param.grad
    return (model(x) - y).pow(2).sum().item()


def main():
    """Return the sum of squared errors: untrained, after 100 steps each way."""
    # --8<-- [start:compare]
    untrained = errors_after(torch.nn.MSELoss(), steps=0)
    mean = errors_after(torch.nn.MSELoss(), steps=100)
    summed = errors_after(torch.nn.MSELoss(reduction="sum"), steps=100)
    # --8<-- [end:compare]
    print(f"untrained                           {untrained:.4g}")
    print(f"100 steps, MSELoss()                {mean:.4g}")
    print(f'100 steps, MSELoss(reduction="sum") {summed:.4g}')
    return untrained, mean, summed


if __name__ == "__main__":
    untrained, mean, summed = main()
