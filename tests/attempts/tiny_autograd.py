"""Wrong and right answers to the exercises of the interlude, as readers hand them in."""

import numpy as np


def exp_of_input(x):
    return np.exp(x), lambda grad: grad * x


def exp_in_place(x):
    np.exp(x, out=x)
    return x, lambda grad: grad * x


def exp_forgets(x):
    result = np.exp(x)

    def send_back(grad):
        grad *= result
        result[...] = 0
        return grad

    return result.copy(), send_back


def exp_again(x):
    def send_back(grad):
        return np.exp(x) * grad

    return np.exp(x), send_back


def mean_of_all(x, axis):
    return x.mean(), lambda grad: np.full(x.shape, grad / x.size)


def mean_by_sum(x, axis):
    n = x.shape[axis]
    return x.sum(axis) / n, lambda grad: np.repeat(np.expand_dims(grad, axis), n, axis) / n


def mean_by_ones(x, axis):
    return np.mean(
        x, axis=axis
    ), lambda grad: np.ones_like(x) * np.expand_dims(grad, axis) / (x.shape[axis])


def mean_by_moving(x, axis):
    def send_back(grad):
        moved = np.broadcast_to(grad, (x.shape[axis], *grad.shape)) / x.shape[axis]
        return np.moveaxis(moved, 0, axis)

    return x.mean(axis), send_back


def maximum_by_where(x, y):
    return np.where(x >= y, x, y), lambda grad: [
        np.where(x >= y, grad, 0),
        np.where(x >= y, 0, grad),
    ]


def maximum_by_relu(x, y):
    return y + np.maximum(x - y, 0), lambda grad: (grad * (x - y >= 0), grad * (x - y < 0))


def maximum_by_masks(x, y):
    def send_back(grad):
        for_x, for_y = grad.copy(), grad.copy()
        for_x[x < y] = 0
        for_y[x >= y] = 0
        return for_x, for_y

    return np.maximum(x, y), send_back


def recursive(last):
    order = []

    def visit(result):
        if result not in order:
            for source in result.made_of:
                visit(source)
            order.append(result)

    visit(last)
    return order


def breadth_first(last):
    order, waiting = [], [last]
    while waiting:
        result = waiting.pop(0)
        if result not in order:
            order.append(result)
            waiting += result.made_of
    return order[::-1]


def from_the_end(last):
    order, waiting, seen = [], [last], set()
    while waiting:
        result = waiting.pop()
        if result not in seen:
            seen.add(result)
            order.append(result)
            waiting += result.made_of
    return order


def every_path(last):
    order, waiting = [], [last]
    while waiting and len(order) < 100:
        result = waiting.pop()
        order.insert(0, result)
        waiting += result.made_of
    return order


def by_counting(last):
    users, waiting, found = {last: 0}, [last], [last]
    while waiting:
        for source in waiting.pop().made_of:
            if source not in users:
                users[source] = 0
                waiting.append(source)
                found.append(source)
            users[source] += 1
    order, ready = [], [last]
    while ready:
        result = ready.pop()
        order.append(result)
        for source in result.made_of:
            users[source] -= 1
            if users[source] == 0:
                ready.append(source)
    return order[::-1]


def by_iterators(last):
    order, seen, stack = [], {last}, [(last, iter(last.made_of))]
    while stack:
        result, sources = stack[-1]
        source = next(sources, None)
        if source is None:
            order.append(result)
            stack.pop()
        elif source not in seen:
            seen.add(source)
            stack.append((source, iter(source.made_of)))
    return order


def by_two_looks(last):
    order, done, stack = [], set(), [last]
    while stack:
        missing = [source for source in stack[-1].made_of if source not in done]
        if missing:
            stack += missing
        else:
            result = stack.pop()
            if result not in done:
                done.add(result)
                order.append(result)
    return order


WRONG = {
    "predict": [
        (lambda: [42, 28], "along a it is not 42"),
        (lambda: [48, 16], "along b it is not 16"),
        (lambda: [24, 28], "along a"),
        (lambda: 48, "return two numbers"),
        (lambda: [28, 48], "along a it is not 28"),
    ],
    "exp": [
        (exp_of_input, "the gradient of x"),
        (exp_in_place, "x itself"),
        (exp_forgets, "the gradient of x"),
        (np.exp, "return two things"),
        (lambda x: (np.exp(x), np.exp(x)), "the second thing is a function"),
        (lambda x: (np.exp(x), lambda grad: np.exp(x)), "the gradient of x"),
        (lambda x: (np.exp(x), lambda grad: grad * np.exp(grad)), "the gradient of x"),
    ],
    "mean": [
        (mean_of_all, "the result"),
        ("/ x.shape[axis]", "", "the gradient of x"),
        ("/ x.shape[axis]", "/ x.size", "the gradient of x"),
        ("np.broadcast_to(np.expand_dims(grad, axis) / x.shape[axis], x.shape)", "grad", "shape"),
        ("x.shape[axis]", "x.shape[0]", "the gradient of x"),
        ("x.mean(axis)", "x.sum(axis)", "the result"),
        ("x.mean(axis)", "x.mean(axis, keepdims=True)", "the shape"),
    ],
    "maximum": [
        ("x >= y", "x > y", "where both are equal, x"),
        ("(grad * from_x, grad * ~from_x)", "(grad, grad)", "the gradient of x"),
        ("(grad * from_x, grad * ~from_x)", "(grad * ~from_x, grad * from_x)", "gradient of x"),
        ("(grad * from_x, grad * ~from_x)", "grad * from_x", "two gradients"),
        ("grad * ~from_x", "grad * (x <= y)", "where both are equal, y"),
        ("np.maximum(x, y)", "x.max()", "the result"),
    ],
    "in_order": [
        (recursive, "it calls itself too often"),
        (breadth_first, "comes before it"),
        (from_the_end, "must come at the end"),
        (every_path, "a result comes twice"),
        (lambda last: [last], "5 results belong to e"),
        ("return order", "return order[::-1]", "must come at the end"),
        ("return order", "return set(order)", "return a list"),
    ],
}
RIGHT = {
    "predict": [lambda: [48, 28], lambda: (48.0, 28.0), lambda: [3 * 14 + 6, 2 * 14]],
    "exp": [
        exp_again,
        lambda x: (np.e**x, lambda grad: np.e**x * grad),
        lambda x: [np.exp(x), np.exp(x).__mul__],
    ],
    "mean": [mean_by_sum, mean_by_ones, mean_by_moving],
    "maximum": [maximum_by_where, maximum_by_relu, maximum_by_masks],
    "in_order": [by_counting, by_iterators, by_two_looks],
}
