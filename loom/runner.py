"""Run a snippet in a clean process of its own, within bounds."""

import contextlib
import functools
import importlib.metadata
import json
import multiprocessing
import os
import platform
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from loom import child

SERVER_LOCK = threading.Lock()
# Starting a process asks for the ends of others: two threads must not read one exit status.
PROCESS_LOCK = threading.Lock()
PROMISE = re.compile(r"^# raises: (\w+)$", re.MULTILINE)


class SnippetError(Exception):
    """A snippet did not do what the page needs.

    Attributes:
        path: The snippet's path.
        problem: What went wrong, in one sentence.
        detail: The snippet's own traceback or last output, or "".
        advice: What to do about it.
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
    """How snippets are run.

    Attributes:
        folder: Where the snippets are, relative to the working directory.
        cache: Where their records are kept, relative to the working directory.
        timeout: Seconds that one run may take.
        output_limit: Bytes that one run may print.
        packages: Packages whose versions are part of a record, by import name.
        preload: Modules that are imported once, before the processes fork.
    """

    folder: str = "snippets"
    cache: str = ".cache/loom"
    timeout: float = 60
    output_limit: int = 20_000
    packages: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()

    @functools.cache  # noqa: B019 - one Settings lives as long as the process
    def versions(self) -> dict[str, str]:
        """Return the versions that results depend on, by the name to show."""
        found = {"Python": platform.python_version()}
        for package in self.packages:
            found[package] = importlib.metadata.version(package)
        return found


@dataclass(frozen=True)
class Record:
    """What one run of a snippet left behind.

    Attributes:
        path: The snippet.
        output: What it printed; if it raised what it promised, the traceback too.
        values: Its public globals that are numbers, texts, lists or dicts of these; if it raised
            what it promised, also `error`, the message with the exception's name.
        settings: Its device, dtype and seed, where it has globals of these names.
        versions: The versions of Python and of the packages that it imports.
        error: The name of the exception that it promised and raised, or None.
        files: SHA-256 of each snippet file that it loaded.
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


def run(path: str, settings: Settings) -> Record:
    """Run a snippet in a child process.

    Args:
        path: The snippet, relative to the working directory, inside settings.folder.
        settings: Bounds and packages.

    Returns:
        What the run left behind; `files` is not hashed yet.

    Raises:
        SnippetError: If the snippet raises something it did not promise, keeps its promise
            not, takes too long, prints too much or not UTF-8, or is killed.
    """
    raw_output, answer = _run_child(path, settings)
    try:
        output = raw_output.decode()
    except UnicodeDecodeError as error:
        raise SnippetError(
            path, f"printed bytes that are not UTF-8 ({error})", "", "Print text only."
        ) from None
    output = output.replace(answer["library"], "site-packages").replace(f"{os.getcwd()}/", "")
    error_name = _check_promise(path, answer["error"])
    values = answer["values"]
    if error_name:
        output += answer["error"]["traceback"]
        values = {**values, "error": answer["error"]["message"]}
    return Record(
        path=path,
        output=output,
        values=values,
        settings=answer["settings"],
        versions=_imported_versions(answer["files"], settings),
        error=error_name,
        files=dict.fromkeys(answer["files"], ""),
        seconds=answer["seconds"],
    )


def _run_child(path: str, settings: Settings) -> tuple[bytes, dict[str, Any]]:
    """Run the child; return what it printed and its answer."""
    context = multiprocessing.get_context("forkserver")
    _start_server(settings.preload)
    stdout, stdout_of_child = context.Pipe(duplex=False)
    answer, answer_of_child = context.Pipe(duplex=False)
    process = context.Process(
        target=child.main,
        args=(path, settings.folder, settings.timeout, stdout_of_child, answer_of_child),
        daemon=True,
    )
    with PROCESS_LOCK:
        process.start()
    stdout_of_child.close()
    answer_of_child.close()
    try:
        return _watch(process, stdout, answer, path, settings)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.kill()
        with PROCESS_LOCK:
            process.join()
        stdout.close()
        answer.close()


def _watch(
    process: Any, stdout: Connection, answer: Connection, path: str, settings: Settings
) -> tuple[bytes, dict[str, Any]]:
    """Read from the child until it ends, enforcing the bounds."""
    os.set_blocking(stdout.fileno(), False)
    deadline = time.monotonic() + settings.timeout
    output = b""
    message: dict[str, Any] | None = None
    watched: list[Any] = [stdout, answer, process.sentinel]
    while process.sentinel in watched:
        ready = wait(watched, timeout=max(0.0, deadline - time.monotonic()))
        if not ready:
            raise SnippetError(
                path,
                f"did not finish within {settings.timeout:g} s and was stopped",
                _tail(output),
                "Make it faster or mend the endless loop; the limit is `timeout` of `loom` in "
                "mkdocs.yml.",
            )
        if stdout in ready:
            try:
                while chunk := os.read(stdout.fileno(), 65536):
                    output += chunk
                    if len(output) > settings.output_limit:
                        break
                else:
                    watched.remove(stdout)
            except BlockingIOError:
                pass
        if len(output) > settings.output_limit:
            raise SnippetError(
                path,
                f"printed more than {settings.output_limit:,} bytes and was stopped",
                _tail(output[:2000]),
                "Print less: a page shows all of it.",
            )
        if answer in ready:
            with contextlib.suppress(EOFError, OSError):
                message = json.loads(answer.recv_bytes())
            watched.remove(answer)
        if process.sentinel in ready and not {stdout, answer} & set(ready):
            watched.remove(process.sentinel)
    with PROCESS_LOCK:
        process.join()
    if message is None:
        code = process.exitcode
        how = f"was killed by signal {-code}" if code < 0 else f"left with exit status {code}"
        raise SnippetError(
            path,
            f"{how} before it finished",
            _tail(output),
            "Run it alone to see why: python " + path,
        )
    return output, message


def _check_promise(path: str, error: dict[str, Any] | None) -> str | None:
    """Compare the exception that came with the one that the snippet promises.

    Returns:
        The promised exception's name, or None if none was promised and none came.

    Raises:
        SnippetError: If they differ.
    """
    promised = PROMISE.search(Path(path).read_text(encoding="utf-8"))
    name = promised.group(1) if promised else None
    if error is None and name:
        raise SnippetError(
            path,
            f"promises `# raises: {name}`, but nothing was raised",
            "",
            "Mend the snippet, or take the promise out and say on the page what is true now.",
        )
    if error is not None and name not in error["types"]:
        expected = f", not the promised {name}" if name else ""
        raise SnippetError(
            path,
            f"raised {error['types'][0]}{expected}",
            error["traceback"],
            "Mend the snippet; if the error is its point, promise it with a line "
            f"`# raises: {error['types'][0]}`.",
        )
    return name


def _imported_versions(files: list[str], settings: Settings) -> dict[str, str]:
    """Keep Python's version and those of the packages that the files import."""
    text = "\n".join(Path(file).read_text(encoding="utf-8") for file in files)
    return {
        name: version
        for name, version in settings.versions().items()
        if name == "Python" or re.search(rf"^\s*(import|from) {name}\b", text, re.MULTILINE)
    }


def _tail(output: bytes) -> str:
    """Return the last lines of an output, for an error message."""
    return "\n".join(output.decode(errors="replace").splitlines()[-10:])


@contextlib.contextmanager
def _environment(**variables: str) -> Iterator[None]:
    """Set environment variables for the processes started inside."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start_server(preload: tuple[str, ...]) -> None:
    """Start the process that children are forked from, unless it is running.

    One thread per child: with more, printed digits depend on the machine's load.
    """
    # "__main__" keeps each child from importing the parent's main module again.
    multiprocessing.set_forkserver_preload(["__main__", *preload])
    with (
        SERVER_LOCK,
        _environment(
            OMP_NUM_THREADS="1",
            MKL_NUM_THREADS="1",
            OPENBLAS_NUM_THREADS="1",
            PYTHONHASHSEED="0",
            PYTHONDONTWRITEBYTECODE="1",
        ),
    ):
        forkserver.ensure_running()
