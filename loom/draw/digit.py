"""The box in which the reader draws a digit, and a network of the build reads it.

Without JavaScript it is a picture of the test set with its scores. `theme/assets/digit.js` makes
the pad, and computes the scores of what is drawn on it.
"""

import base64
import html
import math
from typing import Any

SIZE, DIGITS = 64, 10  # pixels of a picture, scores of the network


def box(data: dict[str, Any], words: dict[str, Any]) -> str:
    """Return the box as HTML.

    Args:
        data: `layers`, the network for `digit.js`: `weight` and `bias`, each with `scale` and
            `numbers` in base64; `samples`, pictures with `name`, 64 `pixels` from 0 to 16 and ten
            `scores`.
        words: The words of `figures.digit`, in the page's language.

    Raises:
        ValueError: If the data have a different form; also LookupError and TypeError.
    """
    _check(data)
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


def _check(data: dict[str, Any]) -> None:
    """Raise an error if `digit.js` could not use the data; they are finite."""
    inputs = SIZE
    for layer in data["layers"]:
        weight, bias = (_count(layer[name]) for name in ("weight", "bias"))
        if not bias or weight != inputs * bias:
            raise ValueError(f"a layer of {inputs} inputs has {weight} weights and {bias} biases")
        inputs = bias
    if inputs != DIGITS or not data["samples"]:
        raise ValueError(f"the network has {inputs} scores, for {len(data['samples'])} samples")
    for sample in data["samples"]:
        if not isinstance(sample["name"], str):
            raise TypeError(f"a sample has the name {sample['name']!r}")
        if len(sample["pixels"]) != SIZE or not all(0 <= ink <= 16 for ink in sample["pixels"]):
            raise ValueError(f"{sample['name']} has no {SIZE} pixels from 0 to 16")
        if len(sample["scores"]) != DIGITS:
            raise ValueError(f"{sample['name']} has {len(sample['scores'])} scores")


def _count(packed: dict[str, Any]) -> int:
    """Return how many numbers of two bytes are packed."""
    if not isinstance(packed["scale"], int | float):
        raise TypeError(f"the scale is {packed['scale']!r}")
    return len(base64.b64decode(packed["numbers"], validate=True)) // 2


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
