"""Live boxes: programs that run in the reader's browser, if Python for it is there.

A build fetches that with `pyodide.py` and publishes it below `live/`. Where it cannot be had, pages
show static code, and leave out the paragraphs that speak of the box: they end in `{: .with-live }`.
"""

import ast
import html
import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown.treeprocessors import Treeprocessor

from loom import offline, pyodide
from loom.references import Reference
from loom.runner import SnippetError

NETWORK = "N, D_in, H, D_out = "  # the line of a lesson that a quick run replaces
TIMEOUT = 180  # seconds for Python to start: its download at half a megabit a second
# The words of a live box; those of "while" are for live.js, which fills in what is in braces.
WORDS: dict[str, dict[str, Any]] = {
    "zh": {
        "program": "完整程序：",
        "start": "在这里运行（下载 {size} MB）",
        "code": "代码（按 Ctrl+Enter 运行）",
        "output": "输出",
        "network": "网络",
        "quick": "小网络：{sizes}（快）",
        "own": "本课的网络：{sizes}",
        "reset": "还原",
        "note": "程序在你的浏览器里运行，用的是真正的 Python 和 numpy。"
        "计算量大时，比直接运行慢十几倍。",
        "while": {
            "run": "运行",
            "stop": "停止",
            "loading": "正在加载 Python（{size} MB）……",
            "running": "正在运行……",
            "done": "运行结束，用时 {seconds} 秒。",
            "error": "程序出错而结束，用时 {seconds} 秒。",
            "stopped": "已停止。",
            "reset": "代码已还原。",
            "full": "输出太多，已停止。",
            "gone": "代码里没有这一行：{line}。请自己改大小，或者先还原。",
            "missing": "取不到 {file}，所以无法在这里运行。",
            "late": "{seconds} 秒之后 Python 仍未启动，所以无法在这里运行。",
            "failed": "Python 没能启动，所以无法在这里运行：{message}。",
            "instead": "上面是程序的代码，可以下载后在自己的电脑上运行。",
        },
        "offline": "从文件打开的页面不能运行 Python，要由网站服务器提供页面才行。"
        "请在自己的电脑上运行这个程序。",
    },
    "en": {
        "program": "The whole program: ",
        "start": "Run it here (downloads {size} MB)",
        "code": "Code (Ctrl+Enter runs it)",
        "output": "Output",
        "network": "Network",
        "quick": "small network: {sizes} (quick)",
        "own": "the lesson’s network: {sizes}",
        "reset": "Reset",
        "note": "It runs in your browser, in real Python with real numpy. "
        "Heavy computing there is about 16 times slower than Python on its own.",
        "while": {
            "run": "Run",
            "stop": "Stop",
            "loading": "Loading Python ({size} MB) …",
            "running": "Running …",
            "done": "Finished in {seconds} s.",
            "error": "Ended with an error after {seconds} s.",
            "stopped": "Stopped.",
            "reset": "The code is as it was.",
            "full": "It printed too much, and was stopped.",
            "gone": "The line {line} is gone. Set the sizes yourself, or reset first.",
            "missing": "{file} could not be loaded, so this cannot run here.",
            "late": "Python did not start within {seconds} s, so this cannot run here.",
            "failed": "Python could not start, so this cannot run here: {message}.",
            "instead": "The program stands above; you can download it and run it on your computer.",
        },
        "offline": "A page that is opened from a file cannot run Python: that needs a web server. "
        "Run this program on your computer.",
    },
}


WITH_LIVE = "with-live"  # the class of a paragraph that speaks of a box


class LeaveOut(Treeprocessor):
    """Leaves out the paragraphs that speak of a box which is not there."""

    def run(self, root: ElementTree.Element) -> None:
        """Take them out of the tree."""
        if pyodide.are_there():
            return
        for parent in root.iter():
            for child in list(parent):
                if WITH_LIVE in child.get("class", "").split():
                    parent.remove(child)


def packages(reference: Reference) -> list[str]:
    """Return the packages that a program needs in the browser, in the order of loading.

    Raises:
        SnippetError: If it cannot run there, or the fence asks for another network than it has.
    """
    source = Path(reference.path).read_text(encoding="utf-8")
    imported = _imports(source)
    missing = imported - set(pyodide.WHEELS) - set(sys.stdlib_module_names)
    if missing:
        raise SnippetError(
            reference.path,
            f"imports {', '.join(sorted(missing))}, which the browser's Python does not have",
            "",
            f"A live program may import {' and '.join(pyodide.WHEELS)}.",
        )
    sizes = reference.options.get("sizes")
    if sizes and not (re.fullmatch(r"\d+(, \d+){3}", sizes) and _network_line(source)):
        raise SnippetError(
            reference.path,
            f'cannot be run with sizes="{sizes}"',
            "",
            f"Give four numbers, for a line `{NETWORK}...` that the program must have.",
        )
    needed = imported | ({"numpy"} if "autograd" in imported else set())
    return [name for name in pyodide.WHEELS if name in needed]


def box(reference: Reference, highlighted: str, language: str) -> str:
    """Return a program in a fold and, if the assets are there, what it takes to run it.

    Args:
        reference: The fence, which has been checked.
        highlighted: The program as HTML.
        language: The language of the words around it.
    """
    words = WORDS[language]
    shown = (
        f'<details class="example"><summary>{words["program"]}'
        f"<code>{html.escape(reference.path)}</code></summary>{highlighted}</details>"
    )
    if offline.ON:
        return f'{shown}<p class="live__note">{words["offline"]}</p>'
    if not pyodide.are_there():
        return shown
    needed = packages(reference)
    size = f"{pyodide.megabytes(needed):.1f}"
    lines = _network_lines(reference)
    settings = {
        "program": Path(reference.path).name,
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


def _network_lines(reference: Reference) -> list[str]:
    """Return the quick line and the program's own, or nothing if the fence offers no choice."""
    sizes = reference.options.get("sizes")
    source = Path(reference.path).read_text(encoding="utf-8")
    return [NETWORK + sizes, _network_line(source)] if sizes else []


def _imports(source: str) -> set[str]:
    """Name the packages that a program imports."""
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
