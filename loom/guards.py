"""Keep pages to the repository's snippets, however a page, or what it includes, names a file."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from mkdocstrings import AutoDocProcessor
from pymdownx.snippets import SnippetMissingError

from loom.references import Reference
from loom.runner import SnippetError

MODULE = re.compile(r"snippets(\.\w+)+")


def add_to(md: Markdown, check: Callable[[Reference], None], place: Callable[..., str]) -> None:
    """Guard all that makes a renderer open files that a page names.

    Args:
        md: The renderer; if it has pymdownx.snippets, that is registered already.
        check: Raises SnippetError if a reference does not lead to a snippet.
        place: Says where on the page something is written.
    """
    # mkdocstrings registers its own processor with 75.
    md.parser.blockprocessors.register(_Modules(md, place), "loom-modules", 76)
    if "snippet" not in md.preprocessors:
        return
    sections: Any = md.preprocessors["snippet"]
    find = sections.get_snippet_path

    def find_snippet(path: str) -> str | None:
        try:
            check(Reference(0, path, "section", path))
        except SnippetError as error:
            raise SnippetMissingError(f"{place(path)}{error}") from error
        found: str | None = find(path)
        return found

    sections.get_snippet_path = find_snippet


class _Modules(BlockProcessor):
    """Refuses a `:::` line that could make mkdocstrings read or import something else.

    Options are refused too: they could name an extension of Griffe's to load.
    """

    def __init__(self, md: Markdown, place: Callable[..., str]) -> None:
        super().__init__(md.parser)
        self.place = place

    def test(self, parent: Element, block: str) -> bool:
        """Tell whether mkdocstrings would take the block."""
        return bool(AutoDocProcessor.regex.search(block))

    def run(self, parent: Element, blocks: list[str]) -> bool:
        """Leave a block to mkdocstrings if it names a snippet's module and nothing more."""
        match = AutoDocProcessor.regex.search(blocks[0])
        assert match
        options, _ = self.detab(blocks[0][match.end() :])
        apart = "".join(blocks[1:2]).startswith(("    handler:", "    options:"))
        if not MODULE.fullmatch(match["name"]) or options.strip() or apart:
            written = match.group().strip()
            raise SnippetError(
                f"{self.place(written)}{written}",
                "is not a module of the snippets, alone",
                "",
                "Write ::: snippets.name; options are those of mkdocs.yml, for all pages.",
            )
        return False
