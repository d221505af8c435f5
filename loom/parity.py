"""Compare the two language trees: what must be the same in both is, or a difference is named."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loom import references

HEADING = re.compile(r"^(?P<level>#{1,6}) .*?(?:\{#(?P<id>[\w-]+)\})?\s*$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
IMAGE = re.compile(r"!\[[^\]]*\]\((?P<target>[^)\s]+)\)")
INLINE_MATH = re.compile(r"(?<![$\\])\$(?P<formula>[^$\n]+)\$(?!\$)")
INLINE_CODE = re.compile(r"`+[^`]+`+")


@dataclass
class Section:
    """What one section of a page shares with its counterpart.

    Attributes:
        heading: Its level and id.
        blocks: Its fences and displayed equations, text included, in order; of the words on a
            figure only what they are for.
        inline: Its values, formulas, links and images, in any order: languages differ in theirs.
        prose: What it does not share: lines of text, its heading, the words on a figure.
    """

    heading: tuple[int, str]
    blocks: list[str] = field(default_factory=list)
    inline: Counter[str] = field(default_factory=Counter)
    prose: list[str] = field(default_factory=list)


def sections(markdown: str) -> list[Section]:
    """Divide a page at its headings and collect what each section shares."""
    found = [Section((0, "(before the first heading)"))]
    closing: re.Pattern[str] | None = None  # ends the block that the line is in
    for line in markdown.splitlines():
        text = line.strip()
        fence = references.FENCE.match(line)
        if closing:
            is_figure = found[-1].blocks[-1].startswith("```figure ")
            shared, _, word = text.partition(":") if is_figure else (text, "", "")
            found[-1].blocks[-1] += "\n" + shared
            found[-1].prose.append(word.strip())
            if closing.fullmatch(text):
                closing = None
        elif text.startswith("<!-- equations: ") and "unchecked:" not in text:
            found[-1].blocks.append(text)
        elif fence or text == "$$":
            closing = re.compile(
                fence["ticks"][0] + f"{{{len(fence['ticks'])},}}" if fence else r"\$\$"
            )
            found[-1].blocks.append(text)
        elif heading := HEADING.match(line):
            found.append(Section((len(heading["level"]), heading["id"] or "(no id)"), prose=[text]))
        else:
            found[-1].inline.update(_inline(line))
            found[-1].prose.append(text)
    return found


def differences(first: Path, second: Path) -> list[str]:
    """Compare two language trees.

    Args:
        first: Folder of one language, such as docs/zh.
        second: Folder of the other.

    Returns:
        One sentence for each difference, naming page and section; empty if there is none.
    """
    pages = [
        {p.relative_to(tree).as_posix() for p in tree.rglob("*.*")} for tree in (first, second)
    ]
    found = [f"{second}/{page} is missing" for page in sorted(pages[0] - pages[1])]
    found += [f"{first}/{page} is missing" for page in sorted(pages[1] - pages[0])]
    for page in sorted(pages[0] & pages[1]):
        if page.endswith(".md"):
            texts = [(tree / page).read_text(encoding="utf-8") for tree in (first, second)]
            found += [f"{page}: {difference}" for difference in _compare(*texts)]
    return found


def _compare(first: str, second: str) -> Iterator[str]:
    """Yield the differences of two pages."""
    left, right = sections(first), sections(second)
    headings = [[section.heading for section in page] for page in (left, right)]
    if headings[0] != headings[1]:
        here, there = Counter(headings[0]), Counter(headings[1])
        yield f"headings differ: {list((here - there) + (there - here)) or 'in their order'}"
        return
    for one, other in zip(left, right, strict=True):
        where = f"section #{one.heading[1]}"
        if one.heading[1] == "(no id)":
            yield f"{where}: a heading needs an explicit id, {{#like-this}}"
        if one.blocks != other.blocks:
            pairs = zip(one.blocks, other.blocks, strict=False)
            differing = next((pair for pair in pairs if pair[0] != pair[1]), None)
            shown = differing or f"{len(one.blocks)} blocks against {len(other.blocks)}"
            yield f"{where}: code or equations differ: {shown}"
        for item in sorted(((one.inline - other.inline) + (other.inline - one.inline)).keys()):
            yield f"{where}: only in one language, or more often there: {item}"


def _inline(line: str) -> Iterator[str]:
    """Yield what a line of prose shares with its counterpart."""
    for value in references.INLINE.finditer(line):
        yield f"value {value['path']} {value['expression']}"
    prose = INLINE_CODE.sub("", line)
    for formula in INLINE_MATH.finditer(prose):
        yield f"formula {formula['formula']}"
    for link in LINK.finditer(prose):
        yield f"link {link['target']}"
    for image in IMAGE.finditer(prose):
        yield f"image {image['target']}"
