"""Settings and fixtures for all tests."""

import fcntl
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

# Two test processes with two threads each would fight over two cores; digits would vary too.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

ROOT = Path(__file__).parent.parent
PREFIX = "/numpy-to-pytorch"  # a path prefix, as on GitHub Pages


def pytest_terminal_summary(terminalreporter):
    """Print what tests recorded: counts that tell how much a test has tried."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """The real site, built with `mkdocs build --strict` once for all test processes."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder = shared / "built" / "site"
    with (shared / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            # If it fails, live boxes show static code, and test_browser_live.py says what to do.
            fetch = [sys.executable, "scripts/fetch_live.py"]
            subprocess.run(fetch, cwd=ROOT, capture_output=True, check=False)
            done = subprocess.run(
                [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            assert not re.search(r"WARNING -|ERROR +-", done.stderr), done.stderr
    return folder


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
    """A headless Chromium: the one that CHROMIUM names, an installed one, or Playwright's."""
    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
        )
        arguments = ["--disable-background-networking", "--no-first-run", "--disable-quic"]
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
        hosts are blocked and, like failed requests and console errors, fail the test; what a test
        expects to go wrong it takes out of `page.faults`.
    """
    opened = []

    def open_(path: str, **options):
        context = browser.new_context(**options)
        page = context.new_page()
        page.faults = []
        opened.append((context, page))

        def route(request_route):
            url = request_route.request.url
            if url.startswith((address, "data:", "blob:")):
                request_route.continue_()
            else:
                page.faults.append(f"another host: {url}")
                request_route.abort()

        context.route("**/*", route)
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
