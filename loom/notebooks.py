"""The notebooks of labs: read, run, made into pages and into files to download; see labs.py.

A lab is `docs/<language>/labs/*.py` in the py:percent form. Its code cells are the same in both
languages; only the Markdown cells and the text alternatives of pictures differ. So each lab runs
once, in a kernel of its own, and mkdocs-jupyter gets finished notebooks.
"""

import html
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin

import mkdocs_jupyter.nbconvert2  # noqa: F401 - makes the pages: imported once for all languages
import nbformat
from bs4 import BeautifulSoup, Comment
from jupytext import reads
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError
from nbformat import NotebookNode
from traitlets.config import Config

from loom import cache, fences, kernel, labs, runner
from loom.runner import Settings, SnippetError
from loom.words import of as words_of

HEADING = re.compile(r"^(#{1,3} .*?) \{#([\w-]+)\}$", re.MULTILINE)
TARGET = re.compile(r"\]\((page|loom):([^)\s]+)\)")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What mkdocs-jupyter adds and the theme has already, and the boxes that it draws around cells.
DROPPED = (
    "style, script, .clipboard-copy-txt, .zeroclipboard-container, .jp-InputPrompt, "
    ".jp-Cell-outputWrapper, .jp-Collapser"
)
WRAPPERS = ".jupyter-wrapper, [class^=jp-], .CodeMirror"
# Matplotlib reads this file where the kernel runs; in a reader's own notebook its defaults hold.
MATPLOTLIBRC = """\
figure.figsize: 5, 3.2
figure.facecolor: none
axes.facecolor: none
svg.fonttype: none
svg.hashsalt: loom
"""
# Matplotlib's own colours become those of the page, which differ between light and dark.
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
INLINE = "module://matplotlib_inline.backend_inline"  # draws into the notebook

Outputs = list[list[dict[str, Any]]]  # of each code cell, in nbformat's form


class LabError(SnippetError):
    """A cell of a lab failed; `outputs` is what the cells before it left behind."""

    def __init__(self, path: str, problem: str, detail: str, outputs: Outputs) -> None:
        advice = "Fix the cell in every language; the code of a lab is the same in all of them."
        super().__init__(path, problem, detail, advice)
        self.outputs = outputs


class _State:
    """Labs that failed in this build, by their code."""

    failed: ClassVar[dict[str, "LabError"]] = {}


def read(path: Path) -> NotebookNode:
    """Read a lab; its cells have the same ids each time."""
    lab = reads(path.read_text(encoding="utf-8"), fmt="py:percent")
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
    """Name each cell of a lab that is not the same in both languages as it must be.

    Kinds and order of cells are the same, code is the same to the byte, headings have the same
    levels and ids, and links lead to the same places.
    """
    found: list[str] = []
    pairs = zip_longest(read(first).cells, read(second).cells)
    for number, (one, other) in enumerate(pairs, 1):
        if one is None or other is None or one.cell_type != other.cell_type:
            kinds = [cell.cell_type if cell else "missing" for cell in (one, other)]
            return [*found, f"{second}: cell {number}: {kinds[0]} in {first}, {kinds[1]} here"]
        if one.cell_type == "code" and one.source != other.source:
            found.append(f"{second}: cell {number}: the code is not that of {first}:\n{one.source}")
        elif _shared(one.source) != _shared(other.source):
            shared = f"{_shared(other.source)}, not {_shared(one.source)} as in {first}"
            found.append(f"{second}: cell {number}: the headings and links are {shared}")
    return found


def _shared(source: str) -> list[str]:
    """Return what a Markdown cell has in every language: headings, by level and id, and links."""
    headings = [
        re.sub(r" .*(?= \{)| [^{]*$", "", line)  # the level and the id, if there is one
        for line in source.splitlines()
        if re.match("#{1,6} ", line)
    ]
    return headings + sorted(target for _, target in re.findall(r"(\]\()([^)\s]+)\)", source))


def prepare(paths: list[Path], languages: tuple[str, ...], settings: Settings) -> list[str]:
    """Run labs whose outputs are not kept; return what is wrong with them."""
    _State.failed.clear()
    errors = [
        difference
        for path in paths
        for language in languages[1:]
        for difference in differences(path, Path("docs", language, labs.LABS, path.name))
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(lambda path: _outputs_or_error(path, settings), paths))
    errors += [str(error) for error, _ in runs if error]
    for path, (_, outputs) in zip(paths, runs, strict=True):
        for language in languages:
            errors += _faults(Path("docs", language, labs.LABS, path.name), outputs)
    return errors


def _outputs_or_error(path: Path, settings: Settings) -> tuple[LabError | None, Outputs]:
    """Return the outputs of a lab's code cells; with the error, if a cell failed."""
    code = "\0".join(cell.source for cell in _code_cells(read(path)))
    versions = json.dumps(settings.versions())
    try:
        if code in _State.failed:
            raise _State.failed[code]
        parts = ["lab", code, versions, MATPLOTLIBRC]
        return None, cache.value(parts, lambda: run(path, settings), settings)
    except LabError as error:
        _State.failed[code] = error
        return error, error.outputs


def _faults(path: Path, outputs: Outputs) -> Iterator[str]:
    """Name each heading of a lab that lacks its id, and each picture that nothing describes."""
    for line in re.findall(r"^# (#+ .*)", path.read_text(encoding="utf-8"), re.MULTILINE):
        if not HEADING.match(line):
            yield f"{path}: a heading needs a level of 1 to 3 and an id, {{#like-this}}: {line}"
    for cell, kept in zip(_code_cells(read(path)), outputs, strict=False):
        draws = any("image/svg+xml" in output.get("data", {}) for output in kept)
        if draws and not cell.metadata.get("alt"):
            yield (
                f"{_where(path, cell.source)}: the cell draws a picture that nothing describes.\n"
                'What to do: begin the cell with `# %% alt="..."`, in the language of the page.'
            )


def _code_cells(lab: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a lab."""
    return [cell for cell in lab.cells if cell.cell_type == "code"]


def run(path: Path, settings: Settings) -> Outputs:
    """Run a lab from top to bottom in a fresh kernel, in an empty folder, on one thread.

    Args:
        path: The lab.
        settings: How long one cell may take, and what the kernel has imported when it starts.

    Raises:
        LabError: If a cell raises an error, takes too long, or ends the kernel.
    """
    lab = read(path)
    runner.wait_for_server(settings.preload)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "matplotlibrc").write_text(MATPLOTLIBRC)
        client = NotebookClient(
            lab,
            timeout=int(settings.timeout),
            kernel_name="python3",
            kernel_manager_class=kernel.Manager,
            resources={"metadata": {"path": folder}},
            # sockets in the folder, not ports of the machine
            config=Config(KernelManager={"transport": "ipc", "ip": f"{folder}/kernel"}),
            extra_arguments=["--InlineBackend.figure_format=svg"],
            coalesce_streams=True,
        )
        try:
            with runner.CORES:
                client.execute(env={"IPYTHONDIR": folder, "MPLBACKEND": INLINE})
        except (CellControlSignal, RuntimeError) as error:
            raise _failure(path, lab, error) from None
    return [cell.outputs for cell in _code_cells(lab)]


def _failure(path: Path, lab: NotebookNode, error: Exception) -> LabError:
    """Say lab, cell, line and error."""
    cells = _code_cells(lab)
    ran = [cell for cell in cells if "execution" in cell.metadata] or cells[:1]
    number, cell = len(ran), ran[-1]
    detail, line, problem = "", 1, f"{type(error).__name__}: {error}"
    if isinstance(error, CellExecutionError):
        detail = ANSI.sub("", "\n".join(cell.outputs[-1].traceback))
        line = int(next(iter(re.findall(r"Cell In\[\d+\], line (\d+)", detail)), 1))
        problem = f"{error.ename}: {error.evalue}"
    return LabError(
        _where(path, cell.source, line),
        f"code cell {number}, line {line}: {problem}",
        detail,
        [cell.outputs for cell in cells[: number - 1]],
    )


def _where(path: Path, source: str, line: int = 1) -> str:
    """Return path:line of a line of a cell."""
    before = path.read_text(encoding="utf-8").partition(source)[0]
    return f"{path}:{before.count(chr(10)) + line}"


def make(path: Path, site_url: str, settings: Settings) -> tuple[dict[str, str], bool]:
    """Return the notebook that readers download and the one that is shown; whether its run failed.

    Args:
        path: The lab.
        site_url: The address of the language: links of the one to download lead there.
        settings: Those that the lab was run with.
    """
    lab = read(path)
    error, outputs = _outputs_or_error(path, settings)
    made = {
        "download": nbformat.writes(_for_readers(lab, site_url)),
        "page": nbformat.writes(_for_page(lab, outputs)),
    }
    return made, error is not None


def _for_readers(lab: NotebookNode, site_url: str) -> NotebookNode:
    """Return the lab without our marks, its links made absolute."""

    def absolute(link: re.Match[str]) -> str:
        return f"]({urljoin(site_url, link[2] if link[1] == 'page' else '../' + link[2])})"

    lab = nbformat.from_dict(lab)
    for cell in lab.cells:
        cell.metadata = NotebookNode()
        if cell.cell_type == "markdown":
            cell.source = TARGET.sub(absolute, HEADING.sub(r"\1", cell.source))
    return lab


def _for_page(lab: NotebookNode, outputs: Outputs) -> NotebookNode:
    """Return the lab with its outputs and without the ids of headings."""
    lab = nbformat.from_dict(lab)
    for cell, kept in zip(_code_cells(lab), outputs, strict=False):
        cell.outputs = nbformat.from_dict(kept)
    for cell in lab.cells:
        cell.source = HEADING.sub(r"\1", cell.source)
    return lab


def finish(content: str, page: Page, config: MkDocsConfig, settings: Settings) -> str:
    """Turn what mkdocs-jupyter made of a lab into a page like the others.

    Its styles (600 kB), its scripts and its second copy of the code are dropped: the theme has all
    that. Headings get the ids that the lab names, the same in both languages; outputs look like
    those of the other pages.
    """
    language = str(config.theme["language"])
    path = Path(config.docs_dir, page.file.src_uri)
    lab = read(path)
    soup = _tag(content)
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.select(DROPPED):
        tag.decompose()
    for tag in soup.select(".highlight-ipynb"):
        tag["class"] = "highlight"
        for code in tag.select("pre"):
            code.name = "code"
            code.wrap(soup.new_tag("pre"))
    _name_headings(soup, page, [m[2] for cell in lab.cells for m in HEADING.finditer(cell.source)])
    for title in soup.select("h1"):
        title.insert_after(_tag(_links(page, config, _versions(lab, settings))))
    for tag in soup.select(".jp-CodeCell > .jp-CodeCell"):
        tag.append(soup.new_tag("loom-output"))
    for tag in soup.select(WRAPPERS):
        tag.unwrap()
    figures = iter(_figures(path, settings, language))
    return re.sub("<loom-output></loom-output>", lambda _: next(figures, ""), str(soup))


def _name_headings(soup: BeautifulSoup, page: Page, ids: list[str]) -> None:
    """Give the headings of a lab, and their entries in the table of contents, their ids."""
    for heading, name in zip(soup.select("h1, h2, h3, h4"), ids, strict=True):
        for anchor in heading.select(".anchor-link"):
            anchor.decompose()
        heading["id"] = name
        heading.append(_tag(f'<a class="headerlink" href="#{name}" title="Permanent link">¶</a>'))
    for item, name in zip(_flat(page.toc), ids, strict=True):
        item.id = name


def _tag(text: str) -> BeautifulSoup:
    """Parse a piece of HTML."""
    return BeautifulSoup(text, "html.parser")


def _flat(items: Iterable[AnchorLink]) -> Iterator[AnchorLink]:
    """Yield the entries of a table of contents in the order of the page."""
    for item in items:
        yield item
        yield from _flat(item.children)


def _versions(lab: NotebookNode, settings: Settings) -> list[str]:
    """Return what a lab ran on: Python, and the packages that it imports."""
    code = "\n".join(cell.source for cell in _code_cells(lab))
    return [
        f"{name} {version}"
        for name, version in settings.versions().items()
        if re.search(rf"^(import|from) {labs.PACKAGES.get(name, '')}", code, re.MULTILINE)
    ]


def _links(page: Page, config: MkDocsConfig, versions: list[str]) -> str:
    """Return the line below the title: where to get the notebook, and what it ran on."""
    language = str(config.theme["language"])
    words, notebook = words_of(language)["labs"], labs.notebook_of(page.file)
    links = [f'<a href="page:{notebook}" download>{words["download"]}</a>']
    if config.extra.get("colab"):
        address = f"{config.extra['colab']}{language}/{notebook}"
        links.append(f'<a href="{address}">{words["colab"]}</a>')
    return f'<p class="lab">{" · ".join(links + versions)}</p>'


def _figures(path: Path, settings: Settings, language: str) -> list[str]:
    """Return what the site shows below each code cell; a failure in its place."""
    error, outputs = _outputs_or_error(path, settings)
    figures = [
        "".join(_shown(output, cell.metadata.get("alt", ""), language) for output in kept)
        for cell, kept in zip(_code_cells(read(path)), outputs, strict=False)
    ]
    if error:
        figures.append(fences.failure_box(error, words_of(language)["captions"]))
    return figures


def _shown(output: dict[str, Any], alt: str, language: str) -> str:
    """Return one output as the pages of the course show it."""
    data = output.get("data", {})
    if "image/svg+xml" in data:
        return f'<figure class="loom loom--lab">{_picture(data["image/svg+xml"], alt)}</figure>'
    text = (output.get("text") or data.get("text/plain", "")).rstrip("\n")
    return fences.output_box("output", text, words_of(language)["captions"])


def _picture(svg: str, alt: str) -> str:
    """Return matplotlib's SVG in the colours and the letters of the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)  # the same in every picture
    svg = re.sub(r" font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg)
    for theirs, ours in COLOURS.items():
        svg = svg.replace(theirs, ours)
    svg = re.sub(r">\s+<", "><", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)
