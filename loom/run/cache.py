"""Keep JSON values on disk, each under a hash of what it was made of.

Every file begins with a checksum of the rest: one that is damaged or half written counts as none.
"""

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

log = logging.getLogger("mkdocs.loom")


def sha256(path: str | Path) -> str:
    """Hash a file; a missing one has the hash "missing"."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"


def key(*parts: str) -> str:
    """Hash texts, so that other texts or a different division of them give a different key."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def digest(files: Iterable[Path]) -> str:
    """Hash files, their paths included; relative paths are the same on every machine."""
    return key(*(text for file in files for text in (file.as_posix(), sha256(file))))


def value(parts: list[str], make: Callable[[], Any], folder: str) -> Any:
    """Return a JSON value that is a function of its parts, made once and then kept on disk.

    Args:
        parts: All that the value depends on.
        make: Makes the value, if none is kept or what is kept cannot be read.
        folder: Where values are kept.
    """
    target = Path(folder) / f"{key(*parts)}.json"
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


@contextlib.contextmanager
def lock(target: Path, waiting: str) -> Iterator[None]:
    """Hold a lock against other processes; do without where a file cannot be locked.

    Args:
        target: The file to lock. It stays, empty.
        waiting: Logged if another process holds the lock.
    """
    with contextlib.ExitStack() as stack:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = stack.enter_context(target.open("w"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                log.info("loom: %s", waiting)
                fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            log.info("loom: %s cannot be locked: %s", target, error)
        yield
