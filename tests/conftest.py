"""Settings and fixtures for all tests."""

import fcntl
import functools
import http.server
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from builder import Builder
from lighthouse import PREFIX, installed_chromium
from playwright.sync_api import expect, sync_playwright
from small_site import (
    PATIENCE,
    SECOND,
    WITH_HELPER,
    python,
    serving,
    write_in_both,
    write_site,
)

# Two test processes with two threads each would fight over two cores; digits would vary too.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
os.environ["LIVE"] = "never"  # only the real site asks for a network
# Where tools/install.py puts what the system lacks.
BIN = Path(sys.executable).parent
os.environ["PATH"] = os.pathsep.join([str(BIN), os.environ["PATH"]])
if (BIN / "node").exists():  # Playwright's own needs a library that a bare system lacks
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(BIN / "node"))

expect.set_options(timeout=PATIENCE * 1000)

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items):
    """Mark what needs a browser, which `pytest -m "not browser"` leaves out; order the tests.

    Each process begins with its share of them. What needs the site comes first, so that one process
    builds it while another one does what does not.
    """
    for item in items:
        if "browser" in item.path.name or {"browser", "firefox"} & set(item.fixturenames):
            item.add_marker("browser")
    items.sort(key=lambda item: "site" not in item.fixturenames)


def pytest_terminal_summary(terminalreporter):
    """Print what tests recorded: counts that tell how much they have tried, added by name."""
    counts = Counter()
    for reason in {report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])}:
        terminalreporter.write_line(reason)  # nothing is left out in silence
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            counts[name] += value
    for name, count in counts.items():
        terminalreporter.write_line(f"{name}: {count:,}")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The real site, built with `mkdocs build --strict` once for all test processes."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "built" / "site"
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            command = ("-m", "mkdocs", "build", "--strict", "-d", str(folder))
            done = python(*command, LIVE="fetch")
            assert done.returncode == 0, done.stderr
            assert not re.search(r"WARNING -|ERROR +-", done.stderr), done.stderr
    return folder


@pytest.fixture(scope="session")
def pages(site) -> dict[str, BeautifulSoup]:
    """All HTML files of the real site, parsed, by path."""
    return {
        path.relative_to(site).as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in site.rglob("*.html")
    }


class _Host(http.server.SimpleHTTPRequestHandler):
    """Serves the site below PREFIX, like a static host, in silence."""

    def translate_path(self, path: str) -> str:
        inside = path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else "/no-such-file"
        return super().translate_path(inside)

    def log_message(self, format, *arguments):
        pass


@pytest.fixture(scope="session")
def address(site) -> Iterator[str]:
    """The address of the site's root, served as a static host would serve it."""
    handler = functools.partial(_Host, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium."""
    with sync_playwright() as playwright:
        found = installed_chromium()
        arguments = [
            "--disable-background-networking",
            "--no-first-run",
            "--disable-quic",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium refuses its sandbox to root
        chromium = playwright.chromium.launch(executable_path=found, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, address):
    """Open a page of the site; in the end nothing must have gone wrong in the browser.

    Returns:
        A function of the page's path and options of Playwright's `new_context`. Requests to other
        hosts, like failed requests and console errors, fail the test; what a test expects to go
        wrong it takes out of `page.faults`.
    """
    opened = []

    def open_(path: str, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.faults = []
        opened.append((context, page))

        def look_at(request):
            if not request.url.startswith((address, "data:", "blob:")):
                page.faults.append(f"another host: {request.url}")

        context.on("request", look_at)
        page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("response", lambda r: page.faults.append(r.url) if r.status >= 400 else None)
        page.goto(address + path)
        return page

    yield open_
    faults = [fault for _, page in opened for fault in page.faults]
    for context, _ in opened:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def builder(tmp_path_factory) -> Iterator[Builder]:
    """Runs `mkdocs build`, without a network."""
    builder = Builder(tmp_path_factory.mktemp("builder"))
    yield builder
    builder.process.stdin.close()
    builder.process.wait()


@pytest.fixture
def build(builder):
    """Build a site with its own `mkdocs.yml`.

    Returns:
        A function of the site's folder and arguments; it returns the exit code and what was said.
    """

    def run(folder: Path, *arguments: str) -> SimpleNamespace:
        code = builder(folder, *arguments)
        return SimpleNamespace(returncode=code, stderr=(folder / "build.log").read_text("utf-8"))

    return run


@pytest.fixture
def small_site(tmp_path) -> Path:
    """A small site of the real configuration, not yet built."""
    return write_site(tmp_path)


@pytest.fixture(scope="session")
def built_once(builder, tmp_path_factory) -> Path:
    """A small site with a second page, an empty one and a snippet that imports a helper.

    All of its files are from the future, as after the clock was set back.
    """
    folder = write_site(tmp_path_factory.mktemp("built-once"))
    (folder / "snippets/a.py").write_text(WITH_HELPER)
    (folder / "snippets/helper.py").write_text("number = 7\n")
    (folder / "snippets/__init__.py").write_text("")  # not the real one
    write_in_both(folder, {"second.md": SECOND, "empty.md": ""})
    for path in (*folder.glob("docs/*/*"), *folder.glob("snippets/*")):
        os.utime(path, (time.time() + 1e8,) * 2)
    assert builder(folder) == 0, (folder / "build.log").read_text()
    return folder


@pytest.fixture
def built(built_once, tmp_path) -> Path:
    """A copy of a small site that was built undisturbed, with its cache."""
    return shutil.copytree(built_once, tmp_path / "built")


@pytest.fixture
def server(small_site) -> Iterator[str]:
    """Serve the small site; yield its address."""
    with serving(small_site, "serve", cwd=small_site) as address:
        yield address


@pytest.fixture
def interruptible():
    """Let processes be interrupted: what a shell runs in the background ignores it, and so do they.

    An interrupt that a process handles itself is back to its default in the processes it starts.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
