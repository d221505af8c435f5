"""Labs: notebooks kept as text, run once for all languages, shown on a page and downloadable.

A lab is `docs/<language>/labs/*.py` in the py:percent form. Its code cells are the same in all
languages; only the Markdown cells and the text alternatives of pictures differ.
"""

import dataclasses
import functools
import html
import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nbformat
from jupytext import reads
from nbformat import NotebookNode

from loom import words
from loom.run import cache, notebook
from loom.run.notebook import LabError, Outputs
from loom.run.record import Settings, SnippetError, imports
from loom.weave import facts, fences
from loom.weave.weaver import NOT_FINITE

LABS = "labs"
PACKAGES = ("numpy", "torch", "scikit-learn", "matplotlib")  # results depend on their versions
# The code that a lab's outputs depend on, besides its cells.
CODE = [Path(notebook.__file__).with_name(name) for name in ("child.py", "notebook.py", "shell.py")]
# The form of what a run leaves in the cache; of data, the page reads texts and drawings.
FORM = {"outputs": [[({"text": str}, {"data": {str: (str, dict)}})]], "files": {str: str}}
HEADING = re.compile(r"^(#{1,3}) (.*?) \{#([\w-]+)\}$", re.MULTILINE)
TARGET = re.compile(r"\]\((page|loom):([^)\s]+)\)")
# Marks of cells that stand folded, with the classes of their boxes on the page.
FOLDS = {"hint": "tip", "answer": "success"}
# Replace matplotlib's own colours by the page's, which differ between light and dark.
COLOURS = {
    "#000000": "currentColor",
    "#ffffff": "var(--md-default-bg-color)",
    "#cccccc": "var(--course-line)",
    "#b0b0b0": "var(--course-line)",
    "#1f77b4": "var(--chart-1)",
    "#ff7f0e": "var(--chart-2)",
    "#2ca02c": "var(--chart-3)",
    "#d62728": "var(--chart-6)",
    "#9467bd": "var(--chart-4)",
    "#7f7f7f": "var(--chart-7)",
}


class _State:
    """The outputs and errors of the labs that this process has run or loaded, by file name."""

    runs: dict[str, tuple[Outputs, SnippetError | None]] = {}  # noqa: RUF012 - one for a process


def settings_of(settings: Settings) -> Settings:
    """Return the settings with the packages of labs."""
    return dataclasses.replace(settings, packages=PACKAGES)


def read(path: Path) -> NotebookNode:
    """Return a lab as a notebook, whose cells have the same ids each time.

    Raises:
        SnippetError: If it is none, as with a line that names a different encoding.
    """
    try:
        return nbformat.from_dict(_parsed(path.read_text(encoding="utf-8")))
    except ValueError as error:
        advice = "Begin it with the lines `# %% [markdown]` and `# # Title {#id}`."
        raise SnippetError(f"{path}:1", f"cannot be read: {error}", "", advice) from error


@functools.lru_cache(100)
def _parsed(text: str) -> NotebookNode:
    """Parse a lab, once as long as its text stays the same."""
    lab = reads(text, fmt="py:percent")
    for number, cell in enumerate(lab.cells, 1):
        cell.id = f"cell-{number}"
    lab.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return lab


def differences(first: Path, second: Path) -> list[str]:
    """Compare a lab in two languages.

    Both must have the same kinds of cells in the same order, folded or not, the same code to the
    byte, headings with the same levels and ids, and links to the same places.

    Args:
        first: The lab in one language.
        second: The lab in the other.

    Returns:
        A text for each cell that differs.
    """
    found: list[str] = []
    pairs = zip_longest(read(first).cells, read(second).cells)
    for number, (one, other) in enumerate(pairs, 1):
        if one is None or other is None or one.cell_type != other.cell_type:
            kinds = [cell.cell_type if cell else "missing" for cell in (one, other)]
            place = _where(second, other.source) if other else str(second)
            return [*found, f"{place}: cell {number}: {kinds[0]} in {first}, {kinds[1]} here"]
        place = f"{_where(second, other.source)}: cell {number}"
        if _fold(one) != _fold(other):
            marks = [_fold(cell) or "no fold" for cell in (one, other)]
            found.append(f"{place}: {marks[0]} in {first}, {marks[1]} here")
        elif one.cell_type == "code" and one.source != other.source:
            found.append(f"{place}: the code is not that of {first}:\n{one.source}")
        elif _shared(one.source) != _shared(other.source):
            shared = f"{_shared(other.source)}, not {_shared(one.source)} as in {first}"
            found.append(f"{place}: the headings, facts and links are {shared}")
    return found


def _fold(cell: NotebookNode) -> str:
    """Return "hint" or "answer" if a cell stands folded, else an empty text."""
    return next((mark for mark in FOLDS if cell.metadata.get(mark)), "")


def _shared(source: str) -> list[str]:
    """Return what a Markdown cell shares with its counterpart.

    These are headings (level and id), the facts that it names, and links.
    """
    headings = [
        re.sub(r" .*(?= \{)| [^{]*$", "", line)  # the level and the id, if there is one
        for line in source.splitlines()
        if re.match("#{1,6} ", line)
    ]
    named = [name for _, name in facts.named(source)]
    links = sorted(target for _, target in re.findall(r"(\]\()([^)\s]+)\)", source))
    return [*headings, *named, *links]


def run_and_check(languages: tuple[str, ...], settings: Settings) -> list[str]:
    """Run every lab whose outputs are not in the cache, and check all labs.

    Args:
        languages: Names of the folders in docs/; the code comes from the first one.
        settings: How to run programs; labs run in the same way.

    Returns:
        The problems, each with its lab, its line and what to do.
    """
    first, *others = languages
    paths = sorted(Path("docs", first, LABS).glob("*.py"))
    errors = [
        difference
        for path in paths
        for language in others
        for difference in differences(path, Path("docs", language, LABS, path.name))
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda path: _run(path, settings_of(settings)), paths))
    for path, (outputs, error) in zip(paths, runs, strict=True):
        _State.runs[path.name] = outputs, error
        errors += [str(error)] if error else []
        for language in languages:
            errors += _faults(Path("docs", language, LABS, path.name), outputs)
    return errors


def _run(path: Path, settings: Settings) -> tuple[Outputs, SnippetError | None]:
    """Return the outputs of a lab, from the cache if they are there, and the error if it failed."""
    cells = [cell.source for cell in _code_cells(read(path))]
    parts = ["lab", *cells, json.dumps(settings.versions()), *map(cache.sha256, CODE)]

    def made() -> dict[str, Any]:
        outputs, files = _run_cells(path, settings)
        return {"outputs": outputs, "files": files}

    try:
        is_current = functools.partial(_is_current, cells=len(cells))
        return cache.value(parts, made, settings.cache, is_current)["outputs"], None
    except LabError as error:
        return error.outputs, error
    except SnippetError as error:
        return [], error


def _is_current(kept: Any, cells: int) -> bool:
    """Tell whether a value has the form of a run, and the files that the run read are the same."""
    return (
        cache.has_form(kept, FORM)
        and len(kept["outputs"]) == cells
        and all(cache.sha256(path) == found for path, found in kept["files"].items())
    )


def run(path: Path, settings: Settings) -> Outputs:
    """Run a lab from the first cell to the last; return the outputs of its code cells.

    Args:
        path: The lab.
        settings: The bounds, and the modules that the process starts with.

    Raises:
        LabError: If a cell fails.
        SnippetError: If the lab exceeds a bound or ends its process.
    """
    return _run_cells(path, settings)[0]


def _run_cells(path: Path, settings: Settings) -> tuple[Outputs, dict[str, str]]:
    """Run a lab; return its outputs, and the SHA-256 of each file of the project that it read."""
    cells = [cell.source for cell in _code_cells(read(path))]
    places = [_where(path, cell) for cell in cells]
    answer = notebook.run(path.as_posix(), cells, places, settings)
    outputs: Outputs = answer["outputs"]
    if answer["error"]:
        raise _failure(path, cells, outputs, answer["error"])
    return outputs, answer["read"]


def _failure(path: Path, cells: list[str], outputs: Outputs, error: dict[str, Any]) -> LabError:
    """Return an error that names the lab, the cell and the line."""
    number, line = len(outputs) + 1, error["line"]
    place = _where(path, cells[number - 1], line)
    problem = f"code cell {number}, line {line}: {error['message']}"
    return LabError(place, problem, error["traceback"], outputs)


def _faults(path: Path, outputs: Outputs) -> Iterator[str]:
    """Yield the headings of a lab that lack an id, and the pictures without a text alternative."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.removeprefix("# ")
        if re.match(r"# #+ ", line) and not (HEADING.match(text) and "`" not in text):
            yield (
                f"{path}:{number}: a heading needs a level of 1 to 3, plain words and an id, "
                f"{{#like-this}}: {text}"
            )
    if [level for level, _, _ in headings(path)][:1] != [1]:
        yield (
            f"{path}:1: a lab begins with its title.\n"
            "What to do: begin it with the lines `# %% [markdown]` and `# # Title {#id}`."
        )
    for cell, kept in zip(_code_cells(read(path)), outputs, strict=False):
        draws = any("image/svg+xml" in output.get("data", {}) for output in kept)
        if draws and not cell.metadata.get("alt"):
            yield (
                f"{_where(path, cell.source)}: the picture of this cell has no text alternative.\n"
                'What to do: begin the cell with `# %% alt="..."`, in the language of the page.'
            )
        shown = [output.get("text") or output["data"].get("text/plain", "") for output in kept]
        printed = "\n".join(shown)
        found = NOT_FINITE.search(printed)
        if bool(found) != bool(cell.metadata.get("diverges")):
            problem = f"prints {found.group()}" if found else "prints finite numbers only"
            yield (
                f"{_where(path, cell.source)}: the cell {problem}.\nWhat to do: if divergence is "
                "its point, and only then, begin it with `# %% diverges=true`."
            )


def _code_cells(lab: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a lab."""
    return [cell for cell in lab.cells if cell.cell_type == "code"]


def _where(path: Path, source: str, line: int = 1) -> str:
    """Return `path:line` of a line of a cell."""
    text = path.read_text(encoding="utf-8")
    commented = "\n".join(f"# {each}".rstrip() for each in source.split("\n"))
    before = text.partition(source if source in text else commented)[0] if source else ""
    return f"{path}:{before.count(chr(10)) + line}"


def for_readers(path: Path, language: str, site_url: str) -> str:
    """Return the notebook that readers download: without our marks, with absolute links.

    What stands folded on the page does so here too: the text of hints and answers in HTML, which
    notebooks show as pages do, and code by the metadata of Jupyter and of Colab.

    Args:
        path: The lab.
        language: The language of the lab.
        site_url: The address of the language's site, for the links.
    """
    said = words.of(language)["labs"]

    def absolute(link: re.Match[str]) -> str:
        return f"]({urljoin(site_url, link[2] if link[1] == 'page' else '../' + link[2])})"

    lab = read(path)
    for cell in lab.cells:
        fold = _fold(cell)
        cell.metadata = NotebookNode()
        if cell.cell_type == "markdown":
            source = facts.without(HEADING.sub(r"\1 \2", cell.source))
            cell.source = TARGET.sub(absolute, source)
            if fold:
                cell.source = f"{_opening(fold, said)}\n\n{cell.source}\n\n</details>"
        elif fold:
            cell.source = f"# @title {said[fold]}\n{cell.source}"  # what is seen of a folded cell
            hidden = {"jupyter": {"source_hidden": True}, "cellView": "form"}
            cell.metadata = nbformat.from_dict(hidden)
    text: str = nbformat.writes(lab)
    return text


def for_page(path: Path, language: str, settings: Settings, link: str = "Permanent link") -> str:
    """Return the notebook that mkdocs-jupyter shows, in the form that our template takes.

    The metadata of a code cell holds its HTML, with its output; that of a cell at which a fold
    begins or ends, the tags of the fold. Headings are already HTML, with the ids that the lab gives
    them, the same in all languages.

    Args:
        path: The lab.
        language: The language of the page.
        settings: The settings that the lab was run with, without the packages of labs.
        link: The title of the link at each heading; the default is that of Python-Markdown.
    """
    lab = read(path)
    outputs, error = _State.runs.get(path.name) or _run(path, settings_of(settings))
    captions = words.of(language)["captions"]
    heading = functools.partial(_heading, title=html.escape(link))
    for cell in lab.cells:
        if cell.cell_type == "markdown":
            cell.source = HEADING.sub(heading, facts.without(cell.source))
    for cell, kept in zip_longest(_code_cells(lab), outputs):
        shown = "".join(
            _shown(output, cell.metadata.get("alt", ""), captions) for output in kept or ()
        )
        cell.metadata["html"] = fences.highlighted(cell.source) + shown
    if error:
        failed = _code_cells(lab)[len(outputs)]
        failed.metadata["html"] += fences.failure_box(error, captions)
    for fold, folded in groupby(lab.cells, _fold):
        if fold:
            cells = list(folded)
            cells[0].metadata["before"] = _opening(fold, words.of(language)["labs"])
            cells[-1].metadata["after"] = "</details>"
    text: str = nbformat.writes(lab)
    return text


def _opening(fold: str, said: dict[str, str]) -> str:
    """Return the tags at which a fold begins, with its title."""
    return f'<details class="{FOLDS[fold]}">\n<summary>{said[fold]}</summary>'


def _heading(match: re.Match[str], title: str) -> str:
    """Return a heading as HTML, with a link to it that has a title."""
    level, (text, name) = len(match[1]), (html.escape(match[2]), match[3])
    link = f'<a class="headerlink" href="#{name}" title="{title}"> </a>'
    return f'<h{level} id="{name}">{text}{link}</h{level}>'


def headings(path: Path) -> list[tuple[int, str, str]]:
    """Return level, name and id of each heading of a lab."""
    return [
        (len(match[1]), match[2], match[3])
        for cell in read(path).cells
        if cell.cell_type == "markdown"
        for match in HEADING.finditer(cell.source)
    ]


def versions(path: Path, settings: Settings) -> list[str]:
    """Return the versions that a lab ran on, of Python and of the packages that it imports."""
    code = path.read_text(encoding="utf-8")
    return [
        f"{name} {version}"
        for name, version in settings_of(settings).versions().items()
        if name == "Python" or imports(code, name)
    ]


def _shown(output: dict[str, Any], alt: str, captions: dict[str, str]) -> str:
    """Return one output as HTML, as the other pages of the course show it."""
    data = output.get("data", {})
    if "image/svg+xml" in data:
        return f'<figure class="loom loom--lab">{_picture(data["image/svg+xml"], alt)}</figure>'
    text = (output.get("text") or data.get("text/plain", "")).rstrip("\n")
    return fences.output_box("output", text, captions)


def _picture(svg: str, alt: str) -> str:
    """Return matplotlib's SVG in the colours and the font of the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # every picture has the same ids
    svg = re.sub(r" font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg)
    for theirs, ours in COLOURS.items():
        svg = svg.replace(theirs, ours)
    svg = re.sub(r">\s+<", "><", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)
