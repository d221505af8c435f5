"""Code on a page: each piece says which file and lines it is, and where an error comes from.

A page includes a section of a snippet; this module adds what readers want to know of it. Lines are
counted as in the file that readers download, which lacks the marks of sections.
"""

import os
import re
from contextlib import suppress
from pathlib import Path

from loom.run.record import SnippetError
from loom.weave import references
from loom.weave.references import Reference
from loom.weave.weaver import Weaver

# A block of Python that is a section of a snippet; or a longer fence, which holds an example.
CODE = re.compile(
    r"^(?P<example>`{4,}).*?^(?P=example)$"
    r'|^(?P<indent>[ >]*)```python(?: title="[^"\n]*")?\n'
    r'(?P<line>(?P=indent)--8<-- "(?P<path>snippets/[\w/]+\.py)(?::(?P<section>[\w-]+))?"\n)'
    r"(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
SHOWN_CALL = re.compile(r"File &quot;(?P<path>snippets/[\w/]+\.py)&quot;, (?P<line>line \d{1,9}\b)")
BAR = re.compile(
    r'<span class="filename">(?P<path>snippets/[\w/]+\.py) · (?P<lines>[^<·]*)'
    r"(?: · (?P<fails>[^<]*))?</span>"
)
ERROR = re.compile(
    r'<figure (?=class="loom loom--error).*?'
    r'<figcaption><a href="loom:(?P<path>snippets/[\w/]+\.py)".*?</figure>',
    re.DOTALL,
)
HYPHENATED = re.compile(r"<code>(?=[^<>\s]{1,24}</code>)(?=[^<]*-)")


def with_bars(markdown: str, weaver: Weaver, words: dict[str, str]) -> str:
    """Add file and lines to each piece of code of a page; number the lines where an error follows.

    Args:
        markdown: The page, before its sections are filled in.
        weaver: Knows which programs end with an error.
        words: The words of captions, in the page's language.
    """
    shown = [found for found in references.find(markdown) if found.kind == "output"]
    failing = {found.path: line for found in shown if (line := _failing_line(found, weaver))}

    def card(code: re.Match[str]) -> str:
        if code["example"] or not os.path.isfile(code["path"]):
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


def _failing_line(shown: Reference, weaver: Weaver) -> int:
    """Return the line of a program that the error in its output comes from; 0 without an error."""
    with suppress(SnippetError):
        output, fails = weaver.output(shown), weaver.record_for(shown).error
        calls = references.CALL.finditer(output) if fails else ()
        return ([0] + [int(call["line"]) for call in calls if call["path"] == shown.path])[-1]
    return 0


def with_whole_code(page: str) -> str:
    """Keep short code with a hyphen on one line: a browser would break `3e-04` behind it.

    Args:
        page: The rendered page.
    """
    return HYPHENATED.sub('<code class="whole">', page)


def with_links(page: str) -> str:
    """Link file names to the files, and a line that fails with its error, both ways.

    Args:
        page: The rendered page.
    """
    linked: set[str] = set()
    failing = {error["path"] for error in ERROR.finditer(page) if _last_call(error)}

    def bar(found: re.Match[str]) -> str:
        path, lines, fails = found["path"], found["lines"], found["fails"]
        if not os.path.isfile(path):  # an author can write any title
            return found[0]
        shown = f'<a href="loom:{path}" download>{path}</a> <span>{lines}</span>'
        if fails and path in failing - linked:
            linked.add(path)
            shown += f' <a id="{_id(path)}:line" href="#{_id(path)}:error">{fails}</a>'
        return f'<span class="filename">{shown}</span>'

    def error(found: re.Match[str]) -> str:
        call, name = _last_call(found), _id(found["path"])
        if not call or found["path"] not in linked:
            return found[0]
        linked.remove(found["path"])
        text = (
            f'{found[0][: call.start("line")]}<a href="#{name}:line">{call["line"]}</a>'
            f"{found[0][call.end('line') :]}"
        )
        return text.replace("<figure ", f'<figure id="{name}:error" ', 1)

    return ERROR.sub(error, BAR.sub(bar, page))


def _last_call(error: re.Match[str]) -> re.Match[str] | None:
    """Return the last call of a traceback, as a page shows it, that is in its own program."""
    calls = SHOWN_CALL.finditer(error[0])
    return next((call for call in reversed([*calls]) if call["path"] == error["path"]), None)


def _id(path: str) -> str:
    """Return the beginning of the ids of a snippet's failing line and of its error.

    A colon follows it, which the id of a heading cannot have: no two can be the same.
    """
    return path.removeprefix("snippets/").removesuffix(".py").replace("/", "-")
