"""Lesson 14 beside a table that knows one character back: pairs of neighbours, counted."""

from snippets import language_model
from snippets.answers.language_model import pair_table

alpha = 0.01

if __name__ == "__main__":
    vocabulary, parts = language_model.load_texts()
    p = pair_table(parts["training"], len(vocabulary), alpha)  # (V, V)
    found = {}
    for name, i in parts.items():
        found[name] = -p[i[:-1], i[1:]].log().mean().item()
        print(f"{name:8s} {found[name]:5.2f}")
