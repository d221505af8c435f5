"""Draw matrices with the traits that are declared for them."""

from collections.abc import Callable

import torch

Value = torch.Tensor

# How each trait turns a matrix of random numbers into one that has it, in this order.
MAKE: dict[str, Callable[[Value], Value]] = {
    "symmetric": lambda raw: raw + raw.T,
    "orthogonal": lambda raw: torch.linalg.qr(raw)[0],
    "positive-definite": lambda raw: raw @ raw.T + 0.5 * torch.eye(len(raw), dtype=raw.dtype),
    "diagonal": lambda raw: torch.diag(torch.diag(raw)),
    "positive": lambda raw: raw.abs() + 0.1,
    "distribution": lambda raw: torch.softmax(raw.flatten(), 0).reshape(raw.shape),
    "small": lambda raw: raw / 100,
}
SQUARE = {"symmetric", "orthogonal", "positive-definite", "diagonal", "invertible"}
TRAITS = {*MAKE, "constant", "invertible", "nonzero"}  # a random matrix is the last two


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
