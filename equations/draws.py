"""Draw matrices with the traits that are declared for them."""

from collections.abc import Callable

import torch

from equations.syntax import EquationError

Value = torch.Tensor


def _orthogonal(raw: Value) -> Value:
    """Return an orthogonal matrix; its determinant changes sign with the first entry of `raw`.

    QR by Householder reflections alone would make the determinant (-1)^(n - 1).
    """
    columns = torch.linalg.qr(raw)[0]
    return torch.cat([columns[:, :1] * raw[0, 0].sign(), columns[:, 1:]], dim=1)


def _positive(raw: Value) -> Value:
    """Return positive numbers, as large or small as the random ones."""
    size = raw.abs()
    return size + 0.1 * size.mean().clamp(min=1e-3)


def _small(raw: Value) -> Value:
    """Return numbers that are at most a hundredth in size, and keep the other traits."""
    return raw / (100 * raw.abs().max().clamp(min=1))


def _positive_definite(raw: Value) -> Value:
    """Return a positive definite matrix; the random numbers decide how large it is, too."""
    identity = torch.eye(len(raw), dtype=raw.dtype)
    return raw @ raw.T + 0.5 * raw.square().mean().clamp(min=1e-6) * identity


# How each trait turns a matrix of random numbers into one that has it, in this order.
MAKE: dict[str, Callable[[Value], Value]] = {
    "symmetric": lambda raw: raw + raw.T,
    "orthogonal": _orthogonal,
    "positive-definite": _positive_definite,
    "positive": _positive,
    "diagonal": lambda raw: torch.diag(torch.diag(raw)),
    "distribution": lambda raw: torch.softmax(raw.flatten(), 0).reshape(raw.shape),
    "small": _small,
}
SQUARE = {"symmetric", "orthogonal", "positive-definite", "diagonal", "invertible"}
TRAITS = {*MAKE, "constant", "invertible", "nonzero"}  # a random matrix is the last two

# What the second would take from the first: no matrix is drawn with both.
CLASHES = [
    *(("orthogonal", trait) for trait in MAKE if trait != "orthogonal"),
    ("positive-definite", "positive"),
    *((trait, "distribution") for trait in ("positive-definite", "diagonal", "small")),
]


def require_drawable(name: str, traits: set[str]) -> None:
    """Raise EquationError if no matrix is drawn with two of the traits."""
    for one, other in CLASHES:
        if traits >= {one, other}:
            raise EquationError(
                f"`{name}` cannot be drawn both {one} and {other}.\n"
                "What to do: declare one of them, or excuse the formula with a reason."
            )


def shaped(raw: Value, traits: set[str]) -> Value:
    """Give a matrix of random numbers its traits."""
    if "positive-definite" in traits:
        traits = traits - {"symmetric"}
    for trait, make in MAKE.items():
        if trait in traits:
            raw = make(raw)
    return raw


def tangent(raw: Value, direction: Value, traits: set[str]) -> Value:
    """Return a direction in which a matrix can change and keep its traits."""
    if "constant" in traits:
        return torch.zeros_like(raw)
    if not traits & set(MAKE):
        return direction
    change: Value = torch.func.jvp(lambda value: shaped(value, traits), (raw,), (direction,))[1]
    return change
