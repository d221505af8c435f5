"""What the operations and functions of formulas compute: each takes and returns matrices."""

from collections.abc import Callable

import torch

Value = torch.Tensor


def _product(left: Value, right: Value) -> Value:
    """Multiply two matrices, or a matrix and a number."""
    return left * right if left.numel() == 1 or right.numel() == 1 else left @ right


def _kronecker(left: Value, right: Value) -> Value:
    """Replace each entry of the left matrix by that entry times the right matrix."""
    rows, columns = left.shape[0] * right.shape[0], left.shape[1] * right.shape[1]
    return torch.einsum("ij,kl->ikjl", left, right).reshape(rows, columns)


def _diag(argument: Value) -> Value:
    """Put a column on the diagonal of a matrix, or take a matrix's diagonal as a column."""
    return torch.diag(argument[:, 0]) if argument.shape[1] == 1 else torch.diag(argument)[:, None]


def _vec(matrix: Value) -> Value:
    """Put the columns of a matrix below each other."""
    return matrix.T.reshape(-1, 1)


def relation(sign: str) -> Callable[[Value], Value]:
    """Return what tells whether a relation holds, from the difference of its sides."""
    return RELATIONS[sign]


OPERATIONS: dict[str, Callable[..., Value]] = {
    "infinity": lambda: torch.full((1, 1), float("inf"), dtype=torch.float64),
    "negative": torch.neg,
    "add": torch.add,
    "subtract": torch.sub,
    "hadamard": torch.mul,
    "divide": torch.div,
    "multiply": _product,
    "kronecker": _kronecker,
    "transpose": lambda matrix: matrix.T,
}
ENTRYWISE: dict[str, Callable[[Value], Value]] = {
    "exp": torch.exp,
    "log": torch.log,
    "tanh": torch.tanh,
    "sinh": torch.sinh,
    "cosh": torch.cosh,
    "sin": torch.sin,
    "cos": torch.cos,
    "sigmoid": torch.sigmoid,
    "relu": torch.relu,
    "softplus": torch.nn.functional.softplus,
    "sign": torch.sign,
    "abs": torch.abs,
}
FUNCTIONS: dict[str, Callable[[Value], Value]] = {
    **ENTRYWISE,
    "tr": torch.trace,
    "det": torch.linalg.det,
    "logsumexp": lambda matrix: torch.logsumexp(matrix.flatten(), 0),
    "diag": _diag,
    "vec": _vec,
    "vec_{row}": lambda matrix: matrix.reshape(-1, 1),
    "softmax": lambda matrix: torch.softmax(matrix, dim=1),
    "rowsum": lambda matrix: matrix.sum(1, keepdim=True),
    "colsum": lambda matrix: matrix.sum(0, keepdim=True),
}
LINEAR = {"tr", "diag", "vec", "vec_{row}", "rowsum", "colsum"}
RELATIONS: dict[str, Callable[[Value], Value]] = {
    "<": lambda difference: difference < 0,
    ">": lambda difference: difference > 0,
    r"\le": lambda difference: difference <= 0,
    r"\ge": lambda difference: difference >= 0,
    r"\ne": lambda difference: difference != 0,
    "=": lambda difference: difference == 0,
}
