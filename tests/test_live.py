"""Python for the browser: fetched whole and checked or not at all; a build does without it."""

import hashlib
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from small_site import PAGE, PATIENCE, python, write_in_both
from wheels import write_wheel

from loom.draw import live, pyodide
from loom.run import cache
from loom.run.record import SnippetError

ROOT = Path(__file__).parent.parent
FILLING = b"\0" * 3_000_000  # what else is in the large wheel


class Index(http.server.SimpleHTTPRequestHandler):
    """A package index that sends parts of files, if it is told to, and counts what it sends."""

    sends_parts, hangs, sent = True, None, 0

    def do_GET(self):
        path = Path(self.directory, self.path.strip("/"))
        if path.is_dir():
            page = "".join(f'<a href="/{file.name}">{file.name}</a>' for file in path.iterdir())
            self._send(200, page.encode(), "text/html")
            return
        content = Path(self.directory, "simple", path.name.partition("-")[0].replace("_", "-"))
        data = (content / path.name).read_bytes()
        asked = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if type(self).hangs:
            type(self).hangs.set()
            threading.Event().wait()
        if asked and self.sends_parts:
            first, last = map(int, asked.groups())
            self._send(206, data[first : last + 1], "", f"bytes {first}-{last}/{len(data)}")
        else:
            self._send(200, data, "application/zip")

    def _send(self, status, data, kind, part=""):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if part:
            self.send_header("Content-Range", part)
        self.end_headers()
        self.wfile.write(data)
        type(self).sent += len(data)

    def log_message(self, format, *arguments):
        pass


@pytest.fixture
def index(tmp_path, monkeypatch):
    """An index with small stand-ins, whose sums are the expected ones; the project is empty."""
    monkeypatch.chdir(tmp_path)
    numpy = b"a wheel for the browser"
    lock = {"info": {}, "packages": {"numpy": {"sha256": hashlib.sha256(numpy).hexdigest()}}}
    content = {name: name.encode() for name in pyodide.RUNTIME}
    content |= {"pyodide-lock.json": json.dumps(lock).encode(), pyodide.WHEELS["numpy"]: numpy}
    inside = {pyodide.INSIDE + name: data for name, data in content.items()}
    for name, version, files in (
        ("open_webui", pyodide.SOURCE.partition("==")[2], {"filling": FILLING, **inside}),
        ("autograd", pyodide.VERSIONS["autograd"], {}),
    ):
        folder = tmp_path / "index" / "simple" / name.replace("_", "-")
        folder.mkdir(parents=True)
        wheel = write_wheel(folder, name, version, files)
        if not files:
            content[pyodide.WHEELS["autograd"]] = wheel.read_bytes()
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    monkeypatch.setattr(pyodide, "SHA256", sums)

    class Handler(Index):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path / "index"))

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/simple"
    for name, value in {"INDEX_URL": address, "CONFIG_FILE": os.devnull, "FIND_LINKS": ""}.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    yield Handler
    server.shutdown()


def kept() -> list[str]:
    folder = Path(".cache/live")
    return (
        [path.name for path in folder.iterdir() if path.name != "lock"] if folder.exists() else []
    )


@pytest.mark.thorough
def test_what_is_fetched_is_whole_and_fetched_once(index):
    pyodide.fetch()
    # pip has read the whole wheel, as this index has no metadata; parts of it were enough then.
    assert index.sent < 1.5 * len(FILLING)
    assert pyodide.are_there()
    assert kept() == [pyodide.ASSETS.name]
    lock = json.loads((pyodide.ASSETS / "pyodide-lock.json").read_text())
    assert set(lock["packages"]) == {"numpy", "autograd"}
    assert (pyodide.ASSETS / pyodide.WHEELS["numpy"]).read_bytes() == b"a wheel for the browser"
    assert pyodide.megabytes(["numpy"]) < pyodide.megabytes(["numpy", "autograd"])
    sent = index.sent
    pyodide.fetch()
    assert index.sent == sent
    (pyodide.ASSETS / "pyodide.mjs").unlink()
    pyodide.fetch()
    assert pyodide.are_there()


@pytest.mark.thorough
def test_a_host_that_sends_no_parts_sends_the_whole(index, caplog):
    index.sends_parts = False
    caplog.set_level("INFO")
    pyodide.fetch()
    assert pyodide.are_there()
    assert "fetching all of it" in caplog.text


@pytest.mark.thorough
@pytest.mark.parametrize("part", ["pyodide.asm.wasm", "numpy", "autograd"])
def test_a_wrong_sum_is_refused(index, part):
    name = pyodide.WHEELS.get(part, part)
    pyodide.SHA256[name] = "0" * 64
    with pytest.raises(pyodide.WrongSumError, match="is not the expected file") as stopped:
        pyodide.fetch()
    assert name in str(stopped.value)
    assert kept() == []


def test_a_cache_that_cannot_be_written(index):
    Path(".cache").write_text("a file where the folder should be")
    with pytest.raises(pyodide.FetchError, match=r"\.cache"):
        pyodide.fetch()


@pytest.mark.thorough
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_fetch_keeps_nothing(index, how):
    index.hangs = threading.Event()
    program = "from loom.draw import pyodide; pyodide.fetch()"
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    assert index.hangs.wait(PATIENCE)
    process.send_signal(how)
    assert process.wait(timeout=PATIENCE) != 0
    assert not pyodide.are_there()
    if how == signal.SIGINT:
        assert kept() == []
    index.hangs = None
    pyodide.fetch()  # and what a killed one left behind is no hindrance
    assert kept() == [pyodide.ASSETS.name]


PROGRAM = "import numpy\nN, D_in, H, D_out = 64, 1000, 100, 10\nprint(N)\n"
SPEAKS = "The button below runs it.\n{: .with-live }\n"


@pytest.fixture
def page(small_site) -> Path:
    (small_site / "snippets/live.py").write_text(PROGRAM)
    fence = f'\n{SPEAKS}\n```live file="snippets/live.py" sizes="1, 2, 3, 4"\n```\n'
    write_in_both(small_site, {"index.md": PAGE + fence})
    return small_site


def put_assets(folder: Path) -> None:
    """Write stand-ins of all files where a build looks for them."""
    assets = folder / pyodide.ASSETS
    assets.mkdir(parents=True)
    for name in pyodide.SHA256:
        (assets / name).write_text(name)
    parts = {
        name: {"sum": hashlib.sha256(name.encode()).hexdigest(), "size": 1_500_000}
        for name in pyodide.SHA256
    }
    cache.write(assets / pyodide.SIZES, parts)


def build_alone(folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Build in a process of its own, with an index that nothing listens at."""
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    options = {**nowhere, "PIP_FIND_LINKS": "", "LIVE": "fetch", **environment}
    return python("-m", "mkdocs", "build", "--strict", cwd=folder, **options)


@pytest.mark.thorough
def test_a_build_without_the_assets_shows_static_code_and_says_so(page):
    done = build_alone(page)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("live boxes show static code: No matching distribution") == 1
    assert "WARNING -" not in done.stderr
    assert not (page / "site/live").exists()
    for language in ("zh", "en"):
        html = (page / "site" / language / "index.html").read_text("utf-8")
        assert "import" in html
        assert "snippets/live.py" in html
        assert "live__" not in html
        assert "The button below" not in html


def test_a_build_with_the_assets_publishes_them(build, page):
    assert build(page).returncode == 0
    put_assets(page)
    done = build(page)
    assert done.returncode == 0, done.stderr
    assert "static code" not in done.stderr
    there = sorted(path.name for path in (page / "site" / pyodide.PUBLISHED).iterdir())
    assert there == sorted(pyodide.SHA256)
    html = (page / "site/en/index.html").read_text("utf-8")
    assert f'data-assets="../{pyodide.PUBLISHED}/"' in html
    assert "downloads 9.0 MB" in html
    assert "small network: 1, 2, 3, 4 (quick)" in html
    assert "The button below runs it." in html


def test_a_release_build_refuses_missing_parts(page):
    done = build_alone(page, RELEASE="true")
    assert done.returncode != 0
    assert "RELEASE=true: Python for readers' browsers is missing" in done.stderr
    assert "RELEASE=true: site_url is https://example.org/numpy-to-pytorch/" in done.stderr
    assert not (page / "site").exists()
    put_assets(page)
    done = build_alone(page, RELEASE="true", SITE_URL="https://course.example.com/")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("source", "sizes", "words"),
    [
        (PROGRAM + "import torch\n", "1, 2, 3, 4", "imports torch"),
        (PROGRAM + "from torch import nn\n", "1, 2, 3, 4", "imports torch"),
        (PROGRAM + "from . import b\n", "", r"imports \., which"),
        (PROGRAM + "from .numpy import b\n", "", r"imports \.numpy, which"),
        ("print(1)\n", "1, 2, 3, 4", 'cannot be run with sizes="1, 2, 3, 4"'),
        (PROGRAM, "1, 2, 3", 'cannot be run with sizes="1, 2, 3"'),
    ],
)
def test_a_program_that_cannot_run_there_stops_the_build(
    tmp_path, monkeypatch, source, sizes, words
):
    monkeypatch.chdir(tmp_path)
    Path("program.py").write_text(source)
    with pytest.raises(SnippetError, match=words):
        live.packages("program.py", sizes)


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        ("exercises/../secret.py", "exp", "is no workbook"),
        ("exercises/check.py", "exp", "is no workbook"),
        ("exercises/a.py", "log", "has no exercise `log`"),
        ("exercises/a.py", "unchecked", "has no exercise `unchecked`"),
    ],
)
def test_an_exercise_that_is_not_there_stops_the_build(tmp_path, monkeypatch, path, name, words):
    monkeypatch.chdir(tmp_path)
    Path("exercises/checks").mkdir(parents=True)
    for file in ("secret.py", "exercises/check.py", "exercises/a.py"):
        Path(file).write_text("import math\n\n\ndef exp(): ...\n\n\ndef unchecked(): ...\n")
    Path("exercises/checks/a.py").write_text("def check_exp(exp): ...\n")
    assert live.task("exercises/a.py", "exp") == "import math\n\n\ndef exp(): ...\n"
    with pytest.raises(SnippetError, match=re.escape(words)):
        live.exercise_box(path, name, live.task(path, name), "en")


def test_an_exercise_for_pytorch_is_shown_to_copy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("exercises/checks").mkdir(parents=True)
    Path("exercises/a.py").write_text("def exp(): ...\n")
    Path("exercises/checks/a.py").write_text("import torch\ndef check_exp(exp): ...\n")
    box = live.exercise_box("exercises/a.py", "exp", "<pre>def exp(): ...</pre>", "en")
    assert "<pre>def exp(): ...</pre></details>" in box
    assert "live__run" not in box


@pytest.mark.parametrize("broken", ["exercises/a.py", "exercises/checks/a.py"])
def test_an_exercise_with_a_wrong_line_is_named_with_it(tmp_path, monkeypatch, broken):
    monkeypatch.chdir(tmp_path)
    Path("exercises/checks").mkdir(parents=True)
    Path("exercises/a.py").write_text("def exp(): ...\n")
    Path("exercises/checks/a.py").write_text("def check_exp(exp): ...\n")
    Path(broken).write_text(Path(broken).read_text() + "x = = 1\n")
    with pytest.raises(SnippetError, match=f"{broken}:2: cannot be read"):
        live.exercise_box("exercises/a.py", "exp", live.task("exercises/a.py", "exp"), "en")


def test_a_file_for_browsers_that_is_damaged_counts_as_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put_assets(Path())
    assert pyodide.are_there()
    for name in (pyodide.SIZES, *pyodide.SHA256):
        whole = (pyodide.ASSETS / name).read_bytes()
        (pyodide.ASSETS / name).write_bytes(b"[1]")
        assert not pyodide.are_there(), name
        (pyodide.ASSETS / name).write_bytes(whole)
    assert pyodide.are_there()
