"""Sizes of matrices in names, with unknowns that their places decide."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

UNKNOWN = "?"  # begins the name of a size that is still to be found
Names = tuple[str, ...]


@dataclass(frozen=True)
class Size:
    """A number of rows or columns: a sum of products, each of a number and of names."""

    terms: tuple[tuple[Names, int], ...] = (((), 1),)

    @staticmethod
    def of(counts: Mapping[Names, int]) -> "Size":
        """Return the size with these products, each as often as counted."""
        return Size(tuple(sorted((names, count) for names, count in counts.items() if count)))

    @staticmethod
    def named(name: str) -> "Size":
        """Return the size that a name or a written number stands for."""
        return Size((((), int(name)),) if name.isdecimal() else (((name,), 1),))

    def times(self, other: "Size") -> "Size":
        """Return the product of two sizes."""
        counts = Counter[Names]()
        for names, number in self.terms:
            for more, times in other.terms:
                counts[tuple(sorted(names + more))] += number * times
        return Size.of(counts)

    def plus(self, other: "Size") -> "Size":
        """Return the sum of two sizes."""
        return Size.of(Counter(dict(self.terms)) + Counter(dict(other.terms)))

    def without(self, other: "Size") -> "Size":
        """Return what is left if the terms, or the factors, that both have are cancelled."""
        left, right = Counter(dict(self.terms)), Counter(dict(other.terms))
        left, right = left - right, right - left
        if len(left) == len(right) == 1:
            ((names, number),), ((others, divisor),) = left.items(), right.items()
            kept = Counter(names) - Counter(others)
            return Size(((tuple(sorted(kept.elements())), number // gcd(number, divisor)),))
        return Size.of(left)

    @property
    def names(self) -> set[str]:
        """The names in it."""
        return {name for names, _ in self.terms for name in names}

    @property
    def unknown(self) -> bool:
        """Whether a part is still to be found."""
        return any(name.startswith(UNKNOWN) for name in self.names)

    @property
    def lone_unknown(self) -> str:
        """The name of an unknown that is the whole size; "" for any other."""
        lone = len(self.terms) == 1 and self.terms[0][1] == len(self.terms[0][0]) == 1
        return self.terms[0][0][0] if lone and self.unknown else ""

    def __str__(self) -> str:
        """Format it, such as `2 m + 1`."""
        shown = []
        for names, number in self.terms:
            words = [UNKNOWN if name.startswith(UNKNOWN) else name for name in names]
            shown.append(" ".join(words if words and number == 1 else [str(number), *words]))
        return " + ".join(sorted(shown, reverse=True)) or "0"


class Unknowns:
    """What is known of the sizes that places decide."""

    def __init__(self) -> None:
        self.solved: dict[str, Size] = {}
        self.count = 0

    def new(self) -> Size:
        """Return a size that nothing is known of."""
        self.count += 1
        return Size.named(f"{UNKNOWN}{self.count}")

    def solve(self, size: Size) -> Size:
        """Put in what is known of the unknowns."""
        if not size.unknown:
            return size
        known = Size(())
        for names, number in size.terms:
            product = Size((((), number),))
            for name in names:
                value = self.solved.get(name)
                product = product.times(self.solve(value) if value else Size.named(name))
            known = known.plus(product)
        return known

    def equal(self, one: Size, other: Size) -> bool:
        """Tell whether two sizes can be equal; if that needs an unknown, give it its value."""
        one, other = self.solve(one), self.solve(other)
        left, right = one.without(other), other.without(one)
        for side, value in ((left, right), (right, left)):
            if side.lone_unknown and value.terms and not value.unknown:
                self.solved[side.lone_unknown] = value
                return True
        if left.lone_unknown and right.lone_unknown:
            self.solved[left.lone_unknown] = right
            return True
        return left == right
