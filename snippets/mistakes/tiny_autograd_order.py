"""Sending a gradient on before all of it has arrived."""


class Number:
    """A number that remembers what it was made of, and the slope along each of these."""

    def __init__(self, value, made_of=()):
        self.value, self.made_of, self.grad = value, made_of, 0.0

    def __add__(self, other):
        return Number(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Number(self.value * other.value, [(self, other.value), (other, self.value)])


# --8<-- [start:at_once]
def send_at_once(number):
    """Send the gradient of a number on as soon as a part of it is there."""
    for source, slope in number.made_of:
        source.grad += number.grad * slope
        send_at_once(source)


# --8<-- [end:at_once]


def send_in_order(numbers):
    """Send the gradient of each number on when all that was made of it has sent its own."""
    for number in numbers:
        for source, slope in number.made_of:
            source.grad += number.grad * slope


def main():
    """Print the slope of (a + a) * (a + a) along a, both ways, and the measured one."""
    slopes = {}
    for name in ("at once", "in order"):
        # --8<-- [start:graph]
        a = Number(3.0)
        h = a + a
        loss = h * h
        # --8<-- [end:graph]
        loss.grad = 1.0
        if name == "at once":
            send_at_once(loss)
        else:
            send_in_order([loss, h])
        slopes[name] = a.grad
    slopes["measured"] = round(((2 * 3.001) ** 2 - (2 * 2.999) ** 2) / 0.002, 6)
    for name, slope in slopes.items():
        print(f"{name:8s}  {slope:g}")
    return slopes


if __name__ == "__main__":
    slopes = main()
