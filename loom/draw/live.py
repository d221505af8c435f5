"""Live boxes: programs that readers run in their browsers.

A build fetches Python for browsers with `pyodide.py` and publishes it below `live/`. Without it,
pages show static code and omit the paragraphs about the box, which end in `{: .with-live }`.
"""

import ast
import html
import json
import re
import sys
from pathlib import Path
from typing import Any

from loom import offline
from loom.draw import pyodide
from loom.run.record import SnippetError
from loom.words import of as words_of

NETWORK = "N, D_in, H, D_out = "  # the line of a lesson that a quick run replaces
TIMEOUT = 180  # seconds until Python must have started: a download at half a megabit a second


def packages(path: str, sizes: str = "") -> list[str]:
    """Return the packages that a program needs in the browser, in the order to load them.

    Args:
        path: The program.
        sizes: The sizes of the network for a quick run, if readers may choose one.

    Raises:
        SnippetError: If it imports a package that browsers do not get, or the sizes do not fit it.
    """
    source = Path(path).read_text(encoding="utf-8")
    imported = _imports(source)
    missing = imported - set(pyodide.WHEELS) - set(sys.stdlib_module_names)
    if missing:
        raise SnippetError(
            path,
            f"imports {', '.join(sorted(missing))}, which the browser's Python does not have",
            "",
            f"A live program may import {' and '.join(pyodide.WHEELS)}.",
        )
    if sizes and not (re.fullmatch(r"\d+(, \d+){3}", sizes) and _network_line(source)):
        raise SnippetError(
            path,
            f'cannot be run with sizes="{sizes}"',
            "",
            f"Give four numbers, for a line `{NETWORK}...` that the program must have.",
        )
    needed = imported | ({"numpy"} if "autograd" in imported else set())
    return [name for name in pyodide.WHEELS if name in needed]


def box(path: str, sizes: str, highlighted: str, language: str) -> str:
    """Return a program in a fold as HTML, with controls to run it if the assets are there.

    Args:
        path: The program.
        sizes: As in `packages`.
        highlighted: The program as HTML.
        language: The language of the words around it.
    """
    words = words_of(language)["live"]
    shown = (
        f'<details class="example"><summary>{words["program"]}'
        f"<code>{html.escape(path)}</code></summary>{highlighted}</details>"
    )
    if offline.ON:
        return f'{shown}<p class="live__note">{words["offline"]}</p>'
    if not pyodide.are_there():
        return shown
    needed = packages(path, sizes)
    size = f"{pyodide.megabytes(needed):.1f}"
    lines = _network_lines(path, sizes)
    settings = {
        "program": Path(path).name,
        "packages": needed,
        "files": pyodide.files(needed),
        "lines": lines,
        "size": size,
        "timeout": TIMEOUT,
        "words": words["while"],
    }
    return (
        f'<div class="live" data-assets="loom:{pyodide.PUBLISHED}/" '
        f'data-live="{html.escape(json.dumps(settings, ensure_ascii=False))}">{shown}'
        f"{_panel(words, size, lines)}</div>"
    )


def _panel(words: dict[str, Any], size: str, lines: list[str]) -> str:
    """Return the controls of a box, hidden until live.js makes them work."""
    choices = "".join(
        f"<option>{words[name].format(sizes=line.removeprefix(NETWORK))}</option>"
        for name, line in zip(("quick", "own"), lines, strict=False)
    )
    network = f'<label>{words["network"]} <select autocomplete="off">{choices}</select></label>'
    return (
        f'<div class="live__panel" hidden><label class="live__code" hidden>{words["code"]}'
        '<textarea spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off">'
        f'</textarea></label><div class="live__controls">{network if lines else ""}'
        f'<button type="button" class="live__run">{words["start"].format(size=size)}</button>'
        f'<button type="button" class="live__reset" hidden>{words["reset"]}</button></div>'
        f'<p class="live__note">{words["note"]}</p><p class="live__status" role="status"></p>'
        f'<pre class="live__output" role="log" aria-label="{words["output"]}" tabindex="0" hidden>'
        "</pre></div>"
    )


def _network_lines(path: str, sizes: str) -> list[str]:
    """Return the line of the quick network and the program's own, or [] without a choice."""
    source = Path(path).read_text(encoding="utf-8")
    return [NETWORK + sizes, _network_line(source)] if sizes else []


def _imports(source: str) -> set[str]:
    """Return the packages that a program imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def _network_line(source: str) -> str:
    """Return the line that sets the sizes of the network, or ""."""
    line = re.search(rf"^{re.escape(NETWORK)}.*$", source, re.MULTILINE)
    return line.group() if line else ""
