"""Which variance batch normalisation divides by, and which one it keeps."""

import torch

N, H = 5, 3
epsilon = 1e-5
seed = 0
dtype = torch.float64


def main():
    """Return, by name, four variances of each column, shape (H,)."""
    torch.manual_seed(seed)
    # --8<-- [start:compare]
    x = torch.randn(N, H, dtype=dtype)  # (N, H)
    layer = torch.nn.BatchNorm1d(H, eps=epsilon, momentum=1, dtype=dtype)  # keeps this batch alone
    with torch.no_grad():
        y = layer(x)  # (N, H)
    sigma = (x - x.mean(dim=0)).norm(dim=0) / y.norm(dim=0)  # (H,)
    variances = {
        "divided by N": x.var(dim=0, correction=0),  # (H,)
        "in the forward pass": sigma**2 - epsilon,  # (H,)
        "divided by N - 1": x.var(dim=0),  # (H,)
        "kept in running_var": layer.running_var,  # (H,)
    }
    # --8<-- [end:compare]
    for name, variance in variances.items():
        print(f"{name:20s}", *(f"{number:.4f}" for number in variance.tolist()))
    return {name: variance.tolist() for name, variance in variances.items()}


if __name__ == "__main__":
    variances = main()
