"""A Markdown extension that explains the glossary's terms where a page first uses them.

The glossary is a page itself. Each term is a heading `## 张量 · tensor {#tensor}` followed by one
paragraph. On every other page, the first occurrence of a term becomes a link to it, with the
explanation shown on hover and on focus.

It also marks words of the other language, so that screen readers pronounce them correctly: the
second name in a heading of the glossary, and English in Chinese brackets.
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

from equations.pages import require_texts
from loom.weave import fences

HEADING = re.compile(
    r"^## (?P<first>[^·\n]*[^·\s][^·\n]*) · (?P<second>[^{\n]+) \{#(?P<id>[\w-]+)\}"
    r"\n\n(?P<text>[^\n]+)",
    re.MULTILINE,
)
# English on a Chinese page: （denominator layout）.
ENGLISH = re.compile(r"(?<=（)[A-Za-z][A-Za-z' -]+(?=）)")
# In a heading of the glossary.
SECOND_NAME = re.compile(r"(?<= · ).+")
CODE = {"code", "pre", "script", "style"}
PLURALS = ("", "s", "es")  # what may follow an English term
SKIPPED = CODE | {"a", "abbr", "h1", "h2", "h3", "h4", "summary", "th"}


@dataclass(frozen=True)
class Term:
    """A glossary entry: its id, its name in the page's language, its explanation."""

    id: str
    name: str
    text: str


def read_terms(page: Path) -> list[Term]:
    """Return the terms of a glossary page, whose headings name the page's own language first."""
    markdown = page.read_text(encoding="utf-8")
    return [
        Term(entry["id"], entry["first"].strip(), re.sub(r"[`*]|\[|\]\([^)]*\)", "", entry["text"]))
        for entry in HEADING.finditer(markdown)
    ]


def _pattern(terms: list[Term]) -> re.Pattern[str]:
    """Return a pattern for any term, longest first; Latin ones as whole words or their plurals."""
    names = sorted((term.name for term in terms), key=len, reverse=True)
    parts = [
        rf"\b{re.escape(name)}(?:{'|'.join(PLURALS)})\b" if name.isascii() else re.escape(name)
        for name in names
    ]
    return re.compile("|".join(parts), re.IGNORECASE)


def _is_code(element: ElementTree.Element, kinds: set[str]) -> bool:
    """Tell whether to leave an element's text alone: it is of one of the kinds, or mathematics."""
    return element.tag in kinds or element.get("class", "").startswith(("math", "arithmatex"))


def _mark(
    parent: ElementTree.Element,
    after: ElementTree.Element | None,
    pattern: re.Pattern[str],
    make: Callable[[str], ElementTree.Element | None],
) -> None:
    """Wrap the matches in one run of text in elements.

    Args:
        parent: The element that contains the text.
        after: The child that the text follows; None for the text before all children.
        pattern: The pattern to match.
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
    """Counts nested renderers: each docstring on a page has one of its own."""

    page: Path | None = None
    count = 0

    def run(self, lines: list[str]) -> list[str]:
        """Count one more. Start from 0 on a new page, in case the last page failed half-way."""
        if _Depth.page is not fences.current_page():
            _Depth.page, _Depth.count = fences.current_page(), 0
        _Depth.count += 1
        return lines


class _Explainer(Treeprocessor):
    """Marks the first use of each term, and words of the other language.

    Args:
        md: The renderer.
        page: The glossary page, or None. It is read only when a page is rendered: the renderer
            may be made before the working directory is that of the project.
    """

    def __init__(self, md: Markdown, page: Path | None) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: ElementTree.Element) -> None:
        """Explain each term once below the root, but not in docstrings or in the glossary."""
        _Depth.count -= 1
        if _Depth.count:
            return
        terms = read_terms(self.page) if self.page else []
        self.terms = {term.name.lower() + plural: term for term in terms for plural in PLURALS}
        self.pattern = _pattern(terms)
        in_glossary = any(element.get("id") == "glossary" for element in root.iter())
        if self.terms and not in_glossary:
            self._explain(root, set())
        _mark_foreign(root, in_glossary)

    def _explain(self, parent: ElementTree.Element, seen: set[str]) -> None:
        """Link the terms in an element, in the order of the text; `seen` holds their ids."""
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
    """Explains the terms of the glossary page that its option `page` names."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"page": ["", "The glossary page, relative to the folder of mkdocs.yml"]}
        super().__init__(**kwargs)
        require_texts(self, "page")

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the explainer, which runs after inline patterns and mathematics."""
        page = Path(self.getConfig("page")) if self.getConfig("page") else None
        md.preprocessors.register(_Depth(md), "loom-glossary", 1)
        md.treeprocessors.register(_Explainer(md, page), "loom-glossary", 1)


def makeExtension(**kwargs: Any) -> GlossaryExtension:  # noqa: N802
    """Let Python-Markdown load this module as an extension."""
    return GlossaryExtension(**kwargs)
