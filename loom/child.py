"""The part of a run that happens in the child process; it needs the standard library only."""

import contextlib
import json
import math
import os
import signal
import sys
import sysconfig
import time
import traceback
import types
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

# What a caption may say about a run, if the snippet has a global of that name.
SETTINGS = ("device", "dtype", "seed")
LARGEST_VALUE = 100_000


def main(path: str, folder: str, timeout: float, stdout: Connection, answer: Connection) -> None:
    """Run a snippet as the main program, from the project's folder; send what it left behind.

    Args:
        path: The snippet, relative to the working directory.
        folder: The folder of all snippets, relative to the working directory.
        timeout: Seconds after which the parent ends it; should the parent be gone, it ends itself.
        stdout: Receives what the snippet writes to stdout and stderr.
        answer: Receives one JSON object: values, settings, files, error, seconds.
    """
    os.setsid()  # so that the parent can kill whatever the snippet starts
    signal.alarm(math.ceil(timeout) + 5)
    os.dup2(stdout.fileno(), 1)
    os.dup2(stdout.fileno(), 2)
    # New streams: the inherited ones may remember a position in the parent's file.
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = [path]
    sys.path.insert(0, os.getcwd())
    root = Path.cwd()

    program = types.ModuleType("__main__")
    program.__file__ = path
    sys.modules["__main__"] = program
    namespace = program.__dict__
    error = None
    process = os.getpid()
    started = time.monotonic()
    try:
        exec(compile(Path(path).read_bytes(), path, "exec"), namespace)
    except BaseException as exception:
        if not isinstance(exception, SystemExit) or exception.code not in (None, 0):
            error = _describe(exception, folder)
    if os.getpid() != process:
        os._exit(0)  # the snippet forked, and this is the copy
    with contextlib.suppress(OSError, ValueError):  # the snippet may have closed it
        sys.stdout.flush()
    message = {
        "values": _values(namespace),
        "settings": {
            name: getattr(namespace[name], "__name__", str(namespace[name]))
            for name in SETTINGS
            if name in namespace
        },
        "files": _loaded_files(root, folder, path),
        "error": error,
        "seconds": time.monotonic() - started,
        "library": sysconfig.get_path("purelib"),
    }
    answer.send_bytes(json.dumps(message).encode())
    answer.close()


def _describe(exception: BaseException, folder: str) -> dict[str, Any]:
    """Name the exception, and format its traceback with the snippets' own lines only."""
    described: traceback.TracebackException | None
    described = traceback.TracebackException.from_exception(exception)
    text_of = described
    while described is not None:
        own = [frame for frame in described.stack if frame.filename.startswith(f"{folder}/")]
        described.stack = traceback.StackSummary.from_list(own)
        described = described.__cause__ or described.__context__
    return {
        "types": [cls.__name__ for cls in type(exception).__mro__],
        "message": "".join(traceback.format_exception_only(exception)).strip(),
        "traceback": "".join(text_of.format()),
    }


def _values(namespace: dict[str, Any]) -> dict[str, Any]:
    """Keep the public globals that JSON can hold."""
    values = {}
    for name, value in namespace.items():
        if name.startswith("_"):
            continue
        with contextlib.suppress(TypeError, ValueError, RecursionError):
            text = json.dumps(value)
            if len(text) <= LARGEST_VALUE:
                values[name] = json.loads(text)
    return values


def _loaded_files(root: Path, folder: str, path: str) -> list[str]:
    """List the files below `folder` that the run read as modules, the snippet included."""
    files = {path}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(root / folder):
            files.add(Path(file).relative_to(root).as_posix())
    return sorted(files)
