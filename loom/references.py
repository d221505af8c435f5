"""Find what a page takes from snippets: sections, outputs and values, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^[ >\t]*(?P<ticks>`{3,}|~{3,}) *(?P<name>[\w-]*)(?P<options>.*)$")
OPTION = re.compile(r'([\w-]+)="([^"]*)"')
INLINE = re.compile(r"(?<!`)`#!(?P<kind>value|code) (?P<path>\S+) (?P<expression>[^`]+)`")
SECTION = re.compile(r'^[ >\t]*-+8<-+ "(?P<path>[^":]+)(?::(?P<section>[\w-]+))?"')


@dataclass(frozen=True)
class Reference:
    """A place on a page that takes something from a snippet.

    Attributes:
        line: Line number in the file, from 1.
        text: The line as written.
        kind: "section" (source), "output", "value" or "code" (a value shown as code).
        path: The snippet.
        what: The section's name or the value's expression, if there is one.
        diverges: Whether the page says that NaN or infinity is the point.
    """

    line: int
    text: str
    kind: str
    path: str
    what: str = ""
    diverges: bool = False


def find(markdown: str) -> Iterator[Reference]:
    """Yield the references of a page in their order.

    Fences and inline values inside another fence are examples and are left out; sections are not,
    because pymdownx.snippets fills them in everywhere.
    """
    open_fence = ""
    for number, line in enumerate(markdown.splitlines(), 1):
        text = line.strip()
        if section := SECTION.match(line):
            yield Reference(number, text, "section", section["path"], section["section"] or "")
        fence = FENCE.match(line)
        if open_fence:
            closes = fence and not fence["name"] and not fence["options"].strip()
            if fence and closes and fence["ticks"].startswith(open_fence):
                open_fence = ""
        elif fence:
            open_fence = fence["ticks"]
            if fence["name"] == "output":
                options = dict(OPTION.findall(fence["options"]))
                diverges = options.get("diverges") == "true"
                yield Reference(number, text, "output", options.get("file", ""), "", diverges)
        else:
            for inline in INLINE.finditer(line):
                yield Reference(number, text, inline["kind"], inline["path"], inline["expression"])
