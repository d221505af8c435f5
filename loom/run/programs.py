"""Run the programs whose records are missing, one on each core, and report progress."""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from loom.run import cache, program, record
from loom.run.processes import STOPPED, remove_left_scratch, start_server
from loom.run.progress import Line, Progress
from loom.run.record import Record, Settings, SnippetError

log = logging.getLogger("mkdocs.loom")

SHOWN_AGAIN = 0.5  # seconds between two reports of what is running
LOCK = Path(".cache", "running.lock")  # held while programs run: no two builds run the same one


@dataclass
class Runs:
    """The results of a set of programs.

    Attributes:
        records: The records of the programs that have one, by path.
        failures: The errors of the programs that failed, by path.
        ran: The programs that had to be run and have a record now.
    """

    records: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, SnippetError] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)


def run_all(
    paths: Iterable[str],
    settings: Settings,
    ended: Callable[[Record], object] = lambda record: None,
) -> Runs:
    """Return the records of programs, after running those without an up-to-date record.

    Args:
        paths: The programs, relative to the working directory.
        settings: How to run them, and where to keep their records.
        ended: Called with each new record, while other programs still run.
    """
    runs, paths = Runs(), list(dict.fromkeys(paths))
    if missing := _missing(paths, settings, runs):
        with cache.lock(LOCK, "another build is running programs; waiting for it"):
            missing = _missing(missing, settings, runs)
            log.info("loom: %d of %d programs to run", len(missing), len(paths))
            _run_missing(missing, settings, runs, ended)
    else:
        log.info("loom: %d programs, all from the cache", len(paths))
    return runs


def _missing(paths: list[str], settings: Settings, runs: Runs) -> list[str]:
    """Load the records on disk into `runs`; return the programs that have none."""
    for path in paths:
        if kept := record.load(path, settings):
            runs.records[path] = kept
    return [path for path in paths if path not in runs.records]


def _run_missing(
    missing: list[str], settings: Settings, runs: Runs, ended: Callable[[Record], object]
) -> None:
    """Run programs, the longest first; log each one, the total time and the slowest."""
    usual = dict(settings.first)
    missing = sorted(missing, key=lambda path: -usual.get(path, 0))
    progress = Progress(missing, usual)
    started = time.monotonic()
    before = {path.as_posix(): _state(path) for path in Path(settings.folder).rglob("*.py")}
    remove_left_scratch()
    with contextlib.suppress(OSError):  # each run will say what is wrong
        start_server(settings.preload)

    def run(path: str) -> Record:
        progress.begin(path)
        return _run(path, settings, before)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        try:
            futures = {pool.submit(run, path): path for path in missing}
            _report(futures, progress, runs, ended)
        except BaseException:  # interrupted: start no more programs
            STOPPED.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    log.info("loom: ran %d programs in %.1f s", len(runs.ran), time.monotonic() - started)
    slowest = sorted((runs.records[path].seconds, path) for path in runs.ran)[:-4:-1]
    if slowest:
        named = ", ".join(f"{path} {seconds:.2f} s" for seconds, path in slowest)
        log.info("loom: the slowest: %s", named)


def _report(
    futures: dict[Future[Record], str],
    progress: Progress,
    runs: Runs,
    ended: Callable[[Record], object],
) -> None:
    """Report each run as it ends, and what is left.

    A terminal shows one line, updated in place; elsewhere every run gets a log message.
    """
    waiting = set(futures)
    with Line() as line:
        while waiting:
            done, waiting = wait(waiting, SHOWN_AGAIN, FIRST_COMPLETED)
            for future in done:
                path = futures[future]
                level = logging.DEBUG if line.is_shown else logging.INFO
                try:
                    made = runs.records[path] = future.result()
                    runs.ran.append(path)
                    did = f"ran {path} in {made.seconds:.2f} s"
                except SnippetError as error:
                    runs.failures[path] = error
                    did, level = f"{path} FAILED: {error.problem}", logging.INFO
                progress.end(path)
                log.log(level, "loom: %s; %s", did, progress)
                if path in runs.records:
                    ended(runs.records[path])
            line.show(f"programs to run: {progress}")


def _run(path: str, settings: Settings, before: dict[str, tuple[int, ...]]) -> Record:
    """Run a program and return its record; store it unless a file changed during the run."""
    try:
        made = program.run(path, settings)
    except (OSError, UnicodeError) as error:
        raise SnippetError(
            path, f"cannot be read: {error}", "", "Save it as UTF-8 and build again."
        ) from error
    if all(
        cache.sha256(file) == read if read else before.get(file) == _state(Path(file)) != ()
        for file, read in made.files.items()
    ):
        record.store(made, settings)
    return made


def _state(path: Path) -> tuple[int, ...]:
    """Return a fingerprint of a file that survives changes of the clock."""
    try:
        stat = path.stat()
    except OSError:
        return ()  # gone
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
