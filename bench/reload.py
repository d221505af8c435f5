"""How long it takes, while writing, from saving a file to a browser having the new page.

`mkdocs serve` serves a clone of the site. A client does what the script in each served page does:
it waits at the server's address for live reload until there is something new, then it fetches the
page, and again until the page has the words that were saved. By then a browser has them.
"""

import contextlib
import functools
import re
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlparse

from bench.measure import (
    ENVIRONMENT,
    PYTHON,
    MeasureError,
    clone,
    end_tree,
    progress,
    rounded,
    temporary_folder,
)
from bench.sites import settings_of
from loom import cache

TIMES = 5
LONGEST = 300.0  # seconds until a change counts as lost
LESSON = "docs/en/lessons/tensors.md"
SNIPPET = "snippets/questions/tensors_shared_memory.py"  # quick; LESSON shows all that it prints
GLOSSARY = "docs/en/glossary.md"
STYLE = "theme/assets/course.css"
STYLES = re.compile(r'<link rel="?stylesheet"? href="?([^">]+)')
POLL = re.compile(r"livereload\((\d+), (\d+)\);")
REBUILT = "Reloading browsers"


class Client:
    """A browser with one page open.

    Args:
        address: The page.
        alive: Raises MeasureError if the server has ended.
    """

    def __init__(self, address: str, alive: Callable[[], None]) -> None:
        self.address, self.alive = address, alive
        self.page = ""

    def open(self, limit: float = LONGEST) -> None:
        """Fetch the page, and wait for a server that is still starting."""
        deadline = time.monotonic() + limit
        while True:
            try:
                self.page = self.fetch(self.address)
                return
            except OSError:
                self.alive()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def fetch(self, address: str) -> str:
        """Return what the server has at an address, waiting while it builds."""
        with urllib.request.urlopen(address, timeout=LONGEST) as answer:
            text: str = answer.read().decode()
        return text

    def texts(self) -> Iterator[str]:
        """Yield the page and its style sheets."""
        yield self.page
        for link in STYLES.findall(self.page):
            yield self.fetch(urljoin(self.address, link))

    def wait_for(self, words: str) -> None:
        """Reload the page, as its script does, until it or a style sheet of it has some words.

        Raises:
            MeasureError: If they do not come.
        """
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            self.alive()
            poll = POLL.search(self.page)
            if not poll:
                raise MeasureError(f"{self.address} does not reload itself")
            self.fetch(urljoin(self.address, f"/livereload/{poll[1]}/{poll[2]}"))
            self.page = self.fetch(self.address)
            if any(words in text for text in self.texts()):
                return
        raise MeasureError(f"{words!r} did not appear within {LONGEST:g} s on {self.address}")


@contextlib.contextmanager
def serving(site: Path) -> Iterator[tuple[str, Path, Callable[[], None]]]:
    """Serve a site; yield its address, its log, and a function that raises if the server ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = site / "serve.log"
    command = [PYTHON, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}"]
    with log.open("w", encoding="utf-8") as said:
        server = subprocess.Popen(
            command, cwd=site, env=ENVIRONMENT, stdout=said, stderr=subprocess.STDOUT
        )

    def alive() -> None:
        if server.poll() is not None:
            raise MeasureError(f"mkdocs serve ended:\n{log.read_text('utf-8')[-3000:]}")

    try:
        yield f"http://127.0.0.1:{port}{urlparse(settings_of('en')['site_url']).path}", log, alive
    finally:
        end_tree(server)


def measure() -> dict[str, Any]:
    """Measure how long a client waits after each kind of change."""
    with temporary_folder() as folder:
        site = clone(folder / "site")
        progress("reload: a first build, to fill the cache")
        subprocess.run(
            [PYTHON, "-m", "mkdocs", "build", "-q"], cwd=site, env=ENVIRONMENT, check=True
        )
        with serving(site) as (address, log, alive):
            client = Client(f"{address}en/lessons/tensors/", alive)
            started = time.perf_counter()
            client.open()
            found: dict[str, Any] = {"first": rounded(time.perf_counter() - started)}
            for name, change in CHANGES.items():
                progress(f"reload: {name}")
                found[name] = _median(site, client, change)
            found["snippet_run"] = _run_of(site, SNIPPET)
            progress("reload: ten saves within a second")
            found |= _burst(site, client, log)
        return found


def _median(site: Path, client: Client, change: Callable[[Path, Client, str], None]) -> float:
    """Save a change several times; return the median of the seconds until the page has it."""
    found = []
    for number in range(TIMES):
        time.sleep(1)  # the server has nothing left to do, as when a person reads and types
        words = f"saved-{time.monotonic_ns()}-{number}"
        change(site, client, words)
        started = time.perf_counter()
        client.wait_for(words)
        found.append(time.perf_counter() - started)
    return rounded(statistics.median(found))


@functools.cache
def _committed(site: Path, path: str) -> str:
    """Return a file as it was cloned, read when it is first asked for."""
    return (site / path).read_text(encoding="utf-8")


def _save(site: Path, path: str, line: re.Pattern[str], words: str) -> None:
    """Save a file with words after the first match of a pattern in its committed text."""
    text, times = line.subn(lambda match: match[0] + words, _committed(site, path), count=1)
    if not times:
        raise MeasureError(f"{path}: nothing matches {line.pattern}")
    (site / path).write_text(text, encoding="utf-8")


END = re.compile(r"\Z")


def _page(site: Path, client: Client, words: str) -> None:
    """Add a paragraph to a lesson."""
    _save(site, LESSON, END, f"\nA paragraph, {words}.\n")


def _snippet(site: Path, client: Client, words: str) -> None:
    """Let a snippet print more."""
    _save(site, SNIPPET, END, f"print({words!r})\n")


def _style(site: Path, client: Client, words: str) -> None:
    """Add a variable to a style sheet of the theme; a comment might be dropped on the way."""
    _save(site, STYLE, END, f":root {{ --{words}: 1 }}\n")


def _glossary(site: Path, client: Client, words: str) -> None:
    """Explain a term that the lesson uses with more words."""
    term = re.search(r'class="term" href="[^"]*glossary/#([\w-]+)"', client.page)
    if not term:
        raise MeasureError(f"{client.address} uses no term of the glossary")
    explanation = re.compile(rf"^## [^\n]* \{{#{term[1]}\}}\n\n[^\n]+", re.MULTILINE)
    _save(site, GLOSSARY, explanation, f" {words}")


CHANGES = {"page": _page, "snippet": _snippet, "style": _style, "glossary": _glossary}


def _run_of(site: Path, snippet: str) -> float:
    """Return the seconds of the last run of a snippet."""
    records = [
        record
        for file in sorted(
            (site / ".cache/loom").glob("*.json"), key=lambda file: file.stat().st_mtime
        )
        if isinstance(record := cache.read(file), dict) and record.get("path") == snippet
    ]
    return rounded(records[-1]["seconds"])


def _burst(site: Path, client: Client, log: Path) -> dict[str, Any]:
    """Save a page ten times in less than a second; count what the server builds."""
    time.sleep(3)
    before = log.read_text(encoding="utf-8").count(REBUILT)
    for number in range(10):
        _page(site, client, f"burst-{number}-of-9")
        time.sleep(0.07)
    started = time.perf_counter()
    client.wait_for("burst-9-of-9")
    seconds = time.perf_counter() - started
    time.sleep(max(3.0, 2 * seconds))  # time for a second rebuild, should there be one
    rebuilds = log.read_text(encoding="utf-8").count(REBUILT) - before
    return {"burst": rounded(seconds), "burst_rebuilds": rebuilds}
