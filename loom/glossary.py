"""A Markdown extension that explains the glossary's terms where a page first uses them.

The glossary is a page itself. Each term is a heading `## 张量 · tensor {#tensor}` followed by one
paragraph. The first occurrence of a term in the text of another page becomes a link to it, with
the explanation shown on hover and on focus.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

HEADING = re.compile(
    r"^## (?P<first>[^·\n]+) · (?P<second>[^{\n]+) \{#(?P<id>[\w-]+)\}\n\n(?P<text>[^\n]+)",
    re.MULTILINE,
)
SKIPPED = {"a", "abbr", "code", "pre", "h1", "h2", "h3", "h4", "script", "style", "th"}


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


class _Explainer(Treeprocessor):
    """Marks the first use of each term."""

    def __init__(self, md: Markdown, terms: list[Term]) -> None:
        super().__init__(md)
        self.terms = {term.name.lower() + plural: term for term in terms for plural in ("", "s")}
        self.pattern = _pattern(terms)

    def run(self, root: ElementTree.Element) -> None:
        """Explain each term once below the root: not in docstrings, and not in the glossary."""
        if "mkdocstrings_headings" in self.md.treeprocessors:
            return
        if self.terms and not any(element.get("id") == "glossary" for element in root.iter()):
            self._explain(root, set())

    def _explain(self, parent: ElementTree.Element, seen: set[str]) -> None:
        """Go through the text before, between and after an element's children."""
        if parent.tag in SKIPPED or parent.get("class", "").startswith(("math", "arithmatex")):
            return
        self._split(parent, None, seen)
        for child in list(parent):
            self._explain(child, seen)
            self._split(parent, child, seen)

    def _split(
        self, parent: ElementTree.Element, after: ElementTree.Element | None, seen: set[str]
    ) -> None:
        """Mark the terms in one run of text: the parent's, or the tail of one of its children."""
        text = parent.text if after is None else after.tail
        if not text or isinstance(text, AtomicString):
            return
        for match in self.pattern.finditer(text):
            term = self.terms[match.group().lower()]
            if term.id in seen:
                continue
            seen.add(term.id)
            mark = ElementTree.Element("a", {"class": "term", "href": f"page:glossary/#{term.id}"})
            mark.set("title", term.text)
            mark.text = AtomicString(match.group())
            mark.tail = text[match.end() :]
            if after is None:
                parent.text = text[: match.start()]
                parent.insert(0, mark)
            else:
                after.tail = text[: match.start()]
                parent.insert(list(parent).index(after) + 1, mark)
            self._split(parent, mark, seen)
            return


class GlossaryExtension(Extension):
    """Reads the glossary page named by `page`."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"page": ["", "The glossary page, relative to the working directory"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the explainer, after inline patterns and mathematics."""
        terms = read_terms(Path(self.getConfig("page"))) if self.getConfig("page") else []
        md.treeprocessors.register(_Explainer(md, terms), "loom-glossary", 1)


def makeExtension(**kwargs: Any) -> GlossaryExtension:  # noqa: N802
    """Let Python-Markdown load this module as an extension."""
    return GlossaryExtension(**kwargs)
