"""Run a snippet in a clean process of its own, within bounds."""

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import multiprocessing
import os
import platform
import re
import signal
import sys
import tempfile
import threading
import time
import types
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import psutil

from loom import child

SERVER_LOCK = threading.Lock()
# Starting a process asks for the ends of others: two threads must not read one exit status.
PROCESS_LOCK = threading.Lock()
READY = threading.Event()  # the process that children are forked from has imported modules
STOPPED = threading.Event()  # the build was interrupted: nothing goes on running
CORES = threading.Semaphore(os.cpu_count() or 1)  # held by all that runs beside the build
LOOK_AGAIN = 0.2  # seconds between two looks at what a run takes
GB = 1_000_000_000
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
        memory: Gigabytes of memory that one run may take, with all processes that it starts.
        disk: Gigabytes that one run may keep in temporary files.
        processes: How many processes one run may have at a time.
        packages: Packages whose versions are part of a record, by import name.
        preload: Modules that are imported once, before the processes fork.
        first: Snippets that take long, with the seconds that they usually take: they are run first,
            for what is begun last keeps one core busy while the others have nothing to do.
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

    @functools.cached_property
    def fingerprint(self) -> str:
        """The hash of all that a page can show of the run."""
        shown = [self.path, self.output, self.values, self.settings, self.versions, self.error]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


def run(path: str, settings: Settings) -> Record:
    """Run a snippet in a child process.

    Args:
        path: The snippet, relative to the working directory, inside settings.folder.
        settings: Bounds and packages.

    Returns:
        What the run left behind; `files` is not hashed yet.

    Raises:
        SnippetError: If the snippet raises something it did not promise, keeps its promise
            not, crosses one of the bounds, prints what is not UTF-8, or is killed.
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


def call_all(
    function: Callable[[Any], Any], arguments: Iterable[Any], preload: tuple[str, ...]
) -> list[Any]:
    """Return what a function returns for each argument, in processes that have modules loaded.

    Args:
        function: A module's own function; what it takes and returns can be pickled.
        arguments: One for each call.
        preload: The modules, the same as for runs of snippets.
    """
    wait_for_server(preload)
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(os.cpu_count(), context, child.collect_garbage) as processes:

        def call(argument: Any) -> Any:
            with CORES:
                with _starting():
                    future = processes.submit(function, argument)
                return future.result()

        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(call, arguments))


def fork(function: Callable[..., Any], *arguments: Any, daemon: bool = False, **named: Any) -> Any:
    """Start a process that has modules loaded, and calls a function: see `wait_for_server`."""
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=function, args=arguments, kwargs=named, daemon=daemon)
    with _starting():
        process.start()
    return process


def _run_child(path: str, settings: Settings) -> tuple[bytes, dict[str, Any]]:
    """Run the child in a temporary folder of its own; return what it printed and its answer."""
    try:
        wait_for_server(settings.preload)
        scratch = tempfile.TemporaryDirectory(prefix="loom-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SnippetError(
            path,
            f"could not be started: {error}",
            "",
            "A run needs a temporary folder: make room, or set TMPDIR to another one.",
        ) from error
    context = multiprocessing.get_context("forkserver")
    stdout, stdout_of_child = context.Pipe(duplex=False)
    answer, answer_of_child = context.Pipe(duplex=False)
    arguments = (path, settings.folder, settings.timeout, scratch.name)
    ends = {"stdout": stdout_of_child, "answer": answer_of_child}
    with CORES, scratch:
        process = fork(child.main, *arguments, daemon=True, **ends)
        stdout_of_child.close()
        answer_of_child.close()
        try:
            return _watch(path, settings, process, Path(scratch.name), stdout=stdout, answer=answer)
        finally:
            _end(process)
            stdout.close()
            answer.close()


def _watch(
    path: str,
    settings: Settings,
    process: Any,
    scratch: Path,
    *,
    stdout: Connection,
    answer: Connection,
) -> tuple[bytes, dict[str, Any]]:
    """Read from the child until it has answered or ended, enforcing the bounds."""
    os.set_blocking(stdout.fileno(), False)
    deadline = time.monotonic() + settings.timeout
    look_at = time.monotonic() + LOOK_AGAIN
    output = b""
    message: dict[str, Any] | None = None
    watched: list[Any] = [stdout, answer, process.sentinel]
    while message is None and process.sentinel in watched:
        ready = wait(watched, timeout=LOOK_AGAIN)
        if answer in ready:
            try:
                message = json.loads(answer.recv_bytes())
            except (EOFError, OSError):
                watched.remove(answer)
        elif process.sentinel in ready:
            watched.remove(process.sentinel)
        new = _read(stdout, settings.output_limit)
        if stdout in ready and not new:
            watched.remove(stdout)  # the snippet has closed it
        output += new
        if STOPPED.is_set():
            raise SnippetError(path, "was stopped with the build")
        beyond = None
        if len(output) > settings.output_limit:
            beyond = f"printed more than {settings.output_limit:,} bytes", "output_limit"
        elif time.monotonic() > deadline:
            beyond = f"did not finish within {settings.timeout:g} s", "timeout"
        elif time.monotonic() > look_at:
            beyond = _taken_too_much(process.pid, scratch, settings)
            look_at = time.monotonic() + LOOK_AGAIN
        if beyond:
            raise SnippetError(
                path,
                f"{beyond[0]} and was stopped",
                _tail(output[:2000]),
                f"Fix the snippet; the limit is `{beyond[1]}` of `loom.fences` in mkdocs.yml.",
            )
    if message is None:
        with PROCESS_LOCK:
            process.join()
        code = process.exitcode
        how = f"was killed by signal {-code}" if code < 0 else f"left with exit status {code}"
        raise SnippetError(
            path,
            f"{how} before it finished",
            _tail(output),
            "Run it alone to see why: python " + path,
        )
    return output, message


def _read(stdout: Connection, limit: int) -> bytes:
    """Return what can be read now, and no more than a little over the limit."""
    output = b""
    with contextlib.suppress(BlockingIOError):
        while len(output) <= limit and (chunk := os.read(stdout.fileno(), 65536)):
            output += chunk
    return output


def _taken_too_much(pid: int, scratch: Path, settings: Settings) -> tuple[str, str] | None:
    """Say what a run has taken too much of, and the name of the setting; None if it has not."""
    processes = _processes(pid)
    if len(processes) > settings.processes:
        return f"started more than {settings.processes} processes", "processes"
    memory = disk = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            memory += process.memory_info().rss
    if memory > settings.memory * GB:
        return f"took more than {settings.memory:g} GB of memory", "memory"
    for folder, _, names in os.walk(scratch):
        for name in names:
            with contextlib.suppress(OSError):
                disk += os.lstat(Path(folder, name)).st_size
    if disk > settings.disk * GB:
        return f"wrote more than {settings.disk:g} GB into temporary files", "disk"
    return None


def _processes(pid: int) -> list[psutil.Process]:
    """Return those of the process and all below it that are running."""
    running = []
    with contextlib.suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        for process in (first, *first.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.status() != psutil.STATUS_ZOMBIE:
                    running.append(process)
    return running


def _end(process: Any) -> None:
    """End the child and all that it started.

    The child goes last: what has left its process group stays below it as long as it is there.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGSTOP)  # so that nothing new starts meanwhile
    for _ in range(100):
        started = [member for member in _processes(process.pid) if member.pid != process.pid]
        for member in started:
            with contextlib.suppress(psutil.Error):
                member.kill()
        if not started:
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    with PROCESS_LOCK:
        process.join()


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
            "Fix the snippet, or take the promise out and say on the page what is true now.",
        )
    if error is not None and name not in error["types"]:
        expected = f", not the promised {name}" if name else ""
        raise SnippetError(
            path,
            f"raised {error['types'][0]}{expected}",
            error["traceback"],
            "Fix the snippet; if the error is its point, promise it with a line "
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


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """Start a process inside; it does not import the program that builds, which is no snippet.

    For `mkdocs`, which is a script, that would take each process 40 ms.
    """
    with PROCESS_LOCK:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = types.ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


def start_server(preload: tuple[str, ...]) -> None:
    """Start the process that children are forked from; do not wait until it has imported modules.

    One thread per child: with more, printed digits depend on the machine's load.
    """
    multiprocessing.set_forkserver_preload(["loom.server", *preload])
    with (
        SERVER_LOCK,
        _environment(
            OMP_NUM_THREADS="1",
            MKL_NUM_THREADS="1",
            OPENBLAS_NUM_THREADS="1",
            PYTHONHASHSEED="0",
        ),
    ):
        forkserver.ensure_running()


def wait_for_server(preload: tuple[str, ...]) -> None:
    """Wait until the process that children are forked from has imported modules.

    Who waits for it holds no core: what needs no such process runs meanwhile.
    """
    start_server(preload)
    with SERVER_LOCK:
        if not READY.is_set():
            with _starting():
                first = multiprocessing.get_context("forkserver").Process(target=os.getpid)
                first.start()
                first.join()
            READY.set()
