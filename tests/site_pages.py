"""The pages that the built site must have, known before it is built, and a look at one of them."""

import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
LANGUAGES = ("zh", "en")
KINDS = {  # one page of each kind
    "start": "",
    "lesson": "lessons/nn-sequential/",
    "live box": "lessons/warmup-numpy/",
    "derivation": "derivation/derivative-basics/",
    "lab": "labs/checking-gradients/",
    "explorer": "explorer/",
    "tables": "cheat-sheet/",
    "glossary": "glossary/",
    "reference": "reference/",
}
# Pages in neither language's navigation: the landing page, and what a host shows for no page.
BESIDE = ("", "404.html", "zh/404.html", "en/404.html")
# What is far away is laid out late; what moves meanwhile is clicked or measured amiss.
LAY_OUT = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets = [sheet];
}"""
LOOK = (Path(__file__).parent / "look.js").read_text("utf-8")


def _address(source: Path) -> str:
    """Return the address of a page below its language, as MkDocs makes it."""
    name = source.with_suffix("").as_posix()
    return "" if name == "index" else f"{name}/"


PAGES = sorted(
    _address(path.relative_to(ROOT / "docs" / "en"))
    for pattern in ("*.md", "labs/*.py")
    for path in (ROOT / "docs" / "en").rglob(pattern)
)


def visit(page, address: str, path: str) -> None:
    """Open a page of the site; the landing page as one who comes back to choose."""
    page.goto(address + path, referer=None if path else f"{address}en/")


def look(page) -> list[str]:
    """Return what is wrong with what a page shows; look.js says what it looks for."""
    return page.evaluate(f"({LOOK})()")


def settled(look: Callable[[], list[str]]) -> list[str]:
    """Look again if something is wrong: Material fits the sidebars to a new size a little later."""
    found = look()
    if found:
        time.sleep(0.5)
        found = look()
    return found
