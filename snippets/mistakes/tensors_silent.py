"""The same words, different results: numpy, PyTorch, and how PyTorch says what numpy means."""

import numpy as np
import torch

ROWS = {
    "std": ("v.std()", "V.std()", "V.std(correction=0)"),
    "repeat": ("k.repeat(2)", "K.repeat(2)", "K.repeat_interleave(2)"),
    "max": ("m.max(axis=1)", "M.max(dim=1)", "M.amax(dim=1)"),
    "median": ("np.median(v)", "torch.median(V)", "torch.quantile(V, 0.5)"),
    "product": ("(k * 1.5).dtype", "(K * 1.5).dtype", "(K.double() * 1.5).dtype"),
    "size": ("v.size", "V.size()", "V.numel()"),
}


def operands():
    """Return the arrays v, k, m and the tensors V, K, M with the same entries."""
    # --8<-- [start:operands]
    v = np.array([1.0, 2.0, 3.0, 4.0])  # (4,)
    k = np.array([1, 2])  # (2,), whole numbers
    m = np.array([[1.0, 5.0], [4.0, 2.0]])  # (2, 2)
    V, K, M = torch.tensor(v), torch.tensor(k), torch.tensor(m)
    # --8<-- [end:operands]
    return {"np": np, "torch": torch, "v": v, "k": k, "m": m, "V": V, "K": K, "M": M}


def plain(result):
    """Return a result as Python's own lists, tuples and numbers; a dtype as its name."""
    if isinstance(result, tuple):  # several results, or a shape
        return tuple(plain(part) for part in result)
    if isinstance(result, np.dtype | torch.dtype):
        return str(result).removeprefix("torch.")
    return result.tolist() if hasattr(result, "tolist") else result


def compare():
    """Evaluate each row.

    Returns:
        rows (dict[str, dict[str, str]]): For each row its expressions and what the first two give.

    Raises:
        AssertionError: If the first two give the same, or the last one not what numpy gives.
    """
    names = operands()
    rows = {}
    for key, (in_numpy, in_torch, instead) in ROWS.items():
        ours, theirs, meant = (plain(eval(code, names)) for code in (in_numpy, in_torch, instead))
        assert meant == ours != theirs, key
        gives = [f"{it:.4g}" if isinstance(it, float) else str(it) for it in (ours, theirs)]
        rows[key] = {
            "numpy": in_numpy,
            "numpy_gives": gives[0],
            "torch": in_torch,
            "torch_gives": gives[1],
            "instead": instead,
        }
    return rows


if __name__ == "__main__":
    rows = compare()
    for row in rows.values():
        print(f"{row['numpy']:16s} {row['numpy_gives']:14s}", end=" ")
        print(f"{row['torch']:16s} {row['torch_gives']:20s} {row['instead']}")
