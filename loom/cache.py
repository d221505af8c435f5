"""Keep records of runs, drawings and finished pages on disk, each under a hash of its inputs.

Every file begins with a checksum of the rest: one that is damaged or half written counts as none.
"""

import contextlib
import dataclasses
import fcntl
import functools
import hashlib
import json
import logging
import os
import platform
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import equations
from loom import child, runner
from loom.runner import Record, Settings

log = logging.getLogger("mkdocs.loom")

LOOK_AGAIN = 0.1  # seconds between two looks at what another build has claimed


def sha256(path: str | Path) -> str:
    """Hash a file; a missing one has the hash "missing"."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"


def key(*parts: str) -> str:
    """Hash texts, so that other texts or another division of them give another key."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def digest(files: Iterable[Path]) -> str:
    """Hash files, their paths included; those are best relative, the same on every machine."""
    return key(*(text for file in files for text in (file.as_posix(), sha256(file))))


@functools.cache
def code() -> str:
    """Hash the project's own code; a running process has loaded it once."""
    folders = [Path(__file__).parent, Path(str(equations.__file__)).parent]
    found = [path for folder in folders for path in sorted(folder.rglob("*.*"))]
    return key(*(sha256(path) for path in found if path.suffix != ".pyc" and path.is_file()))


@functools.cache
def installed() -> str:
    """Name the Python and all packages that are installed, with their versions."""
    packages = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    return " ".join([platform.python_version(), *sorted(path.name for path in packages)])


@functools.cache
def _code_that_runs() -> str:
    """Hash the modules that run a snippet; a running process has loaded them once."""
    return key(*(sha256(module.__file__ or "") for module in (child, runner)))


def _file(path: str, settings: Settings) -> Path:
    """Name the file of a snippet's record.

    The name depends on the snippet, its text, the versions and the code that runs it. The other
    files that it loads are known only after a run: the record holds their hashes.
    """
    parts = [path, sha256(path), json.dumps(settings.versions()), _code_that_runs()]
    return Path(settings.cache) / f"{key(*parts)}.json"


def load(path: str, settings: Settings) -> Record | None:
    """Return the record of a snippet if one is kept and nothing it depends on has changed."""
    kept = read(_file(path, settings))
    return None if kept is None else from_json(kept)


@contextlib.contextmanager
def claim(path: str, settings: Settings, patience: float = 0) -> Iterator[bool]:
    """Claim the run of a snippet while the context lasts, against builds that share the cache.

    A claim is a lock on one byte of one file, which ends with the process that holds it.

    Args:
        path: The snippet.
        settings: Where records are kept.
        patience: Seconds to wait for another build that has claimed it.

    Yields:
        Whether no other build has it; also where a file cannot be locked.
    """
    byte = int(_file(path, settings).stem[:15], 16)
    deadline = time.monotonic() + patience
    while not (free := _lock(byte, fcntl.LOCK_EX | fcntl.LOCK_NB, settings)):
        if time.monotonic() >= deadline:
            break
        time.sleep(LOOK_AGAIN)
    try:
        yield free
    finally:
        if free:
            _lock(byte, fcntl.LOCK_UN, settings)


def _lock(byte: int, operation: int, settings: Settings) -> bool:
    """Lock or unlock a byte of the file of claims; tell whether no other process holds it."""
    try:
        fcntl.lockf(_claims(Path(settings.cache).absolute()), operation, 1, byte)
    except BlockingIOError:
        return False
    except OSError as error:
        log.info("loom: builds that share the cache cannot divide their work: %s", error)
    return True


@functools.cache
def _claims(folder: Path) -> int:
    """Open the file of claims, for as long as the process lasts: closing it would end them all."""
    file = folder.with_suffix(".lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    return os.open(file, os.O_RDWR | os.O_CREAT, 0o666)


def store(record: Record, settings: Settings) -> None:
    """Keep a record, replacing the old one in a single step."""
    write(_file(record.path, settings), as_json(record))


def as_json(record: Record) -> dict[str, Any]:
    """Return a record with the hashes of its files, as `from_json` takes it."""
    return dataclasses.asdict(record) | {"files": {file: sha256(file) for file in record.files}}


def from_json(kept: dict[str, Any]) -> Record | None:
    """Return the record, or None if a file that it depends on has changed."""
    record = Record(**kept)
    unchanged = all(sha256(file) == then for file, then in record.files.items())
    return record if unchanged else None


def value(parts: list[str], make: Callable[[], Any], settings: Settings) -> Any:
    """Return a JSON value that is a function of its parts, made once and then kept on disk.

    Args:
        parts: All that the value depends on.
        make: Makes the value, if none is kept or what is kept cannot be read.
        settings: Where values are kept.
    """
    target = Path(settings.cache) / f"{key(*parts)}.json"
    kept = read(target)
    if kept is None:
        kept = make()
        write(target, kept)
    return kept


def read(target: Path) -> Any:
    """Return the JSON value of a file that `write` wrote; None if it is not there or not whole."""
    try:
        checksum, _, content = target.read_bytes().partition(b"\n")
        whole = hashlib.sha256(content).hexdigest().encode() == checksum
        return json.loads(content) if whole else None
    except OSError:
        return None


def write(target: Path, value: Any) -> None:
    """Keep a JSON value, so that `read` returns it."""
    content = json.dumps(value).encode()
    replace(target, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def replace(target: Path, content: bytes) -> None:
    """Write a file in a single step; where that is not possible, do without."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".tmp", delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.replace(file.name, target)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        log.info("loom: %s was not cached: %s", target, error)
