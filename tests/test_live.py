"""Python for the browser: fetched whole and checked or not at all; a build does without it."""

import base64
import hashlib
import http.server
import io
import json
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from pathlib import Path

import pytest
from small_site import PAGE

from loom import live, references
from loom.runner import SnippetError
from snippets import warmup_numpy
from snippets.derivation import autograd_bridge

SCRIPT = Path(__file__).parent.parent / "scripts" / "fetch_live.py"

NUMPY = b"a wheel for the browser"
AUTOGRAD = b"autograd's wheel"


def packed_runtime(numpy: bytes) -> bytes:
    """Return an npm package with the files of a runtime that lists this wheel of numpy."""
    lock = {"info": {}, "packages": {"numpy": {"sha256": hashlib.sha256(numpy).hexdigest()}}}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in live.RUNTIME:
            data = json.dumps(lock).encode() if name.endswith(".json") else name.encode()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The script in an empty project, with registries that hold small stand-ins."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import fetch_live  # noqa: PLC0415 - found only now

    package = packed_runtime(NUMPY)
    registry = tmp_path / "registry" / "pyodide" / "-"
    registry.mkdir(parents=True)
    (registry / f"pyodide-{live.VERSIONS['pyodide']}.tgz").write_bytes(package)
    monkeypatch.setenv("npm_config_registry", f"file://{tmp_path}/registry/")
    digest = base64.b64encode(hashlib.sha512(package).digest()).decode()
    monkeypatch.setattr(fetch_live, "INTEGRITY", f"sha512-{digest}")
    monkeypatch.setattr(fetch_live, "AUTOGRAD_SHA256", hashlib.sha256(AUTOGRAD).hexdigest())

    def wheel(requirement):
        path = tmp_path / "downloaded.whl"
        if requirement.startswith("autograd"):
            path.write_bytes(AUTOGRAD)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(fetch_live.NUMPY_INSIDE[1], NUMPY)
        return path

    monkeypatch.setattr(fetch_live, "fetch_wheel", wheel)
    return fetch_live


def kept() -> list[str]:
    return [path.name for path in Path(".cache/live").iterdir() if path.name != "lock"]


def test_what_is_fetched_is_whole_and_fetched_once(script, capsys):
    script.main()
    assert live.are_there()
    assert kept() == [live.ASSETS.name]
    lock = json.loads((live.ASSETS / "pyodide-lock.json").read_text())
    assert set(lock["packages"]) == {"numpy", "autograd"}
    assert (live.ASSETS / live.WHEELS["numpy"]).read_bytes() == NUMPY
    assert live.megabytes(["numpy"]) < live.megabytes(["numpy", "autograd"])
    capsys.readouterr()
    script.main()
    assert "is there and whole" in capsys.readouterr().out
    (live.ASSETS / "pyodide.mjs").unlink()
    script.main()
    assert live.are_there()


@pytest.mark.parametrize("part", ["pyodide", "numpy", "autograd"])
def test_a_wrong_sum_is_refused(script, monkeypatch, part):
    if part == "pyodide":
        monkeypatch.setattr(script, "INTEGRITY", "sha512-" + base64.b64encode(b"0" * 64).decode())
    elif part == "autograd":
        monkeypatch.setattr(script, "AUTOGRAD_SHA256", "0" * 64)
    else:
        monkeypatch.setitem(globals(), "NUMPY", b"another wheel")  # not what the list says
    with pytest.raises(SystemExit) as stopped:
        script.main()
    assert part in str(stopped.value)
    assert "is not the file that was expected" in str(stopped.value)
    assert "run `make live` again" in str(stopped.value)
    assert kept() == []


def test_no_npm_and_no_registry_named(script, monkeypatch):
    monkeypatch.delenv("npm_config_registry", raising=False)
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        script.npm_registry()
    assert "npm would say where its packages are" in str(stopped.value)
    assert "npm_config_registry" in str(stopped.value)


def test_a_registry_that_does_not_answer(script, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(SystemExit) as stopped:
        script.main()
    assert "could not be fetched" in str(stopped.value)
    assert "npm_config_registry" in str(stopped.value)
    assert kept() == []


class HalfAFile(http.server.BaseHTTPRequestHandler):
    """Sends the beginning of a file and then nothing."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(b"x" * 1000)
        self.wfile.flush()
        time.sleep(20)

    def log_message(self, format, *arguments):
        pass


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_fetch_keeps_nothing(script, how):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), HalfAFile)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    process = subprocess.Popen(
        [sys.executable, SCRIPT],
        env={"PATH": "/usr/bin:/bin", "npm_config_registry": address},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 20
    while not Path(".cache/live/.fetching").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(how)
    assert process.wait(timeout=20) != 0
    server.shutdown()
    assert not live.ASSETS.exists()
    assert not live.are_there()
    if how == signal.SIGINT:
        assert kept() == []
    script.main()  # and what a killed one left behind is no hindrance
    assert kept() == [live.ASSETS.name]


PROGRAM = "import numpy\nN, D_in, H, D_out = 64, 1000, 100, 10\nprint(N)\n"


@pytest.fixture
def page(small_site) -> Path:
    (small_site / "snippets/live.py").write_text(PROGRAM)
    for language in ("zh", "en"):
        path = small_site / "docs" / language / "index.md"
        fence = '\n```live file="snippets/live.py" sizes="1, 2, 3, 4"\n```\n'
        path.write_text(PAGE + fence, encoding="utf-8")
    return small_site


NOTICE = "Live boxes show static code: `make live` fetches the Python that they run."


def test_a_build_without_the_assets_shows_static_code_and_says_so(build, page):
    done = build(page)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(NOTICE) == 1
    assert "WARNING -" not in done.stderr
    assert not (page / "site/live").exists()
    for language in ("zh", "en"):
        html = (page / "site" / language / "index.html").read_text("utf-8")
        assert "import" in html
        assert "snippets/live.py" in html
        assert "live__" not in html


def test_a_build_with_the_assets_publishes_them(build, page):
    assets = page / live.ASSETS
    assets.mkdir(parents=True)
    names = [*live.RUNTIME, *live.WHEELS.values()]
    for name in names:
        (assets / name).write_text(name)
    (assets / live.SIZES).write_text(json.dumps(dict.fromkeys(names, 1_500_000)))
    done = build(page)
    assert done.returncode == 0, done.stderr
    assert NOTICE not in done.stderr
    there = sorted(path.name for path in (page / "site" / live.PUBLISHED).iterdir())
    assert there == sorted(names)
    html = (page / "site/en/index.html").read_text("utf-8")
    assert f'data-assets="../{live.PUBLISHED}/"' in html
    assert "downloads 9.0 MB" in html
    assert "small network: 1, 2, 3, 4 (quick)" in html


FAULTS = {
    "a package that is not there": (PROGRAM + "import torch\n", "1, 2, 3, 4", "imports torch"),
    "no such line": ("print(1)\n", "1, 2, 3, 4", 'cannot be run with sizes="1, 2, 3, 4"'),
    "three sizes": (PROGRAM, "1, 2, 3", 'cannot be run with sizes="1, 2, 3"'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_program_that_cannot_run_there_stops_the_build(tmp_path, monkeypatch, name):
    source, sizes, words = FAULTS[name]
    monkeypatch.chdir(tmp_path)
    Path("program.py").write_text(source)
    fence = {"file": "program.py", "sizes": sizes}
    with pytest.raises(SnippetError, match=words):
        live.packages(references.from_options("live", fence))


def test_a_live_fence_is_empty_and_has_these_options_only():
    (found,) = references.find('```live file="snippets/a.py"\nx = 1\n```\n')
    assert found.problem == "the live fence must be empty"
    assert "no other options" in references.problem_of("live", {"file": "a", "part": "1"})
    assert "must name its snippet" in references.problem_of("live", {})


def test_both_languages_have_the_same_words():
    assert live.WORDS["zh"].keys() == live.WORDS["en"].keys()
    assert live.WORDS["zh"]["while"].keys() == live.WORDS["en"]["while"].keys()


def test_what_the_pages_say_of_the_small_network_and_of_autograd(monkeypatch, capsys):
    for name, value in zip(("N", "D_in", "H", "D_out"), (16, 50, 20, 4), strict=True):
        monkeypatch.setattr(warmup_numpy, name, value)
    assert 1000 < warmup_numpy.train(*warmup_numpy.make_data())[-1] < 10_000
    monkeypatch.setattr(warmup_numpy, "learning_rate", 1e-4)
    assert warmup_numpy.train(*warmup_numpy.make_data())[-1] < 0.1
    assert autograd_bridge.main() == ([True, True], 0.5)
