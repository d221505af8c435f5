"""Keep records of runs, and drawings, on disk, each under a key made of all that it depends on."""

import dataclasses
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loom import child, runner
from loom.runner import Record, Settings

log = logging.getLogger("mkdocs.loom")


def _sha256(path: str) -> str:
    """Hash a file; a missing one has the hash "missing"."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"


def _file(path: str, settings: Settings) -> Path:
    """Name the file of a snippet's record.

    The name depends on the snippet, its text, the versions and the code that runs it. The other
    files that it loads are known only after a run: the record holds their hashes.
    """
    parts = [path, _sha256(path), json.dumps(settings.versions())]
    parts += [_sha256(module.__file__ or "") for module in (child, runner)]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return Path(settings.cache) / f"{key}.json"


def load(path: str, settings: Settings) -> Record | None:
    """Return the record of a snippet if one is kept and nothing it depends on has changed.

    A file that cannot be read or understood counts as none.
    """
    try:
        return from_json(json.loads(_file(path, settings).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def store(record: Record, settings: Settings) -> None:
    """Keep a record, replacing the old one in a single step."""
    write(_file(record.path, settings), json.dumps(as_json(record)))


def as_json(record: Record) -> dict[str, Any]:
    """Return a record with the hashes of its files, as `from_json` takes it."""
    return dataclasses.asdict(record) | {"files": {file: _sha256(file) for file in record.files}}


def from_json(kept: dict[str, Any]) -> Record | None:
    """Return the record, or None if a file that it depends on has changed."""
    record = Record(**kept)
    unchanged = all(_sha256(file) == then for file, then in record.files.items())
    return record if unchanged else None


def value(parts: list[str], make: Callable[[], Any], settings: Settings) -> Any:
    """Return a JSON value that is a function of its parts, made once and then kept on disk.

    Args:
        parts: All that the value depends on.
        make: Makes the value, if none is kept or what is kept cannot be read.
        settings: Where values are kept.
    """
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    target = Path(settings.cache) / f"{key}.json"
    try:
        return json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = make()
        write(target, json.dumps(made))
        return made


def write(target: Path, content: str) -> None:
    """Write a file in a single step; where that is not possible, do without."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, suffix=".tmp", delete=False
        ) as file:
            file.write(content)
        os.replace(file.name, target)
    except OSError as error:
        log.info("loom: %s was not cached: %s", target, error)
