"""Answers to the exercises of lesson 11."""

import torch
from torch.func import functional_call, grad, hessian, jacrev, jvp, vmap

seed = 0
dtype = torch.float64


def program(f, x):
    """Return four shapes for f, from (D,) to (M,), and x (N, D): the reader is to say which."""
    # --8<-- [start:program]
    one = jacrev(f)(x[0])
    each = vmap(jacrev(f))(x)
    whole = jacrev(vmap(f))(x)
    slopes = vmap(grad(lambda row: f(row).sum()))(x)
    found = [one.shape, each.shape, whole.shape, slopes.shape]
    # --8<-- [end:program]
    return [tuple(shape) for shape in found]


# --8<-- [start:shapes]
def shapes(N, D, M):
    """Return the four shapes as tuples, in a list."""
    return [(M, D), (N, M, D), (N, M, N, D), (N, D)]


# --8<-- [end:shapes]


# --8<-- [start:clipped]
def clipped_gradient(model, x, y, limit):
    """Return the mean of the samples' gradients, none longer than limit (dict by name)."""
    params = {name: param.detach() for name, param in model.named_parameters()}

    def clipped(x, y):
        def loss(params):
            return (functional_call(model, params, (x,)) - y).pow(2).sum()

        grads = grad(loss)(params)
        length = torch.cat([part.flatten() for part in grads.values()]).norm()
        factor = limit / length.clamp(min=limit)  # 1 for what is short enough
        return {name: factor * part for name, part in grads.items()}

    return {name: part.mean(dim=0) for name, part in vmap(clipped)(x, y).items()}


# --8<-- [end:clipped]


# --8<-- [start:jacobians]
def batch_jacobian(f, x):
    """Return the Jacobian of each row, (N, M, D), of f from (N, D) to (N, M)."""

    def of_one(row):
        return f(row[None])[0]  # a batch of one

    return vmap(jacrev(of_one))(x)  # (N, M, D)


# --8<-- [end:jacobians]


# --8<-- [start:curvature]
def largest_curvature(f, w, rounds):
    """Return the largest eigenvalue of the Hessian of f at w (D,), a Python float."""
    torch.manual_seed(0)
    v = torch.randn_like(w)  # (D,)
    for _ in range(rounds):
        v = v / v.norm()
        _, product = jvp(grad(f), (w,), (v,))
        curvature = v @ product
        v = product
    return curvature.item()


# --8<-- [end:curvature]


def sizes_of(limit):
    """Return the length of the clipped gradient of a small network for data with an outlier."""
    torch.manual_seed(seed)
    x = torch.randn(20, 3, dtype=dtype)  # (N, D_in)
    y = torch.randn(20, 2, dtype=dtype)  # (N, D_out)
    y[0] += 100
    model = torch.nn.Linear(3, 2).to(dtype)
    grads = clipped_gradient(model, x, y, limit)
    return torch.cat([part.flatten() for part in grads.values()]).norm().item()


def bowl(w):
    """Return a loss of three weights (3,) with the curvatures 1, 4 and 9."""
    return (w**2 * torch.tensor([1.0, 4.0, 9.0], dtype=dtype)).sum() / 2


def main():
    """Print what the answers give; the parts are those of the page."""
    x = torch.randn(5, 3, dtype=dtype)  # (N, D)
    print(*program(lambda row: torch.cat([row.sin(), row[:1]]), x))
    print()
    lengths = {limit: sizes_of(limit) for limit in (1.0, 1e6)}
    for limit, length in lengths.items():
        print(f"limit {limit:9.0f}  length of the mean {length:6.2f}")
    print()
    z = torch.randn(5, 4, dtype=dtype)  # (N, C)
    softmax = torch.nn.Softmax(dim=1)
    p = softmax(z)  # (N, C)
    formula = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]  # (N, C, C)
    found = batch_jacobian(softmax, z)  # (N, C, C)
    print(tuple(found.shape), f"largest difference {(found - formula).abs().max():.0e}")
    print()
    w = torch.ones(3, dtype=dtype)  # (3,)
    print(hessian(bowl)(w).tolist())
    for rounds in (1, 5, 20):
        print(f"{rounds:2d} rounds: {largest_curvature(bowl, w, rounds):.6f}")
    return lengths


if __name__ == "__main__":
    lengths = main()
