"""The part of a run that happens in the child process.

It imports only the standard library and `loom.seams`: every program starts with these loaded.
"""

import atexit
import contextlib
import ctypes
import errno
import functools
import hashlib
import itertools
import json
import math
import multiprocessing
import os
import re
import signal
import struct
import sys
import sysconfig
import tempfile
import threading
import time
import traceback
import types
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from loom import seams

# What a caption may say about a run, if the snippet has a global of that name.
SETTINGS = ("device", "dtype", "seed")
LARGEST_VALUE = 300_000  # characters; the weights that a page samples with take 250,000
# What a run may know of the environment of the build: without PATH it could start no compiler.
KEPT = (
    "PATH",
    "LD_LIBRARY_PATH",
    "PYTHONHASHSEED",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
# Beside the temporary folder, what may be written to: nothing is kept there.
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty")
SPLIT = re.compile(r"[\s<>|;&()'\"=]+")  # between the words of a command
STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system")
PATHS = (str, bytes, os.PathLike)
OWN = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # what runs it is in no record
write_json = json.dumps  # a snippet may change the module
read: dict[str, str] = {}  # what the run has read below the working directory, with its SHA-256
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
# Audit events of Python that change the disk, each with two slices of its arguments: the paths, and
# the open folders that the paths are relative to, where -1 means none.
CHANGES = {
    "os.chmod": (slice(0, 1), slice(2, 3)),
    "os.link": (slice(1, 2), slice(3, 4)),
    "os.mkdir": (slice(0, 1), slice(2, 3)),
    "os.remove": (slice(0, 1), slice(1, 2)),
    "os.rename": (slice(0, 2), slice(2, 4)),
    "os.rmdir": (slice(0, 1), slice(1, 2)),
    "os.symlink": (slice(1, 2), slice(2, 3)),
    "os.truncate": (slice(0, 1), slice(2, 2)),
    "os.utime": (slice(0, 1), slice(3, 4)),
}
# From linux/prctl.h.
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
# From linux/landlock.h: the numbers of the calls, and the rights to change the disk.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION = LANDLOCK_PATH_BENEATH = 1
LANDLOCK_WRITE, LANDLOCK_REFER, LANDLOCK_TRUNCATE = 0b1_1111_1111_0010, 1 << 13, 1 << 14
LANDLOCK_WRITE_FILE = 1 << 1  # all of these that a device has, but for LANDLOCK_TRUNCATE


def main(
    work: Callable[..., dict[str, Any]],
    arguments: tuple[Any, ...],
    timeout: float,
    scratch: str,
    *,
    stdout: Connection,
    answer: Connection,
) -> None:
    """Do some work within bounds, and send what it returns.

    Args:
        work: A module-level function that returns what JSON can hold.
        arguments: Its arguments.
        timeout: Seconds until the parent ends this process. It ends itself 5 s later, in case the
            parent is gone.
        scratch: The temporary folder, the only one that the work may write into.
        stdout: Receives what the work writes to stdout and stderr.
        answer: Receives one JSON object. The process then waits until the parent ends it, together
            with whatever the work left running.
    """
    os.setsid()  # so that the parent can kill whatever the work starts
    multiprocessing.current_process().daemon = False  # as one, the work could start no process
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # see processes.start_server
    signal.alarm(math.ceil(timeout) + 5)
    os.dup2(stdout.fileno(), 1)
    os.dup2(stdout.fileno(), 2)
    # Open new streams: the inherited ones may remember a position in the parent's file.
    streams = [open(fd, "w", encoding="utf-8", buffering=1, closefd=False) for fd in (1, 2)]  # noqa: SIM115
    sys.stdout, sys.stderr = streams
    sys.dont_write_bytecode = True  # `_hold` forbids it
    _hold(scratch)
    process = os.getpid()
    try:
        message = work(*arguments)
        for stream in streams:
            with contextlib.suppress(OSError, ValueError):  # the work may have closed it
                stream.flush()
        if os.getpid() != process:
            os._exit(0)  # the work has forked, and this is the copy
        answer.send_bytes(write_json(message).encode())
    except BaseException as error:  # it has closed or changed what is needed here
        os.write(2, f"What it left cannot be reported: {type(error).__name__}: {error}\n".encode())
        os._exit(1)
    while True:
        signal.pause()


def run_program(path: str, folder: str) -> dict[str, Any]:
    """Run a snippet as the main program, from the project's folder.

    Args:
        path: The snippet, relative to the working directory.
        folder: The folder of all snippets, relative to the working directory.

    Returns:
        What it left behind: values, settings, files, error and seconds; also the folder of
        installed packages.
    """
    sys.argv = [path]
    sys.path.insert(0, os.getcwd())
    root = Path.cwd()
    program = types.ModuleType("__main__")
    program.__file__ = path
    del sys.modules["__main__"]  # so that the new one comes last: see _loaded_files
    sys.modules["__main__"] = program
    namespace = program.__dict__
    error = None
    run_exit_functions = _exit_functions()
    started = time.monotonic()
    try:
        exec(compile(Path(path).read_bytes(), path, "exec"), namespace)
    except BaseException as exception:
        code = getattr(exception, "code", None)
        ended = code is None or (isinstance(code, int) and code == 0)
        if not (isinstance(exception, SystemExit) and ended):
            error = _describe(exception, folder)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()  # as Python does at the end of a program, like the following
    run_exit_functions()
    ctypes.CDLL(None).fflush(None)  # what libraries in C have printed
    return {
        "values": _values(namespace),
        "settings": _settings(namespace),
        "files": _loaded_files(root, folder, path),
        "read": read,
        "error": error,
        "seconds": time.monotonic() - started,
        "library": sysconfig.get_path("purelib"),
    }


def _exit_functions() -> Callable[[], None]:
    """Return what calls the functions that a program will name to `atexit`, as Python does.

    A forked child ends without them; and those that its server has named are none of the program's.
    """
    named: list[functools.partial[Any]] = []

    def register(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
        named.append(functools.partial(function, *args, **kwargs))
        return function

    def run() -> None:
        while named:
            try:
                named.pop()()
            except Exception:
                traceback.print_exc()  # and Python goes on

    def unregister(function: Callable[..., Any]) -> None:
        named[:] = [one for one in named if one.func != function]

    atexit.register, atexit.unregister = register, unregister  # type: ignore[assignment]
    return run


def _settings(namespace: dict[str, Any]) -> dict[str, str]:
    """Return what a caption may say, unless it cannot be written as text."""
    settings = {}
    for name in SETTINGS:
        with contextlib.suppress(Exception):  # the snippet may have defined how to write it
            if name in namespace:
                settings[name] = str(getattr(namespace[name], "__name__", namespace[name]))
    return settings


def _describe(exception: BaseException, folder: str) -> dict[str, Any]:
    """Return an exception's types, message and traceback, which keeps only snippets' frames."""
    described = traceback.TracebackException.from_exception(exception)
    shown = [described]
    while shown:
        one = shown.pop()
        own = [frame for frame in one.stack if frame.filename.startswith(f"{folder}/")]
        one.stack = traceback.StackSummary.from_list(own)
        shown += [*filter(None, [one.__cause__ or one.__context__]), *(one.exceptions or ())]
    return {
        "types": [cls.__name__ for cls in type(exception).__mro__],
        "message": "".join(traceback.format_exception_only(exception)).strip(),
        "traceback": "".join(described.format()),
    }


def _values(namespace: dict[str, Any]) -> dict[str, Any]:
    """Return the public globals that JSON can hold, unless they are very large."""
    values = {}
    for name, value in list(namespace.items()):
        if not isinstance(name, str) or name.startswith("_"):
            continue
        with contextlib.suppress(Exception):  # the snippet may have defined what a value holds
            text = write_json(value)
            if len(text) <= LARGEST_VALUE:
                values[name] = json.loads(text)
    return values


def _loaded_files(root: Path, folder: str, path: str) -> list[str]:
    """List the files below `folder` that the run loaded as modules, the snippet included.

    Look only at modules imported after the program. The server imported thousands before it, and
    touching each would make this process copy the memory that it shares with the server.
    """
    files = {path}
    for name in list(itertools.takewhile(lambda name: name != "__main__", reversed(sys.modules))):
        file = getattr(sys.modules.get(name), "__file__", None)
        if isinstance(file, str) and file.startswith(f"{root}{os.sep}{folder}{os.sep}"):
            files.add(Path(file).relative_to(root).as_posix())
    return sorted(files)


def _hold(scratch: str) -> None:
    """Keep this process, and those that it starts, from changing files outside `scratch`.

    Only DEVICES and terminals may be written to as well.

    This guards against mistakes, not against malice. An audit hook raises an error that names the
    file. On Linux, Landlock also stops writes that Python does not see: by other programs, and by
    C++ libraries such as the one behind `torch.save`.
    """
    tempfile.tempdir = scratch
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()  # no variable of whoever builds may change a page
    os.environ.update(kept, TMPDIR=scratch, HOME=scratch, LANG="C.UTF-8")
    os.environ["JOBLIB_MULTIPROCESSING"] = "0"  # else it warns that it cannot write to /dev/shm
    folder, root = os.path.realpath(scratch), os.getcwd()

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        for name in _changed(event, arguments):
            target = os.path.realpath(os.fsdecode(name))
            if not (f"{target}/".startswith((f"{folder}/", "/dev/pts/")) or target in DEVICES):
                raise PermissionError(
                    errno.EACCES,
                    "a snippet may write into the folder tempfile.gettempdir() only, not into",
                    os.fsdecode(name),
                )
        for name in _used(event, arguments):
            if event == "open" and "__pycache__" in name and _is_of_project(name, root):
                raise FileNotFoundError(name)  # it may be older than its source: Python takes that
            _note(name, root, folder)

    sys.addaudithook(refuse)
    _end_with_build()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans stay below it: the parent ends all
        _lock(libc, folder)


def _end_with_build() -> None:
    """On Linux, have this process killed when the build ends, however it ends."""
    if sys.platform == "linux":
        seams.let_server_end()  # the server ends with the build, and this process with the server
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        build = multiprocessing.parent_process()
        if build is None or not build.is_alive():
            os._exit(1)  # the build was killed before the signal was set up


def _changed(event: str, arguments: tuple[Any, ...]) -> list[str | bytes]:
    """Return the paths that an audit event is about to change; open files have none."""
    if event == "open":
        changed = arguments[:1] if arguments[2] & WRITING else ()
    elif event in CHANGES:
        paths, folders = CHANGES[event]
        # A name relative to an open folder, as in shutil.rmtree, cannot be resolved here.
        changed = () if any(folder != -1 for folder in arguments[folders]) else arguments[paths]
    else:
        return []
    return [name for name in changed if isinstance(name, str | bytes)]


def _used(event: str, arguments: tuple[Any, ...]) -> list[str]:
    """Return what an audit event is about to read, or to give to another program."""
    if event in ("open", "sqlite3.connect"):
        name = arguments[0]
        is_path = isinstance(name, str | bytes) and not (event == "open" and arguments[2] & WRITING)
        path = os.fsdecode(name) if is_path else ""
        if event == "sqlite3.connect":
            path = path.removeprefix("file:").partition("?")[0]
        return [path] if path else []
    if event not in STARTS:
        return []
    words: list[str] = []
    for argument in arguments:
        given = argument if isinstance(argument, list | tuple) else [argument]
        words += map(os.fsdecode, (one for one in given if isinstance(one, PATHS)))
    names = {part for word in words for part in (word, *SPLIT.split(word))}
    folders = ["", *filter(os.path.isdir, words)]  # any may be the one that it runs in
    paths = [os.path.join(folder, name) for folder in folders for name in names]
    return [path for path in paths if os.path.isfile(path)]


def _is_of_project(target: str, root: str) -> bool:
    """Tell whether a file is below the project's folder, but for Python's packages and our own."""
    ours = [OWN + os.sep]
    if not root.startswith(sys.prefix + os.sep):  # else the project is in the environment's folder
        ours.append(sys.prefix + os.sep)
    return target.startswith(f"{root}{os.sep}") and not target.startswith(tuple(ours))


def _note(name: str, root: str, scratch: str) -> None:
    """Note a file below the project's folder: a change of it has to run the snippet again.

    Python's packages count by their versions. Of a link, both ends count.
    """
    for target in (os.path.realpath(name), os.path.abspath(name)):
        path = os.path.relpath(target, root)
        is_read = _is_of_project(target, root) and not target.startswith(scratch + os.sep)
        if path in read or not is_read or os.path.isdir(target):
            continue
        read[path] = "missing"  # unless it is there; and reading it here must not note it again
        if os.path.isfile(target):
            with open(target, "rb") as file:
                read[path] = hashlib.sha256(file.read()).hexdigest()


def _lock(libc: ctypes.CDLL, folder: str) -> None:
    """Have Landlock keep this process from changing files elsewhere; do without where it is not."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION)
    if version < 1:
        return
    truncate = LANDLOCK_TRUNCATE if version > 2 else 0
    rights = LANDLOCK_WRITE | (LANDLOCK_REFER if version > 1 else 0) | truncate
    ruleset = libc.syscall(LANDLOCK_CREATE_RULESET, struct.pack("=Q", rights), 8, 0)
    allowed = dict.fromkeys(DEVICES, LANDLOCK_WRITE_FILE | truncate) | {folder: rights}
    allowed["/dev/pts"] = LANDLOCK_WRITE_FILE | truncate
    for path, permitted in allowed.items():
        if os.path.exists(path):
            rule = struct.pack("=Qi", permitted, os.open(path, os.O_PATH | os.O_CLOEXEC))
            libc.syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, rule, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)
