"""Run and check everything that the pages use, as each build and `python -m loom run` begin."""

import contextlib
import dataclasses
import errno
import os
import traceback
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from equations import pages as equations
from loom import words
from loom.run import programs
from loom.run.processes import call_all, stop
from loom.run.record import Record, Settings, SnippetError
from loom.weave import facts, fences, labs, parity, references, sources
from loom.weave.references import Reference
from loom.weave.weaver import Weaver, of_project
from loom.words import LANGUAGES

WRITE = "What to do: write it, if only with a heading."


@dataclasses.dataclass(frozen=True)
class PageError:
    """A reference of a page that cannot be filled in.

    Attributes:
        page: The page.
        reference: The reference on it.
        error: The reason.
        also: The other places, `page:line`, that have the same error.
    """

    page: str
    reference: Reference
    error: SnippetError
    also: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The page and the line, `page:line`."""
        return f"{self.page}:{self.reference.line}"

    def __str__(self) -> str:
        """Say where the error is, what is wrong and what to do."""
        others = f"\nAlso used at: {', '.join(self.also)}" if self.also else ""
        return f"{self.place}: {self.reference.text}\n{self.error}{others}"


def run_and_check() -> list[str]:
    """Make the missing records of programs, labs and equations, and check every page.

    Returns:
        The problems, each with its page or file, its line and what to do.
    """
    if faults := words.faults() + sources.faults():
        return faults
    glossaries = [Path("docs", language, "glossary.md") for language in LANGUAGES]
    if missing := [page for page in glossaries if not page.is_file()]:
        return [
            f"{page}:1: is missing: every page explains its terms.\n{WRITE}" for page in missing
        ]
    weaver = of_project()
    pages = sorted(Path("docs").rglob("*.md"))
    with ThreadPoolExecutor() as beside:
        checks = [
            beside.submit(wrong_equations, pages, weaver.settings),
            beside.submit(labs.run_and_check, LANGUAGES, weaver.settings),
        ]
        try:
            errors = [str(error) for error in weave(weaver, pages)]
        except BaseException:  # interrupted: what runs beside ends too
            stop()
            raise
    errors += [error for check in checks for error in check.result()]
    errors += facts.faults([*pages, *sorted(Path("docs").glob(f"*/{labs.LABS}/*.py"))])
    first, *others = LANGUAGES
    for other in others:
        errors += parity.differences(Path("docs", first), Path("docs", other))
    return errors


def advice(error: BaseException) -> str:
    """Say what has stopped a build or a run, and what to do about it."""
    if "What to do:" in str(error):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"The site cannot be written: {error}. Make room on the disk and build again."
    if isinstance(error, OSError) and error.filename and error.strerror:
        cure = "see whether it is there, a file or a folder as expected, and writable."
        if error.errno == errno.EBUSY:
            cure = "a mounted folder cannot be replaced: build into a folder below it, with -d."
        name = os.path.relpath(os.fsdecode(error.filename))
        return f"{name} cannot be used: {error.strerror}.\nWhat to do: {cure}"
    frames = traceback.extract_tb(error.__traceback__)  # Jinja's have the lines of templates
    templates = [frame for frame in frames if frame.filename.endswith((".html", ".j2"))]
    page = fences.current_page()
    where = f"{os.path.relpath(page)}: " if page else ""
    for frame in templates[-1:]:
        where = f"{os.path.relpath(frame.filename)}:{frame.lineno}: "
    return (
        f"{where}the build stopped at {type(error).__name__}: {error}\n"
        "What to do: look at what has changed there. If nothing is wrong with it, please "
        "report this, with what `mkdocs build --verbose` says."
    )


def weave(weaver: Weaver, pages: Iterable[Path]) -> list[PageError]:
    """Run the snippets that pages show and that have no record; check every reference to them.

    Args:
        weaver: Answers the references; it receives the records.
        pages: Markdown files, relative to the working directory.

    Returns:
        The errors, page by page; an error that several places share comes once.
    """
    places = [
        (page, place)
        for page in pages
        for place in references.find(page.read_text(encoding="utf-8"))
    ]
    _run(weaver, [place for _, place in places])
    errors = []
    for page, place in places:
        try:
            fences.check(weaver, place)
        except SnippetError as error:
            errors.append(PageError(page.as_posix(), place, error))
    return _each_once(errors)


def _run(weaver: Weaver, places: list[Reference]) -> None:
    """Run the snippets that lack a record; draw the pictures of each one as soon as it ends."""
    wanted: dict[str, list[Reference]] = {}
    for place in places:
        with contextlib.suppress(SnippetError):  # `check` reports it
            for path in place.paths if place.is_run else ():
                weaver.check_path(path)
                wanted.setdefault(path, []).append(place)

    def draw(made: Record) -> None:
        weaver.runs.records[made.path] = made
        for place in wanted[made.path]:
            if place.kind == "figure":
                with contextlib.suppress(SnippetError):
                    weaver.figure(place)  # puts the drawing into the cache

    weaver.runs = programs.run_all(wanted, weaver.settings, draw)


def _each_once(errors: Iterable[PageError]) -> list[PageError]:
    """Merge the places that share an error, such as a failed run."""
    found: dict[str, list[PageError]] = {}
    for error in errors:
        found.setdefault(str(error.error), []).append(error)
    return [
        dataclasses.replace(first, also=tuple(other.place for other in others))
        for first, *others in found.values()
    ]


def wrong_equations(pages: list[Path], settings: Settings) -> list[str]:
    """Check the equations of all pages that declare symbols.

    Args:
        pages: Markdown files, relative to the working directory.
        settings: Names the modules that the checking processes start with.

    Returns:
        The wrong equations, each with its page, its line and the reason.
    """
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    texts = {page: text for page, text in texts.items() if equations.declares(text)}
    new = [page for page, text in texts.items() if not equations.are_kept(text)]
    # One task per page, for all languages: they have the same equations.
    groups: dict[str, list[Path]] = {}
    for page in new:
        groups.setdefault(page.relative_to(*page.parts[:2]).as_posix(), []).append(page)
    tasks = [[texts[page] for page in group] for group in groups.values()]
    checked = call_all(equations.results_of_all, tasks, settings.preload) if new else []
    found = {
        page: results
        for group, answers in zip(groups.values(), checked, strict=True)
        for page, results in zip(group, answers, strict=True)
    }
    return [
        f"{page}:{result.line}: {result.latex}\n{result.message}"
        for page, results in found.items()
        for result in results
        if result.status == "wrong"
    ]
