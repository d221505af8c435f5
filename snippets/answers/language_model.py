"""The answers to the exercises of lesson 14."""

import torch

seed = 0


# --8<-- [start:window]
def window(i, start, T):
    """Return T characters of a text (length,), and those after them; both have shape (T,)."""
    return i[start : start + T], i[start + 1 : start + T + 1]


# --8<-- [end:window]


# --8<-- [start:parameters]
def count_parameters(V, D, T, layers):
    """Return how many parameters the network of the lesson has."""
    attention = 4 * D * D  # queries, keys, values, output
    network = (D * 4 * D + 4 * D) + (4 * D * D + D)
    norm = 2 * D
    return V * D + T * D + layers * (attention + network + 2 * norm) + norm


# --8<-- [end:parameters]


# --8<-- [start:probabilities]
def probabilities(scores, temperature):
    """Return the probability of each character from scores (V,), shape (V,)."""
    if temperature == 0:
        p = torch.zeros(len(scores))  # (V,)
        p[scores.argmax()] = 1
        return p
    return ((scores - scores.max()) / temperature).softmax(dim=0)


# --8<-- [end:probabilities]


# --8<-- [start:pairs]
def pair_table(i, V, alpha):
    """Return p (V, V): p[a, b] is the probability that b follows a in the text i (length,)."""
    pairs = i[:-1] * V + i[1:]  # (length - 1,): a number for each pair
    counts = torch.bincount(pairs, minlength=V * V).reshape(V, V) + alpha  # (V, V)
    return counts / counts.sum(dim=1, keepdim=True)


# --8<-- [end:pairs]


def main():
    """Print what the answers give; the parts are those of the page."""
    x, y = window(torch.tensor([5, 3, 8, 1, 9]), 1, 3)
    print(x, y)
    print()
    print(count_parameters(1249, 64, 64, 2))
    print()
    scores = torch.tensor([2.0, 1.0, 0.0])  # (V,)
    for temperature in (0, 0.5, 1, 2, 100):
        print(temperature, probabilities(scores, temperature))
    print()
    print(pair_table(torch.tensor([0, 1, 0, 1, 1]), 2, 1))


if __name__ == "__main__":
    main()
