"""Find what a page takes from snippets: sections, outputs and values, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

FENCE = re.compile(r"^[ >\t]*(?P<ticks>`{3,}|~{3,}) *(?P<name>[\w-]*)(?P<options>.*)$")
OPTION = re.compile(r'([\w-]+)="([^"]*)"')
INLINE = re.compile(r"(?<!`)`#!(?P<kind>value|code) (?P<path>\S+) (?P<expression>[^`]+)`")
LINK = re.compile(r"\]\(loom:(?P<path>[^)\s]+)\)")
EXAMPLE = re.compile(r"``.+?``")
SECTION = re.compile(r'^[ >\t]*-+8<-+ "(?P<path>[^":]+)(?::(?P<section>[\w-]+))?"')


@dataclass(frozen=True)
class Reference:
    """A place on a page that takes something from a snippet.

    Attributes:
        line: Line number in the file, from 1.
        text: The line as written.
        kind: "section" (source), "output", "value", "code" (a value shown as code) or "link".
        path: The snippet.
        what: The section's name, the output's part or the value's expression, if there is one.
        diverges: Whether the page says that NaN or infinity is the point.
        problem: What is wrong with the way it is written, or "".
    """

    line: int
    text: str
    kind: str
    path: str
    what: str = ""
    diverges: bool = False
    problem: str = ""

    @property
    def is_run(self) -> bool:
        """Whether it needs a run of the snippet."""
        return self.kind in ("output", "value", "code") and not self.problem


def problem_of(options: dict[str, str]) -> str:
    """Say what is wrong with the options of an output fence, or return ""."""
    if set(options) - {"file", "diverges", "part"} or options.get("diverges", "true") != "true":
        return (
            'the fence may say file="...", part="2" and diverges="true"; there are no other options'
        )
    if not re.fullmatch(r"[1-9]\d*", options.get("part", "1")):
        return 'part="..." counts the parts of the output, which are divided by empty lines, from 1'
    return "" if "file" in options else 'the fence must name its snippet: file="snippets/..."'


def find(markdown: str) -> Iterator[Reference]:
    """Yield the references of a page in their order.

    Fences and inline values inside another fence are examples and are left out; sections are not,
    because pymdownx.snippets fills them in everywhere.
    """
    open_fence = ""
    output: Reference | None = None
    for number, line in enumerate(markdown.splitlines(), 1):
        text = line.strip()
        if section := SECTION.match(line):
            yield Reference(number, text, "section", section["path"], section["section"] or "")
        fence = FENCE.match(line)
        if open_fence:
            closes = fence and not fence["name"] and not fence["options"].strip()
            if fence and closes and fence["ticks"].startswith(open_fence):
                open_fence = ""
                if output:
                    yield output
                output = None
            elif output and text:
                output = replace(output, problem="an output fence must be empty")
        elif fence:
            open_fence = fence["ticks"]
            if fence["name"] == "output":
                options = dict(OPTION.findall(fence["options"]))
                output = Reference(
                    number,
                    text,
                    "output",
                    options.get("file", ""),
                    options.get("part", ""),
                    diverges=options.get("diverges") == "true",
                    problem=problem_of(options),
                )
        else:
            prose = EXAMPLE.sub("", line)
            for inline in INLINE.finditer(prose):
                yield Reference(number, text, inline["kind"], inline["path"], inline["expression"])
            for link in LINK.finditer(prose):
                yield Reference(number, text, "link", link["path"])
    if output:
        yield replace(output, problem="the fence is not closed")
