"""The Markdown extension: `output`, `figure` and `live` fences, and `value` and `code` inline.

It works under any program that renders with Python-Markdown and pymdownx; mkdocs.yml shows how it
is configured.
"""

import html
import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from pygments.token import STANDARD_TYPES, Token
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from loom import guards, lazy, references, words
from loom import live as in_browser
from loom.references import Reference
from loom.runner import Record, Settings, SnippetError
from loom.weave import Weaver, as_power_of_ten, weaver

# MkDocs reads the names of functions of this module before it imports the plugins, and this one
# would import all that converts notebooks, which takes a third of a build that has none to convert.
lazy.import_when_used("jupytext", "mkdocs_jupyter.convert")
# Names and white space look like the code around them. With spans of their own, a page with much
# code has a fifth more elements, all of which a browser has to style and lay out.
STANDARD_TYPES.update({Token.Name: "", Token.Text.Whitespace: ""})

# What mkdocs.yml may set of Settings.
CONFIGURABLE = (
    "timeout",
    "output_limit",
    "memory",
    "disk",
    "processes",
    "packages",
    "preload",
    "first",
)
WRAPPED_FROM = 100  # characters in a line of output


class LoomExtension(Extension):
    """Holds the settings for the fences of one language."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"language": ["en", "Language of captions, as in loom/languages"]}
        for name in CONFIGURABLE:
            self.config[name] = [getattr(Settings, name), "As in Settings, in loom/runner.py"]
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Make the settings known to the fences of this Markdown instance."""
        md.loom = self  # type: ignore[attr-defined]
        self.md = md
        guards.add_to(md, self.weaver.check, self.place)
        md.treeprocessors.register(in_browser.LeaveOut(md), "loom-live", 7)  # attr_list has 8

    def place(self, *words: str) -> str:
        """Say where on the page something is written, as a beginning for an error message.

        Args:
            words: What the line holds: of each its first line, and spaces aside, which Markdown
                changes.

        Returns:
            `page:line: `, the line being the first with all of the words; without the line, if
            there is none; "" if the program that renders is not MkDocs, which knows the page.
        """
        if "relpath" not in self.md.treeprocessors:
            return ""
        page = self.md.treeprocessors["relpath"].file.abs_src_path  # type: ignore[attr-defined]
        wanted = [_visible(word.strip().partition("\n")[0]) for word in words]
        lines = Path(page).read_text(encoding="utf-8-sig").split("\n")
        found = (n for n, x in enumerate(lines, 1) if all(word in _visible(x) for word in wanted))
        return ":".join(map(str, [os.path.relpath(page), *itertools.islice(found, 1)])) + ": "

    @property
    def words(self) -> dict[str, str]:
        """The words of captions, in the page's language."""
        found: dict[str, str] = words.of(self.getConfig("language"))["captions"]
        return found

    @property
    def weaver(self) -> Weaver:
        """The weaver of these settings."""
        return weaver_of(self.getConfigs())


def _visible(text: str) -> str:
    """Return a text without its spaces, and without what Markdown drops."""
    return "".join(letter for letter in text if letter.isprintable() and letter != " ")


def weaver_of(config: dict[str, Any]) -> Weaver:
    """Return the weaver that belongs to a configuration of the extension."""
    given: dict[str, Any] = {name: config[name] for name in CONFIGURABLE if name in config}
    for name, setting in given.items():
        if isinstance(setting, dict):
            given[name] = tuple(setting.items())
        elif isinstance(setting, list):
            given[name] = tuple(setting)
    return weaver(Settings(**given))


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
    """Accept any options: `output` says what is wrong with them, in its place."""
    options.update(inputs)
    return True


def output(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any
) -> str:
    """Render an `output` fence: what the snippet printed, and where that comes from."""
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    reference = references.from_options("output", options)
    try:
        _check(reference)
        text = loom.weaver.output(reference)
        record = loom.weaver.record_for(reference)
    except SnippetError as error:
        return _failure(error, loom, reference)
    caption = f"<figcaption>{_caption(record, loom.words)}</figcaption>"
    return output_box("error" if record.error else "output", text, loom.words, caption)


def output_box(kind: str, text: str, words: dict[str, str], caption: str = "") -> str:
    """Return what a program printed, as HTML; the kind is "output" or "error"."""
    longest = max(map(len, text.splitlines()), default=0)
    wrap = " loom--wrap" if longest > WRAPPED_FROM else ""  # messages wrap, columns do not
    return (
        f'<figure class="loom loom--{kind}{wrap}"><div class="loom__label">{words[kind]}</div>'
        f'<pre tabindex="0"><samp lang="en">{html.escape(text)}</samp></pre>{caption}</figure>'
    )


def figure(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any
) -> str:
    """Render a `figure` fence: a picture of a value of a run, and where that comes from."""
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    reference = replace(references.from_options("figure", options), body=source)
    try:
        _check(reference)
        drawn = loom.weaver.figure(reference, loom.getConfig("language"))
        record = loom.weaver.record(reference.path)
    except SnippetError as error:
        return _failure(error, loom, reference)
    return (
        f'<figure class="loom loom--figure"><div class="loom__label">{loom.words["figure"]}</div>'
        f"{drawn}<figcaption>{_caption(record, loom.words)}</figcaption></figure>"
    )


def live(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any
) -> str:
    """Render a `live` fence: a program, and what it takes to run it in the page if that is here."""
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    reference = references.from_options("live", options)
    try:
        loom.weaver.check(reference)
    except SnippetError as error:
        return _failure(error, loom, reference)
    program = references.without_marks(Path(reference.path).read_text(encoding="utf-8"))
    highlighted: str = md.preprocessors["fenced_code_block"].highlight(  # type: ignore[attr-defined]
        program, "python", {}, md=md, classes=None, id_value="", attrs={}
    )
    return in_browser.box(reference, highlighted, loom.getConfig("language"))


def _check(reference: Reference) -> None:
    """Raise SnippetError if a fence is not written as it must be."""
    if reference.problem:
        raise SnippetError(reference.path, reference.problem)


def _failure(error: SnippetError, loom: LoomExtension, reference: Reference) -> str:
    """While serving, show an error in the place of what failed; while building, raise it."""
    if not loom.weaver.show_failures:
        place = loom.place(reference.kind, *reference.options.values())
        raise SuperFencesException(f"{place}{error}") from error
    return failure_box(error, loom.words)


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
    parts += [f"{name} {version}" for name, version in record.versions.items()]
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
            raise InlineHiliteException(f"{loom.place(source)}{error}") from error
        return f"⚠ {error.problem}", html.escape(str(error))
