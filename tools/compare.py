"""Compare two texts that may differ in their numbers, and say by how much."""

import re

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?!\w)", re.IGNORECASE)


def distance(old: str, new: str) -> float:
    """Return the largest relative difference of two numbers that stand at the same place.

    Args:
        old: A text.
        new: The text to compare it with.

    Returns:
        0 if the texts are the same, infinity if they differ in a whole number, which is a count,
        or in anything but numbers. Spaces, which align columns, do not count.
    """
    if _words(old) != _words(new):
        return float("inf")
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return max((_relative(one, other) for one, other in pairs), default=0.0)


def _words(text: str) -> list[str]:
    """Return what stands around the numbers of a text."""
    return NUMBER.sub(" # ", text).split()


def _relative(old: str, new: str) -> float:
    """Return by which part of the larger number two numbers differ."""
    if old == new:
        return 0.0
    if (old + new).replace("-", "").isdigit():
        return float("inf")
    one, other = float(old), float(new)
    return abs(one - other) / (max(abs(one), abs(other)) or 1.0)
