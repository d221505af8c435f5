"""Answers that are likely: wrong ones, each with words that the check must say, and right ones."""

import torch


def by_steps(i, start, T):
    x = torch.stack([i[start + t] for t in range(T)])
    y = torch.stack([i[start + t + 1] for t in range(T)])
    return x, y


def from_a_longer_one(i, start, T):
    both = i[start:][: T + 1]
    return [both[:-1], both[1:]]


def rolled(i, start, T):
    x = i[start : start + T]
    return x, x.roll(-1)


def module_by_module(V, D, T, layers):
    block = [
        torch.nn.Linear(D, 3 * D, bias=False),
        torch.nn.Linear(D, D, bias=False),
        torch.nn.LayerNorm(D),
        torch.nn.LayerNorm(D),
        torch.nn.Linear(D, 4 * D),
        torch.nn.Linear(4 * D, D),
    ]
    around = [torch.nn.Embedding(V, D), torch.nn.Embedding(T, D), torch.nn.LayerNorm(D)]
    modules = layers * block + around
    return sum(param.numel() for module in modules for param in module.parameters())


def in_one_formula(V, D, T, layers):
    return (V + T + 2) * D + layers * (12 * D * D + 9 * D)


def by_powers(scores, temperature):
    if not temperature:
        return torch.nn.functional.one_hot(scores.argmax(), len(scores)).float()
    powers = torch.exp((scores - scores.max()) / temperature)
    return powers / powers.sum()


def in_float64(scores, temperature):
    if temperature == 0:
        return (torch.arange(len(scores)) == scores.argmax()).double()
    return torch.softmax(scores.double() / temperature, dim=-1)


def powers_that_overflow(scores, temperature):
    if temperature == 0:
        return torch.nn.functional.one_hot(scores.argmax(), len(scores)).float()
    powers = torch.exp(scores / temperature)
    return powers / powers.sum()


def all_of_the_highest(scores, temperature):
    if temperature == 0:
        highest = (scores == scores.max()).float()
        return highest / highest.sum()
    return (scores / temperature).softmax(dim=0)


def in_a_loop(i, V, alpha):
    counts = torch.full((V, V), float(alpha))
    for a, b in zip(i[:-1].tolist(), i[1:].tolist(), strict=True):
        counts[a, b] += 1
    return counts / counts.sum(dim=1, keepdim=True)


def once_each(i, V, alpha):
    counts = torch.full((V, V), float(alpha))
    counts[i[:-1], i[1:]] += 1  # a pair that comes twice is added once
    return counts / counts.sum(dim=1, keepdim=True)


def with_index_put(i, V, alpha):
    counts = torch.zeros(V, V).index_put((i[:-1], i[1:]), torch.tensor(1.0), accumulate=True)
    return torch.nn.functional.normalize(counts + alpha, p=1, dim=1)


def row_by_row(i, V, alpha):
    rows = []
    for a in range(V):
        after = [b for first, b in zip(i[:-1].tolist(), i[1:].tolist(), strict=True) if first == a]
        rows.append([(after.count(b) + alpha) / (len(after) + V * alpha) for b in range(V)])
    return torch.tensor(rows)


WRONG = {
    "window": [
        ("i[start + 1 : start + T + 1]", "i[start : start + T]", "would only have to copy"),
        ("i[start + 1 : start + T + 1]", "i[start + 1 : start + T]", "the shapes are"),
        ("i[start + 1 : start + T + 1]", "i[start + T : start + 2 * T]", "each character the next"),
        ("i[start + 1 : start + T + 1]", "i[start + 1]", "shapes are"),
        ("i[start : start + T]", "i[:T]", "it should read"),
        (rolled, "after each character the next one"),
        (", i[start + 1 : start + T + 1]", "", "return two tensors"),
    ],
    "count_parameters": [
        ("V * D + T * D", "2 * V * D + T * D", "they are there once"),
        ("V * D + T * D", "V * D", "too few"),
        ("attention = 4 * D * D", "attention = 3 * D * D", "too few"),
        ("attention = 4 * D * D", "attention = 4 * D * D + 4 * D", "too many"),
        ("(4 * D * D + D)", "(4 * D * D)", "too few"),
        ("2 * norm) + norm", "2 * norm)", "too few"),
        ("layers * (", "1.0 * layers * (", "not a float"),
        ("layers * (", "(", "no block"),
    ],
    "probabilities": [
        (powers_that_overflow, "NaN or infinity"),
        (all_of_the_highest, "it should be [0.0, 1.0, 0.0]"),
        ("if temperature == 0:", "if False:", "NaN or infinity"),
        (") / temperature", ") * temperature", "it should be"),
        ("(scores - scores.max()) / temperature", "scores", "it should be"),
        (
            "((scores - scores.max()) / temperature).softmax(dim=0)",
            "scores.softmax(dim=0) / temperature",
            "should be",
        ),
        ("        return p\n", "        return p.argmax()\n", "the shape is"),
        ("p[scores.argmax()] = 1", "p[0] = 1", "it should be [0.0, 1.0, 0.0]"),
    ],
    "pair_table": [
        (once_each, "one that comes again"),
        ("i[:-1] * V + i[1:]", "i[1:] * V + i[:-1]", "rows and columns"),
        (" + alpha", "", "does every count get alpha"),
        ("dim=1, keepdim=True", "dim=0, keepdim=True", "should sum to 1"),
        ("counts.sum(dim=1, keepdim=True)", "counts.sum()", "should sum to 1"),
        ("return counts / counts.sum(dim=1, keepdim=True)", "return counts", "should sum to 1"),
        ("counts / counts.sum(dim=1, keepdim=True)", "counts.softmax(dim=1)", "it should be"),
        ("+ alpha", "+ 1", "does every count get alpha"),
    ],
}

RIGHT = {
    "window": [by_steps, from_a_longer_one, ("start + T + 1]", "start + 1 + T]")],
    "count_parameters": [
        module_by_module,
        in_one_formula,
        ("4 * D * D  # queries", "3 * D * D + D**2  # queries"),
    ],
    "probabilities": [by_powers, in_float64, ("dim=0", "dim=-1")],
    "pair_table": [in_a_loop, with_index_put, row_by_row],
}
