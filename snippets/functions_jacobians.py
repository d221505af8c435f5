"""Lesson 11: Jacobians by code, row by row with vjp or column by column with jvp."""

import torch
from torch.func import jacfwd, jacrev, jvp, vjp, vmap

N, C = 5, 4
seed = 0
dtype = torch.float64


# --8<-- [start:softmax]
def softmax(row):
    """Turn the scores of one sample, (C,), into probabilities, (C,)."""
    return torch.softmax(row, dim=0)


# --8<-- [end:softmax]


# --8<-- [start:circle]
def circle(t):
    """Map one number, (1,), to a point in space, (3,)."""
    return torch.cat([t.cos(), t.sin(), t])  # (3,)


# --8<-- [end:circle]


# --8<-- [start:by_rows]
def by_rows(f, v):
    """Return the Jacobian of f at v (D,), shape (M, D): a backward pass for each output."""
    output, pull = vjp(f, v)  # pull: from a gradient for the output, (M,), to one for v
    rows = torch.eye(len(output), dtype=v.dtype)  # (M, M)
    (jacobian,) = vmap(pull)(rows)
    return jacobian


# --8<-- [end:by_rows]


# --8<-- [start:by_columns]
def by_columns(f, v):
    """Return the Jacobian of f at v (D,), shape (M, D): a forward pass for each input."""

    def push(change):
        return jvp(f, (v,), (change,))[1]  # from a change of v, (D,), to one of the output

    columns = torch.eye(len(v), dtype=v.dtype)  # (D, D)
    return vmap(push, out_dims=1)(columns)


# --8<-- [end:by_columns]


if __name__ == "__main__":
    torch.manual_seed(seed)
    z = torch.randn(N, C, dtype=dtype)  # (N, C)
    # --8<-- [start:rows]
    each = vmap(jacrev(softmax))(z)  # (N, C, C)
    p = torch.softmax(z, dim=1)  # (N, C)
    formula = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]  # (N, C, C)
    # --8<-- [end:rows]
    print(tuple(each.shape), f"largest difference {(each - formula).abs().max():.0e}")

    print()
    # --8<-- [start:whole]
    whole = jacrev(lambda z: torch.softmax(z, dim=1))(z)
    # --8<-- [end:whole]
    shape = str(tuple(whole.shape))
    zeros = (whole == 0).sum().item()
    print(shape, f"{zeros} of {whole.numel()} are 0")

    print()
    t = torch.tensor([1.0], dtype=dtype)  # (1,)
    for f, v in ((softmax, z[0]), (circle, t)):
        ways = {"jacrev": jacrev, "jacfwd": jacfwd}
        jacobians = {name: way(f)(v) for name, way in ways.items()}
        jacobians |= {"by rows": by_rows(f, v), "by columns": by_columns(f, v)}
        apart = max((one - jacobians["jacrev"]).abs().max().item() for one in jacobians.values())
        shapes = {tuple(one.shape) for one in jacobians.values()}
        print(f"{f.__name__:8s} from {tuple(v.shape)} to {tuple(f(v).shape)}", end="  ")
        print("Jacobians", *shapes, f"largest difference {apart:.0e}")
