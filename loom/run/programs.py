"""Run programs whose records are missing, as many at once as there are cores, and report it."""

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from loom.run import cache, program, record
from loom.run.processes import STOPPED, start_server
from loom.run.progress import Line, Progress
from loom.run.record import Record, Settings, SnippetError

log = logging.getLogger("mkdocs.loom")

SHOWN_AGAIN = 0.5  # seconds between two looks at what is running
LOCK = Path(".cache", "running.lock")  # held while programs run: two builds divide their work


@dataclass
class Runs:
    """What became of programs.

    Attributes:
        records: Of those that have one, by path.
        failures: Why the others have none.
        ran: Those that had to be run.
    """

    records: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, SnippetError] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)


def run_all(
    paths: Iterable[str],
    settings: Settings,
    ended: Callable[[Record], object] = lambda record: None,
) -> Runs:
    """Return the records of programs; run those that have none, or one that is out of date.

    Args:
        paths: The programs, relative to the working directory.
        settings: How they are run, and where their records are kept.
        ended: Called with each record that a run has made, while others run.
    """
    runs, paths = Runs(), list(dict.fromkeys(paths))
    if missing := _missing(paths, settings, runs):
        with cache.lock(LOCK, "another build runs programs; waiting for it"):
            missing = _missing(missing, settings, runs)
            log.info("loom: %d of %d programs to run", len(missing), len(paths))
            _run_missing(missing, settings, runs, ended)
    else:
        log.info("loom: %d programs, all from the cache", len(paths))
    return runs


def _missing(paths: list[str], settings: Settings, runs: Runs) -> list[str]:
    """Load the records that are kept; return the programs that have none."""
    for path in paths:
        if kept := record.load(path, settings):
            runs.records[path] = kept
    return [path for path in paths if path not in runs.records]


def _run_missing(
    missing: list[str], settings: Settings, runs: Runs, ended: Callable[[Record], object]
) -> None:
    """Run programs, those that take long first; log each, the total and the slowest."""
    usual = dict(settings.first)
    missing = sorted(missing, key=lambda path: -usual.get(path, 0))
    progress = Progress(missing, usual)
    started = time.monotonic()
    before = {path.as_posix(): _state(path) for path in Path(settings.folder).rglob("*.py")}
    with contextlib.suppress(OSError):  # each run will say what is wrong
        start_server(settings.preload)

    def run(path: str) -> Record:
        progress.begin(path)
        return _run(path, settings, before)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        try:
            futures = {pool.submit(run, path): path for path in missing}
            _report(futures, progress, runs, ended)
        except BaseException:  # interrupted: what still waits does not begin
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
    """Say of each run when it ends, and what is left.

    On a terminal that is a line which changes in its place, else a message for each run.
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
    """Run a program and keep the record, unless a file changed under the run."""
    try:
        made = program.run(path, settings)
    except (OSError, UnicodeError) as error:
        raise SnippetError(
            path, f"cannot be read: {error}", "", "Save it as UTF-8 and build again."
        ) from error
    if all(file in before and before[file] == _state(Path(file)) for file in made.files):
        record.store(made, settings)
    return made


def _state(path: Path) -> tuple[int, ...]:
    """Return a fingerprint of a file that survives changes of the clock."""
    try:
        stat = path.stat()
    except OSError:
        return ()  # gone
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
