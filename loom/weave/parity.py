"""Compare two language trees and name every difference in what must be the same in both."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from loom.weave import facts, references

EXCUSE = re.compile(r"(?:unchecked|refuted): ")  # its reason is in the language of the page
HEADING = re.compile(r"^(?P<level>#{1,6}) .*?(?:\{#(?P<id>[\w-]+)\})?\s*$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
IMAGE = re.compile(r"!\[[^\]]*\]\((?P<target>[^)\s]+)\)")
INLINE_MATH = re.compile(r"(?<![$\\])\$(?P<formula>[^$\n]+)\$(?!\$)")
INLINE_CODE = re.compile(r"`+[^`]+`+")


@dataclass
class Section:
    """One section of a page: what it shares with its counterpart, and its prose.

    Attributes:
        heading: The level and the id of its heading.
        line: The line at which it begins.
        blocks: Its fences and displayed equations with their text, in order; of the words on a
            figure, only the keys.
        block_lines: The line at which each block begins.
        inline: Its facts, values, formulas, links and images, each with its lines. Their order
            does not count, since the word order of languages differs.
        prose: What it does not share: lines of text, its heading, the words on a figure.
    """

    heading: tuple[int, str]
    line: int
    blocks: list[str] = field(default_factory=list)
    block_lines: list[int] = field(default_factory=list)
    inline: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    prose: list[str] = field(default_factory=list)

    def add_block(self, text: str, line: int) -> None:
        """Begin a block with its first line of text, at a line of the page."""
        self.blocks.append(text)
        self.block_lines.append(line)


@functools.lru_cache(1000)
def sections(markdown: str) -> tuple[Section, ...]:
    """Divide a page at its headings into sections, one for the text before the first of them."""
    found = [Section((0, "(before the first heading)"), 1)]
    closing: re.Pattern[str] | None = None  # ends the block that the line is in
    has_words = False  # the block holds words of the language
    for number, line in enumerate(markdown.splitlines(), 1):
        text = line.strip()
        fence = references.FENCE.match(line)
        if closing:
            shared, _, word = text.partition(":") if has_words else (text, "", "")
            found[-1].blocks[-1] += "\n" + shared
            found[-1].prose.append(word.strip())
            if closing.fullmatch(text):
                closing = None
        elif text.startswith("<!-- equations: ") and not EXCUSE.search(text):
            found[-1].add_block(text, number)
        elif fence or text == "$$":
            closing = re.compile(
                fence["ticks"][0] + f"{{{len(fence['ticks'])},}}" if fence else r"\$\$"
            )
            found[-1].add_block(text, number)
            kind = references.FENCES.get(fence["name"]) if fence else None
            has_words = bool(kind and kind.words)
        elif heading := HEADING.match(line):
            name = len(heading["level"]), heading["id"] or "(no id)"
            found.append(Section(name, number, prose=[text]))
        else:
            for item in _inline(line):
                found[-1].inline[item].append(number)
            found[-1].prose.append(text)
    return tuple(found)


def differences(first: Path, second: Path) -> list[str]:
    """Compare two language trees.

    Args:
        first: Folder of one language, such as docs/zh.
        second: Folder of the other.

    Returns:
        A text for each difference, with the places in both files; empty if there is none.
    """
    pages = [
        {p.relative_to(tree).as_posix() for p in tree.rglob("*.*")} for tree in (first, second)
    ]
    found = [
        f"{there}/{page}:1: has no counterpart: {missing}/{page} is missing.\n"
        "What to do: write it, or remove this one."
        for there, missing, names in ((first, second, pages), (second, first, pages[::-1]))
        for page in sorted(names[0] - names[1])
    ]
    for page in sorted(pages[0] & pages[1]):
        if page.endswith(".md"):
            found += differences_of_pages(first / page, second / page)
    return found


def differences_of_pages(first: Path, second: Path) -> list[str]:
    """Compare a page in two languages; see `differences`."""
    one, other = (sections(path.read_text(encoding="utf-8")) for path in (first, second))
    return [
        f"{first}:{here} and {second}:{there}: {problem}\n"
        "What to do: change one; code, equations, values, facts, ids and links must be the same "
        "in both."
        for here, there, problem in _compare(one, other)
    ]


Found = Iterator[tuple[int, int, str]]  # the lines of both pages, and what is wrong


def _compare(first: Sequence[Section], second: Sequence[Section]) -> Found:
    """Yield the differences of two pages; if headings differ, only the first such difference."""
    end = Section((0, "(none)"), 1)
    for one, other in zip_longest(first, second, fillvalue=end):
        if one.heading != other.heading:
            names = [f"{'#' * level} {{#{name}}}" for level, name in (one.heading, other.heading)]
            yield one.line, other.line, f"headings differ: {names[0]} against {names[1]}"
            return
    above = set[str]()
    for one, other in zip(first, second, strict=True):
        if one.heading[1] == "(no id)":
            yield one.line, other.line, "a heading needs an explicit id, {#like-this}"
        elif one.heading[1] in above:
            yield one.line, other.line, f"a heading above has the id {one.heading[1]} already"
        above.add(one.heading[1])
        yield from _compare_blocks(one, other)
        for item in sorted(one.inline.keys() | other.inline.keys()):
            here, there = one.inline.get(item, []), other.inline.get(item, [])
            if len(here) != len(there):
                times = f"{len(here)} times against {len(there)} in section #{one.heading[1]}"
                last = here[-1:] or [one.line], there[-1:] or [other.line]
                yield last[0][0], last[1][0], f"{item}: {times}"


def _compare_blocks(one: Section, other: Section) -> Found:
    """Yield the first difference in the code and equations of a section."""
    blocks = zip_longest(
        zip(one.blocks, one.block_lines, strict=True),
        zip(other.blocks, other.block_lines, strict=True),
        fillvalue=("", 0),
    )
    for (here, line), (there, other_line) in blocks:
        if here != there:
            lines = zip_longest((here or "nothing").split("\n"), (there or "nothing").split("\n"))
            shown = next(f"{a or 'nothing'} against {b or 'nothing'}" for a, b in lines if a != b)
            yield line or one.line, other_line or other.line, f"code or equations differ: {shown}"
            return


def _inline(line: str) -> Iterator[str]:
    """Yield what a line of prose shares with its counterpart."""
    for value in references.INLINE.finditer(line):
        yield f"value {value['path']} {value['expression']}"
    for name in facts.names_in(line):
        yield f"fact {name}"
    prose = INLINE_CODE.sub("", line)
    for formula in INLINE_MATH.finditer(prose):
        yield f"formula {formula['formula']}"
    for link in LINK.finditer(prose):
        yield f"link {link['target']}"
    for image in IMAGE.finditer(prose):
        yield f"image {image['target']}"
