"""Adding up losses that remember what they were made of: the graph grows with each step."""


class Number:
    """A number that remembers what it was made of."""

    def __init__(self, value, made_of=()):
        self.value, self.made_of = value, made_of

    def __add__(self, other):
        return Number(self.value + other.value, [self, other])

    def __mul__(self, other):
        return Number(self.value * other.value, [self, other])


def remembered(number):
    """Count the numbers that can be reached from a number, itself included."""
    seen, waiting = set(), [number]
    while waiting:
        number = waiting.pop()
        if number not in seen:
            seen.add(number)
            waiting += number.made_of
    return len(seen)


def main():
    """Print how many numbers two sums of losses keep, after 1, 10 and 100 steps."""
    # --8<-- [start:sums]
    w, total, plain = Number(0.5), Number(0.0), 0.0
    counts = {}
    for t in range(1, 101):
        loss = w * w
        total = total + loss  # remembers every loss
        plain = plain + loss.value  # a number of Python remembers nothing
        if t in (1, 10, 100):
            counts[t] = remembered(total)
    # --8<-- [end:sums]
    for t, count in counts.items():
        print(f"after {t:3d} steps  {count} numbers kept")
    print("the same sum:", total.value == plain)
    return counts


if __name__ == "__main__":
    main()
