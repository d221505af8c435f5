"""The box in which a language model of the build goes on with the reader's text.

Without JavaScript it shows what the model wrote when the page was built. The model is a file of its
own, which `theme/assets/sampler.js` loads when the reader asks for it: it weighs more than a page.
"""

import base64
import hashlib
import html
import json
import math
from pathlib import Path
from typing import Any

PUBLISHED = "networks"  # the folder of the models, beside the languages
TEMPERATURES = ("0", "0.5", "0.8", "1", "1.5")
USUAL = "0.8"


def published(path: str, script: str) -> str:
    """Return where the model of a program is published; a different one has a different name."""
    return f"{PUBLISHED}/{Path(path).stem}-{hashlib.sha256(script.encode()).hexdigest()[:8]}.js"


def script(data: dict[str, Any]) -> str:
    """Return the script that brings a model into the page.

    Args:
        data: `vocabulary`, a text; `sizes`, the context, width, heads and layers; `weights`, for
            each name the `scale` and the `bytes` as base64.

    Raises:
        ValueError: If the data have a different form; also LookupError, TypeError, ArithmeticError.
    """
    weights = {
        name: {key: data["weights"][name][key] for key in ("scale", "bytes")}
        for name in _checked_names(data)
    }
    given = {"vocabulary": data["vocabulary"], "sizes": data["sizes"], "weights": weights}
    return f"globalThis.samplerData = {json.dumps(given, separators=(',', ':'))};\n"


def box(path: str, data: dict[str, Any], start: str, words: dict[str, Any]) -> str:
    """Return the box as HTML.

    Args:
        path: The program that made the model.
        data: As in `script`, and `written`, what the model wrote.
        start: What the reader's text begins with.
        words: The words of `figures.sampler`, in the page's language.

    Raises:
        ValueError: If the data have a different form; also LookupError, TypeError, ArithmeticError.
    """
    model, written = script(data), html.escape(data["written"])
    size = round(len(model.encode()) / 1000)
    choices = "".join(
        f"<option{' selected' if value == USUAL else ''}>{value}</option>" for value in TEMPERATURES
    )
    said = json.dumps(words["while"], ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<div class="sampler" data-assets="loom:{published(path, model)}">'
        f'<form class="sampler__controls" hidden><label>{words["start"]} '
        f'<input type="text" value="{html.escape(start)}" maxlength="60" autocomplete="off" '
        f'autocapitalize="off" spellcheck="false"></label>'
        f'<label>{words["temperature"]} <select autocomplete="off">{choices}</select></label>'
        f'<button type="submit" class="sampler__go">{words["go"].format(size=size)}</button></form>'
        f'<p class="sampler__status" role="status">{words["built"]}</p>'
        f'<pre class="sampler__text" tabindex="0" aria-label="{words["text"]}">'
        f"{written}</pre>"
        f'<script type="application/json">{said}</script></div>'
    )


def _checked_names(data: dict[str, Any]) -> list[str]:
    """Return the names of the weights; raise an error if `sampler.js` could not use the data."""
    vocabulary, sizes, weights = data["vocabulary"], data["sizes"], data["weights"]
    if not isinstance(vocabulary, str) or not 0 < len(vocabulary) == len(set(vocabulary)):
        raise TypeError("the vocabulary is no text of different characters")
    if not all(type(size) is int and size >= 0 for size in sizes) or 0 in sizes[:-1]:
        raise ValueError(f"the sizes are {sizes}")
    if sizes[-1] > len(weights):
        raise ValueError(f"there are weights for fewer layers than {sizes[-1]}")
    counts = _counts(len(vocabulary), *sizes)
    for name, count in counts.items():
        part = weights[name]
        if not math.isfinite(part["scale"]):
            raise ValueError(f"the scale of {name} is {part['scale']!r}")
        found = len(base64.b64decode(part["bytes"], validate=True))
        if found != count:
            raise ValueError(f"{name} has {found} numbers, not {count}")
    return list(counts)


def _counts(characters: int, context: int, width: int, heads: int, layers: int) -> dict[str, int]:
    """Return how many numbers each part of a network has."""
    if width % heads:
        raise ValueError(f"{heads} heads cannot share {width} features")
    counts = {"characters.weight": characters * width, "places.weight": context * width}
    norms = ["norm"]
    for layer in range(layers):
        block = f"blocks.{layer}"
        counts |= {
            f"{block}.attention.qkv.weight": 3 * width * width,
            f"{block}.attention.out.weight": width * width,
            f"{block}.network.0.weight": 4 * width * width,
            f"{block}.network.0.bias": 4 * width,
            f"{block}.network.2.weight": 4 * width * width,
            f"{block}.network.2.bias": width,
        }
        norms += [f"{block}.norm1", f"{block}.norm2"]
    return counts | {f"{norm}.{part}": width for norm in norms for part in ("weight", "bias")}
