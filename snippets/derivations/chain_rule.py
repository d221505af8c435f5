"""The chain rule on numbers: slopes found by nudging, multiplied along paths, paths added up."""

step = 1e-6  # how far a number is nudged to each side


# --8<-- [start:forward]
def forward(a, b, c):
    """Return all numbers of a small graph, by name."""
    e = a * b
    f = e + c
    g = max(f, 0.0)
    L = g**2
    return {"a": a, "b": b, "c": c, "e": e, "f": f, "g": g, "L": L}


# --8<-- [end:forward]


# --8<-- [start:slope]
def slope(function, at):
    """Measure the slope of a function of one number: nudge the number, see what happens."""
    return (function(at + step) - function(at - step)) / (2 * step)


# --8<-- [end:slope]


def edges(v):
    """Return the measured slope along each edge of the graph, at the numbers `v`.

    Args:
        v (dict[str, float]): All numbers, by name.
    """
    # --8<-- [start:edges]
    return {
        "a -> e": slope(lambda a: a * v["b"], v["a"]),
        "b -> e": slope(lambda b: v["a"] * b, v["b"]),
        "e -> f": slope(lambda e: e + v["c"], v["e"]),
        "c -> f": slope(lambda c: v["e"] + c, v["c"]),
        "f -> g": slope(lambda f: max(f, 0.0), v["f"]),
        "g -> L": slope(lambda g: g**2, v["g"]),
    }
    # --8<-- [end:edges]


def along(found, *path):
    """Multiply the slopes along a path."""
    product = 1.0
    for edge in path:
        product *= found[edge]
    return product


def in_digits(number):
    """Round away the error of nudging, which begins at about the 10th digit; no minus zero."""
    return round(number, 4) + 0.0


def graph(v, found):
    """Return the graph for a picture: a number in each node, a slope on each edge."""
    kinds = {"a": "leaf", "b": "leaf", "c": "leaf"}
    return {
        "nodes": {
            name: {"name": f"{name} = {value:g}", "kind": kinds.get(name, "result")}
            for name, value in v.items()
        },
        "edges": [[*edge.split(" -> "), f"× {in_digits(s):g}"] for edge, s in found.items()],
    }


if __name__ == "__main__":
    v = forward(a=2.0, b=3.0, c=2.0)
    print("  ".join(f"{name} = {value:g}" for name, value in v.items()))
    print()
    found = edges(v)
    for edge, measured in found.items():
        print(f"{edge}  {in_digits(measured):g}")
    print()
    # --8<-- [start:product]
    product = along(found, "a -> e", "e -> f", "f -> g", "g -> L")
    measured = slope(lambda a: forward(a, 3.0, 2.0)["L"], 2.0)
    # --8<-- [end:product]
    print(f"a -> L  product {in_digits(product):g}  measured {in_digits(measured):g}")
    product, measured = in_digits(product), in_digits(measured)
    print()
    # --8<-- [start:twice]
    first = along(found, "a -> e", "e -> f", "f -> g", "g -> L")
    second = along(found, "c -> f", "f -> g", "g -> L")
    both = slope(lambda a: forward(a, 3.0, a)["L"], 2.0)
    # --8<-- [end:twice]
    first, second, both = map(in_digits, (first, second, both))
    print(f"a twice  first path {first:g}  second path {second:g}  measured {both:g}")
    print()
    shut = forward(a=2.0, b=3.0, c=-10.0)
    closed = edges(shut)
    print("  ".join(f"{name} = {value:g}" for name, value in shut.items()))
    print("  ".join(f"{edge} {in_digits(s):g}" for edge, s in closed.items()))
    open_graph, shut_graph = graph(v, found), graph(shut, closed)
