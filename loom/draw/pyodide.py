"""Fetch Python for readers' browsers once, check it, and keep it in `.cache/live`.

PyPI has Pyodide, and numpy built for it, in one place only: inside the wheel of open-webui. A build
reads the 9 MB that it needs of these 106 MB. The runtime is, to the byte, Pyodide's own release
(the npm package of the same version). This module has the SHA-256 of every file, so it does not
matter where a file comes from.
"""

import fcntl
import functools
import gzip
import hashlib
import io
import json
import logging
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import requests

from loom import offline
from loom.run import cache

log = logging.getLogger("mkdocs.loom")

VERSIONS = {"pyodide": "314.0.3", "numpy": "2.4.3", "autograd": "1.9.1"}
RUNTIME = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
WHEELS = {
    "numpy": f"numpy-{VERSIONS['numpy']}-cp314-cp314-pyemscripten_2026_0_wasm32.whl",
    "autograd": f"autograd-{VERSIONS['autograd']}-py3-none-any.whl",
}
SHA256 = {
    "pyodide.mjs": "5cfc46f5dcbaf2a16f26e2363f441873eb424762609cc03db00d6a2ace4d00e5",
    "pyodide.asm.mjs": "1a9775427ef6e8abaa7db88ece0515422d1886915ae5c9093776410c865dfd8d",
    "pyodide.asm.wasm": "e7f8fac36f8bf11085309cbc5c829b3ec3057c18bf1d73b05a6741612d63cdbf",
    "python_stdlib.zip": "444c770dfd75a32097fc0a7d5c1413fd3140601f49c3a1f2e9af0376fcd124b4",
    "pyodide-lock.json": "67e6f0b62fa972daa5fc27c28b3c2ad388f5e343a0be6cab9464d1def06a54a6",
    WHEELS["numpy"]: "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e",
    WHEELS["autograd"]: "b788bae3fa010cbffb4cfb7b8ba2a3f0daa6072a8506da6164c779fe9cf3e05a",
}
SOURCE, INSIDE = "open-webui==0.12.4", "open_webui/frontend/pyodide/"
SIZES = "sizes.json"  # of each file the sum, and the bytes that a host sends, compressed
# The path contains the versions, so that a browser never mixes these files with cached older ones.
PUBLISHED = "live/" + "-".join(f"{name}-{version}" for name, version in VERSIONS.items())
ASSETS = Path(".cache", PUBLISHED)
STAGING = ASSETS.parent / ".fetching"
READ_AT_ONCE = 1 << 19  # bytes
SILENCE = 20  # seconds without an answer after which to give up on a host


class FetchError(Exception):
    """The files could not be fetched; the message says why."""


class WrongSumError(FetchError):
    """A file does not have the expected SHA-256."""


def are_there() -> bool:
    """Tell whether live boxes can work: the site is hosted, and all files are as fetched."""
    if offline.ON:
        return False
    parts = _parts()
    return bool(parts) and all(_sum(ASSETS / name) == part["sum"] for name, part in parts.items())


def _parts() -> dict[str, dict[str, Any]]:
    """Return the sum and the compressed size of each file; nothing if that is not known."""
    kept = cache.read(ASSETS / SIZES)
    known = cache.has_form(kept, {name: {"sum": str, "size": int} for name in SHA256})
    return kept if known else {}


def _sum(path: Path) -> str:
    """Return the SHA-256 of a file, which each page asks for: compute it once."""
    try:
        found = path.stat()
    except OSError:
        return "missing"
    return _sum_of(path.absolute(), found.st_ino, found.st_mtime_ns, found.st_size)


@functools.cache
def _sum_of(path: Path, *state: int) -> str:
    """Return the SHA-256 of a file in one state."""
    return cache.sha256(path)


def files(names: list[str]) -> list[str]:
    """Return the files that a browser loads for a program with these packages."""
    return [*RUNTIME, *(WHEELS[name] for name in names)]


def megabytes(names: list[str]) -> float:
    """Return the size in MB, as a compressing host sends them, of the files for these packages."""
    parts = _parts()
    return sum(int(parts[name]["size"]) for name in files(names)) / 1e6


def fetch() -> None:
    """Fetch the files if they are missing, one process at a time; the folder appears when complete.

    Raises:
        FetchError: If a file cannot be fetched or written.
        WrongSumError: If a file does not have the expected SHA-256.
    """
    if are_there():
        return
    try:
        ASSETS.parent.mkdir(parents=True, exist_ok=True)
        with (ASSETS.parent / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not are_there():  # another process may have fetched them meanwhile
                shutil.rmtree(STAGING, ignore_errors=True)  # a killed process may have left it
                STAGING.mkdir()
                _fetch()
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise FetchError(str(error)) from error
    finally:
        shutil.rmtree(STAGING, ignore_errors=True)


def _fetch() -> None:
    """Fetch and check every file, then move the complete folder into place."""
    content: dict[str, bytes] = {}
    with zipfile.ZipFile(_opened(SOURCE)) as source:
        names = [*RUNTIME, WHEELS["numpy"]]
        total = sum(source.getinfo(INSIDE + name).compress_size for name in names)
        read = 0
        for name in names:
            content[name] = _checked(name, source.read(INSIDE + name))
            read += source.getinfo(INSIDE + name).compress_size
            done = f"{read / 1e6:.1f} of {total / 1e6:.1f} MB"
            log.info("loom: fetching Python for readers' browsers: %s", done)
    autograd = WHEELS["autograd"]
    wheel = _downloaded(f"autograd=={VERSIONS['autograd']}")
    content[autograd] = _checked(autograd, wheel.read_bytes())
    lock = json.loads(content["pyodide-lock.json"])
    content["pyodide-lock.json"] = json.dumps(_with_own_packages(lock)).encode()
    whole = STAGING / "whole"
    whole.mkdir()
    for name, data in content.items():
        (whole / name).write_bytes(data)
    shutil.rmtree(ASSETS, ignore_errors=True)
    whole.rename(ASSETS)
    keep_sizes(content)
    log.info("loom: Python for readers' browsers is in %s", ASSETS)


def keep_sizes(content: dict[str, bytes]) -> None:
    """Note the sum and the compressed size of each file, without which none counts."""
    parts = {
        name: {"sum": hashlib.sha256(data).hexdigest(), "size": len(gzip.compress(data, 6))}
        for name, data in content.items()
    }
    cache.write(ASSETS / SIZES, parts)


def _checked(name: str, data: bytes) -> bytes:
    """Return the data of a file; raise WrongSumError unless they have its SHA-256."""
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256[name]:
        raise WrongSumError(
            f"{name} is not the expected file: its SHA-256 is {found}, not {SHA256[name]}"
        )
    return data


def _with_own_packages(lock: dict[str, Any]) -> dict[str, Any]:
    """Reduce Pyodide's list of packages to numpy, and add autograd, which it lacks."""
    autograd = lock["packages"]["numpy"] | {
        "name": "autograd",
        "version": VERSIONS["autograd"],
        "file_name": WHEELS["autograd"],
        "imports": ["autograd"],
        "depends": ["numpy"],
        "sha256": SHA256[WHEELS["autograd"]],
    }
    return lock | {"packages": {"numpy": lock["packages"]["numpy"], "autograd": autograd}}


def _opened(requirement: str) -> io.BufferedReader:
    """Open a wheel on its host, or download it if the host does not send parts of files."""
    address = _address(requirement)
    try:
        return io.BufferedReader(_RemoteFile(address), READ_AT_ONCE)
    except OSError as error:
        log.info("loom: cannot fetch parts of %s (%s); fetching all of it", requirement, error)
        return _downloaded(requirement).open("rb")


class _RemoteFile(io.RawIOBase):
    """A file on a host that can send parts of files.

    Raises:
        OSError: If the host does not answer, or cannot send parts.
    """

    def __init__(self, address: str) -> None:
        self.address, self.position = address, 0
        self.session = requests.Session()
        answer = self._ask(0, 0)
        self.length = int(answer.headers["Content-Range"].rpartition("/")[2])

    def _ask(self, first: int, last: int) -> requests.Response:
        """Request the bytes from the first to the last, both included."""
        wanted = {"Range": f"bytes={first}-{last}"}
        try:
            answer = self.session.get(self.address, headers=wanted, timeout=SILENCE)
        except requests.exceptions.InvalidSchema as error:  # a file of this machine
            raise OSError(str(error)) from error
        if answer.status_code != requests.codes.partial_content:
            raise OSError(f"{self.address}: status {answer.status_code} for a part of the file")
        return answer

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def seekable(self) -> bool:
        """Return True: it can be read at any position."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position and return it; see io.IOBase."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.length}[whence]
        self.position = start + offset
        return self.position

    def readinto(self, buffer: Any) -> int:
        """Read bytes into a buffer until it is full or the file ends; return how many."""
        last = min(self.position + len(buffer), self.length) - 1
        if last < self.position:
            return 0
        data = self._ask(self.position, last).content
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)


def _pip(*arguments: str) -> str:
    """Call pip, which knows this machine's indexes, mirrors and certificates; return its output."""
    options = ["--no-deps", "--only-binary=:all:", "--retries=0", f"--timeout={SILENCE}"]
    # The wheels are unpacked, not installed, so it does not matter which Python they require.
    options += ["--ignore-requires-python", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", *arguments, *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise OSError(said[-1].removeprefix("ERROR: ") if said else "pip could not fetch it")
    return done.stdout


def _address(requirement: str) -> str:
    """Return the address that an index gives for the wheel of a package."""
    report = _pip("install", "--dry-run", "--ignore-installed", "--report=-", requirement)
    return str(json.loads(report)["install"][0]["download_info"]["url"])


def _downloaded(requirement: str) -> Path:
    """Download a wheel; return its path."""
    folder = STAGING / "wheels" / requirement
    _pip("download", f"--dest={folder}", requirement)
    return next(folder.glob("*.whl"))
