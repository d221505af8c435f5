"""Keep records of runs on disk, each under a key made of all that it depends on."""

import dataclasses
import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path

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
        record = Record(**json.loads(_file(path, settings).read_text(encoding="utf-8")))
        unchanged = all(_sha256(file) == kept for file, kept in record.files.items())
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return record if unchanged else None


def store(record: Record, settings: Settings) -> None:
    """Keep a record with the hashes of its files, replacing the old one in a single step."""
    record = dataclasses.replace(record, files={file: _sha256(file) for file in record.files})
    target = _file(record.path, settings)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, suffix=".tmp", delete=False
        ) as file:
            json.dump(dataclasses.asdict(record), file)
        os.replace(file.name, target)
    except OSError as error:
        log.info("loom: %s was not cached: %s", record.path, error)
