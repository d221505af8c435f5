"""Run and check all that the pages ask for: `python -m loom run` and each build begin with this."""

import contextlib
import dataclasses
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from equations import pages as equations
from loom.run import programs
from loom.run.processes import call_all
from loom.run.record import Record, Settings, SnippetError
from loom.weave import fences, labs, parity, references, sources
from loom.weave.references import Reference
from loom.weave.weaver import Weaver, weaver_of
from loom.words import LANGUAGES


@dataclasses.dataclass(frozen=True)
class PageError:
    """A reference of a page that cannot be filled in.

    Attributes:
        page: The page.
        reference: The place on it.
        error: Why.
        also: The other places, `page:line`, at which the same is wrong.
    """

    page: str
    reference: Reference
    error: SnippetError
    also: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The page and the line."""
        return f"{self.page}:{self.reference.line}"

    def __str__(self) -> str:
        """Say where, what and what to do."""
        others = f"\nAlso used at: {', '.join(self.also)}" if self.also else ""
        return f"{self.place}: {self.reference.text}\n{self.error}{others}"


def run_and_check() -> list[str]:
    """Make the records of programs, labs and equations that are missing; check every page.

    Returns:
        What is wrong, each with its page or file, its line and what to do.
    """
    if faults := sources.faults():
        return faults
    settings = Settings.read()
    pages = sorted(Path("docs").rglob("*.md"))
    with ThreadPoolExecutor() as beside:
        checks = [
            beside.submit(wrong_equations, pages, settings),
            beside.submit(labs.run_and_check, LANGUAGES, settings),
        ]
        errors = [str(error) for error in weave(weaver_of(settings), pages)]
    errors += [error for check in checks for error in check.result()]
    first, *others = LANGUAGES
    for other in others:
        errors += parity.differences(Path("docs", first), Path("docs", other))
    return errors


def weave(weaver: Weaver, pages: Iterable[Path]) -> list[PageError]:
    """Run every snippet that pages name and check what each place takes from it.

    Args:
        weaver: Runs snippets and answers what places take from them.
        pages: Markdown files, relative to the working directory.

    Returns:
        All that is wrong, page by page; what is wrong in the same way in several places, once.
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
    """Run the snippets that places need and that have no record; draw their pictures meanwhile."""
    wanted: dict[str, list[Reference]] = {}
    for place in places:
        with contextlib.suppress(SnippetError):  # `check` says what is wrong
            if place.is_run:
                weaver.check_path(place.path)
                wanted.setdefault(place.path, []).append(place)

    def draw(made: Record) -> None:
        weaver.runs.records[made.path] = made
        for place in wanted[made.path]:
            if place.kind == "figure":
                with contextlib.suppress(SnippetError):
                    weaver.figure(place)  # drawings are kept

    weaver.runs = programs.run_all(wanted, weaver.settings, draw)


def _each_once(errors: Iterable[PageError]) -> list[PageError]:
    """Put together the places at which the same is wrong, as where one run has failed."""
    found: dict[str, list[PageError]] = {}
    for error in errors:
        found.setdefault(str(error.error), []).append(error)
    return [
        dataclasses.replace(first, also=tuple(other.place for other in others))
        for first, *others in found.values()
    ]


def wrong_equations(pages: list[Path], settings: Settings) -> list[str]:
    """Check the equations of the pages that declare symbols; say where one is wrong, and why."""
    texts = {page: page.read_text(encoding="utf-8") for page in pages}
    texts = {page: text for page, text in texts.items() if equations.COMMENT in text}
    new = [page for page, text in texts.items() if not equations.are_kept(text)]
    groups: dict[str, list[Path]] = {}  # the equations of a page are the same in all languages
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
