"""Draw the values of a run, with a text alternative and a table of the numbers in a fold.

The snippet computes plain data. The page names the kind of picture and gives the words on it.
`drawing/draw.js` draws it, with Observable Plot for charts and dagre for graphs.
"""

import functools
import hashlib
import html
import itertools
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loom.draw import digit, javascript, sampler
from loom.run import cache
from loom.run.program import CONTROL
from loom.run.record import SnippetError
from loom.words import of as words_of

DRAWING = Path(__file__).parent / "drawing"
ASSETS = Path(__file__).parents[2] / "theme" / "assets"  # browsers load these scripts too
SCRIPTS = (
    DRAWING / "linkedom.min.js",
    ASSETS / "plot" / "d3.min.js",
    ASSETS / "plot" / "plot.umd.min.js",
    DRAWING / "dagre.min.js",
    ASSETS / "explorer.js",
    DRAWING / "draw.js",
)
# Stand-ins for what the scripts expect of a browser. LinkeDOM decodes HTML entities with atob, but
# pictures have none; dagre clones plain data.
BEFORE = """
var atob = () => '', window = {}
var structuredClone = (value) => JSON.parse(JSON.stringify(value))
"""


@dataclass(frozen=True)
class Picture:
    """What a page says about a picture.

    Attributes:
        path: The snippet whose value it shows.
        value: The value's expression.
        kind: The kind of picture.
        body: The words on it: lines `key: text`.
        log: Whether the vertical axis is logarithmic.
    """

    path: str
    value: str
    kind: str
    body: str
    log: bool = False


# How data of a wrong form end what reads them.
UNFIT = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
Table = tuple[list[Any], list[list[Any]]]  # a head and rows
# Steps in the table of a long curve: enough to follow it, few enough to read.
TABLE_STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 499)


@functools.cache
def version() -> str:
    """Return a hash of the drawing scripts, computed once: a process also loads them once."""
    return hashlib.sha256(b"".join(script.read_bytes() for script in SCRIPTS)).hexdigest()


def _drawn(folder: str, function: str, *arguments: Any) -> Any:
    """Return the result of a function of `draw.js`, from the cache if it is there."""
    parts = [function, json.dumps(arguments), version()]

    def draw_now() -> Any:
        return javascript.call(SCRIPTS, BEFORE, function, *arguments)

    return cache.value(parts, draw_now, folder, _is_drawing)


def _is_drawing(kept: Any) -> bool:
    """Tell whether a value is SVG, or SVG by name."""
    drawings = kept.values() if isinstance(kept, dict) else [kept]
    return cache.has_form(kept, (str, {str: str})) and all(
        drawing.startswith("<svg") for drawing in drawings
    )


def lines_of(path: str, body: str) -> dict[str, str]:
    """Return the lines `key: text` of a fence.

    Raises:
        SnippetError: If a line has no colon or text, or a key stands twice; blanks do not count.
    """
    found: dict[str, str] = {}
    for line in filter(str.strip, body.splitlines()):
        key, colon, text = (part.strip() for part in line.partition(":"))
        if not colon or not text or "".join(key.split()) in map("".join, map(str.split, found)):
            problem = f"the fence has the line `{line.strip()}`"
            raise SnippetError(path, problem, "", "Write lines `key: text`, each key once.")
        found[key] = text
    return found


def labels_of(picture: Picture) -> dict[str, str]:
    """Return the words on a picture, by key.

    Raises:
        SnippetError: If the body is not lines `key: text`, or there is no title.
    """
    labels = lines_of(picture.path, picture.body)
    if "title" not in labels:
        raise SnippetError(
            picture.path, "the figure has no title", "", "Write a line `title: ...`."
        )
    return labels


def draw(picture: Picture, labels: dict[str, str], data: Any, folder: str) -> Any:
    """Draw a picture.

    Args:
        picture: What the page says about it.
        labels: The words on the picture.
        data: The value to show; its form depends on the kind, see `draw.js`.
        folder: The cache of finished drawings.

    Returns:
        SVG, or a dict of SVG for kinds that have several panels.

    Raises:
        SnippetError: If the data does not have the form that the kind needs.
    """
    try:
        return _drawn(folder, picture.kind, data, labels, picture.log)
    except javascript.ScriptError as error:
        raise _not_drawn(picture, str(error).splitlines()[0]) from None


def _not_drawn(picture: Picture, reason: str) -> SnippetError:
    """Return the error for data that do not have the form of their kind."""
    kind = picture.kind
    form = f"{kind}.py" if kind in ("digit", "sampler") else "drawing/draw.js"
    return SnippetError(
        picture.path,
        f"`{picture.value}` cannot be drawn as {kind}",
        reason,
        f"The form of the data is in loom/draw/{form}.",
    )


def figure(picture: Picture, data: Any, language: str, folder: str) -> str:
    """Return a picture with its title, legend and numbers as HTML.

    Args:
        picture: What the page says about it.
        data: The value to show; its form depends on the kind, see `draw.js`.
        language: The language of the words that are not in the picture's body.
        folder: The cache of finished drawings.

    Raises:
        SnippetError: If the words or the data do not have the right form.
    """
    labels, words = labels_of(picture), words_of(language)["figures"]
    try:
        if problem := _undrawable(data):
            raise SnippetError(
                picture.path,
                f"`{picture.value}` holds {problem}, which cannot be drawn",
                "",
                "Let the program leave finite numbers and plain text.",
            )
        return _figure(picture, data, labels, words, folder)
    except UNFIT as error:
        raise _not_drawn(picture, repr(error)) from None


def _figure(
    picture: Picture, data: Any, labels: dict[str, str], words: dict[str, Any], folder: str
) -> str:
    """Return a picture as HTML; data of a different form end in any error."""
    kind = picture.kind
    if kind == "digit":
        return _digit(data, labels, words)
    if kind == "sampler":
        return _sampler(picture, data, labels, words)
    drawn = draw(picture, labels, data, folder)
    if kind == "explorer":
        return _explorer(drawn, data, labels, words)
    panels = drawn if isinstance(drawn, dict) else {"": drawn}
    told = {
        key: words[TELL[kind][0]].format(name=labels.get(key, key), **TELL[kind][1](part, data))
        for key, part in _parts(kind, data).items()
    }
    shown = [
        _panel(name, svg, labels, told.get(name) or words["stop"].join(told.values()))
        for name, svg in panels.items()
    ]
    controls = words["controls"].items() if kind == "frames" else ()
    shown_with = "".join(f' data-{name}="{word}"' for name, word in controls)
    return (
        f'<p class="figure__title">{html.escape(labels["title"])}</p>'
        f'<div class="figure__panels figure__panels--{kind}"{shown_with}>{"".join(shown)}</div>'
        f"{_legend(picture, data, labels, words, folder)}"
        f"{_numbers(TABLES[kind](data, labels, words), words)}"
    )


def _numbers(table: Table, words: dict[str, Any]) -> str:
    """Return the fold with the numbers of a picture."""
    head, rows = table
    return (
        f'<details class="figure__numbers"><summary>{words["numbers"]}</summary>'
        f"<table><thead>{_row(head, 'th')}</thead>"
        f"<tbody>{''.join(_row(row, 'td') for row in rows)}</tbody></table></details>"
    )


def _explorer(svg: str, data: Any, labels: dict[str, str], words: dict[str, Any]) -> str:
    """Return the explorer: controls for readers with JavaScript, and a table of all runs."""
    controls = "".join(
        f"<fieldset><legend>{words[name]}</legend>"
        + "".join(
            f'<label><input type="radio" name="{name}" value="{html.escape(value)}"'
            f"{' checked' if value == start else ''}> {html.escape(value)}</label>"
            for value in values
        )
        + "</fieldset>"
        for (name, values), start in zip(data["choices"].items(), data["start"], strict=True)
    )
    given = {"data": data, "words": words["explorer"], "labels": labels}
    return (
        f'<p class="figure__title">{html.escape(labels["title"])}</p><div class="explorer">'
        f'<form class="explorer__controls" hidden>{controls}</form>'
        f"{_panel('', svg, labels, ' · '.join(data['start']))}"
        f'<p class="explorer__status" role="status"></p>'
        f'<script type="application/json">{_in_script(given)}</script>'
        f"</div>{_numbers(_table_runs(data, words), words)}"
    )


def _digit(data: Any, labels: dict[str, str], words: dict[str, Any]) -> str:
    """Return the box to draw a digit in, with the network that reads it."""
    shown = digit.box(data, words["digit"])
    given = {"data": data, "words": words["digit"]}
    return (
        f'<p class="figure__title">{html.escape(labels["title"])}</p><div class="digit">{shown}'
        f'<script type="application/json">{_in_script(given)}</script></div>'
    )


def _sampler(picture: Picture, data: Any, labels: dict[str, str], words: dict[str, Any]) -> str:
    """Return the box in which a language model writes."""
    shown = sampler.box(picture.path, data, labels.get("start", ""), words["sampler"])
    return f'<p class="figure__title">{html.escape(labels["title"])}</p>{shown}'


def _in_script(data: Any) -> str:
    """Write data as JSON that cannot end the script element that holds it."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _table_runs(data: Any, words: dict[str, Any]) -> Table:
    """Return a table of the last losses: a row per optimizer and width, a column per rate."""
    choices = data["choices"]
    rows = []
    for optimizer in choices["optimizer"]:
        for width in choices["width"]:
            runs = [data["runs"][f"{optimizer} {width} {rate}"] for rate in choices["rate"]]
            cells = [
                run["last"] if run["steps"] == data["steps"] else words["diverged"].format(**run)
                for run in runs
            ]
            rows.append([optimizer, width, *cells])
    return [words["optimizer"], words["width"], *choices["rate"]], rows


def _parts(kind: str, data: Any) -> dict[str, Any]:
    """Return the parts that a picture consists of, by name."""
    if kind == "frames":
        return dict(data["frames"])
    return {"": data} if kind in ("graph", "pictures") else dict(data)


def _panel(name: str, svg: str, labels: dict[str, str], text: str) -> str:
    """Return one drawing with its text alternative; one of several has its name above it."""
    shown = html.escape(labels.get(name, name))
    described = html.escape(f"{shown or labels['title']}: {text}")
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{described}" ', 1)
    heading = f'<p class="figure__name">{shown}</p>' if name else ""
    return f'<div class="figure__panel" tabindex="0">{heading}{svg}</div>'


def _legend(
    picture: Picture, data: Any, labels: dict[str, str], words: dict[str, Any], folder: str
) -> str:
    """Return a legend of the lines or boxes of a picture, or "" if it needs none."""
    items, kind = [], picture.kind
    if kind == "curves" and len(data) > 1:
        items = [
            f"<li>{_drawn(folder, 'swatch', index)} {html.escape(labels.get(name, name))}</li>"
            for index, name in enumerate(data)
        ]
    elif kind in ("graph", "graphs"):
        graphs = _parts(kind, data).values()
        used = {node["kind"] for graph in graphs for node in graph["nodes"].values()}
        items = [
            f'<li><i class="swatch swatch--{name}"></i> '
            f"{html.escape(labels.get(name, words[name]))}</li>"
            for name in ("leaf", "data", "op", "result", "gradient")
            if name in used
        ]
    return f'<ul class="figure__legend">{"".join(items)}</ul>' if items else ""


def _tell_curve(part: list[Any], data: Any) -> dict[str, str]:
    """Return the ends of a curve and what its values lie between: points if curves turn back."""
    points = _points(part)
    if _turn_back(map(_points, data.values())):
        low, high = ((*map(end, zip(*points, strict=True)),) for end in (min, max))
        told = [*map(_pair, (points[0], points[-1], low, high))]
    else:
        heights = [y for _, y in points]
        told = [*map(_text, (heights[0], heights[-1], min(heights), max(heights)))]
    return dict(zip(("first", "last", "low", "high"), told, strict=True))


def _tell_bars(part: dict[str, list[float]], data: Any) -> dict[str, str]:
    """Return the count of a histogram, and the edges of its filled bars and its highest one."""
    edges, counts = part["edges"], part["counts"]
    filled = [bar for bar, count in enumerate(counts) if count]
    most = counts.index(max(counts))
    ends = {"low": edges[filled[0]], "high": edges[filled[-1] + 1]}
    ends |= {"left": edges[most], "right": edges[most + 1]}
    return {"n": str(sum(counts)), **{name: _text(edge) for name, edge in ends.items()}}


def _tell_mask(part: list[str], data: Any) -> dict[str, str]:
    """Return how many cells a mask has, and how many of them are on."""
    cells = "".join(part)
    return {"n": str(len(cells)), "on": str(cells.count("1"))}


def _tell_frame(part: list[float], data: Any) -> dict[str, str]:
    """Return the largest distance of a frame from its targets."""
    return {"far": _text(max(abs(a - b) for a, b in zip(part, data["targets"], strict=True)))}


def _tell_graph(part: dict[str, Any], data: Any) -> dict[str, str]:
    """Return the number and the names of the nodes of a graph."""
    names = [node["name"].replace("\n", " ") for node in part["nodes"].values()]
    return {"n": str(len(names)), "names": " · ".join(names)}


def _tell_pictures(part: list[dict[str, Any]], data: Any) -> dict[str, str]:
    """Return the number and the names of small pictures."""
    return {"n": str(len(part)), "names": " · ".join(picture["name"] for picture in part)}


# For each kind of picture: the sentence that describes a part of it, and the values to fill in.
TELL: dict[str, tuple[str, Callable[[Any, Any], dict[str, str]]]] = {
    "curves": ("curve", _tell_curve),
    "bars": ("bars", _tell_bars),
    "mask": ("mask", _tell_mask),
    "frames": ("frames", _tell_frame),
    "graph": ("graph", _tell_graph),
    "graphs": ("graph", _tell_graph),
    "pictures": ("pictures", _tell_pictures),
}


def _table_curves(data: Any, labels: dict[str, str], words: dict[str, Any]) -> Table:
    """Return a column of values per curve; of many steps, keep some and the last.

    Of a path, which turns back along x, the column has its points, by their number.
    """
    points: dict[str, list[Any]] = {key: _points(part) for key, part in data.items()}
    first = labels.get("x", "")
    if _turn_back(points.values()):
        first = words["step"]
        for key, part in points.items():
            points[key] = [*enumerate(map(_pair, part))]
    columns = {key: dict(part) for key, part in points.items()}
    steps = sorted(set().union(*columns.values()))
    if len(steps) > 2 * len(TABLE_STEPS):
        are_steps = all(step == int(step) for step in steps)
        some = TABLE_STEPS if are_steps else steps[:: len(steps) // len(TABLE_STEPS)]
        steps = [step for step in steps if step in some or step == steps[-1]]
    head = [first, *(labels.get(key, key) for key in data)]
    return head, [[step, *(column.get(step, "") for column in columns.values())] for step in steps]


def _table_bars(data: Any, labels: dict[str, str], words: dict[str, Any]) -> Table:
    """Return a row per bar: its edges and its count."""
    return list(words["bar"]), [
        [labels.get(key, key), start, end, count]
        for key, part in data.items()
        for start, end, count in zip(part["edges"], part["edges"][1:], part["counts"], strict=False)
    ]


def _table_mask(data: Any, labels: dict[str, str], words: dict[str, Any]) -> Table:
    """Return a row per mask: how many cells it has, and how many of them are on."""
    cells = {key: "".join(rows) for key, rows in data.items()}
    return list(words["cells"]), [
        [labels.get(key, key), len(text), text.count("1")] for key, text in cells.items()
    ]


def _table_frames(data: Any, labels: dict[str, str], words: dict[str, Any]) -> Table:
    """Return a row per index: the target, and the value in each frame."""
    head = [labels.get("x", ""), words["targets"], *(labels.get(k, k) for k in data["frames"])]
    columns = zip(data["targets"], *data["frames"].values(), strict=True)
    return head, [[index, *values] for index, values in enumerate(columns)]


def _table_graphs(data: Any, labels: dict[str, str], words: dict[str, Any]) -> Table:
    """Return a row per edge: its two nodes, and its text or the shape of one of them.

    The label `edge` says what the text is, if it is no shape.
    """
    rows = []
    for key, graph in data.items():
        nodes = graph["nodes"]
        rows += [[labels.get(key, key), "", ""]] if key else []
        for start, end, text in graph["edges"]:
            shape = nodes[start].get("shape") or nodes[end].get("shape") or []
            names = [nodes[node]["name"].replace("\n", " ") for node in (start, end)]
            rows.append([*names, text or str(tuple(shape))])
    *ends, text = words["edge"]
    return [*ends, labels.get("edge", text)], rows


def _table_pictures(data: Any, labels: dict[str, str], words: dict[str, Any]) -> Table:
    """Return a row per picture: its name, and its pixels, row by row."""
    rows = [
        [
            picture["name"],
            " / ".join(" ".join(map(str, picture["pixels"][i : i + 8])) for i in range(0, 64, 8)),
        ]
        for picture in data
    ]
    return list(words["pixels"]), rows


TABLES = {
    "curves": _table_curves,
    "bars": _table_bars,
    "mask": _table_mask,
    "frames": _table_frames,
    "graph": lambda data, labels, words: _table_graphs({"": data}, labels, words),
    "graphs": _table_graphs,
    "pictures": _table_pictures,
}
KINDS = (*TABLES, "explorer", "digit", "sampler")


def _row(cells: list[Any], tag: str) -> str:
    """Return a row of a table."""
    return f"<tr>{''.join(f'<{tag}>{html.escape(_text(cell))}</{tag}>' for cell in cells)}</tr>"


def _points(part: list[Any]) -> list[tuple[float, float]]:
    """Return the points (x, y) of a curve; a list of heights has x = 0, 1, 2, ..."""
    return [(p[0], p[1]) if isinstance(p, list) else (x, p) for x, p in enumerate(part)]


def _turn_back(curves: Iterable[list[tuple[float, float]]]) -> bool:
    """Tell whether any of the curves turns back along x: such a path has points, not heights."""
    return any(a[0] > b[0] for curve in curves for a, b in itertools.pairwise(curve))


def _pair(point: tuple[float, float]) -> str:
    """Write a point."""
    return f"({', '.join(map(_text, point))})"


def _text(value: Any) -> str:
    """Write a number with four significant digits; leave other things as they are."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _undrawable(data: Any) -> str:
    """Name a number or a character in the data that no picture can show, or return ""."""
    if isinstance(data, dict):
        return _undrawable([*data, *data.values()])
    if isinstance(data, list):
        return next(filter(None, map(_undrawable, data)), "")
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN or infinity"
    found = CONTROL.search(data) if isinstance(data, str) else None
    return f"the control character {found.group()!r}" if found else ""
