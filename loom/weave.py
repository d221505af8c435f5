"""Run what the pages ask for, once each, and answer what they take from it."""

import contextlib
import dataclasses
import functools
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from loom import cache, figures, live, references, runner
from loom.progress import Line, Progress
from loom.references import Reference
from loom.runner import Record, Settings, SnippetError

log = logging.getLogger("mkdocs.loom")

EXERCISES = "exercises.zip"  # made of the folder exercises/, for download
SHOWN_AGAIN = 0.5  # seconds between two looks at what is running
RIGHT = Path(".cache", "pages", "right")  # what the pages were whose references are right
RELEASES = "releases/torch-{}.json"  # written by tools/record_release.py
NOT_FINITE = re.compile(r"(?<![\w.])[-+]?(nan|inf|infinity)(?!\w)", re.IGNORECASE)
EXPRESSION = re.compile(r"^(?P<name>[A-Za-z]\w*)(?P<keys>(?:\[[^\[\]]+\])*)(?: (?P<format>\S+))?$")
EXPONENT = re.compile(r"^(-?[\d.]+)e([+-]\d+)$")


@dataclasses.dataclass(frozen=True)
class PageError:
    """A reference of a page that cannot be filled in.

    Attributes:
        page: The page.
        reference: The place on it.
        error: Why.
        also: The other places, `page:line`, that take something from the same failed run.
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


class Weaver:
    """Answers the references of pages, running snippets as they are needed.

    Args:
        settings: How snippets are run and kept.

    Attributes:
        show_failures: Whether a page shows a failure in its place, as when serving.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.show_failures = False
        self._prepared = False  # only then is there a next `prepare` that forgets old results
        self._failures: dict[str, SnippetError] = {}
        self._records: dict[str, Record] = {}
        self._progress = Progress((), {})
        self._ran: list[str] = []  # since `prepare` began
        self._before: dict[str, tuple[int, ...]] = {}  # states when `prepare` began
        self._paths: set[str] = set()  # found to be files in the snippets' folder

    def prepare(
        self, pages: Iterable[Path], before_runs: Callable[[], Any] = lambda: None
    ) -> list[PageError]:
        """Run every snippet that the pages name and check all of their references.

        Args:
            pages: Markdown files, relative to the working directory.
            before_runs: Called if there is anything to run, while what runs it is being loaded.

        Returns:
            All that is wrong, page by page; a run that failed, once.
        """
        self._failures, self._records, self._prepared = {}, {}, True
        self._paths.clear()
        self._ran.clear()
        self._before = self._states()
        texts = {page: page.read_text(encoding="utf-8") for page in pages}
        found = [reference for text in texts.values() for reference in references.find(text)]
        self._run_all([reference for reference in found if reference.is_run], before_runs)
        return _each_once(
            error for page, text in texts.items() for error in self._errors(page, text)
        )

    def _errors(self, page: Path, text: str) -> list[PageError]:
        """Check the references of a page, unless they were right when all was as it is now."""
        right = RIGHT / f"{page.as_posix()}.json"
        try:
            key = cache.key(text, cache.code(), cache.installed(), *self.dependencies(text))
            if cache.read(right) == key:
                return []
        except SnippetError:
            key = ""
        errors = []
        for reference in references.find(text):
            try:
                self.check(reference)
            except SnippetError as error:
                errors.append(PageError(page.as_posix(), reference, error))
        if key and not errors:
            cache.write(right, key)
        return errors

    def dependencies(self, text: str) -> list[str]:
        """Return hashes of what the references of a page stand for at present.

        Raises:
            SnippetError: If a run fails, or a file is not there.
        """
        return [self._depends(reference) for reference in references.find(text)]

    def _depends(self, reference: Reference) -> str:
        """Return a hash of what one reference stands for."""
        if reference.is_run:
            return self.record_for(reference).fingerprint
        if reference.problem or reference.path == EXERCISES:
            return ""
        self._check_path(reference.path)
        return cache.sha256(reference.path)

    def check(self, reference: Reference) -> None:
        """Raise SnippetError if a reference cannot be filled in."""
        if reference.problem:
            raise SnippetError(reference.path or "(no file)", reference.problem)
        if reference.kind == "section":
            self.section(reference.path, reference.what)
        elif reference.kind == "link":
            if reference.path != EXERCISES:
                self._check_path(reference.path)
        elif reference.kind == "figure":
            self.figure(reference)
        elif reference.kind == "live":
            self._check_path(reference.path)
            live.packages(reference)
        elif reference.kind == "output":
            self.output(reference)
        else:
            self.value(reference.path, reference.what)

    def record(self, path: str, diverges: bool | None = None) -> Record:
        """Return what a snippet's run left behind, running it if it has to be.

        Args:
            path: The snippet.
            diverges: Whether the page says that NaN or infinity is the point of the output;
                None if the page does not show the output.

        Raises:
            SnippetError: If the run fails, or prints NaN or infinity against the page's word.
        """
        self._check_path(path)
        if path in self._failures:
            raise self._failures[path]
        record = self._records.get(path) or cache.load(path, self.settings)
        if record is None:
            try:
                record = self._run(path, diverges)
            except SnippetError as error:
                if self._prepared:
                    self._failures[path] = error
                raise
        if self._prepared:
            self._records[path] = record
        _check_finite(record, diverges)
        return record

    def output(self, reference: Reference) -> str:
        """Return what a run printed, or the part of it that the page asks for.

        Raises:
            SnippetError: If the run fails, or has no such part.
        """
        text = self.record_for(reference).output
        parts, part = text.split("\n\n"), reference.what
        if not part:
            return text
        if int(part) > len(parts):
            raise SnippetError(
                reference.path,
                f"printed {len(parts)} part(s), and the page asks for part {part}",
                text,
                "Parts are divided by empty lines: print() between them.",
            )
        return parts[int(part) - 1].rstrip("\n") + "\n"

    def record_for(self, reference: Reference) -> Record:
        """Return the run that an output fence shows: today's, or one of another torch release.

        Raises:
            SnippetError: If the run fails, or there is no such record of this snippet.
        """
        if "torch" not in reference.options:
            return self.record(reference.path, reference.diverges)
        self._check_path(reference.path)
        release = reference.options["torch"]
        try:
            kept = json.loads(Path(RELEASES.format(release)).read_text(encoding="utf-8"))
            record = cache.from_json(kept[reference.path])
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            record = None
        if record is None:
            raise SnippetError(
                reference.path,
                f"has no record of torch {release}, or has changed since",
                "",
                "In an environment with that release, run: "
                f"python tools/record_release.py {reference.path}",
            )
        _check_finite(record, reference.diverges)
        return record

    def figure(self, reference: Reference, language: str = "en") -> str:
        """Return a picture of a value of a run as HTML.

        Args:
            reference: The place on the page, with the words on the picture.
            language: The language of the words that the picture adds.

        Raises:
            SnippetError: If the run fails, or the value cannot be drawn.
        """
        data = self._find(reference.path, reference.what)
        return figures.figure(reference, data, language, self.settings)

    def value(self, path: str, expression: str) -> str:
        """Return a value of a run as text.

        Args:
            path: The snippet.
            expression: A global's name, keys in brackets, and a format: `losses[-1] .3g`.

        Raises:
            SnippetError: If there is no such value, or it is not finite.
        """
        value = self._find(path, expression)
        form = expression.strip().partition(" ")[2]
        if isinstance(value, list | dict):
            raise SnippetError(
                path, f"`{expression}` has parts", "", "Take one of them: `losses[0]`, `rows[key]`."
            )
        try:
            text = format(value, form)
        except (ValueError, TypeError) as error:
            raise SnippetError(
                path, f"`{expression}`: {error}", "", "Choose another format."
            ) from None
        if isinstance(value, float) and NOT_FINITE.search(text):
            raise SnippetError(
                path, f"`{expression}` is {text}", "", "Take a value from before it diverged."
            )
        return text

    def _find(self, path: str, expression: str) -> Any:
        """Return the value that an expression names, its format left aside."""
        parsed = EXPRESSION.match(expression.strip())
        if not parsed:
            raise SnippetError(
                path,
                f"`{expression}` is not a value",
                "",
                "Write a name, keys in brackets and a format, as in `losses[-1] .3g`.",
            )
        value: Any = self.record(path).values
        for key in [parsed["name"], *re.findall(r"\[([^\[\]]+)\]", parsed["keys"])]:
            value = _step(value, key, path, expression)
        return value

    def section(self, path: str, name: str) -> None:
        """Raise SnippetError if a snippet, or a section of it, does not exist."""
        self._check_path(path)
        if not name:
            return
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        for mark in ("start", "end"):
            if f"--8<-- [{mark}:{name}]" not in text:
                known = sorted(set(re.findall(r"--8<-- \[start:([\w-]+)\]", text)))
                advice = {
                    "start": f"Its sections are: {', '.join(known) or 'none'}.",
                    "end": "Write it below the last line that the page is to show.",
                }
                problem = f"has no line `# --8<-- [{mark}:{name}]`"
                raise SnippetError(path, problem, "", advice[mark])

    def _check_path(self, path: str) -> None:
        """Raise SnippetError unless the path is a file in the snippets' folder."""
        if path in self._paths:
            return
        folder = self.settings.folder
        if (
            not path.startswith(f"{folder}/")
            or "\0" in path  # no file has such a name
            or not Path(path).resolve().is_relative_to(Path(folder).resolve())
        ):
            raise SnippetError(
                path or "(no file)",
                f"is not inside {folder}/",
                "",
                f'Name a file below {folder}/, as in file="snippets/optim.py".',
            )
        if not Path(path).is_file():
            raise SnippetError(
                path, "does not exist", "", "Fix the name on the page, or write the snippet."
            )
        if self._prepared:
            self._paths.add(path)

    def _run(self, path: str, diverges: bool | None) -> Record:
        """Run a snippet and keep the record, unless a file changed under the run."""
        self._progress.begin(path)
        try:
            before = self._before if self._prepared else self._states()
            record = runner.run(path, self.settings)
            self._ran.append(path)
        except (OSError, UnicodeError) as error:
            raise SnippetError(
                path, f"cannot be read: {error}", "", "Save it as UTF-8 and build again."
            ) from error
        _check_finite(record, diverges)
        if all(file in before and before[file] == _state(file) for file in record.files):
            cache.store(record, self.settings)
        return record

    def _states(self) -> dict[str, tuple[int, ...]]:
        """Return the state of each snippet."""
        paths = [path.as_posix() for path in Path(self.settings.folder).rglob("*.py")]
        return {path: _state(path) for path in paths}

    def _run_all(self, wanted: list[Reference], before_runs: Callable[[], Any]) -> None:
        """Run what is not in the cache, as many at once as there are cores, and report it."""
        diverges: dict[str, bool | None] = {}
        for reference in wanted:
            if reference.kind == "output":
                diverges[reference.path] = diverges.get(reference.path) or reference.diverges
            else:
                diverges.setdefault(reference.path)
        missing = [path for path in diverges if self._needs_run(path)]
        usual = dict(self.settings.first)
        missing.sort(key=lambda path: -usual.get(path, 0))
        started = time.monotonic()
        seconds: dict[str, float] = {}
        if missing:
            log.info("loom: %d of %d snippets to run", len(missing), len(diverges))
            with contextlib.suppress(OSError):  # each run will say what is wrong
                runner.start_server(self.settings.preload)
            before_runs()
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool, Line() as line:
            try:
                for patience in (0, self.settings.timeout):
                    self._progress = Progress(missing, usual)
                    futures = {
                        pool.submit(self._claim, path, diverges[path], patience): path
                        for path in missing
                    }
                    missing = self._report(futures, seconds, wanted, line)
            except BaseException:  # interrupted: what still waits is not begun
                runner.STOPPED.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        log.info(
            "loom: %d snippets: %d from the cache, %d run in %.1f s",
            len(diverges),
            len(diverges) - len(self._ran),
            len(self._ran),
            time.monotonic() - started,
        )
        if seconds:
            slowest = sorted(seconds, key=seconds.__getitem__, reverse=True)[:3]
            named = ", ".join(f"{path} {seconds[path]:.2f} s" for path in slowest)
            log.info("loom: the slowest: %s", named)

    def _claim(self, path: str, diverges: bool | None, patience: float) -> Record | None:
        """Return a record; None if another build that shares the cache makes it at present.

        With patience, the record is waited for, and made here if it does not come.
        """
        with cache.claim(path, self.settings, patience) as free:
            return self.record(path, diverges) if free or patience else None

    def _report(
        self,
        futures: dict[Future[Record | None], str],
        seconds: dict[str, float],
        wanted: list[Reference],
        line: Line,
    ) -> list[str]:
        """Say of each run when it ends, and what is left; draw its pictures meanwhile.

        On a terminal that is a line which changes in its place, else a message for each run.

        Returns:
            The snippets that another build is running.
        """
        elsewhere, waiting = [], set(futures)
        while waiting:
            done, waiting = wait(waiting, SHOWN_AGAIN, FIRST_COMPLETED)
            for future in done:
                path = futures[future]
                level = logging.DEBUG if line.is_shown else logging.INFO
                try:
                    record = future.result()
                    if record is None:
                        elsewhere.append(path)
                        did = f"another build runs {path}"
                    elif path in self._ran:
                        seconds[path] = record.seconds
                        did = f"ran {path} in {record.seconds:.2f} s"
                    else:
                        did = f"took what another build made of {path}"
                except SnippetError as error:
                    did, level = f"{path} FAILED: {error.problem}", logging.INFO
                self._progress.end(path)
                log.log(level, "loom: %s; %s", did, self._progress)
                if path in self._records:
                    self._draw(reference for reference in wanted if reference.path == path)
            line.show(f"programs to run: {self._progress}")
        return elsewhere

    def _draw(self, wanted: Iterable[Reference]) -> None:
        """Draw pictures while others run: they are kept. What is wrong with one is said later."""
        for reference in wanted:
            if reference.kind == "figure" and not reference.problem:
                with contextlib.suppress(SnippetError):
                    self.figure(reference)

    def _needs_run(self, path: str) -> bool:
        """Tell whether a snippet exists and has no record."""
        try:
            self._check_path(path)
        except SnippetError:
            return False
        record = cache.load(path, self.settings)
        if record is not None:
            self._records[path] = record
        return record is None


def _each_once(errors: Iterable[PageError]) -> list[PageError]:
    """Put errors together that are of one failed run: each place has raised the same error."""
    runs: dict[int, list[PageError]] = {}
    for error in errors:
        runs.setdefault(id(error.error), []).append(error)
    return [
        dataclasses.replace(first, also=tuple(other.place for other in others))
        for first, *others in runs.values()
    ]


@functools.cache
def weaver(settings: Settings) -> Weaver:
    """Return the one weaver of these settings: all pages and languages share its runs."""
    return Weaver(settings)


def _state(path: str) -> tuple[int, ...]:
    """Return what changes with every change of a file, whatever the clock says meanwhile."""
    try:
        stat = os.stat(path)
    except OSError:
        return ()  # gone
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


@functools.lru_cache(10_000)
def _not_finite(output: str) -> str:
    """Return the first NaN or infinity of an output, or ""; each place of a page asks for it."""
    found = NOT_FINITE.search(output)
    return found.group() if found else ""


def _check_finite(record: Record, diverges: bool | None) -> None:
    """Raise SnippetError if an output's numbers are not as the page says."""
    not_finite = _not_finite(record.output)
    if diverges is False and not_finite:
        raise SnippetError(
            record.path,
            f"printed {not_finite}",
            record.output,
            'If divergence is the point, say so in the fence: diverges="true".',
        )
    if diverges and not not_finite:
        raise SnippetError(
            record.path,
            "prints only finite numbers, but the page says that it diverges",
            record.output,
            'Fix the snippet, or take diverges="true" out of the fence.',
        )


def _step(value: Any, key: str, path: str, expression: str) -> Any:
    """Take one step into a value: an index into a list, a key or a name into a dict."""
    try:
        return value[int(key)] if isinstance(value, list) else value[key]
    except (KeyError, IndexError, TypeError, ValueError):
        if isinstance(value, dict):
            known = ", ".join(sorted(value)) or "nothing"
        elif isinstance(value, list):
            known = f"a list of {len(value)}, indexed by whole numbers"
        else:
            known = f"{value!r}, which has no parts"
        raise SnippetError(
            path,
            f"has no value `{expression}`: nothing is at `{key}`",
            "",
            f"There is: {known}.",
        ) from None


def as_power_of_ten(text: str) -> tuple[str, str] | None:
    """Split `3.15e+07` into ("3.15", "7"); return None for other texts."""
    match = EXPONENT.match(text)
    return (match[1], str(int(match[2]))) if match else None
