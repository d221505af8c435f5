"""Why may the learning rate grow from 1e-6 to 1e-4? Linear starts with small weights."""

import torch

N, D_in, H, D_out = 64, 1000, 100, 10
seed = 0
dtype = torch.float32


def main():
    """Print the spread of the first weights and the first loss, for both starts."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in)  # (N, D_in)
    y = torch.randn(N, D_out)  # (N, D_out)
    # --8<-- [start:compare]
    model = torch.nn.Sequential(
        torch.nn.Linear(D_in, H), torch.nn.ReLU(), torch.nn.Linear(H, D_out)
    )
    w1 = torch.randn(D_in, H)  # (D_in, H)
    w2 = torch.randn(H, D_out)  # (H, D_out)
    loss_randn = (x.mm(w1).clamp(min=0).mm(w2) - y).pow(2).sum().item()
    loss_linear = (model(x) - y).pow(2).sum().item()
    # --8<-- [end:compare]
    std_linear = model[0].weight.std().item()
    print(f"randn      w1 std {w1.std().item():.3g}     first loss {loss_randn:.3g}")
    print(f"nn.Linear  w1 std {std_linear:.3g}  first loss {loss_linear:.3g}")
    return loss_randn, loss_linear


if __name__ == "__main__":
    loss_randn, loss_linear = main()
