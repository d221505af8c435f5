"""The box in which the reader draws a digit, and a network of the build reads it.

Without JavaScript it is a picture of the test set with its scores. `theme/assets/digit.js` makes
the pad, and computes the scores of what is drawn on it.
"""

import html
import math
from typing import Any


def box(data: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the box as HTML.

    Args:
        data: `layers`, the network for `digit.js`; `samples`, pictures with `name`, 64 `pixels`
            from 0 to 16 and ten `scores`.
        words: The words of `figures.digit`, in the page's language.

    Raises:
        KeyError: If the data lack something.
    """
    first = data["samples"][0]
    return (
        f'<div class="digit__parts"><div class="digit__part" hidden>'
        f'<p class="figure__name">{words["draw"]}</p>'
        f'<div class="digit__pad" role="grid" aria-label="{words["pad"]}"></div>'
        f'<div class="digit__controls">'
        f'<button type="button" class="digit__clear">{words["clear"]}</button>'
        f'<button type="button" class="digit__next">{words["next"]}</button></div></div>'
        f'<div class="digit__part"><p class="figure__name">{words["sees"]}</p>'
        f"{_seen(first, words)}</div>{_scores(first, words)}</div>"
        f'<p class="digit__status" role="status">{_said(first, words)}</p>'
        f'<p class="digit__note" hidden>{words["note"]}</p>'
    )


def _said(sample: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the sentence about a picture of the test set."""
    shares = _probabilities(sample["scores"])
    parts = {"name": sample["name"], "digit": shares.index(max(shares))}
    said: str = words["test"].format(p=f"{max(shares):.2f}", **parts)
    return html.escape(said)


def _seen(sample: dict[str, Any], words: dict[str, Any]) -> str:
    """Return 64 cells, each as dark as its pixel."""
    cells = "".join(f'<i style="--ink:{ink / 16:g}"></i>' for ink in sample["pixels"])
    return f'<div class="digit__seen" role="img" aria-label="{words["sees"]}">{cells}</div>'


def _scores(sample: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the table of scores and probabilities, with a bar for each."""
    head = "".join(f'<th scope="col">{words[name]}</th>' for name in ("digit", "score", "share"))
    rows = [
        f'<tr><th scope="row">{digit}</th><td>{score:.2f}</td><td><span>{share:.3f}</span>'
        f'<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{100 * share:.1f}" height="12"/></svg></td></tr>'
        for digit, (score, share) in enumerate(
            zip(sample["scores"], _probabilities(sample["scores"]), strict=True)
        )
    ]
    return (
        f'<table class="digit__scores"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _probabilities(scores: list[float]) -> list[float]:
    """Return the softmax of some scores."""
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]
