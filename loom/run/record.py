"""The settings that a run is given, and the record or error that it leaves behind."""

import dataclasses
import functools
import hashlib
import importlib.metadata
import json
import platform
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loom.run import cache

SETTINGS_FILE = "pyproject.toml"  # its table [tool.loom] has the settings
CODE = [Path(__file__).with_name(name) for name in ("child.py", "program.py", "record.py")]


class SnippetError(Exception):
    """A snippet does not give a page what it needs.

    Attributes:
        path: The snippet's path.
        problem: What went wrong, in one sentence.
        detail: The snippet's own traceback or last output, or "".
        advice: What to do about it, or "".
    """

    def __init__(self, path: str, problem: str, detail: str = "", advice: str = "") -> None:
        self.path, self.problem, self.detail, self.advice = path, problem, detail, advice
        lines = [f"{path}: {problem}"]
        if detail:
            lines += ["    " + line for line in detail.rstrip().splitlines()]
        if advice:
            lines.append(f"What to do: {advice}")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Settings:
    """How programs are run.

    Attributes:
        folder: The folder of the snippets, relative to the working directory.
        cache: The folder of their records, relative to the working directory.
        timeout: Seconds that one run may take.
        output_limit: Bytes that one run may print.
        memory: Gigabytes of memory that one run may take, with all processes that it starts.
        disk: Gigabytes that one run may keep in temporary files.
        processes: How many processes one run may have at a time.
        packages: Packages whose versions are part of a record, by their names for pip.
        preload: Modules that are imported once, before the processes fork.
        first: Snippets that take long, with the seconds that they usually take. They start first:
            a long one that starts last would keep one core busy while the others are idle.
    """

    folder: str = "snippets"
    cache: str = ".cache/loom"
    timeout: float = 60
    output_limit: int = 20_000
    memory: float = 2
    disk: float = 1
    processes: int = 64
    packages: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    first: tuple[tuple[str, float], ...] = ()

    @classmethod
    def read(cls) -> "Settings":
        """Return the settings of the project in the working directory.

        A process reads them once: restart the server after changing them.

        Raises:
            ValueError: If the file cannot be read, or names a setting that does not exist.
        """
        return cls._read(Path(SETTINGS_FILE).absolute())

    @classmethod
    @functools.cache
    def _read(cls, file: Path) -> "Settings":
        """Read settings from a file; the defaults of this class fill the gaps."""
        try:
            text = file.read_text(encoding="utf-8")
            given = dict(tomllib.loads(text).get("tool", {}).get("loom", {}))
        except FileNotFoundError:
            given = {}
        except (ValueError, AttributeError, RecursionError, TypeError) as error:
            raise ValueError(
                f"{SETTINGS_FILE} cannot be read: {error}\nWhat to do: fix it."
            ) from error
        known = [setting.name for setting in dataclasses.fields(cls)]
        if unknown := sorted(set(given) - set(known)):
            raise ValueError(
                f"{SETTINGS_FILE}: [tool.loom] has no setting `{unknown[0]}`.\n"
                f"What to do: remove it; the settings are {', '.join(known)}."
            )
        settings = cls(**{name: _without_lists(value) for name, value in given.items()})
        if wrong := [name for name in given if not settings._has_form(name)]:
            raise ValueError(
                f"{SETTINGS_FILE}: [tool.loom] has the setting `{wrong[0]} = {given[wrong[0]]!r}`."
                f"\nWhat to do: give it the form of its default, {getattr(cls, wrong[0])!r}."
            )
        return settings

    def _has_form(self, name: str) -> bool:
        """Tell whether a setting can be used: a number above 0, a path below, a list of names."""
        value, default = getattr(self, name), getattr(Settings, name)
        if name == "first":
            return isinstance(value, tuple) and all(
                isinstance(pair, tuple) and isinstance(pair[1], int | float) for pair in value
            )
        if isinstance(default, tuple):
            return isinstance(value, tuple) and all(isinstance(one, str) for one in value)
        if isinstance(default, str):
            is_path = isinstance(value, str) and re.fullmatch(r"[\w.-][\w./-]*", value)
            is_below = bool(is_path) and ".." not in value.split("/")
            return is_below and (name != "cache" or value.startswith(".cache/"))
        return type(value) in (int, float) and 0 < value < LARGEST

    @functools.cache  # noqa: B019 - one Settings lives as long as the process
    def versions(self) -> dict[str, str]:
        """Return the versions of Python and of `packages`, by the name to show."""
        found = {"Python": platform.python_version()}
        for package in self.packages:
            try:
                found[package] = importlib.metadata.version(package)
            except (importlib.metadata.PackageNotFoundError, ValueError) as error:
                raise ValueError(
                    f"{SETTINGS_FILE}: `packages` of [tool.loom] names {package!r}, which is not "
                    "installed.\nWhat to do: install it, or take it out."
                ) from error
        return found


def _without_lists(value: Any) -> Any:
    """Return a setting in a hashable form."""
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True)
class Record:
    """What one run of a snippet left behind.

    Attributes:
        path: The snippet.
        output: What it printed, and the traceback of a promised exception.
        values: Its public globals that JSON can hold; after a promised exception also `error`, the
            message with the exception's name.
        settings: Its globals `device`, `dtype` and `seed`, as far as it has them.
        versions: The versions of Python and of the packages that it imports.
        error: The name of the exception that it promised and raised, or None.
        files: SHA-256 of each file of the project that it loaded or read.
        seconds: How long the run took.
    """

    path: str
    output: str
    values: dict[str, Any]
    settings: dict[str, str]
    versions: dict[str, str]
    error: str | None
    files: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @functools.cached_property
    def fingerprint(self) -> str:
        """A hash of everything that a page can show of the run."""
        shown = [self.path, self.output, self.values, self.settings, self.versions, self.error]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


LARGEST = 1e9  # of a setting: the deadline of a run must be a number that Python can wait for
IMPORTED_AS = {"scikit-learn": "sklearn"}  # where the name differs from that for pip


def imports(text: str, package: str) -> bool:
    """Tell whether a program imports a package, alone or behind others in one line."""
    module = re.escape(IMPORTED_AS.get(package, package))
    return bool(re.search(rf"^\s*(import ([^#\n]*, *)?|from ){module}\b", text, re.MULTILINE))


# The form of a record, as JSON keeps it.
FORM = {
    "path": str,
    "output": str,
    "values": dict,
    "settings": {str: str},
    "versions": {str: str},
    "error": (str, type(None)),
    "files": {str: str},
    "seconds": float,
}


def load(path: str, settings: Settings) -> Record | None:
    """Return the stored record of a snippet, or None if there is none or it is out of date.

    Args:
        path: The snippet.
        settings: The folder of the records, and the packages whose versions must be the same.
    """
    found = from_json(cache.read(_file(path, settings)))
    return found if found and found.path == path else None


def store(record: Record, settings: Settings) -> None:
    """Write a record to disk, with the hashes of its files."""
    cache.write(_file(record.path, settings), as_json(record))


def _file(path: str, settings: Settings) -> Path:
    """Name the file of a snippet's record.

    The name depends on the snippet, its text, the versions and the code that runs it. The record
    holds the hashes of the other files that the snippet loads: only a run tells which these are.
    """
    parts = [path, cache.sha256(path), json.dumps(settings.versions()), _code_that_runs()]
    return Path(settings.cache) / f"{cache.key(*parts)}.json"


@functools.cache
def _code_that_runs() -> str:
    """Hash the modules that run a snippet, once: a process does not reload them either."""
    return cache.key(*map(cache.sha256, CODE))


def as_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON for `from_json`, with the present hashes of its files."""
    hashes = {file: cache.sha256(file) for file in record.files}
    return dataclasses.asdict(record) | {"files": hashes}


def from_json(kept: Any) -> Record | None:
    """Return the record; None if a file that it depends on has changed, or if it is none."""
    if not cache.has_form(kept, FORM):
        return None
    record = Record(**kept)
    unchanged = all(
        _is_of_project(file) and cache.sha256(file) == then for file, then in record.files.items()
    )
    return record if unchanged else None


def _is_of_project(file: str) -> bool:
    """Tell whether the path of a file leads nowhere else: no record may tell what others hold."""
    return not Path(file).is_absolute() and ".." not in Path(file).parts
