"""The Markdown extension: `output`, `figure` and `live` fences, and `value` and `code` inline.

It works under any program that renders with Python-Markdown and pymdownx; mkdocs.yml shows how it
is configured.
"""

import functools
import html
import itertools
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from loom import words
from loom.draw import live as in_browser
from loom.draw import pyodide
from loom.run.record import Record, Settings, SnippetError
from loom.weave import references
from loom.weave.references import Reference
from loom.weave.weaver import EXERCISES, Weaver, as_power_of_ten, weaver_of

WRAPPED_FROM = 100  # characters in a line of output
WITH_LIVE = "with-live"  # the class of a paragraph that speaks of a live box


class _State:
    """The page that is being rendered, if the program that renders has said so."""

    page: Path | None = None


def begin_page(path: Path) -> None:
    """Say which page is rendered next: errors name it."""
    _State.page = Path(path)


def current_page() -> Path | None:
    """Return the page that is being rendered, if that is known: the same object each time."""
    return _State.page


class LoomExtension(Extension):
    """Makes records and words known to the fences of one page."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"language": ["en", "Language of captions, as in loom/languages"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Make this extension known to the fences of this Markdown instance."""
        md.loom = self  # type: ignore[attr-defined]
        md.treeprocessors.register(_LeaveOut(md), "loom-live", 7)  # attr_list has 8

    @property
    def words(self) -> dict[str, str]:
        """The words of captions, in the page's language."""
        found: dict[str, str] = words.of(self.getConfig("language"))["captions"]
        return found

    @functools.cached_property
    def weaver(self) -> Weaver:
        """The weaver of the project in the working directory."""
        return weaver_of(Settings.read())


class _LeaveOut(Treeprocessor):
    """Leaves out the paragraphs that speak of a live box which is not there."""

    def run(self, root: ElementTree.Element) -> None:
        """Take them out of the tree."""
        if pyodide.are_there():
            return
        for parent in root.iter():
            for child in list(parent):
                if WITH_LIVE in child.get("class", "").split():
                    parent.remove(child)


def _visible(text: str) -> str:
    """Return a text without its spaces, and without what Markdown drops."""
    return "".join(letter for letter in text if letter.isprintable() and letter != " ")


def place(*words: str) -> str:
    """Say where on the page something is written, as a beginning for an error message.

    Args:
        words: What the line holds: of each its first line, and spaces aside, which Markdown
            changes.

    Returns:
        `page:line: `, the line being the first with all of the words; without the line, if
        there is none; "" if the page is not known: see `begin_page`.
    """
    if _State.page is None:
        return ""
    wanted = [_visible(word.strip().partition("\n")[0]) for word in words]
    lines = _State.page.read_text(encoding="utf-8-sig").split("\n")
    found = (n for n, x in enumerate(lines, 1) if all(word in _visible(x) for word in wanted))
    page = os.path.relpath(_State.page)
    return ":".join(map(str, [page, *itertools.islice(found, 1)])) + ": "


def makeExtension(**kwargs: Any) -> LoomExtension:  # noqa: N802
    """Let Python-Markdown load this module as an extension."""
    return LoomExtension(**kwargs)


def validate(
    language: str,
    inputs: dict[str, str],
    options: dict[str, Any],
    attrs: dict[str, Any],
    md: Markdown,
) -> bool:
    """Accept any options: `fence` says what is wrong with them, in its place."""
    options.update(inputs)
    return True


def fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any
) -> str:
    """Render a fence of ours: `language` is its kind, `source` its body."""
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    reference = replace(references.from_options(language, options), body=source)
    try:
        if reference.problem:
            raise SnippetError(reference.path, reference.problem)
        return RENDER[language](loom.weaver, reference, loom.getConfig("language"))
    except SnippetError as error:
        if loom.weaver.show_failures:
            return failure_box(error, loom.words)
        where = place(language, *options.values())
        raise SuperFencesException(f"{where}{error}") from error


def check(weaver: Weaver, reference: Reference) -> None:
    """Raise SnippetError if a place on a page cannot be filled in."""
    if reference.problem:
        raise SnippetError(reference.path or "(no file)", reference.problem)
    if reference.kind in RENDER:
        RENDER[reference.kind](weaver, reference, "en")
    elif reference.kind == "section":
        weaver.section(reference.path, reference.what)
    elif reference.kind in ("value", "code"):
        weaver.value(reference.path, reference.what)
    elif reference.path != EXERCISES:
        weaver.check_path(reference.path)


def output(weaver: Weaver, reference: Reference, language: str) -> str:
    """Show what the snippet printed, and where that comes from."""
    text, record = weaver.output(reference), weaver.record_for(reference)
    captions = words.of(language)["captions"]
    caption = f"<figcaption>{_caption(record, captions)}</figcaption>"
    return output_box("error" if record.error else "output", text, captions, caption)


def figure(weaver: Weaver, reference: Reference, language: str) -> str:
    """Show a picture of a value of a run, and where that comes from."""
    drawn, record = weaver.figure(reference, language), weaver.record(reference.path)
    captions = words.of(language)["captions"]
    return (
        f'<figure class="loom loom--figure"><div class="loom__label">{captions["figure"]}</div>'
        f"{drawn}<figcaption>{_caption(record, captions)}</figcaption></figure>"
    )


def live(weaver: Weaver, reference: Reference, language: str) -> str:
    """Show a program, and what it takes to run it in the page if that is here."""
    path, sizes = reference.path, reference.options.get("sizes", "")
    weaver.check_path(path)
    in_browser.packages(path, sizes)  # whether it can run there, even if it is not to
    program = references.without_marks(Path(path).read_text(encoding="utf-8"))
    return in_browser.box(path, sizes, highlighted(program), language)


# What each kind of fence shows; `references.FENCES` says how it is written.
RENDER: dict[str, Callable[[Weaver, Reference, str], str]] = {
    "output": output,
    "figure": figure,
    "live": live,
}


def output_box(kind: str, text: str, words: dict[str, str], caption: str = "") -> str:
    """Return what a program printed, as HTML; the kind is "output" or "error"."""
    longest = max(map(len, text.splitlines()), default=0)
    wrap = " loom--wrap" if longest > WRAPPED_FROM else ""  # messages wrap, columns do not
    return (
        f'<figure class="loom loom--{kind}{wrap}"><div class="loom__label">{words[kind]}</div>'
        f'<pre tabindex="0"><samp lang="en">{html.escape(text)}</samp></pre>{caption}</figure>'
    )


@functools.lru_cache(1000)
def highlighted(program: str) -> str:
    """Return Python code as HTML, like the blocks of code on pages."""
    html: str = highlight(program, PythonLexer(), HtmlFormatter(wrapcode=True))
    return html


def failure_box(error: SnippetError, words: dict[str, str]) -> str:
    """Return an error, to be shown in the place of what failed, as HTML."""
    return (
        f'<div class="admonition failure"><p class="admonition-title">{words["failed"]}'
        f"</p><pre>{html.escape(str(error))}</pre></div>"
    )


def _caption(record: Record, words: dict[str, str]) -> str:
    """Say where an output comes from: file, versions, device, dtype, seed."""
    path = html.escape(record.path)
    parts = [f'<a href="loom:{path}" download>{path}</a>']
    parts += [html.escape(f"{name} {version}") for name, version in record.versions.items()]
    for name, value in sorted(record.settings.items()):
        text = html.escape(value.removeprefix("torch."))
        parts.append(f"{words['seed']} {text}" if name == "seed" else text)
    return " · ".join(parts)


def value(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Render a value of a run inside a sentence; powers of ten as such."""
    text, where = _look_up(source, md)
    power = as_power_of_ten(text)
    shown = f"{power[0]} × 10<sup>{power[1]}</sup>" if power else html.escape(text)
    return f'<data class="loom-value" value="{html.escape(text)}" title="{where}">{shown}</data>'


def code(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Render a value of a run as inline code."""
    text, _ = _look_up(source, md)
    return f"<code>{html.escape(text)}</code>"


def _look_up(source: str, md: Markdown) -> tuple[str, str]:
    """Return a value's text, and where it comes from."""
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    path, _, expression = source.strip().partition(" ")
    try:
        return loom.weaver.value(path, expression), html.escape(f"{path}: {expression}")
    except SnippetError as error:
        if not loom.weaver.show_failures:
            raise InlineHiliteException(f"{place(source)}{error}") from error
        return f"⚠ {error.problem}", html.escape(str(error))
