"""Three slips in the backward step of a middle layer, with equal widths and with different ones."""

import torch

seed = 0
dtype = torch.float64


def outcome(compute, right):
    """Say what a line gives: an error, a shape, or a relative error."""
    try:
        found = compute()
    except RuntimeError as error:
        return f"RuntimeError: {error}"
    if found.shape != right.shape:
        return f"shape {tuple(found.shape)} instead of {tuple(right.shape)}"
    return f"fits, wrong by {((found - right).norm() / right.norm()).item():.0%}"


def try_slips(D_1, D_2):
    """Return what each slip gives in the second layer of a network with these widths."""
    torch.manual_seed(seed)
    a1 = torch.randn(6, D_1, dtype=dtype).tanh()  # (6, D_1)
    w2 = torch.randn(D_1, D_2, dtype=dtype)  # (D_1, D_2)
    a2 = torch.tanh(a1 @ w2)  # (6, D_2)
    grad_z2 = torch.randn(6, D_2, dtype=dtype)  # (6, D_2)
    # --8<-- [start:slips]
    grad_w2 = a1.T @ grad_z2  # (D_1, D_2)
    grad_z1 = grad_z2 @ w2.T * (1 - a1**2)  # (6, D_1)
    slips = {
        "a2 for a1": (lambda: a2.T @ grad_z2, grad_w2),
        "w2 not transposed": (lambda: grad_z2 @ w2 * (1 - a1**2), grad_z1),
        "slope of layer 2": (lambda: grad_z2 @ w2.T * (1 - a2**2), grad_z1),
    }
    # --8<-- [end:slips]
    return {name: outcome(*slip) for name, slip in slips.items()}


def main():
    """Return what each slip gives, by the widths of the two layers."""
    outcomes = {widths: try_slips(*widths) for widths in ((4, 4), (4, 3))}
    for widths, by_slip in outcomes.items():
        print("widths", *widths)
        for name, said in by_slip.items():
            print(f"  {name}: {said}")
    return outcomes


if __name__ == "__main__":
    outcomes = main()
