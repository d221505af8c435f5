"""Code on a page: each piece says which file and lines it is, and where an error comes from.

A page includes a section of a snippet; this module adds what readers want to know of it. Lines are
counted as in the file that readers download, which lacks the marks of sections.
"""

import re
from contextlib import suppress
from pathlib import Path

from loom.run.record import SnippetError
from loom.weave import references
from loom.weave.weaver import Weaver

# A block of Python that is a section of a snippet; or a longer fence, which holds an example.
CODE = re.compile(
    r"^(?P<example>`{4,}).*?^(?P=example)$"
    r"|^(?P<indent>[ >]*)```python[^\n]*\n"
    r'(?P<line>(?P=indent)--8<-- "(?P<path>snippets/[\w/]+\.py)(?::(?P<section>[\w-]+))?"\n)'
    r"(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
CALL = re.compile(r'(?P<before>File "(?P<path>snippets/[\w/]+\.py)", line )(?P<line>\d+)')
SHOWN_CALL = re.compile(
    r"File &quot;(?P<path>snippets/[\w/]+\.py)&quot;, line (?P<line>\d+)(?!.*File &quot;snippets/)",
    re.DOTALL,
)
BAR = re.compile(
    r'<span class="filename">(?P<path>snippets/[\w/]+\.py) · (?P<lines>[^<·]*)'
    r"(?: · (?P<fails>[^<]*))?</span>"
)
ERROR = re.compile(r'<figure class="loom loom--error.*?</figure>', re.DOTALL)


def _marks_above(source: str, line: int) -> int:
    """Return how many marks of sections stand above a line of a snippet, counted from 1."""
    return len(references.MARKER.findall("".join(source.splitlines(keepends=True)[: line - 1])))


def as_readers_count(output: str) -> str:
    """Return a traceback with the lines of the files that readers download."""

    def count(call: re.Match[str]) -> str:
        source, line = Path(call["path"]).read_text(encoding="utf-8"), int(call["line"])
        return f"{call['before']}{line - _marks_above(source, line)}"

    return CALL.sub(count, output)


def with_bars(markdown: str, weaver: Weaver, words: dict[str, str]) -> str:
    """Add file and lines to each piece of code of a page; number the lines where an error follows.

    Args:
        markdown: The page, before its sections are filled in.
        weaver: Knows which programs end with an error.
        words: The words of captions, in the page's language.
    """
    shown = {found.path for found in references.find(markdown) if found.kind == "output"}
    failing = {path: line for path in shown if (line := _failing_line(path, weaver))}

    def card(code: re.Match[str]) -> str:
        if code["example"] or not Path(code["path"]).is_file():
            return code[0]
        path, section = code["path"], code["section"] or ""
        source = Path(path).read_text(encoding="utf-8")
        above = source.partition(f"--8<-- [start:{section}]\n")[0] if section else ""
        first = above.count("\n") + 1 - len(references.MARKER.findall(f"{above}\n"))
        last = first + references.section_of(source, section).rstrip("\n").count("\n")
        lines = words["lines" if last > first else "line"].format(first=first, last=last)
        options = ""
        if path in failing:
            options = f' linenums="{first}"'
            if first <= failing[path] <= last:
                lines += f" · {words['fails'].format(line=failing[path])}"
                options += f' hl_lines="{failing[path] - first + 1}"'
        options = f'title="{path} · {lines}"{options}'
        return f"{code['indent']}```python {options}\n{code['line']}{code['indent']}```"

    return CODE.sub(card, markdown)


def _failing_line(path: str, weaver: Weaver) -> int:
    """Return the line of a program that its error comes from; 0 if it ends with none."""
    with suppress(SnippetError):
        record = weaver.record(path)
        calls = CALL.finditer(as_readers_count(record.output)) if record.error else ()
        return ([0] + [int(call["line"]) for call in calls if call["path"] == path])[-1]
    return 0


def with_links(page: str) -> str:
    """Link file names to the files, and a line that fails with its error, both ways.

    Args:
        page: The rendered page.
    """
    linked = set()

    def bar(found: re.Match[str]) -> str:
        path, lines, fails = found["path"], found["lines"], found["fails"]
        shown = f'<a href="loom:{path}" download>{path}</a> <span>{lines}</span>'
        if fails and path not in linked:
            linked.add(path)
            shown += f' <a id="{_id(path)}-line" href="#{_id(path)}-error">{fails}</a>'
        return f'<span class="filename">{shown}</span>'

    def error(found: re.Match[str]) -> str:
        call = SHOWN_CALL.search(found[0])
        if not call or call["path"] not in linked:
            return found[0]
        linked.remove(call["path"])
        name, (at, line) = _id(call["path"]), call[0].rsplit(", ", 1)
        text = found[0].replace(call[0], f'{at}, <a href="#{name}-line">{line}</a>')
        return text.replace("<figure ", f'<figure id="{name}-error" ', 1)

    return ERROR.sub(error, BAR.sub(bar, page))


def _id(path: str) -> str:
    """Return the beginning of the ids of a snippet's failing line and of its error."""
    return path.removeprefix("snippets/").removesuffix(".py").replace("/", "-")
