"""Keep JSON values on disk.

Every file begins with a checksum of the rest and of its place: one that is damaged, half written or
in another's place counts as none.
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

SCRATCH = "loom-"  # how temporary files and folders are named, before the number of the process


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, or "missing" if there is none: a pipe or device may not end."""
    try:
        if os.path.isfile(path):
            return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except (OSError, ValueError):
        pass
    return "missing"


def key(*parts: str) -> str:
    """Hash texts; dividing the same text differently gives a different key."""
    return hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()


def digest(files: Iterable[Path]) -> str:
    """Hash files, their paths included; relative paths are the same on every machine."""
    return key(*(text for file in files for text in (file.as_posix(), sha256(file))))


def value(
    parts: list[str],
    make: Callable[[], Any],
    folder: str,
    is_right: Callable[[Any], bool] = lambda kept: True,
) -> Any:
    """Return a JSON value from disk; make it first if it is not there.

    Args:
        parts: Everything that the value depends on; the file is named by their hash.
        make: Makes the value if the file is missing or damaged.
        folder: The folder of the files.
        is_right: Tells whether a value has the form that it must have.
    """
    target = Path(folder) / f"{key(*parts)}.json"
    kept = read(target)
    if kept is None or not is_right(kept):
        kept = make()
        write(target, kept)
    return kept


def has_form(value: Any, form: Any) -> bool:
    """Tell whether a JSON value has a form.

    Args:
        value: The value.
        form: A type; a list with the form of each item; a dict with the form of each name, or of
            all names below `str`; or a tuple of forms, one of which must fit.
    """
    if isinstance(form, tuple):
        return any(has_form(value, one) for one in form)
    if isinstance(form, list):
        return isinstance(value, list) and all(has_form(item, form[0]) for item in value)
    if not isinstance(form, dict):
        return type(value) is form
    forms = (
        form if str not in form or not isinstance(value, dict) else dict.fromkeys(value, form[str])
    )
    return (
        isinstance(value, dict)
        and value.keys() == forms.keys()
        and all(has_form(value[name], one) for name, one in forms.items())
    )


def read(target: Path) -> Any:
    """Return the JSON value that `write` wrote, or None if the file is missing or damaged."""
    if not target.is_file():  # nobody may ever write into a pipe
        return None
    try:
        checksum, _, content = target.read_bytes().partition(b"\n")
        return json.loads(content) if _checksum(target, content) == checksum else None
    except (OSError, RecursionError, ValueError):
        return None


def write(target: Path, value: Any) -> None:
    """Write a JSON value together with its checksum, for `read`."""
    content = json.dumps(value).encode()
    replace(target, _checksum(target, content) + b"\n" + content)


def _checksum(target: Path, content: bytes) -> bytes:
    """Return what a file begins with; a file that lies under another's name is not whole."""
    place = "/".join(target.parts[-3:])
    return hashlib.sha256(place.encode() + b"\n" + content).hexdigest().encode()


def replace(target: Path, content: bytes) -> None:
    """Write a file atomically; if that fails, log it and go on without the file."""
    try:
        put(target, content)
    except OSError as error:
        log.info("loom: %s was not cached: %s", target, error)


def put(target: Path, content: bytes) -> None:
    """Write a file atomically.

    Raises:
        OSError: If that fails, as on a full disk.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f"{SCRATCH}{os.getpid()}-"  # the next build removes what a killed one has left
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=prefix, suffix=".tmp", delete=False
    ) as file:
        try:
            file.write(content)
            file.flush()
            os.replace(file.name, target)
        except BaseException:
            os.unlink(file.name)
            raise


@contextlib.contextmanager
def lock(target: Path, waiting: str) -> Iterator[None]:
    """Hold a lock against other processes; go on without one where files cannot be locked.

    Args:
        target: The file to lock. It is not removed: others may be waiting for it.
        waiting: The message to log if another process holds the lock.
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
