"""The gradients of a scaled loss, used as they are: SGD fails at once, and Adam says nothing."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0


def train(rule, learning_rate, scale):
    """Train for 30 steps with the gradients of `scale` times the loss; return the last loss."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H),  # (N, D_in) -> (N, H)
        torch.nn.ReLU(),  # (N, H) -> (N, H)
        torch.nn.Linear(H, D_out),  # (N, H) -> (N, D_out)
    )
    # --8<-- [start:loop]
    optimizer = rule(model.parameters(), lr=learning_rate)
    for _ in range(30):
        loss = torch.nn.functional.mse_loss(model(x), y)  # a tensor of shape ()
        optimizer.zero_grad()
        (scale * loss).backward()
        optimizer.step()  # nobody has divided the gradients by the scale
    # --8<-- [end:loop]
    return loss.item()


if __name__ == "__main__":
    last = {}
    for name, rule, learning_rate in (
        ("SGD", torch.optim.SGD, 0.2),
        ("Adam", torch.optim.Adam, 1e-3),
    ):
        last[name] = [train(rule, learning_rate, scale) for scale in (1.0, 2.0**16)]
        print(f"{name:4s}  without a scale {last[name][0]:.3g}  not unscaled {last[name][1]:.3g}")
