"""A Markdown extension that explains the glossary's terms where a page first uses them.

The glossary is a page itself. Each term is a heading `## 张量 · tensor {#tensor}` followed by one
paragraph. The first occurrence of a term in the text of another page becomes a link to it, with
the explanation shown on hover and on focus.

Words of the other language are marked as such, so that a screen reader pronounces them: the second
name in a heading of the glossary, and English in Chinese brackets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from loom.weave import fences

HEADING = re.compile(
    r"^## (?P<first>[^·\n]+) · (?P<second>[^{\n]+) \{#(?P<id>[\w-]+)\}\n\n(?P<text>[^\n]+)",
    re.MULTILINE,
)
# English in a Chinese page: （denominator layout）; the second name in a heading of the glossary.
ENGLISH = re.compile(r"(?<=（)[A-Za-z][A-Za-z' -]+(?=）)")
SECOND_NAME = re.compile(r"(?<= · ).+")
CODE = {"code", "pre", "script", "style"}
SKIPPED = CODE | {"a", "abbr", "h1", "h2", "h3", "h4", "th"}


@dataclass(frozen=True)
class Term:
    """A glossary entry: its id, its name in the page's language, its explanation."""

    id: str
    name: str
    text: str


def read_terms(page: Path) -> list[Term]:
    """Read the terms of a glossary page; each heading names the page's own language first."""
    markdown = page.read_text(encoding="utf-8")
    return [
        Term(entry["id"], entry["first"].strip(), re.sub(r"[`*]|\[|\]\([^)]*\)", "", entry["text"]))
        for entry in HEADING.finditer(markdown)
    ]


def _pattern(terms: list[Term]) -> re.Pattern[str]:
    """Match any term, the longest first; Latin words whole, also in the plural."""
    names = sorted((term.name for term in terms), key=len, reverse=True)
    parts = [rf"\b{re.escape(name)}s?\b" if name.isascii() else re.escape(name) for name in names]
    return re.compile("|".join(parts), re.IGNORECASE)


def _is_code(element: ElementTree.Element, kinds: set[str]) -> bool:
    """Tell whether an element is one of these kinds, or mathematics: its text is not touched."""
    return element.tag in kinds or element.get("class", "").startswith(("math", "arithmatex"))


def _mark(
    parent: ElementTree.Element,
    after: ElementTree.Element | None,
    pattern: re.Pattern[str],
    make: Callable[[str], ElementTree.Element | None],
) -> None:
    """Put elements around matches in one run of text.

    Args:
        parent: The element that the text is in.
        after: The child that the text follows; if None, it is the text before all children.
        pattern: What is looked for.
        make: Returns the element for a match, or None to leave the match as it is.
    """
    text = parent.text if after is None else after.tail
    if not text or isinstance(text, AtomicString):
        return
    for match in pattern.finditer(text):
        mark = make(match.group())
        if mark is None:
            continue
        mark.text = AtomicString(match.group())
        mark.tail = text[match.end() :]
        if after is None:
            parent.text = text[: match.start()]
            parent.insert(0, mark)
        else:
            after.tail = text[: match.start()]
            parent.insert(list(parent).index(after) + 1, mark)
        _mark(parent, mark, pattern, make)
        return


def _foreign(text: str) -> ElementTree.Element:
    """Return the element for words of the other language."""
    return ElementTree.Element("span", {"lang": "en" if text.isascii() else "zh"})


def _mark_foreign(parent: ElementTree.Element, in_glossary: bool) -> None:
    """Mark the words of the other language in an element."""
    if _is_code(parent, CODE):
        return
    is_name = in_glossary and parent.tag == "h2"
    _mark(parent, None, SECOND_NAME if is_name else ENGLISH, _foreign)
    for child in list(parent):
        _mark_foreign(child, in_glossary)
        _mark(parent, child, ENGLISH, _foreign)


class _Depth(Preprocessor):
    """Counts the renderers that are at work, one inside the other: docstrings have their own."""

    page: Path | None = None
    count = 0

    def run(self, lines: list[str]) -> list[str]:
        """Count one more; the first one of a page begins anew, should the last page have failed."""
        if _Depth.page is not fences.current_page():
            _Depth.page, _Depth.count = fences.current_page(), 0
        _Depth.count += 1
        return lines


class _Explainer(Treeprocessor):
    """Marks the first use of each term, and words of the other language.

    Args:
        md: The renderer.
        page: The glossary page, or None. It is read when a page is rendered: MkDocs makes a
            renderer before it has changed to the folder of the project.
    """

    def __init__(self, md: Markdown, page: Path | None) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: ElementTree.Element) -> None:
        """Explain each term once below the root: not in docstrings, and not in the glossary."""
        _Depth.count -= 1
        if _Depth.count:
            return
        terms = read_terms(self.page) if self.page else []
        self.terms = {term.name.lower() + plural: term for term in terms for plural in ("", "s")}
        self.pattern = _pattern(terms)
        in_glossary = any(element.get("id") == "glossary" for element in root.iter())
        if self.terms and not in_glossary:
            self._explain(root, set())
        _mark_foreign(root, in_glossary)

    def _explain(self, parent: ElementTree.Element, seen: set[str]) -> None:
        """Go through the text before, between and after an element's children."""
        if _is_code(parent, SKIPPED):
            return

        def link(name: str) -> ElementTree.Element | None:
            term = self.terms[name.lower()]
            if term.id in seen:
                return None
            seen.add(term.id)
            address = f"page:glossary/#{term.id}"
            return ElementTree.Element("a", {"class": "term", "href": address, "title": term.text})

        _mark(parent, None, self.pattern, link)
        for child in list(parent):
            self._explain(child, seen)
            _mark(parent, child, self.pattern, link)


class GlossaryExtension(Extension):
    """Reads the glossary page named by `page`."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"page": ["", "The glossary page, relative to the folder of mkdocs.yml"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the explainer, after inline patterns and mathematics."""
        page = Path(self.getConfig("page")) if self.getConfig("page") else None
        md.preprocessors.register(_Depth(md), "loom-glossary", 1)
        md.treeprocessors.register(_Explainer(md, page), "loom-glossary", 1)


def makeExtension(**kwargs: Any) -> GlossaryExtension:  # noqa: N802
    """Let Python-Markdown load this module as an extension."""
    return GlossaryExtension(**kwargs)
