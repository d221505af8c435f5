"""The Markdown extension: our fences, and `value` and `code` inline.

It works in any program that renders with Python-Markdown and pymdownx; mkdocs.yml shows how to
configure it.
"""

import difflib
import functools
import html
import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Comment
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from equations.pages import require_texts
from loom import words
from loom.draw import live as in_browser
from loom.draw import pyodide
from loom.run.record import Record, SnippetError
from loom.weave import cards, facts, questions, references
from loom.weave.references import Reference
from loom.weave.weaver import EXERCISES, Weaver, as_power_of_ten, of_project

WRAPPED_FROM = 100  # characters; output with a longer line wraps
MOST_COMPARED = 100  # lines; where many are alike, the time for comparing them grows with the cube
FIX = "Fix this line of the page."
WITH_LIVE = "with-live"  # the class of a paragraph about a live box


class _State:
    """The page that is being rendered, if the rendering program has named it."""

    page: Path | None = None


def begin_page(path: Path) -> None:
    """Name the page that is rendered next, for error messages."""
    _State.page = Path(path)


def current_page() -> Path | None:
    """Return the page that is being rendered, the same object each time; None if unknown."""
    return _State.page


@dataclass(frozen=True)
class Page:
    """What a fence may know of the page that it stands on.

    Attributes:
        language: The language of its words.
        source: Its text, in Markdown.
        fences: Counts those that it has shown, so that no two have the same name.
    """

    language: str
    source: str = ""
    fences: Iterator[int] = field(default_factory=itertools.count)


class LoomExtension(Extension):
    """Gives the fences of a renderer access to records and words."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"language": ["en", "Language of captions, as in loom/languages"]}
        self.checked = facts.Checked()  # on the page that is being rendered
        super().__init__(**kwargs)
        require_texts(self, "language")
        self.page = Page(self.getConfig("language"))

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Attach this extension to the renderer, where the fences find it."""
        md.loom = self  # type: ignore[attr-defined]
        md.preprocessors.register(_Facts(md), "loom-facts", 99)  # after equations, 100
        md.preprocessors.register(_Bars(md), "loom-bars", 40)  # before pymdownx.snippets, 32
        md.postprocessors.register(_Links(md), "loom-links", 5)  # after what restores HTML, 30
        md.treeprocessors.register(_LastLine(md), "loom-last-line", 14)  # after equations, 16
        md.treeprocessors.register(_LeaveOut(md), "loom-live", 7)  # after attr_list, 8

    @property
    def words(self) -> dict[str, str]:
        """The words of captions, in the page's language."""
        found: dict[str, str] = words.of(self.getConfig("language"))["captions"]
        return found

    @functools.cached_property
    def weaver(self) -> Weaver:
        """The weaver of the project in the working directory."""
        return of_project()

    def require(self, fits: Callable[[Reference], bool], path: str) -> None:
        """Require that a build finds a reference on the page, and so sees when it is out of date.

        A renderer knows other ways to write it, and docstrings on the page have renderers too.

        Raises:
            SnippetError: If no reference that `references.find` finds fits.
        """
        page = current_page()
        source = page.read_text(encoding="utf-8-sig") if page else self.page.source
        if source and not any(map(fits, _references_of(source))):
            advice = f'Write `#!value {path} name` in one line, and fences as ```output file="…".'
            raise SnippetError(path, "is named in a way that no build follows", "", advice)


@functools.lru_cache(1)
def _references_of(source: str) -> tuple[Reference, ...]:
    """Return the references of a page, for each of which it is asked."""
    return tuple(references.find(source))


class _Facts(Preprocessor):
    """Keeps the page, counts what of it is checked, and takes out the comments that name facts."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines of the page without these comments."""
        source = "\n".join(lines)
        loom: LoomExtension = self.md.loom  # type: ignore[attr-defined]
        loom.page = Page(loom.getConfig("language"), source)
        loom.checked = facts.checked(source)
        return facts.without(source).split("\n")


class _Bars(Preprocessor):
    """Says above each piece of code from which file and lines it is."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines of the page with a title for each piece of code."""
        loom: LoomExtension = self.md.loom  # type: ignore[attr-defined]
        return cards.with_bars("\n".join(lines), loom.weaver, loom.words).split("\n")


class _Links(Postprocessor):
    """Links files, and errors with the lines that they come from; keeps short code whole."""

    def run(self, text: str) -> str:
        """Return the page with these links."""
        return cards.with_whole_code(cards.with_links(text))


class _LastLine(Treeprocessor):
    """Says at the end of the page how much of it is checked."""

    def run(self, root: ElementTree.Element) -> None:
        """Append the paragraph, if anything is."""
        loom: LoomExtension = self.md.loom  # type: ignore[attr-defined]
        if loom.checked != facts.Checked():
            root.append(last_line(loom.checked, loom.getConfig("language")))


def last_line(checked: facts.Checked, language: str) -> ElementTree.Element:
    """Return the paragraph that says how much of a page is checked."""
    paragraph = ElementTree.Element("p", {"class": "checked"})
    paragraph.text = checked.of_page(language)
    link = ElementTree.SubElement(paragraph, "a", {"href": "page:how-this-site-works/#checked"})
    link.text = words.of(language)["checks"]["how"]
    return paragraph


class _LeaveOut(Treeprocessor):
    """Removes the paragraphs about live boxes if there are no live boxes."""

    def run(self, root: ElementTree.Element) -> None:
        """Remove them from the tree."""
        if pyodide.are_there():
            return
        for parent in root.iter():
            for child in list(parent):
                if WITH_LIVE in child.get("class", "").split():
                    parent.remove(child)


def _visible(text: str) -> str:
    """Return a text without spaces and unprintable characters, which Markdown may change."""
    return "".join(letter for letter in text if letter.isprintable() and letter != " ")


def place(*words: str) -> str:
    """Return where on the page something is written, to begin an error message with.

    Args:
        *words: Texts to look for. Only the first line of each counts, without its spaces, which
            Markdown changes.

    Returns:
        `page:line: ` with the first line that holds all of the words, `page: ` if none does, or ""
        if the page is unknown (see `begin_page`).
    """
    if _State.page is None:
        return ""
    wanted = [word.strip().partition("\n")[0] for word in words]
    lines = _State.page.read_text(encoding="utf-8-sig").split("\n")
    found = (
        number
        for read in (_visible, lambda text: _visible(html.unescape(text)))
        for number, line in enumerate(lines, 1)
        if all(read(word) in read(line) for word in wanted)
    )
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
    """Accept any options: `fence` reports the wrong ones, with their place on the page."""
    options.update(inputs)
    return True


def fence(
    source: str, language: str, css_class: str, options: dict[str, Any], md: Markdown, **kwargs: Any
) -> str:
    """Render one of our fences: `language` is its kind, `source` its body.

    Raises:
        SuperFencesException: If it cannot be filled in, unless pages show their failures.
    """
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    reference = replace(references.from_options(language, options), body=source)
    try:
        if reference.problem:
            raise SnippetError(reference.path, reference.problem, "", FIX)
        loom.require(lambda one: (one.kind, one.options) == (language, options), reference.path)
        return RENDER[language](loom.weaver, reference, loom.page)
    except SnippetError as error:
        if loom.weaver.show_failures:
            return failure_box(error, loom.words)
        where = place(language, *options.values())
        raise SuperFencesException(f"{where}{error}") from error


def check(weaver: Weaver, reference: Reference) -> None:
    """Check a reference of a page by filling it in.

    Raises:
        SnippetError: If it cannot be filled in.
    """
    if reference.problem:
        raise SnippetError(reference.path or "(no file)", reference.problem, "", FIX)
    if reference.kind in RENDER:
        RENDER[reference.kind](weaver, reference, Page("en"))
    elif reference.kind == "section":
        weaver.section(reference.path, reference.what)
    elif reference.kind in ("value", "code"):
        weaver.value(reference.path, reference.what)
    elif reference.path != EXERCISES:
        weaver.check_path(reference.path)


def output(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return what the snippet printed as HTML, with a caption that names its source.

    Raises:
        SnippetError: If there is no usable record, or the output has no such part.
    """
    text, record = weaver.output(reference), weaver.record_for(reference)
    captions = words.of(page.language)["captions"]
    caption = f"<figcaption>{_caption(record, captions)}</figcaption>"
    return output_box("error" if record.error else "output", text, captions, caption)


def figure(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return a picture of a value of a run as HTML, with a caption that names its source.

    Raises:
        SnippetError: If there is no such value, or it cannot be drawn.
    """
    drawn, record = weaver.figure(reference, page.language), weaver.record(reference.path)
    others = "".join(f" · {_link(path)}" for path in reference.paths[1:])
    captions = words.of(page.language)["captions"]
    return (
        f'<figure class="loom loom--figure"><div class="loom__label">{captions["figure"]}</div>'
        f"{drawn}<figcaption>{_caption(record, captions)}{others}</figcaption></figure>"
    )


def live(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return a program as HTML, with the controls to run it if Python for browsers is there.

    Raises:
        SnippetError: If there is no such program, or it cannot run in a browser.
    """
    path, sizes = reference.path, reference.options.get("sizes", "")
    weaver.check_path(path)
    in_browser.packages(path, sizes)  # raises if it cannot run there
    program = references.without_marks(Path(path).read_text(encoding="utf-8"))
    return in_browser.box(path, sizes, highlighted(program), page.language)


def exercise(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return an exercise as HTML, to write and check on the page if Python for browsers is there.

    Raises:
        SnippetError: If there is no such exercise.
    """
    path, name = reference.path, reference.what
    task = in_browser.task(path, name)
    return in_browser.exercise_box(path, name, highlighted(task), page.language)


def predict(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return a question whose answer is a value of a run, as HTML.

    Raises:
        SnippetError: If there is no such value, or the choices lack it.
    """
    answer, said = weaver.value(reference.path, reference.what), words.of(page.language)["predict"]
    name = f"predict-{next(page.fences)}"
    return questions.predict(reference.path, reference.body, answer, name, said)


def lesson(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return the head of a lesson as HTML: what it needs and replaces, and how long it takes.

    Raises:
        SnippetError: If it does not say both.
    """
    said = words.of(page.language)["lesson"]
    return questions.head(reference.body, questions.minutes(page.source), said)


def change(weaver: Weaver, reference: Reference, page: Page) -> str:
    """Return sections of two programs side by side as HTML, the lines that differ marked.

    Comments are left out: each program explains its own lines.

    Raises:
        SnippetError: If one of the sections does not exist.
    """
    said = words.of(page.language)["change"]
    codes = {kind: _sections(weaver, reference.options[kind]) for kind in ("before", "after")}
    old, new = ([line.strip() for line in code.splitlines()] for code in codes.values())
    marked: dict[str, list[int]] = {kind: [] for kind in codes}
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            marked["before"] += range(start + 1, end + 1)
            marked["after"] += range(new_start + 1, new_end + 1)
    parts = "".join(
        f'<div class="change__part change__part--{kind}"><p><b>{said[kind]}</b> '
        f"{_link(reference.options[kind].partition(':')[0])}</p>"
        f"{highlighted(code, tuple(marked[kind]))}</div>"
        for kind, code in codes.items()
    )
    return f'<div class="change no-copy">{parts}</div>'


def _sections(weaver: Weaver, named: str) -> str:
    """Return the code of the sections of a snippet that `snippets/a.py:one,two` names.

    Raises:
        SnippetError: If one of them does not exist or has no code, or if they are long.
    """
    path, _, names = named.partition(":")
    found = []
    for name in names.split(","):
        weaver.section(path, name)
        section = references.section_of(Path(path).read_text(encoding="utf-8"), name)
        parts = PythonLexer().get_tokens(section)
        code = "".join(text for kind, text in parts if kind not in Comment)
        lines = [line.rstrip() for line in code.splitlines() if line.strip()]
        if not lines or (names and not name):
            problem = f"has no code to compare in its section `{name}`"
            raise SnippetError(path, problem, "", "Name sections with code: `snippets/a.py:one`.")
        found.append("\n".join(lines))
    code = "\n\n".join(found) + "\n"
    if (length := code.count("\n")) > MOST_COMPARED:
        problem = f"has {length} lines to compare, more than {MOST_COMPARED}"
        raise SnippetError(path, problem, "", "Name smaller sections: what has changed.")
    return code


# What each kind of fence shows; `references.FENCES` defines how to write it.
RENDER: dict[str, Callable[[Weaver, Reference, Page], str]] = {
    "output": output,
    "figure": figure,
    "live": live,
    "exercise": exercise,
    "predict": predict,
    "lesson": lesson,
    "change": change,
}


def output_box(kind: str, text: str, words: dict[str, str], caption: str = "") -> str:
    """Return what a program printed as HTML.

    Args:
        kind: "output" or "error".
        text: What the program printed.
        words: The words of captions, in the page's language.
        caption: HTML to put below the output.
    """
    longest = max(map(len, text.splitlines()), default=0)
    wrap = " loom--wrap" if longest > WRAPPED_FROM else ""  # messages wrap, columns do not
    return (
        f'<figure class="loom loom--{kind}{wrap}"><div class="loom__label">{words[kind]}</div>'
        f'<pre tabindex="0"><samp lang="en">{html.escape(text)}</samp></pre>{caption}</figure>'
    )


@functools.lru_cache(1000)
def highlighted(program: str, marked: tuple[int, ...] = ()) -> str:
    """Return Python code as HTML, highlighted like the code blocks of pages.

    Args:
        program: The code.
        marked: The lines to mark, counted from 1.
    """
    html: str = highlight(program, PythonLexer(), HtmlFormatter(wrapcode=True, hl_lines=marked))
    return html


def failure_box(error: SnippetError, words: dict[str, str]) -> str:
    """Return an error as HTML, to show in place of what failed."""
    return (
        f'<div class="admonition failure"><p class="admonition-title">{words["failed"]}'
        f"</p><pre>{html.escape(str(error))}</pre></div>"
    )


def _caption(record: Record, words: dict[str, str]) -> str:
    """Return the source of an output as HTML: file, versions, device, dtype, seed."""
    parts = [_link(record.path)]
    parts += [html.escape(f"{name} {version}") for name, version in record.versions.items()]
    for name, value in sorted(record.settings.items()):
        text = html.escape(value.removeprefix("torch."))
        parts.append(f"{words['seed']} {text}" if name == "seed" else text)
    return " · ".join(parts)


def _link(path: str) -> str:
    """Return the link to a snippet."""
    path = html.escape(path)
    return f'<a href="loom:{path}" download>{path}</a>'


def value(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Render a value of a run inside a sentence, with 3e+07 as a power of ten.

    Raises:
        `InlineHiliteException`: If there is no such value, unless pages show their failures.
    """
    text, where = _look_up(source, md)
    power = as_power_of_ten(text)
    shown = f"{power[0]} × 10<sup>{power[1]}</sup>" if power else html.escape(text)
    return f'<data class="loom-value" value="{html.escape(text)}" title="{where}">{shown}</data>'


def code(source: str, language: str, css_class: str, md: Markdown) -> str:
    """Render a value of a run as inline code.

    Raises:
        `InlineHiliteException`: If there is no such value, unless pages show their failures.
    """
    text, _ = _look_up(source, md)
    return f"<code>{html.escape(text)}</code>"


def _look_up(source: str, md: Markdown) -> tuple[str, str]:
    """Return a value's text, and where it comes from."""
    loom: LoomExtension = md.loom  # type: ignore[attr-defined]
    path, _, expression = source.strip().partition(" ")
    try:
        loom.require(lambda one: (one.path, one.what.strip()) == (path, expression), path)
        return loom.weaver.value(path, expression), html.escape(f"{path}: {expression}")
    except SnippetError as error:
        if not loom.weaver.show_failures:
            raise InlineHiliteException(f"{place(source)}{error}") from error
        return f"⚠ {error.problem}", html.escape(str(error))
