"""Two ways to let the network of lesson 14 see what it is to predict: losses near 0, and noise."""

import torch

from snippets import language_model
from snippets.language_model import draw_windows

seed = 0
steps = 500
steps_to_copy = 100


# --8<-- [start:mask]
def attend_to_all(q, k, v):
    """Attend without the mask: a place sees the character that it is to predict."""
    D_head = q.shape[-1]
    s = q @ k.transpose(-2, -1) / D_head**0.5  # (B, heads, L, L)
    p = s.softmax(dim=-1)  # (B, heads, L, L)
    return p @ v, p


# --8<-- [end:mask]


# --8<-- [start:shift]
def without_shift(i):
    """Draw windows whose targets are the characters themselves, each (N, T)."""
    x, _ = draw_windows(i)
    return x, x


# --8<-- [end:shift]


def run(name, replacement, steps, text, vocabulary):
    """Train and write with one function of the lesson replaced.

    Returns:
        loss (float): The loss of the last step.
        written (str): What the network wrote.
        ahead (float): The weight of the next place in the head that looks there most, on average.
    """
    kept = getattr(language_model, name)
    setattr(language_model, name, replacement)
    torch.manual_seed(seed)
    model = language_model.LanguageModel(len(vocabulary))
    optimizer = torch.optim.Adam(model.parameters(), lr=language_model.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, language_model.learning_rate, steps, pct_start=0.1
    )
    for _ in range(steps):
        x, y = language_model.draw_windows(text)  # (N, T), (N, T)
        loss = language_model.loss_of(model, x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    looks = torch.cat([block.attention.p for block in model.blocks], dim=1)  # (N, all heads, T, T)
    ahead = looks.diagonal(1, dim1=2, dim2=3).mean(dim=(0, 2)).max().item()
    start = language_model.encode(vocabulary, "白日依山尽")
    written = language_model.decode(vocabulary, language_model.write(model, start, 40))
    setattr(language_model, name, kept)
    return loss.item(), written, ahead


if __name__ == "__main__":
    vocabulary, parts = language_model.load_texts()
    text = parts["training"]
    no_mask = run("attend", attend_to_all, steps, text, vocabulary)
    no_shift = run("draw_windows", without_shift, steps_to_copy, text, vocabulary)
    print(f"without the mask: loss {no_mask[0]:.4f}, one head looks ahead: {no_mask[2]:.2f}")
    print(f"{no_mask[1]!r}")
    print(f"\ntargets not shifted: loss {no_shift[0]:.4f}\n{no_shift[1]!r}")
