"""Run work in child processes, within bounds; a server that has imported modules forks them."""

import contextlib
import errno
import functools
import json
import multiprocessing
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import psutil

from loom import seams
from loom.run import child
from loom.run.cache import SCRATCH
from loom.run.record import SETTINGS_FILE, Settings, SnippetError

SERVER_LOCK = threading.Lock()
# Starting a process also reaps finished ones: two threads must not read one exit status.
PROCESS_LOCK = threading.Lock()
READY = threading.Event()  # set once the server has imported its modules
STOPPED = threading.Event()  # set when the build is interrupted: every run must stop
CORES = threading.Semaphore(os.cpu_count() or 1)  # each run or call in a child holds one
LOOK_AGAIN = 0.2  # seconds between two checks of a run's memory, disk and processes
GB = 1_000_000_000
# A temporary file or folder of ours: the number of the process, and what `tempfile` adds.
OURS = re.compile(rf"{SCRATCH}(\d+)-[a-z0-9_]{{8}}(?:\.tmp)?")
# One thread per child: with more, printed digits depend on the machine's load.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "LANG": "C.UTF-8",
}


def end_as_interrupted() -> None:
    """Let a request to end and a closed terminal do what an interrupt does: nothing is left."""
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, signal.default_int_handler)


def start_server(preload: tuple[str, ...]) -> None:
    """Start the server that forks children, without waiting for its imports.

    Args:
        preload: The modules that it imports.
    """
    multiprocessing.set_forkserver_preload(["loom.run.child", *preload])
    with SERVER_LOCK:
        # An interrupt is for the build alone: importing PyTorch would end in a traceback. To start
        # Python's tracker of resources lets signals through again, so that comes first.
        resource_tracker.ensure_running()
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with _own_environment():
                forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


@contextlib.contextmanager
def _own_environment() -> Iterator[None]:
    """Hide the settings of whoever builds: Python and numpy read them as soon as they start.

    Raises:
        ValueError: If Python runs with an option that it hands on and that changes what runs do.
    """
    flags = sys.flags
    told = flags.bytes_warning or flags.verbose or "importtime" in sys._xoptions
    if flags.optimize or flags.dev_mode or flags.ignore_environment or told:
        raise ValueError(
            "Python was started with -O, -b, -v, -E, -I, -X importtime or in its development mode, "
            "which would change pages.\nWhat to do: start it without these options, "
            "PYTHONOPTIMIZE, PYTHONVERBOSE and PYTHONDEVMODE."
        )
    before, warnings = dict(os.environ), sys.warnoptions[:]
    kept = {name: before[name] for name in (*child.KEPT, "PYTHONPATH", "TMPDIR") if name in before}
    os.environ.clear()
    os.environ.update(kept | ENVIRONMENT)
    sys.warnoptions.clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.warnoptions[:] = warnings


def wait_for_server(preload: tuple[str, ...]) -> None:
    """Wait until the process that children are forked from has imported its modules.

    Wait before acquiring `CORES`: work that needs no such process can run meanwhile.

    Args:
        preload: The modules that it imports.

    Raises:
        OSError: If the build is interrupted meanwhile.
    """
    start_server(preload)
    _fork_first()
    while not READY.wait(LOOK_AGAIN):
        if STOPPED.is_set():
            raise InterruptedError("the build was interrupted")


def stop() -> None:
    """End what runs, as the build was interrupted; the server would go on importing for seconds."""
    STOPPED.set()
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if any("multiprocessing.forkserver" in word for word in process.cmdline()):
                process.kill()


@functools.cache
def _fork_first() -> None:
    """Fork one process, which tells that modules are imported; do not wait for it.

    To start a process waits for the imports, and no interrupt ends that: a thread does it.
    """

    def fork() -> None:
        first = multiprocessing.get_context("forkserver").Process(target=os.getpid, daemon=True)
        try:
            with _starting():
                first.start()
                first.join()
        except (EOFError, OSError):
            if not STOPPED.is_set():  # `stop` ends the server
                raise
        READY.set()

    threading.Thread(target=fork, daemon=True).start()


def remove_left_scratch() -> None:
    """Remove what killed builds left: temporary folders of a gigabyte, and halves of kept files."""
    name = f"{SCRATCH}*-*"
    for left in (*Path(tempfile.gettempdir()).glob(name), *Path(".cache").rglob(name)):
        ours = OURS.fullmatch(left.name)
        if ours and not psutil.pid_exists(int(ours[1])):
            _remove(left)


def _remove(left: Path) -> None:
    """Remove a file or folder; `shutil.rmtree` calls itself for each level, too often for some."""
    try:
        if left.is_file():
            left.unlink(missing_ok=True)
        shutil.rmtree(left, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", left], check=False)


@contextlib.contextmanager
def _starting() -> Iterator[None]:
    """Guard the start of a process: one at a time, and without importing the building program."""
    with PROCESS_LOCK, seams.hidden_main():
        yield


def call_all(
    function: Callable[[Any], Any], arguments: Iterable[Any], preload: tuple[str, ...]
) -> list[Any]:
    """Call a function once for each argument, in child processes, and return the results.

    Args:
        function: A module-level function; its argument and its result can be pickled.
        arguments: One for each call.
        preload: The modules that the processes start with, the same as for runs of snippets.
    """
    wait_for_server(preload)
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(os.cpu_count(), context) as processes:

        def call(argument: Any) -> Any:
            with CORES:
                with _starting():
                    future = processes.submit(function, argument)
                return future.result()

        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(call, arguments))


def run_in_child(
    work: Callable[..., dict[str, Any]], path: str, settings: Settings, *arguments: Any
) -> tuple[bytes, dict[str, Any]]:
    """Do some work in a child process, with a temporary folder of its own, within bounds.

    Args:
        work: A module-level function; the child calls it with `path` and `arguments`.
        path: The program or lab; messages name it too.
        settings: The bounds, and the modules that the child starts with.
        *arguments: Further arguments of the work.

    Returns:
        What the child printed, and what the work returned.

    Raises:
        SnippetError: If the child cannot be started, exceeds a bound, or ends without an answer.
    """
    try:
        wait_for_server(settings.preload)
        scratch = tempfile.TemporaryDirectory(
            prefix=f"{SCRATCH}{os.getpid()}-", ignore_cleanup_errors=True
        )
    except OSError as error:
        raise SnippetError(
            path,
            f"could not be started: {error}",
            "",
            "A run needs a temporary folder: make room, or set TMPDIR to a different one.",
        ) from error
    context = multiprocessing.get_context("forkserver")
    stdout, stdout_of_child = context.Pipe(duplex=False)
    answer, answer_of_child = context.Pipe(duplex=False)
    process = context.Process(
        target=child.main,
        args=(work, (path, *arguments), settings.timeout, scratch.name),
        kwargs={"stdout": stdout_of_child, "answer": answer_of_child},
        daemon=True,
    )
    with CORES, _removed(scratch):
        with _starting():
            process.start()
        stdout_of_child.close()
        answer_of_child.close()
        try:
            return _watch(path, settings, process, Path(scratch.name), stdout=stdout, answer=answer)
        finally:
            _end(process)
            stdout.close()
            answer.close()


@contextlib.contextmanager
def _removed(scratch: tempfile.TemporaryDirectory[str]) -> Iterator[None]:
    """Remove a temporary folder in the end."""
    try:
        yield
    finally:
        try:
            scratch.cleanup()
        except RecursionError:
            _remove(Path(scratch.name))


def _watch(
    path: str,
    settings: Settings,
    process: Any,
    scratch: Path,
    *,
    stdout: Connection,
    answer: Connection,
) -> tuple[bytes, dict[str, Any]]:
    """Read from the child until it answers or ends, and enforce the bounds."""
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
                message = _answer(path, answer, output)
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
        elif message is None and time.monotonic() > deadline:
            beyond = f"did not finish within {settings.timeout:g} s", "timeout"
        elif message is not None or time.monotonic() > look_at:
            beyond = _taken_too_much(process.pid, scratch, settings)
            look_at = time.monotonic() + LOOK_AGAIN
        if beyond:
            raise SnippetError(
                path,
                f"{beyond[0]} and was stopped",
                tail(output[:2000]),
                f"Fix it; the limit is `{beyond[1]}` of [tool.loom] in {SETTINGS_FILE}.",
            )
    if message is None:
        raise _ended_early(path, process, output)
    return output, message


def _answer(path: str, answer: Connection, output: bytes) -> dict[str, Any]:
    """Return what the child says at its end."""
    try:
        message: dict[str, Any] = json.loads(answer.recv_bytes())
    except RecursionError:
        raise SnippetError(
            path,
            "left a value that is nested too deep",
            tail(output),
            "Leave a flatter list or dict.",
        ) from None
    except ValueError as error:
        raise SnippetError(
            path,
            f"left an answer that cannot be read ({error})",
            tail(output),
            "Does it write to files that it has not opened? Let it not.",
        ) from None
    return message


def _ended_early(path: str, process: Any, output: bytes) -> SnippetError:
    """Return the error of a child that has ended without an answer."""
    with PROCESS_LOCK:
        process.join()
    code = process.exitcode
    how = f"was killed by signal {-code}" if code < 0 else f"left with exit status {code}"
    advice = f"Run it alone to see why: python {path}"
    if os.strerror(errno.ENOSPC).encode() in output:
        advice = "Make room in the folder for temporary files, or set TMPDIR to a different one."
    return SnippetError(path, f"{how} before it finished", tail(output), advice)


def tail(output: bytes) -> str:
    """Return the last lines of an output, for an error message."""
    return "\n".join(output.decode(errors="replace").splitlines()[-10:])


def _read(stdout: Connection, limit: int) -> bytes:
    """Return what can be read now; stop soon after the limit."""
    output = b""
    with contextlib.suppress(BlockingIOError):
        while len(output) <= limit and (chunk := os.read(stdout.fileno(), 65536)):
            output += chunk
    return output


def _taken_too_much(pid: int, scratch: Path, settings: Settings) -> tuple[str, str] | None:
    """Return what a run has exceeded and the name of that setting, or None."""
    processes = _processes(pid)
    if len(processes) > settings.processes:
        return f"started more than {settings.processes} processes", "processes"
    # What is shared counts in full first: to tell its parts takes milliseconds of each process.
    if all(_memory(processes, each) > settings.memory * GB for each in (_resident, _own_part)):
        return f"took more than {settings.memory:g} GB of memory", "memory"
    if _named(scratch) + _nameless(processes) > settings.disk * GB:
        return f"wrote more than {settings.disk:g} GB into temporary files", "disk"
    return None


def _named(scratch: Path) -> int:
    """Return the bytes of the files in and below a folder; one with several names counts once."""
    folders, sizes = [str(scratch)], {}
    while folders:  # `os.walk` calls itself for each level
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    found = entry.stat(follow_symlinks=False)
                    sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())


def _nameless(processes: list[psutil.Process]) -> int:
    """Return the bytes of open files without a name, of which Linux tells.

    `tempfile.TemporaryFile` and `os.memfd_create` make such files.
    """
    sizes = {}
    for process in processes:
        with contextlib.suppress(OSError):
            for name in os.listdir(f"/proc/{process.pid}/fd"):
                with contextlib.suppress(OSError):  # closed meanwhile
                    found = os.stat(f"/proc/{process.pid}/fd/{name}")
                    if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                        sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())


def _memory(processes: list[psutil.Process], bytes_of: Callable[[psutil.Process], int]) -> int:
    """Return the bytes of all processes that have not ended meanwhile."""
    memory = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            memory += bytes_of(process)
    return memory


def _resident(process: psutil.Process) -> int:
    """Return the bytes of a process, with all that it shares with others."""
    resident: int = process.memory_info().rss
    return resident


def _own_part(process: psutil.Process) -> int:
    """Return the bytes of a process; where that is known, what several share counts in parts."""
    return getattr(process.memory_full_info(), "pss", 0) or _resident(process)


def _processes(pid: int) -> list[psutil.Process]:
    """Return the process and its descendants, without those that have ended."""
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

    Kill the child last: descendants that have left its process group are still its children.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGSTOP)  # so that it starts nothing new
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
