"""Make pages without references: what the loom would weave in stands there as finished text.

Run in the folder of a built site, it writes two copies of the pages of each language:

    python -m bench.finished BUILT_SITE NEW_FOLDER

`NEW_FOLDER/woven` holds what the loom's own configuration takes: outputs, figures, programs and
values are finished, the rest is as it was. `NEW_FOLDER/plain` holds what plain Material takes:
source code, reference pages and labs are finished too.
"""

import functools
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import jupytext
from bs4 import BeautifulSoup
from markdown import Markdown

from bench.sites import LANGUAGES, settings_of, write
from loom import references
from loom.markdown import weaver_of
from loom.references import Reference
from loom.weave import Weaver, as_power_of_ten

INLINE = re.compile(f"{references.EXAMPLE.pattern}|{references.INLINE.pattern}")
SECTION = re.compile(r'^(?P<indent>[ \t]*)--8<-- "(?P<path>[^":]+)(?::(?P<name>[\w-]+))?"$', re.M)
OBJECT = re.compile(r"^::: .*$", re.M)
OURS = re.compile(r"\]\((loom|page):")
LAB = re.compile(r"(?<=\]\()((?:\.\./)*labs/[\w-]+)\.py\b")


def without_runs(text: str, weave: Weaver, draw: Callable[[Reference], str]) -> str:
    """Return a page with its executed fences and inline values replaced by finished text.

    Args:
        text: The page.
        weave: Knows the runs.
        draw: Returns the HTML of a figure.

    Raises:
        ValueError: If something is left that needs a run.
    """
    lines = text.splitlines()
    for reference in reversed(list(references.find(text))):
        if reference.kind in references.FENCES:
            start = reference.line - 1
            prefix, ticks = _opening(lines[start])
            end = next(n for n in range(start + 1, len(lines)) if lines[n].strip() == ticks)
            finished = _fence(reference, weave, draw)
            lines[start : end + 1] = textwrap.indent(finished, prefix).splitlines()
    found = INLINE.sub(lambda match: _inline(match, weave), "\n".join(lines) + "\n")
    left = [ref.text for ref in references.find(found) if ref.is_run or ref.kind == "live"]
    if left:
        raise ValueError(f"still to be run: {left}")
    return found


def _opening(line: str) -> tuple[str, str]:
    """Return what stands before a fence, and its ticks."""
    match = references.FENCE.match(line)
    assert match, line
    return line[: match.start("ticks")], match["ticks"]


def _fence(reference: Reference, weave: Weaver, draw: Callable[[Reference], str]) -> str:
    """Return what an author would write in the place of a fence, had it been written by hand."""
    if reference.kind == "figure":
        return draw(reference).replace("\n", " ")
    if reference.kind == "live":
        program = references.without_marks(Path(reference.path).read_text(encoding="utf-8"))
        code = textwrap.indent(f"```python\n{program}```", "    ")
        return f'??? example "{reference.path}"\n\n{code}'
    return f"```text\n{weave.output(reference).rstrip()}\n```"


def _inline(match: re.Match[str], weave: Weaver) -> str:
    """Return a value as text; leave examples of how values are written."""
    if match["kind"] is None:
        return match[0]
    text = weave.value(match["path"], match["expression"])
    power = as_power_of_ten(text)
    if match["kind"] == "code":
        return f"`{text}`"
    return f"{power[0]} × 10<sup>{power[1]}</sup>" if power else text


def without_ours(text: str, built: BeautifulSoup) -> str:
    """Return a finished page with its sections inlined and without anything of mkdocstrings.

    Args:
        text: The page, without runs.
        built: The same page as our site shows it.
    """
    found = built.select("article div.doc-object")
    objects = (one for one in found if not one.find_parent("div", class_="doc-object"))
    text = OBJECT.sub(lambda _: str(next(objects)).replace("\n\n", "\n"), text)
    return _links(SECTION.sub(_section, text))


def _links(text: str) -> str:
    """Return a page whose links lead where plain Material has something."""
    return LAB.sub(r"\1.md", OURS.sub("](https://example.org/", text))


def _section(match: re.Match[str]) -> str:
    """Return the lines of a program that a page includes."""
    source = Path(match["path"]).read_text(encoding="utf-8")
    if match["name"]:
        source = source.partition(f"# --8<-- [start:{match['name']}]\n")[2]
        source = source.partition(f"# --8<-- [end:{match['name']}]")[0].rstrip(" ")
    source = textwrap.dedent(references.without_marks(source)).rstrip("\n")
    return textwrap.indent(source, match["indent"])


def finished_lab(path: Path, built: BeautifulSoup) -> str:
    """Return a lab as a Markdown page, with the outputs that our site shows below its code."""
    code = iter(built.select("article > div.highlight"))
    parts = []
    for cell in jupytext.read(path, fmt="py:percent").cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        elif cell.cell_type == "code":
            parts.append(f"```python\n{cell.source}\n```")
            sibling = next(code).find_next_sibling()
            while sibling is not None and sibling.name == "figure":
                parts.append(str(sibling).replace("\n\n", "\n"))
                sibling = sibling.find_next_sibling()
    return _links("\n\n".join(parts) + "\n")


def finish(language: str, site: Path, target: Path) -> None:
    """Write both copies of the pages of a language."""
    settings = settings_of(language)["markdown_extensions"]
    weave = weaver_of(settings["loom.markdown"])
    markdown = Markdown(
        extensions=["pymdownx.superfences", "loom.markdown"],
        extension_configs={
            name: settings[name] for name in ("pymdownx.superfences", "loom.markdown")
        },
    )
    docs = Path("docs", language)

    def draw(reference: Reference) -> str:
        return markdown.reset().convert(f"{reference.text}\n{reference.body}```\n")

    for path in sorted(docs.rglob("*.md")):
        name = path.relative_to(docs)
        woven = without_runs(path.read_text(encoding="utf-8"), weave, draw)
        write(target / "woven" / language / name, woven)
        write(target / "plain" / language / name, without_ours(woven, _built(site, language, name)))
    for path in sorted(docs.glob("labs/*.py")):
        name = path.relative_to(docs)
        lab = finished_lab(path, _built(site, language, name))
        write(target / "plain" / language / name.with_suffix(".md"), lab)


@functools.cache
def _built(site: Path, language: str, name: Path) -> BeautifulSoup:
    """Read a page of the built site."""
    page = name.parent if name.stem == "index" else name.with_suffix("")
    html = (site / language / page / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(html, "html.parser")


if __name__ == "__main__":
    for each in LANGUAGES:
        finish(each, Path(sys.argv[1]), Path(sys.argv[2]))
