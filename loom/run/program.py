"""Run a snippet in a clean process of its own, and return a record of it."""

import dataclasses
import json
import os
import re
import sysconfig
from pathlib import Path
from typing import Any

from loom.run import child
from loom.run.processes import run_in_child
from loom.run.record import SETTINGS_FILE, Record, Settings, SnippetError, imports

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # neither a tab nor the end of a line
# In a list of calls, those that lead to a program or a cell, whose names are no full paths.
CALLERS = re.compile(
    r'^  File "<string>", .*\n  File ".*forkserver.py", .*\n(  .*\n)*?(?=  File "[^/])', re.M
)
PROMISE = re.compile(r"^# raises: (\w+)$", re.MULTILINE)


def run(path: str, settings: Settings) -> Record:
    """Run a snippet in a child process.

    Args:
        path: The snippet, relative to the working directory, inside settings.folder.
        settings: Bounds and packages.

    Returns:
        What the run left behind; in `files`, only what it has read itself is hashed.

    Raises:
        SnippetError: If the snippet raises an exception that it did not promise, breaks its
            promise, exceeds a bound, prints bytes that are not UTF-8, or is killed.
    """
    raw_output, answer = run_in_child(child.run_program, path, settings, settings.folder)
    try:
        output = raw_output.decode()
    except UnicodeDecodeError as error:
        raise SnippetError(
            path, f"printed bytes that are not UTF-8 ({error})", "", "Print text only."
        ) from None
    output = checked_text(path, output, answer["library"])
    error_name = _check_promise(path, answer["error"])
    values = answer["values"]
    if error_name:
        output += checked_text(path, answer["error"]["traceback"], answer["library"])
        if len(output.encode(errors="replace")) > settings.output_limit:
            raise too_long(path, settings)
        message = checked_text(path, answer["error"]["message"], answer["library"])
        values = {**values, "error": message}
    made = Record(
        path=path,
        output=output,
        values=values,
        settings=answer["settings"],
        versions=_imported_versions(answer["files"], settings),
        error=error_name,
        files=answer["read"] | dict.fromkeys(answer["files"], ""),
        seconds=answer["seconds"],
    )
    try:
        json.dumps(dataclasses.asdict(made), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise SnippetError(
            path,
            f"left a text behind that no page can hold ({error.reason})",
            "",
            "A value, a key, the error's message or the name of a file that it reads holds half of "
            "a surrogate pair: encode it, or name the file in UTF-8.",
        ) from None
    return made


def too_long(path: str, settings: Settings) -> SnippetError:
    """Return the error for a run that shows more than pages may hold."""
    return SnippetError(
        path,
        f"printed more than {settings.output_limit:,} characters",
        "",
        f"Fix it; the limit is `output_limit` of [tool.loom] in {SETTINGS_FILE}.",
    )


def checked_text(path: str, printed: str, library: str) -> str:
    """Return what a program or a cell printed without what differs between machines.

    That is where the repository, Python and its `library` are, and which calls lead to the program.

    Raises:
        SnippetError: If a control character stands in it.
    """
    if control := CONTROL.search(printed):
        raise SnippetError(
            path,
            f"printed the control character {control.group()!r}",
            "",
            "Print text only; colours and progress bars are for terminals.",
        )
    printed = CALLERS.sub("", printed)
    python = sysconfig.get_path("stdlib")
    for place, name in ((library, "site-packages"), (python, "python"), (f"{os.getcwd()}/", "")):
        printed = printed.replace(place, name)
    return printed


def _check_promise(path: str, error: dict[str, Any] | None) -> str | None:
    """Compare the exception that a snippet raised with the one that it promises.

    Returns:
        The promised exception's name, or None if none was promised and none raised.

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
            "Fix the snippet, or remove the promise and correct the page.",
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
    """Return the versions of Python and of the packages that the files import."""
    text = "\n".join(Path(file).read_text(encoding="utf-8") for file in files)
    return {
        name: version
        for name, version in settings.versions().items()
        if name == "Python" or imports(text, name)
    }
