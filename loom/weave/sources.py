"""Check the files that a build reads before anything else reads them."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from loom.run.program import CONTROL

TEXTS = {
    "docs": (".md", ".py"),
    "snippets": (".py",),
    "exercises": (".py",),
    "releases": (".json",),
    "tests/facts": (".py",),
    "theme": (".css", ".html"),
}
# Beside texts, what may lie in docs/: a browser would open a page or a drawing that nobody checks.
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
PIXELS = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|RIFF....WEBP|....ftyp(avi|mi)", re.DOTALL)
# Notebooks have the names of labs and workbooks in addresses, and in commands that readers run.
NAMED, NAME = {"docs", "exercises"}, re.compile(r"[\w-]+\.py", re.ASCII)
LONGEST = 3_000  # letters of a line: Markdown takes minutes for a line of 10,000 brackets
CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})( |$)", re.MULTILINE)
# Lines that pymdownx.snippets and mkdocstrings would act on, except the marks of sections.
INCLUDE = re.compile(
    r"^((.*>)?[ \t>*+#\d.)-]*:::|[ \t>*+#\d.)-]*;*-+8<-++(?! \[(start|end):))", re.MULTILINE
)
# Marks, as pymdownx.snippets finds them; beside code, or with words, they are not ours.
MARK = re.compile(
    r"^(?!\s*# --8<-- \[(?:start|end):[\w-]+\]$).*-8<-+\s*\[\s*(?:start|end)\b", re.M | re.I
)
LONG = re.compile(rf"[^\n]{{{LONGEST + 1}}}")
URL = re.compile(r"""url\(["']?(?!data:|#)([^"')?#]+)""")


def faults() -> list[str]:
    """Return what is wrong with pages, snippets, exercises, records and styles, with the line.

    They must be in their folder, be plain UTF-8 and hold no marks of an unresolved merge. Beside
    pages and labs, docs/ holds pictures alone. Snippets must not include files. The files that a
    style loads, such as fonts, must exist.
    """
    return [
        f"{os.fsencode(path).decode(errors='backslashreplace')}:{line}: {problem}"
        for folder, endings in TEXTS.items()
        for path in (Path(folder), *sorted(Path(folder).rglob("*")))
        for line, problem in _faults_of(path, folder, endings)
    ]


def _faults_of(path: Path, folder: str, endings: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a file or folder, and in which line."""
    if not _is_utf8(path.name):
        yield 1, "has a name that is not UTF-8.\nWhat to do: rename it."
    elif path.is_symlink() and not _leads_to(path).is_relative_to(Path.cwd() / folder):
        yield 1, f"leads out of {folder}/.\nWhat to do: replace the link by a copy."
    elif path.is_symlink() and path.is_dir():  # MkDocs follows it, if need be in a circle
        yield 1, "is a link to a folder.\nWhat to do: replace the link by a copy."
    elif not (path.is_file() or path.is_dir()) and (path.is_symlink() or path.exists()):
        yield 1, "is no file that can be read.\nWhat to do: remove it, or save what you edit."
    elif path.is_dir() and path.suffix in endings:
        yield 1, "is a folder with the name of a file.\nWhat to do: rename it."
    elif folder in NAMED and path.suffix == ".py" and not NAME.fullmatch(path.name):
        yield 1, "has a name that is no word.\nWhat to do: use letters, digits, - and _ alone."
    elif folder == "docs" and path.is_file() and not _may_be_published(path):
        yield (
            1,
            "is neither a page nor a lab nor a picture.\nWhat to do: remove it; labs are in "
            f"docs/…/labs/, and pictures are {', '.join(sorted(PICTURES))}.",
        )
    elif folder == "docs" and is_picture(path) and not _has_pixels(path):
        yield (
            1,
            "holds no picture, whatever its name says.\nWhat to do: save it as a picture again.",
        )
    elif path.suffix in endings and path.is_file():
        content = path.read_bytes()
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            yield line, f"is not UTF-8 ({error.reason}: {content[error.start]:#04x}). {_SAVE}"
            return
        # Few files need to be searched line by line.
        if (
            path.suffix == ".css"
            or (path.parts[0] == "snippets" and (INCLUDE.search(text) or MARK.search(text)))
            or "\ufeff" in text
            or CONTROL.search(text.replace("\r", ""))
            or CONFLICT.search(text)
            or (path.suffix != ".css" and LONG.search(text))
        ):
            for number, written in enumerate(text.split("\n"), 1):
                yield from ((number, problem) for problem in _faults_in(written, path))


def _may_be_published(path: Path) -> bool:
    """Tell whether a file is a page, a lab or a picture, or hidden: MkDocs publishes the others."""
    hidden = any(part.startswith(".") for part in path.parts)
    lab = path.suffix == ".py" and path.match("docs/*/labs/*")
    return hidden or lab or path.suffix == ".md" or is_picture(path)


def is_picture(path: Path) -> bool:
    """Tell whether the name of a file is that of a picture made of pixels."""
    return path.suffix.lower() in PICTURES


def _has_pixels(path: Path) -> bool:
    """Tell whether a file begins as a picture made of pixels does."""
    with path.open("rb") as file:
        return PIXELS.match(file.read(16)) is not None


def _is_utf8(name: str) -> bool:
    """Tell whether a page can hold the name of a file."""
    return not re.search(r"[\ud800-\udfff]", name)


def _leads_to(link: Path) -> Path:
    """Return where a link leads; one that leads to itself, nowhere."""
    try:
        return link.resolve()
    except (OSError, RuntimeError):
        return Path("/")


_SAVE = "\nWhat to do: save it as UTF-8, without a byte order mark."


def _faults_in(line: str, path: Path) -> Iterator[str]:
    """Yield what is wrong with a line of a file."""
    if line.startswith("\ufeff"):
        yield f"begins with a byte order mark. {_SAVE}"
    if len(line) > LONGEST and path.suffix != ".css":
        yield f"has more than {LONGEST:,} letters.\nWhat to do: divide the line."
    if control := CONTROL.search(line.replace("\r", "")):
        yield f"holds the control character {control[0]!r}.\nWhat to do: remove it."
    if CONFLICT.match(line):
        yield "an unresolved merge conflict.\nWhat to do: keep one side, and remove the marks."
    if path.parts[0] == "snippets" and INCLUDE.match(line):
        yield "a program must not include a file or document a module.\nWhat to do: import it."
    if path.parts[0] == "snippets" and MARK.match(line.lstrip("\ufeff")):
        problem, cure = "a mark is `# --8<-- [start:name]`, alone in its line", "divide the line"
        if line.endswith("\r"):
            problem, cure = "ends with a carriage return, as on Windows", "save it with \\n alone"
        yield f"{problem}.\nWhat to do: {cure}."
    if path.suffix == ".css":
        for wanted in URL.findall(line):
            if not (path.parent / wanted).is_file():
                yield f"asks for {wanted}, which does not exist.\nWhat to do: restore the file."
