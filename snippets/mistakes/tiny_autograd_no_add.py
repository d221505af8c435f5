"""A number that is used twice: the second gradient must be added, not put in the first's place."""


class Number:
    """A number that remembers what it was made of, and the slope along each of these."""

    def __init__(self, value, made_of=()):
        self.value, self.made_of, self.grad = value, made_of, 0.0

    def __add__(self, other):
        return Number(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Number(self.value * other.value, [(self, other.value), (other, self.value)])


def slope_of_a(add):
    """Return the slope of a * b + a along a, with or without adding."""
    a, b = Number(2.0), Number(3.0)
    product = a * b
    total = product + a
    total.grad = 1.0
    # --8<-- [start:send_back]
    for number in (total, product):  # from the end to the beginning
        for source, slope in number.made_of:
            if add:
                source.grad += number.grad * slope
            else:
                source.grad = number.grad * slope  # forgets what came before
    # --8<-- [end:send_back]
    return a.grad


def main():
    """Print the slope both ways, and the measured one."""
    measured = ((2.001 * 3.0 + 2.001) - (1.999 * 3.0 + 1.999)) / 0.002
    slopes = slope_of_a(add=False), slope_of_a(add=True), round(measured, 6)
    for name, slope in zip(("=", "+=", "measured"), slopes, strict=True):
        print(f"{name:8s}  {slope:g}")
    return slopes


if __name__ == "__main__":
    main()
