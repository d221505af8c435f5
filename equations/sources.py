r"""Bring Markdown, notebooks and LaTeX to the Markdown that `equations.reading` reads.

There, a displayed formula stands between two lines of `$$`, one inside a sentence between `$`, and
a declaration in a comment. Each line keeps the place from which it comes.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

ENDINGS = (".md", ".ipynb", ".tex")
DISPLAY = r"equation|align|gather|multline|eqnarray|displaymath"
OPENS = re.compile(
    r"(?P<before>.*?)(?P<sign>\$\$|\\\[|\\begin\{(?P<name>(?:" + DISPLAY + r")\*?)\})(?P<rest>.*)"
)
INLINE = re.compile(r"\\\(((?:[^\\]|\\[^()])+)\\\)")
FENCE = re.compile(r"\s*(`{3,}(?!.*`)|~{3,})")
COMMENTED = re.compile(r"(?<!\\)((?:\\\\)*)%.*")  # behind an even number of backslashes
VERB = re.compile(r"\\verb\*?([^a-zA-Z\s*]).*?\1")
COMMENT = re.compile(r"\s*%+\s*(equations: .*?)\s*$")
HEADING = re.compile(r"\s*\\(sub){0,2}section\*?\{(.*)\}.*")
VERBATIM = re.compile(r"\\(begin|end)\{(?:verbatim|lstlisting|minted|comment)\*?\}")

Lines = list[tuple[str, str]]  # where a line comes from, and the line


def read_file(path: Path) -> Lines:
    """Read a file as Markdown.

    Raises:
        OSError: If it cannot be read.
        ValueError: If its name does not end as a page's does, it is no text, or a broken notebook.
    """
    if path.suffix not in ENDINGS:
        raise ValueError(f"its name does not end in {', '.join(ENDINGS)}")
    text = path.read_text(encoding="utf-8-sig")  # Windows may begin it with a mark
    if path.suffix == ".ipynb":
        return _notebook(text)
    lines = [(str(number), line) for number, line in enumerate(text.split("\n"), 1)]
    if path.suffix == ".tex":
        lines = list(_latex(lines))
    return list(_displays(lines))


def _notebook(text: str) -> Lines:
    """Return the lines of a notebook's Markdown cells."""
    lines: Lines = []
    try:
        cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    except (LookupError, RecursionError, TypeError) as error:
        raise ValueError("this is no notebook") from error
    for number, (kind, source) in enumerate(cells, 1):
        source.encode()  # raises ValueError at half of a surrogate pair, which nobody can print
        if kind == "markdown":
            here = [(f"cell {number}:{at}", line) for at, line in enumerate(source.split("\n"), 1)]
            lines += [*_displays(here), (f"cell {number}", "")]
    return lines


def _latex(lines: Lines) -> Iterator[tuple[str, str]]:
    """Turn declarations and headings of LaTeX into those of Markdown, and drop other comments."""
    verbatim = False
    for place, line in lines:
        inside = verbatim
        code = line if inside else COMMENTED.sub(r"\1", VERB.sub("", line))
        if edges := VERBATIM.findall(code):
            verbatim = edges[-1] == "begin"
        if inside or edges:
            yield place, ""
        elif declaration := COMMENT.fullmatch(line):
            yield place, f"<!-- {declaration[1]} -->"
        elif heading := HEADING.fullmatch(line):
            yield place, "#" * (1 + line.count("sub")) + f" {heading[2]}"
        else:
            yield place, COMMENTED.sub(r"\1", line)


def _displays(lines: Lines) -> Iterator[tuple[str, str]]:
    """Put each displayed formula between two lines of `$$`."""
    fence, closing = "", ""
    for place, line in lines:
        text = line
        if not closing and (found := FENCE.match(text)):
            fence = "" if fence and text.strip().startswith(fence) else fence or found[1]
        if fence or FENCE.match(text):
            yield place, line
            continue
        while True:
            if closing:
                body, ended, text = text.partition(closing)
                yield place, body
                if not ended:
                    break
                yield place, "$$"
                closing = ""
            opening = OPENS.fullmatch(_without_code(text))
            if opening is None:
                yield place, INLINE.sub(r"$\1$", text)
                break
            yield place, INLINE.sub(r"$\1$", opening["before"])
            yield place, "$$"
            closing = {"$$": "$$", r"\[": r"\]"}.get(opening["sign"], rf"\end{{{opening['name']}}}")
            text = opening["rest"]
    if fence:  # the cell of a notebook ends, and its fence with it
        yield place, fence


def _without_code(text: str) -> str:
    """Return a line without the code in it, if a display opens there otherwise."""
    return re.sub(r"`+[^`]+`+", "``", text) if "`" in text else text
