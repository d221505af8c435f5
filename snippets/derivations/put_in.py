"""Put the change of one step into the change of the next; what is left out is of second order."""

import torch

N, D_in, D_out = 6, 5, 3
seed = 0
dtype = torch.float64


def main():
    """Return, for each size of the change, the true change of the loss and what is left out."""
    torch.manual_seed(seed)
    x = torch.randn(N, D_in, dtype=dtype)  # (N, D_in)
    y = torch.randn(N, D_out, dtype=dtype)  # (N, D_out)
    w = torch.randn(D_in, D_out, dtype=dtype)  # (D_in, D_out)
    direction = torch.randn(D_in, D_out, dtype=dtype)  # (D_in, D_out)
    rows = []
    # --8<-- [start:put_in]
    p = torch.tanh(x @ w)  # (N, D_out)
    loss = (p - y).pow(2).sum()
    grad_p = 2 * (p - y)  # (N, D_out)
    for size in (1e-2, 1e-3, 1e-4):
        dw = size * direction  # (D_in, D_out)
        dp = (1 - p**2) * (x @ dw)  # (N, D_out): the change of p
        put_in = (grad_p * dp).sum()  # put into that of the loss
        true = (torch.tanh(x @ (w + dw)) - y).pow(2).sum() - loss
        rows.append((size, true.item(), (true - put_in).item()))
    # --8<-- [end:put_in]
    print("  size    true change   left out")
    for size, true, left_out in rows:
        print(f"{size:6g}  {true:12.4e}  {left_out:9.0e}")
    return rows


if __name__ == "__main__":
    rows = main()
