"""Find what a page takes from snippets: sections, outputs and values, each with its line."""

import functools
import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from loom.draw.figures import KINDS

FENCE = re.compile(r"^[ >\t]*(?P<ticks>`{3,}(?!.*`)|~{3,}) *(?P<name>[\w-]*)(?P<options>.*)$")
OPTION = re.compile(r'(?<![\w-])([\w-]+)="([^"]*)"')
OPTIONS = re.compile(r'([ \t]+[\w-]+="[^"]*")*[ \t]*')
NEARLY_FENCE = re.compile(r"^[^`~]*+[`~]{2,}+.*\bfile *=")
INLINE = re.compile(r"(?<!`)`#!(?P<kind>value|code) (?P<path>\S+) (?P<expression>[^`]+)`")
LINK = re.compile(r"\]\(loom:(?P<path>[^)\s]+)\)")
EXAMPLE = re.compile(r"``.+?``")
MARKER = re.compile(r"^[ \t]*# --8<-- \[(start|end):[\w-]+\]\n", re.MULTILINE)
CALL = re.compile(r'(?P<before>File "(?P<path>snippets/[\w/]+\.py)", line )(?P<line>\d{1,9})\b')


@dataclass(frozen=True)
class Kind:
    """How to write a kind of fence; `RENDER` in fences.py is what it shows.

    Attributes:
        options: An example of each option, by its name.
        runs: Whether it shows what a run of its snippet left behind.
        words: Whether its body is lines `key: text`, with words in the page's language.
    """

    options: dict[str, str]
    runs: bool = True
    words: bool = False


FENCES = {
    "output": Kind(
        {
            "file": 'file="..."',
            "part": 'part="2"',
            "diverges": 'diverges="true"',
            "torch": 'torch="2.15.0"',
        }
    ),
    "figure": Kind(
        {
            "file": 'file="..."',
            "value": 'value="..."',
            "kind": 'kind="..."',
            "log": 'log="true"',
            "with": 'with="snippets/..."',
        },
        words=True,
    ),
    "live": Kind({"file": 'file="..."', "sizes": 'sizes="16, 50, 20, 4"'}, runs=False),
    "exercise": Kind({"file": 'file="exercises/..."', "name": 'name="..."'}, runs=False),
    "predict": Kind({"file": 'file="..."', "value": 'value="..."'}, words=True),
    "lesson": Kind({}, runs=False, words=True),
    "change": Kind(
        {"before": 'before="snippets/a.py:one,two"', "after": 'after="snippets/b.py:one"'},
        runs=False,
    ),
}
FORMS = {
    "part": (
        r"[1-9]\d*",
        'part="..." counts the parts of the output, divided by empty lines, from 1',
    ),
    "torch": (r"\d+(\.\d+)*", 'torch="..." names a release, as in torch="2.15.0"'),
}
REQUIRED = {
    "file": 'the fence must name its snippet: file="snippets/..."',
    "value": 'the fence must name the value that it takes: value="..."',
    "name": 'the fence must name its exercise: name="..."',
    "before": 'the fence must name the code before the change: before="snippets/..."',
    "after": 'the fence must name the code after the change: after="snippets/..."',
}
MODULE = re.compile(r"^(.*>)?[ \t>*+#\d.)-]*:::")  # mkdocstrings documents it, behind a tag too
DOCUMENTED = re.compile(r"::: snippets(\.\w+)+")
SNIPPET = re.compile(r"^[ >\t]*-+8<-+(?=[ \t]|$)")
SECTION = re.compile(r'^[ >\t]*-+8<-+ "(?P<path>[^":]+)(?::(?P<section>[\w-]+))?"$')


@dataclass(frozen=True)
class Reference:
    """A place on a page that takes something from a snippet.

    Attributes:
        line: Line number in the file, from 1.
        text: The line as written.
        kind: "section" (source), "module" (documentation), "output", "figure", "live" (a program to
            run in the browser), "exercise" (one to write and check there), "predict" (a question
            whose answer is a value), "lesson" (the head of one), "change" (code before and after),
            "value", "code" (a value shown as code), "link", or "fence" (one that should be ours but
            is misspelt).
        path: The snippet.
        what: The section's name, the output's part or the value's expression, if there is one.
        problem: What is wrong with its syntax, or "".
        options: The options of a fence.
        body: The lines of a fence.
    """

    line: int
    text: str
    kind: str
    path: str
    what: str = ""
    problem: str = ""
    options: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def diverges(self) -> bool:
        """Whether the page says that NaN or infinity is the point of an output."""
        return self.options.get("diverges") == "true"

    @property
    def paths(self) -> list[str]:
        """The snippets: `path`, those whose values a figure adds, and the one before a change."""
        before = [self.options["before"].partition(":")[0]] if "before" in self.options else []
        return [self.path, *self.options.get("with", "").split(), *before]

    @property
    def is_run(self) -> bool:
        """Whether it needs a record of the snippet's run."""
        runs = self.kind in ("value", "code") or (self.kind in FENCES and FENCES[self.kind].runs)
        return runs and not self.problem


def problem_of(name: str, options: dict[str, str]) -> str:
    """Return what is wrong with the options of one of our fences, or "".

    Args:
        name: The kind of fence, a key of `FENCES`.
        options: Its options.
    """
    known = FENCES[name].options
    if set(options) - set(known) or not {"true"}.issuperset(
        {options.get("diverges", "true"), options.get("log", "true")}
    ):
        may = ", ".join(known.values()) or "nothing"
        return f"the fence may say {may}; there are no other options"
    for option, problem in REQUIRED.items():
        if option in known and not options.get(option):
            return problem
    for option, (form, problem) in FORMS.items():
        if not re.fullmatch(form, options.get(option, "1")):
            return problem
    if name == "figure" and options.get("kind") not in KINDS:
        return f'the fence must say kind="...", one of: {", ".join(KINDS)}'
    return ""


@functools.lru_cache(1000)
def find(markdown: str) -> tuple[Reference, ...]:
    """Return the references of a page in order.

    Skip fences and inline values inside another fence: they are examples. Sections count even
    there, because pymdownx.snippets fills them in everywhere.
    """
    return tuple(_find(markdown))


def _find(markdown: str) -> Iterator[Reference]:
    """Yield the references of a page."""
    open_fence = ""
    fenced: Reference | None = None
    lines = markdown.split("\n")
    for number, line in enumerate(lines, 1):
        if SNIPPET.match(line):
            yield _section(number, line)
        fence = FENCE.match(line)
        if open_fence:
            closes = fence and not fence["name"] and not fence["options"].strip()
            if fence and closes and fence["ticks"] == open_fence:
                open_fence = ""
                if fenced and (fenced.kind != "fence" or fenced.problem):
                    yield fenced
                fenced = None
            elif fenced:
                fenced = _with_line(fenced, line)
        elif fence:
            open_fence = fence["ticks"]
            fenced = _fence(number, line.strip(), fence["name"], fence["options"])
        elif MODULE.match(line):
            yield _module(number, line, lines[number:])
        else:
            yield from _in_prose(number, line)
    if fenced:
        yield replace(fenced, problem="the fence is not closed")


def _section(number: int, line: str) -> Reference:
    """Return a line that shows a section of a snippet; its `problem` says if it is wrong."""
    if section := SECTION.match(line):
        return Reference(number, line.strip(), "section", section["path"], section["section"] or "")
    problem = 'a line that shows code is --8<-- "snippets/...", with :section before the last "'
    return Reference(number, line.strip(), "section", "(no file)", problem=problem)


def _module(number: int, line: str, after: list[str]) -> Reference:
    """Return a line that documents a module; it must be one of snippets, without options.

    mkdocstrings would read or import any module; an option could name an extension to load.
    """
    following = next((text for text in after if text.strip()), "")
    problem = ""
    if not DOCUMENTED.fullmatch(line) or re.match(r" *(    |\t)", following):
        problem = (
            "a line that documents a module is `::: snippets.name`, alone; options are those of "
            "mkdocs.yml, for all pages"
        )
    path = line.partition(":::")[2].strip(": ").replace(".", "/") + ".py"
    return Reference(number, line.strip(), "module", path, problem=problem)


def _fence(number: int, text: str, name: str, written: str) -> Reference:
    """Return an opening fence: one of ours, or a code block, which uses no run."""
    options = dict(OPTION.findall(written))
    if name not in FENCES:
        wrong = NEARLY_FENCE.match(text)
        problem = f"a fence `{name}` cannot name a file; {_known_fences()}" if wrong else ""
        return Reference(number, text, "fence", options.get("file", "(no file)"), problem=problem)
    fenced = from_options(name, options, number, text)
    if OPTIONS.fullmatch(written):
        return fenced
    return replace(fenced, problem='options are written name="value", with a space before each')


def _known_fences() -> str:
    """Say how our fences begin."""
    return f'write ```name file="snippets/...", where name is one of {", ".join(FENCES)}'


def from_options(name: str, options: dict[str, str], number: int = 0, text: str = "") -> Reference:
    """Return the reference for one of our fences.

    Args:
        name: The kind of fence.
        options: Its options.
        number: Its line on the page, if known.
        text: The line itself, if known.
    """
    return Reference(
        number,
        text,
        name,
        options.get("file", options.get("after", "(no file)").partition(":")[0]),
        options.get("part", options.get("value", options.get("name", ""))),
        problem=problem_of(name, options),
        options=options,
    )


def _with_line(fenced: Reference, line: str) -> Reference:
    """Add a line to the body of a fence; only a fence of words may have one."""
    if fenced.kind == "fence":
        return fenced
    if not FENCES[fenced.kind].words and line.strip():
        return replace(fenced, problem=f"the {fenced.kind} fence must be empty")
    return replace(fenced, body=f"{fenced.body}{line}\n")


def _in_prose(number: int, line: str) -> Iterator[Reference]:
    """Yield the inline values and links of a line, and a misspelt fence."""
    prose = EXAMPLE.sub("", line)
    if NEARLY_FENCE.match(prose):
        problem = f"this does not open a fence; {_known_fences()}"
        yield Reference(number, line.strip(), "fence", "(no file)", problem=problem)
    for inline in INLINE.finditer(prose):
        yield Reference(number, line.strip(), inline["kind"], inline["path"], inline["expression"])
    for link in LINK.finditer(prose):
        yield Reference(number, line.strip(), "link", link["path"])


def without_marks(source: str) -> str:
    """Return a snippet's source as readers get it, without the marks of its sections."""
    return MARKER.sub("", source)


def as_readers_count(output: str) -> str:
    """Return a traceback with the lines of the files that readers download."""

    def count(call: re.Match[str]) -> str:
        if not os.path.isfile(call["path"]):  # a program can print any name
            return call[0]
        source, line = Path(call["path"]).read_text(encoding="utf-8"), int(call["line"])
        above = "".join(source.splitlines(keepends=True)[: line - 1])
        return f"{call['before']}{line - len(MARKER.findall(above))}"

    return CALL.sub(count, output)


def section_of(source: str, name: str) -> str:
    """Return a section of a snippet's source, or all of it, as a page shows it."""
    if name:
        source = source.partition(f"--8<-- [start:{name}]\n")[2]
        source = source.partition(f"# --8<-- [end:{name}]")[0].rstrip(" ")
    return textwrap.dedent(without_marks(source))
