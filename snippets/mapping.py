"""numpy beside PyTorch: each row is a pair of expressions that run and are compared."""

import numpy as np
import torch

# --8<-- [start:rows]
ROWS = {
    "matmul": ("a.dot(b)", "A.mm(B)"),
    "at": ("a @ b", "A @ B"),
    "einsum": ("np.einsum('ij,jk->ik', a, b)", "torch.einsum('ij,jk->ik', A, B)"),
    "maximum": ("np.maximum(a, 0)", "A.clamp(min=0)"),
    "square": ("np.square(a)", "torch.square(A)"),
    "power": ("a ** 2", "A.pow(2)"),
    "transpose": ("a.T", "A.t()"),
    "stack_transpose": ("np.swapaxes(s, -2, -1)", "S.mT"),
    "copy": ("a.copy()", "A.clone()"),
    "sum": ("a.sum()", "A.sum()"),
    "axis": ("a.sum(axis=0)", "A.sum(dim=0)"),
    "keepdims": ("a.sum(axis=1, keepdims=True)", "A.sum(dim=1, keepdim=True)"),
    "item": ("a.sum().item()", "A.sum().item()"),
    "largest": ("a.max(axis=1)", "A.amax(dim=1)"),
    "argmax": ("a.argmax(axis=1)", "A.argmax(dim=1)"),
    "argsort": ("a.argsort(axis=1)", "A.argsort(dim=1)"),
    "norm": ("np.linalg.norm(a, axis=1)", "A.norm(dim=1)"),
    "std": ("a.std()", "A.std(correction=0)"),
    "count": ("a.size", "A.numel()"),
    "reshape": ("a.reshape(3, 2)", "A.reshape(3, 2)"),
    "expand": ("a[:, None]", "A[:, None]"),
    "flip": ("a[::-1]", "A.flip(0)"),
    "repeat": ("np.repeat(a, 2, axis=0)", "A.repeat_interleave(2, dim=0)"),
    "tile": ("np.tile(a, (2, 1))", "A.repeat(2, 1)"),
    "concatenate": ("np.concatenate([a, a], axis=0)", "torch.cat([A, A], dim=0)"),
    "stack": ("np.stack([a, a])", "torch.stack([A, A])"),
    "triu": ("np.triu(a, 1)", "A.triu(1)"),
    "bincount": ("np.bincount(a.argmax(axis=1))", "torch.bincount(A.argmax(dim=1))"),
    "where": ("np.where(a > 0, a, 0.0)", "torch.where(A > 0, A, 0.0)"),
    "zeros": ("np.zeros((2, 3))", "torch.zeros(2, 3)"),
    "astype": ("a.astype(np.float32)", "A.to(torch.float32)"),
    "from_numpy": ("a", "torch.from_numpy(a)"),
    "to_numpy": ("a", "A.numpy()"),
}
# --8<-- [end:rows]


def operands():
    """Return the arrays a, b, s and the tensors A, B, S with the same entries.

    Returns:
        names (dict): a, A of shape (2, 3); b, B of shape (3, 4); s, S of shape (5, 2, 3).
    """
    rng = np.random.default_rng(0)
    a = rng.standard_normal((2, 3))
    b = rng.standard_normal((3, 4))
    s = rng.standard_normal((5, 2, 3))
    A, B, S = torch.tensor(a), torch.tensor(b), torch.tensor(s)
    return {"np": np, "torch": torch, "a": a, "b": b, "s": s, "A": A, "B": B, "S": S}


def compare():
    """Evaluate each pair and compare shapes and entries.

    Returns:
        rows (dict[str, dict]): For each row its two expressions and the result's shape.

    Raises:
        AssertionError: If the two sides of a row differ.
    """
    names = operands()
    rows = {}
    for key, (in_numpy, in_torch) in ROWS.items():
        left = np.asarray(eval(in_numpy, names))
        right = np.asarray(eval(in_torch, names))
        assert left.shape == right.shape, key
        np.testing.assert_allclose(left, right, rtol=1e-12, err_msg=key)
        rows[key] = {"numpy": in_numpy, "torch": in_torch, "shape": str(left.shape)}
    return rows


def defaults():
    """Return the dtype that each library gives to new floating-point arrays."""
    return str(np.zeros(1).dtype), str(torch.zeros(1).dtype)


if __name__ == "__main__":
    rows = compare()
    numpy_dtype, torch_dtype = defaults()
    count = len(rows)
    print(f"{count} pairs compared, all equal")
    print("default dtype:", numpy_dtype, "in numpy,", torch_dtype, "in torch")
