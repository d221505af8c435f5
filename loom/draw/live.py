"""Live boxes: programs and exercises that readers run in their browsers.

A build fetches Python for browsers with `pyodide.py` and publishes it below `live/`. Without it,
pages show static code and omit the paragraphs about the box, which end in `{: .with-live }`.
"""

import ast
import functools
import html
import json
import os
import re
import sys
from collections.abc import Set
from pathlib import Path
from typing import Any

from loom import offline
from loom.draw import pyodide
from loom.run.record import SnippetError
from loom.words import of as words_of

NETWORK = "N, D_in, H, D_out = "  # the line of a lesson that a quick run replaces
# What runs after a reader's answer. A message of a check is a line in each language.
CHECK = """

_checks = {{"__name__": "checks"}}
exec({checks!r}, _checks)
try:
    _checks["check_{name}"]({name})
except NotImplementedError:
    print({unwritten!r})
except AssertionError as _error:
    _lines = str(_error).split("\\n")
    print("✗", _lines[{line}] if len(_lines) > {line} else _lines[0])
else:
    print("✓")
"""
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
    imported = _imports(_parsed(Path(path)))
    if missing := _missing(imported):
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
    return _to_load(imported)


def _missing(imported: Set[str]) -> Set[str]:
    """Return which of these packages the browser's Python does not have."""
    return imported - set(pyodide.WHEELS) - set(sys.stdlib_module_names)


def _to_load(imported: Set[str]) -> list[str]:
    """Return which packages to load for a program that imports these, in the order to load them."""
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
    lines = _network_lines(path, sizes)
    return _box(shown, words, packages(path, sizes), {"program": Path(path).name, "lines": lines})


def files_of(path: str) -> list[Path]:
    """Return a workbook and its checks."""
    return [Path(path), Path(path).parent / "checks" / Path(path).name]


def task(path: str, name: str) -> str:
    """Return what a reader finds of one exercise in a workbook: the imports and the function.

    Args:
        path: The workbook, in the folder exercises/.
        name: The function or class to write.

    Raises:
        SnippetError: If there is no such exercise.
    """
    if not re.fullmatch(r"exercises/\w+\.py", path) or not all(map(os.path.isfile, files_of(path))):
        raise SnippetError(
            path, "is no workbook", "", "Name a file of exercises/ that has checks in checks/."
        )
    source, checks = (file.read_text(encoding="utf-8") for file in files_of(path))
    body = _parsed(Path(path)).body
    own = [node for node in body if getattr(node, "name", "") == name]
    if not own or f"def check_{name}(" not in checks:
        raise SnippetError(path, f"has no exercise `{name}`", "", "Fix the name in the fence.")
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    lines = source.split("\n")
    parts = [
        "\n".join("\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in nodes)
        for nodes in (imports, own)
    ]
    return "\n\n\n".join(filter(None, parts)) + "\n"


def exercise_box(path: str, name: str, highlighted: str, language: str) -> str:
    """Return an exercise as HTML, with what checks it if the assets are there.

    One that needs more than browsers have, such as PyTorch, is shown for the reader to copy.

    Args:
        path: The workbook.
        name: The function or class to write.
        highlighted: What there is of it, as HTML.
        language: The language of the words around it, and of what the check says.
    """
    words = words_of(language)["live"]
    imported = set[str]().union(*(_imports(_parsed(file)) for file in files_of(path)))
    if _missing(imported):
        return f'<details class="example"><summary>{words["copy"]}</summary>{highlighted}</details>'
    needed = _to_load(imported)
    shown = (
        f'<details class="example" open><summary>{words["task"]}</summary>{highlighted}</details>'
    )
    checks = files_of(path)[1].read_text(encoding="utf-8")
    check = CHECK.format(
        checks=checks, name=name, line=words["message"], unwritten=words["unwritten"]
    )
    words = words | {"start": words["check"], "note": words["note_exercise"]}
    words["while"] = words["while"] | {"run": words["check_again"]}
    return _box(shown, words, needed, {"program": Path(path).name, "check": check, "lines": []})


def _box(shown: str, words: dict[str, Any], needed: list[str], settings: dict[str, Any]) -> str:
    """Return code as HTML, with controls to run it if the assets are there.

    Args:
        shown: The code in a fold.
        words: The words of the controls.
        needed: The packages to load.
        settings: What else live.js needs to know.
    """
    if offline.ON:
        return f'{shown}<p class="live__note">{words["offline"]}</p>'
    if not pyodide.are_there():
        return shown
    size = f"{pyodide.megabytes(needed):.1f}"
    settings = settings | {
        "packages": needed,
        "files": pyodide.files(needed),
        "size": size,
        "timeout": TIMEOUT,
        "words": words["while"],
    }
    return (
        f'<div class="live" data-assets="loom:{pyodide.PUBLISHED}/" '
        f'data-live="{html.escape(json.dumps(settings, ensure_ascii=False))}">{shown}'
        f"{_panel(words, size, settings['lines'])}</div>"
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


def _parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a program.

    Raises:
        SnippetError: If it cannot be read.
    """
    try:
        return _tree(path.read_text(encoding="utf-8"))
    except (SyntaxError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        where = f"{path.as_posix()}:{line}"
        raise SnippetError(where, f"cannot be read: {error}", "", "Fix this line.") from None


@functools.lru_cache(1000)
def _tree(source: str) -> ast.Module:
    """Return the syntax tree of a text; after a save, all programs are asked for again."""
    return ast.parse(source)


@functools.lru_cache(1000)
def _imports(tree: ast.Module) -> frozenset[str]:
    """Return the packages that a program imports, from its syntax tree."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "").partition(".")[0])
    return frozenset(found)


def _network_line(source: str) -> str:
    """Return the line that sets the sizes of the network, or ""."""
    line = re.search(rf"^{re.escape(NETWORK)}.*$", source, re.MULTILINE)
    return line.group() if line else ""
