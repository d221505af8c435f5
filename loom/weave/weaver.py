"""Look up what pages show of snippets: outputs, values, figures, sections."""

import contextlib
import functools
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from loom.draw import figures, live, sampler
from loom.draw.figures import Picture
from loom.run import cache, programs, record
from loom.run.program import CONTROL, checked_text
from loom.run.record import Record, Settings, SnippetError
from loom.weave import references
from loom.weave.references import Reference

EXERCISES = "exercises.zip"  # the folder exercises/, to download
RELEASES = "releases/torch-{}.json"  # written by tools/record_release.py
NO_TEXT = re.compile(rf"{CONTROL.pattern}|[\ud800-\udfff]")  # nor half of a surrogate pair
NOT_FINITE = re.compile(r"(?<![\w.])[-+]?(nan|inf|infinity)(?!\w)", re.IGNORECASE)
EXPRESSION = re.compile(
    r"^(?P<name>[A-Za-z]\w*)(?P<keys>(?:\[[^\[\]]+\])*)(?: (?P<format>(?!\S*\d{4})\S+))?$"
)
EXPONENT = re.compile(r"^(-?[\d.]+)e([+-]\d+)$")


class Weaver:
    """Answers the references of pages from the records of runs. It runs nothing itself.

    Args:
        settings: The folder of the snippets and of their records, and what the records depend on.

    Attributes:
        show_failures: Whether a page shows a failure in its place, as when serving.
        runs: The records and failures that this process knows; other records are read from disk.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.show_failures = False
        self.runs = programs.Runs()
        self._figures: dict[tuple[object, ...], str] = {}  # while serving, each is made once

    def dependencies(self, text: str) -> list[str]:
        """Return a hash of the present content of each reference of a page.

        Args:
            text: The page, in Markdown.

        Raises:
            SnippetError: If a run has failed or has no record, or a file does not exist.
        """
        return [self._depends(reference) for reference in references.find(text)]

    def _depends(self, reference: Reference) -> str:
        """Return a hash of the content of one reference."""
        if reference.kind == "figure" and not reference.problem:
            return cache.key(*(self.record(path).fingerprint for path in reference.paths))
        if reference.is_run:
            return self.record_for(reference).fingerprint
        if reference.problem or reference.kind == "lesson" or reference.path == EXERCISES:
            return ""
        if reference.kind == "exercise":
            return cache.digest(live.files_of(reference.path))
        for path in reference.paths:
            self.check_path(path)
        return cache.key(*map(cache.sha256, reference.paths))

    def record(self, path: str, diverges: bool | None = None) -> Record:
        """Return the record of a snippet's run.

        Args:
            path: The snippet.
            diverges: Whether the page says that NaN or infinity is the point of the output;
                None if the page does not show the output.

        Raises:
            SnippetError: If the run has failed or has no record, or if it printed NaN or infinity
                and the page says otherwise, or the reverse.
        """
        if path in self.runs.failures:
            raise self.runs.failures[path]
        found = self.runs.records.get(path)
        if found is None:
            self.check_path(path)
            found = record.load(path, self.settings)
        if found is None:
            raise SnippetError(
                path, "has no record of a run", "", "Make the records: python -m loom run"
            )
        _check_finite(found, diverges)
        return found

    def output(self, reference: Reference) -> str:
        """Return what a run printed, or the part of it that the page asks for.

        A traceback counts the lines of the files that readers download.

        Raises:
            SnippetError: If there is no usable record, or the output has no such part.
        """
        found = self.record_for(reference)
        text = references.as_readers_count(found.output) if found.error else found.output
        parts, part = text.split("\n\n"), reference.what
        if not part:
            return text
        if int(part) > len(parts):
            raise SnippetError(
                reference.path,
                f"printed {len(parts)} part(s), and the page asks for part {part}",
                text,
                "Parts are divided by empty lines: print() between them.",
            )
        return parts[int(part) - 1].rstrip("\n") + "\n"

    def record_for(self, reference: Reference) -> Record:
        """Return the record that an output fence shows: today's, or that of another torch release.

        Raises:
            SnippetError: If there is no usable record of the snippet.
        """
        if "torch" not in reference.options:
            return self.record(reference.path, reference.diverges)
        self.check_path(reference.path)
        release = reference.options["torch"]
        try:
            kept = json.loads(Path(RELEASES.format(release)).read_text(encoding="utf-8"))
            json.dumps(kept, ensure_ascii=False).encode()  # ValueError: half of a surrogate pair
            found = record.from_json(kept[reference.path])
        except (OSError, *figures.UNFIT):
            found = None
        if found is None or found.path != reference.path:
            raise SnippetError(
                reference.path,
                f"has no record of torch {release}, or has changed since",
                "",
                "In an environment with that release, run: "
                f"python -m tools.record_release {reference.path}",
            )
        checked_text(reference.path, found.output, "")
        _check_finite(found, reference.diverges)
        return found

    def figure(self, reference: Reference, language: str = "en") -> str:
        """Return a picture of a value of a run as HTML.

        Args:
            reference: The place on the page, with the words on the picture.
            language: The language of the words that the picture adds.

        Raises:
            SnippetError: If there is no record or no such value, or the value cannot be drawn.
        """
        kind, log = reference.options["kind"], "log" in reference.options
        picture = Picture(reference.path, reference.what, kind, reference.body, log)
        runs = (self.record(path).fingerprint for path in reference.paths)
        drawn = picture, language, *runs
        if drawn not in self._figures:
            data = self._drawn(reference)
            self._figures[drawn] = figures.figure(picture, data, language, self.settings.cache)
        return self._figures[drawn]

    def _drawn(self, reference: Reference) -> Any:
        """Return the data of a figure, those of several programs together."""
        parts = (self._find(path, reference.what) for path in reference.paths)
        return functools.reduce(together, parts)

    def value(self, path: str, expression: str) -> str:
        """Return a value of a run as text.

        Args:
            path: The snippet.
            expression: A global's name, keys in brackets, and a format: `losses[-1] .3g`.

        Raises:
            SnippetError: If there is no record or no such value, or the value is not finite.
        """
        value = self._find(path, expression)
        parsed = EXPRESSION.match(expression.strip())  # `_find` would have raised
        form = (parsed and parsed["format"]) or ""
        if isinstance(value, list | dict):
            raise SnippetError(
                path, f"`{expression}` has parts", "", "Take one of them: `losses[0]`, `rows[key]`."
            )
        try:
            text = format(value, form)
        except (ValueError, TypeError, OverflowError) as error:
            raise SnippetError(
                path, f"`{expression}`: {error}", "", "Choose a different format."
            ) from None
        if control := NO_TEXT.search(text):  # of the value, or made by the format `c`
            raise SnippetError(
                path,
                f"`{expression}` holds the control character {control.group()!r}",
                "",
                "Take a value that a page can show, or a different format.",
            )
        if isinstance(value, float) and NOT_FINITE.search(text):
            raise SnippetError(
                path, f"`{expression}` is {text}", "", "Take a value from before it diverged."
            )
        return text

    def networks(self, pages: Iterable[Path]) -> dict[str, str]:
        """Return the scripts with the networks that pages sample, by where to publish them."""
        found = {}
        for page in pages:
            for place in references.find(page.read_text(encoding="utf-8")):
                if place.options.get("kind") == "sampler":
                    with contextlib.suppress(SnippetError, *figures.UNFIT):  # the page shows it
                        script = sampler.script(self._drawn(place))
                        found[sampler.published(place.path, script)] = script
        return found

    def _find(self, path: str, expression: str) -> Any:
        """Return the value that an expression names, unformatted."""
        parsed = EXPRESSION.match(expression.strip())
        if not parsed:
            raise SnippetError(
                path,
                f"`{expression}` is not a value",
                "",
                "Write a name, keys in brackets and a format, as in `losses[-1] .3g`.",
            )
        value: Any = self.record(path).values
        for key in [parsed["name"], *re.findall(r"\[([^\[\]]+)\]", parsed["keys"])]:
            value = _step(value, key, path, expression)
        return value

    def section(self, path: str, name: str) -> None:
        """Check that a snippet and a section of it exist.

        Args:
            path: The snippet.
            name: The section, or "" for the whole snippet.

        Raises:
            SnippetError: If one of them does not exist.
        """
        self.check_path(path)
        if not name:
            return
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        marks = [f"--8<-- [{mark}:{name}]" for mark in ("start", "end")]
        for mark in ("start", "end"):
            if f"--8<-- [{mark}:{name}]" not in text:
                known = sorted(set(re.findall(r"--8<-- \[start:([\w-]+)\]", text)))
                advice = {
                    "start": f"Its sections are: {', '.join(known) or 'none'}.",
                    "end": "Write it below the last line to show.",
                }
                problem = f"has no line `# --8<-- [{mark}:{name}]`"
                raise SnippetError(path, problem, "", advice[mark])
        start, end = marks
        if text.count(start) > 1 or text.count(end) > 1 or text.index(end) < text.index(start):
            problem = f"marks the section `{name}` twice, or its end before its start"
            raise SnippetError(path, problem, "", "Write one start above one end.")

    def check_path(self, path: str) -> None:
        """Check that a path is a file in the snippets' folder.

        Raises:
            SnippetError: If it is not.
        """
        folder = self.settings.folder
        if (
            not path.startswith(f"{folder}/")
            or "\0" in path  # no file has such a name
            or not os.path.realpath(path).startswith(_real(os.path.abspath(folder)) + os.sep)
        ):
            raise SnippetError(
                path or "(no file)",
                f"is not inside {folder}/",
                "",
                f'Name a file below {folder}/, as in file="snippets/optim.py".',
            )
        if not os.path.isfile(path):
            raise SnippetError(
                path, "does not exist", "", "Fix the name on the page, or write the snippet."
            )


def of_project() -> Weaver:
    """Return the weaver of the project in the working directory; all languages share its runs."""
    return _weaver_of(Settings.read())


@functools.cache
def _weaver_of(settings: Settings) -> Weaver:
    """Return the only weaver for these settings."""
    return Weaver(settings)


@functools.lru_cache(10_000)
def _not_finite(output: str) -> str:
    """Return the first NaN or infinity of an output, or ""."""
    found = NOT_FINITE.search(output)
    return found.group() if found else ""


def _check_finite(record: Record, diverges: bool | None) -> None:
    """Raise SnippetError if an output diverges and the page says otherwise, or the reverse."""
    not_finite = _not_finite(record.output)
    if diverges is False and not_finite:
        raise SnippetError(
            record.path,
            f"printed {not_finite}",
            record.output,
            'If divergence is the point, say so in the fence: diverges="true".',
        )
    if diverges and not not_finite:
        raise SnippetError(
            record.path,
            "prints only finite numbers, but the page says that it diverges",
            record.output,
            'Fix the snippet, or take diverges="true" out of the fence.',
        )


def _step(value: Any, key: str, path: str, expression: str) -> Any:
    """Return the part of a value at a key: an index of a list, or a key of a dict."""
    try:
        return value[int(key)] if isinstance(value, list) else value[key]
    except (KeyError, IndexError, TypeError, ValueError):
        if isinstance(value, dict):
            known = ", ".join(sorted(value)) or "nothing"
        elif isinstance(value, list):
            known = f"a list of {len(value)}, indexed by whole numbers"
        else:
            known = f"{value!r}, which has no parts"
        raise SnippetError(
            path,
            f"has no value `{expression}`: nothing is at `{key}`",
            "",
            f"There is: {known}.",
        ) from None


@functools.cache
def _real(folder: str) -> str:
    """Return where a folder really is."""
    return os.path.realpath(folder)


def together(one: Any, other: Any) -> Any:
    """Put the values of two runs together: what both have is that of the first, lists grow."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = {key: together(value, other.get(key, value)) for key, value in one.items()}
        return both | {key: value for key, value in other.items() if key not in one}
    if isinstance(one, list) and isinstance(other, list):
        return one + [part for part in other if part not in one]
    return one


def as_power_of_ten(text: str) -> tuple[str, str] | None:
    """Split `3.15e-07` into ("3.15", "−7"), with a minus sign; return None for any other text."""
    match = EXPONENT.match(text)
    return (match[1], str(int(match[2])).replace("-", "\N{MINUS SIGN}")) if match else None
