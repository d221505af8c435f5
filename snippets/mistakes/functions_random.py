"""Dropout inside vmap: one draw for all samples, or one for each?"""
# raises: RuntimeError

import torch
from torch.func import functional_call, grad, vmap

N, D_in, H, D_out = 4, 3, 8, 1
seed = 0


def main():
    """Ask for the gradient of each sample of a network with dropout."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.Dropout(0.5), torch.nn.Linear(H, D_out)
    )
    params = {name: param.detach() for name, param in model.named_parameters()}

    # --8<-- [start:each]
    def loss(params, x, y):
        y_pred = functional_call(model, params, (x,))  # dropout is on
        return (y_pred - y).pow(2).mean()

    each = vmap(grad(loss), in_dims=(None, 0, 0))(params, x, y)
    # --8<-- [end:each]
    return each


if __name__ == "__main__":
    main()
