"""Show in one line of a terminal what is running, what is left and how long it will take."""

import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO

log = logging.getLogger("mkdocs.loom")

USUAL = 0.5  # seconds that a program takes unless `Settings.first` says otherwise
NAMED = 4  # of the programs that run; many short ones begin at once
ERASE = "\r\x1b[K"


class Progress:
    """Estimates when a set of programs, several running at once, will be finished.

    Args:
        paths: The programs.
        expected: Seconds that the long ones usually take, by path.
        now: Returns the time in seconds.
    """

    def __init__(
        self,
        paths: Iterable[str],
        expected: Mapping[str, float],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.left = {path: expected.get(path, USUAL) for path in paths}
        self.total = len(self.left)
        self.now = now
        self.begun: dict[str, float] = {}
        self.expected = self.taken = 0.0  # seconds of the programs that have ended

    def begin(self, path: str) -> None:
        """Note that a program has started."""
        self.begun[path] = self.now()

    def end(self, path: str) -> None:
        """Note that a program has ended, successfully or not."""
        self.expected += self.left.pop(path, 0)
        self.taken += self.now() - self.begun.pop(path, self.now())

    def seconds_left(self) -> float:
        """Estimate the seconds until all have ended, from the pace of those that have."""
        pace = self.taken / self.expected if self.taken and self.expected else 1
        now = self.now()
        each = [
            max(seconds * pace - (now - self.begun.get(path, now)), 0)
            for path, seconds in list(self.left.items())
        ]
        return max([sum(each) / (os.cpu_count() or 1), *each])

    def __str__(self) -> str:
        """Say how many programs are left, the estimate, and which are running."""
        if not self.left:
            return f"0 of {self.total} left"
        begun = sorted(self.begun.copy())  # other threads change it
        running = ", ".join(begun[:NAMED]) or "nothing"
        running += f" and {len(begun) - NAMED} more" if len(begun) > NAMED else ""
        estimate = f"about {self.seconds_left():.0f} s"
        return f"{len(self.left)} of {self.total} left, {estimate}; running: {running}"


class Line(logging.Filter):
    """A line of a terminal that is updated in place, below the log messages.

    Without a terminal it does nothing.

    Args:
        stream: The stream that MkDocs logs to.
    """

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        super().__init__()
        self.stream = stream
        self.is_shown = stream.isatty() and os.environ.get("TERM") != "dumb"

    def __enter__(self) -> "Line":
        """Start to erase the line before each log message."""
        log.addFilter(self)
        return self

    def __exit__(self, *exception: object) -> None:
        """Erase the line."""
        log.removeFilter(self)
        self._write(ERASE)

    def show(self, text: str) -> None:
        """Replace the line by a text, cut to the width of the terminal."""
        self._write(ERASE + text[: shutil.get_terminal_size().columns - 1])

    def filter(self, record: logging.LogRecord) -> bool:
        """Erase the line before a log message; let every message pass."""
        self._write(ERASE)
        return True

    def _write(self, text: str) -> None:
        """Write to the terminal, if there is one."""
        if self.is_shown:
            self.stream.write(text)
            self.stream.flush()
