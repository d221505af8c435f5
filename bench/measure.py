"""Run a command and measure it; make a folder that is gone afterwards; say how far things are."""

import contextlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
ENVIRONMENT = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
SAMPLED_EVERY = 0.25  # seconds between two looks at the memory: rare enough not to be in the way
LONGEST = 900.0  # seconds that one command may take
# Those whose versions make a difference to what is measured here.
PACKAGES = ("mkdocs", "mkdocs-material", "numpy", "torch")


class MeasureError(Exception):
    """A command that was to be measured failed; the message holds the end of what it said."""


@dataclass(frozen=True)
class Run:
    """What a command took.

    Attributes:
        seconds: From its start to its end, by the clock.
        megabytes: The most memory that it and all processes below it held at one time; what
            several of them share counts once.
        said: What it wrote to stdout and stderr.
    """

    seconds: float
    megabytes: float
    said: str


def run(command: list[str], folder: Path, limit: float = LONGEST, cores: int | None = None) -> Run:
    """Run a command in a folder, and measure it.

    Args:
        command: Program and arguments.
        folder: Where it runs.
        limit: Seconds after which it is ended.
        cores: How many of the machine's cores it may use; None for all of them.

    Raises:
        MeasureError: If it takes too long or ends with an error.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
        )
        if cores:
            os.sched_setaffinity(process.pid, sorted(os.sched_getaffinity(0))[:cores])
        ended = threading.Event()
        late = threading.Timer(limit, end_tree, [process])
        late.start()
        with _memory_of(process.pid, ended) as peak:
            code = process.wait()  # given the limit, it would look every 0.05 s only
            seconds = time.perf_counter() - started
            ended.set()
        late.cancel()
        end_tree(process)
        said.seek(0)
        text = said.read()
    if code != 0:
        how = f"took more than {limit:g} s" if seconds >= limit else f"ended with status {code}"
        raise MeasureError(f"{' '.join(command)} {how}:\n{text[-3000:]}")
    return Run(seconds, peak[0], text)


@contextlib.contextmanager
def _memory_of(pid: int, ended: threading.Event) -> Iterator[list[float]]:
    """Watch the memory of a process tree until `ended` is set; yield its peak, in megabytes."""
    peak = [0.0]

    def watch() -> None:
        while not ended.wait(SAMPLED_EVERY):
            peak[0] = max(peak[0], _memory_now(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _memory_now(pid: int) -> float:
    """Add up the memory of a process and all below it: proportional shares, so each page once."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total / 1e6


def end_tree(process: subprocess.Popen[Any]) -> None:
    """End a process that was started here, and what it has started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        below = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        for child in below:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
    process.kill()
    process.wait()


def repeat(measured: Callable[[], Run], times: int = 3, enough: float = 30.0) -> Run:
    """Measure the same thing several times, but once if that takes long; return the median.

    Args:
        measured: Measures it once.
        times: How often.
        enough: Seconds after which it is not begun again.
    """
    runs = [measured()]
    while len(runs) < times and sum(run.seconds for run in runs) < enough:
        runs.append(measured())
    return median(runs)


def median(runs: list[Run]) -> Run:
    """Return the median of the seconds and the most memory of several runs."""
    return Run(
        statistics.median(run.seconds for run in runs),
        max(run.megabytes for run in runs),
        runs[-1].said,
    )


def as_result(run: Run) -> dict[str, float]:
    """Return what is kept of a run."""
    return {"seconds": rounded(run.seconds), "megabytes": round(run.megabytes)}


def rounded(seconds: float) -> float:
    """Keep milliseconds."""
    return round(seconds, 3)


def kilobytes_of(folder: Path) -> int:
    """Add up the sizes of all files below a folder."""
    return round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e3)


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder, and remove it with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clone(folder: Path) -> Path:
    """Clone what is committed here; the clone has no cache and no site."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    return folder


def progress(text: str) -> None:
    """Say on stderr what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def circumstances() -> dict[str, Any]:
    """Return when and on what something is measured: nothing that names the machine."""
    return {
        "date": date.today().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "cpu": _cpu(),
        "gigabytes": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
        "versions": {
            "Python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        },
    }


def _cpu() -> str:
    """Return the processor's own name for its model, as far as the system tells it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
