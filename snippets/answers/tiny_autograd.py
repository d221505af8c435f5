"""Answers to the exercises of the interlude."""

import numpy as np


# --8<-- [start:predict]
def predict():
    """Return the slopes of L along a and b, at a = 2 and b = 3: c is 6, d is 8."""
    along_c = 8 + 6 * 1  # L = d * c, and d = c + a
    along_a = along_c * 3 + 6 * 1  # through c, and through d
    along_b = along_c * 2
    return [along_a, along_b]


# --8<-- [end:predict]


# --8<-- [start:exp]
def exp(x):
    """Return the exponentials of x, and what turns their gradient into that of x."""
    result = np.exp(x)
    return result, lambda grad: grad * result


# --8<-- [end:exp]


# --8<-- [start:mean]
def mean(x, axis):
    """Return the mean along an axis, and what turns its gradient into that of x."""

    def send_back(grad):
        return np.broadcast_to(np.expand_dims(grad, axis) / x.shape[axis], x.shape)

    return x.mean(axis), send_back


# --8<-- [end:mean]


# --8<-- [start:maximum]
def maximum(x, y):
    """Return the larger entries, and what turns their gradient into those of x and y."""
    from_x = x >= y
    return np.maximum(x, y), lambda grad: (grad * from_x, grad * ~from_x)


# --8<-- [end:maximum]


# --8<-- [start:in_order]
def in_order(last):
    """List what `last` was made of, each after those that it was made of itself."""
    order, seen = [], set()
    waiting = [(last, False)]  # a result, and whether those that it was made of are listed
    while waiting:
        result, is_ready = waiting.pop()
        if is_ready:
            order.append(result)
        elif result not in seen:
            seen.add(result)
            waiting.append((result, True))
            waiting += [(source, False) for source in result.made_of]
    return order


# --8<-- [end:in_order]


class Result:
    """A result that remembers what it was made of."""

    def __init__(self, name, *made_of):
        self.name, self.made_of = name, list(made_of)


if __name__ == "__main__":
    along_a, along_b = predict()
    print(f"along a {along_a}, along b {along_b}")
    print()
    result, send_back = exp(np.array([0.0, 1.0]))
    print("exp      ", result.round(4), send_back(np.array([1.0, 1.0])).round(4))
    print()
    result, send_back = mean(np.array([[1.0, 3.0], [5.0, 7.0]]), axis=0)
    print("mean     ", result)
    print(send_back(np.array([1.0, 10.0])))
    print()
    result, send_back = maximum(np.array([1.0, 5.0, 2.0]), np.array([3.0, 4.0, 2.0]))
    print("maximum  ", result)
    print(*send_back(np.array([1.0, 10.0, 100.0])))
    print()
    a = Result("a")
    b = Result("b", a)
    c = Result("c", b, a)
    print("in order ", *(result.name for result in in_order(c)))
