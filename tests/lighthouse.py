"""Lighthouse on its slow phone, on pages served as GitHub Pages serves them."""

import contextlib
import functools
import gzip
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.install import BROWSER, CHROMIUMS

ROOT = Path(__file__).parent.parent
PREFIX = "/numpy-to-pytorch"  # a path prefix, as on GitHub Pages
LIGHTHOUSE = ROOT / "node_modules/.bin/lighthouse"
PAGES = [
    "zh/lessons/custom-function/",  # formulas inside sentences
    "en/lessons/warmup-numpy/",  # a live box, many pictures
]
COMPRESSED = {".html", ".css", ".js", ".json", ".svg"}


def installed_chromium() -> str | None:
    """Return the Chromium that CHROMIUM names, an installed one, or that of tools/install.py.

    Where none of them is there, Playwright has its own.
    """
    if named := os.environ.get("CHROMIUM"):
        return named
    own = ROOT / BROWSER / "chromium"
    return next(filter(None, map(shutil.which, [*CHROMIUMS, str(own)])), None)


def chromium() -> str:
    """Return the Chromium that the tests use."""
    if found := installed_chromium():
        return found
    ask = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    return subprocess.check_output([sys.executable, "-c", ask], text=True).strip()


class _Pages(http.server.SimpleHTTPRequestHandler):
    """Serves a site below PREFIX with compression and a short life, keeping connections open."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        """Send a file, compressed where that helps."""
        path = Path(self.translate_path(self.path.removeprefix(PREFIX)))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        body = path.read_bytes() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in COMPRESSED:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Say nothing."""


@contextlib.contextmanager
def hosted(site: str | Path) -> Iterator[str]:
    """Serve a site as such a host does; yield its address."""
    handler = functools.partial(_Pages, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}/"
        server.shutdown()


def measure(address: str) -> dict[str, Any]:
    """Let Lighthouse look at a page.

    Returns:
        `numbers` of its audits; `scores` of its categories, of 100; `blocking`, the addresses that
        the first paint waits for.
    """
    assert LIGHTHOUSE.exists(), "Lighthouse is not installed. What to do: run make thorough."
    flags = "--headless" + (" --no-sandbox" if os.geteuid() == 0 else "")
    command = [LIGHTHOUSE, address, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command += ["--disable-full-page-screenshot", "--max-wait-for-load=600000"]
    environment = os.environ | {"CHROME_PATH": chromium()}
    said = ""
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            said += line
            if line == "}\n":  # it has said all, but would wait for a timer of its own
                process.send_signal(signal.SIGINT)
    assert said, "Lighthouse failed; its own message stands below"
    report = json.loads(said)
    assert "runtimeError" not in report, report["runtimeError"]
    audits = report["audits"]
    return {
        "numbers": {name: audit.get("numericValue") for name, audit in audits.items()},
        "scores": {name: kind["score"] * 100 for name, kind in report["categories"].items()},
        "blocking": [
            item["url"] for item in audits["render-blocking-resources"]["details"]["items"]
        ],
    }
