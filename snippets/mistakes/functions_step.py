"""grad returns gradients; an optimizer looks for them in .grad."""

import torch
from torch.func import functional_call, grad

seed = 0


def main():
    """Return how far the weights moved, without and with the gradients in .grad."""
    torch.manual_seed(seed)
    x, y = torch.randn(8, 3), torch.randn(8, 1)
    model = torch.nn.Linear(3, 1)
    before = model.weight.detach().clone()  # (1, 3)

    def loss(params, x, y):
        return (functional_call(model, params, (x,)) - y).pow(2).mean()

    # --8<-- [start:lost]
    params = dict(model.named_parameters())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    grads = grad(loss)(params, x, y)
    optimizer.step()
    # --8<-- [end:lost]
    lost = (model.weight - before).abs().max().item()
    # --8<-- [start:given]
    for name, param in params.items():
        param.grad = grads[name].detach()
    optimizer.step()
    # --8<-- [end:given]
    given = (model.weight - before).abs().max().item()
    print(f"the weight moved by {lost:.3f}; with the gradients in .grad by {given:.3f}")
    return lost, given


if __name__ == "__main__":
    lost, given = main()
