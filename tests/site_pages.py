"""The pages that the built site must have, known before it is built, and a look at one of them."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import TimeoutError

ROOT = Path(__file__).parent.parent
LANGUAGES = ("zh", "en")
KINDS = {  # one page of each kind
    "start": "",
    "lesson": "lessons/nn-sequential/",
    "digit box": "lessons/real-data/",
    "sampler": "lessons/language-model/",
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
LOOKS = 100  # on a slow machine a page settles late; one that stays wrong is wrong
# The section below the header, which part of it is above, and its height.
PLACE = """() => {
    const headings = [...document.querySelectorAll("article :is(h2, h3)[id]")];
    const tops = headings.map((heading) => heading.getBoundingClientRect().top);
    tops.push(document.querySelector("article").getBoundingClientRect().bottom);
    const index = tops.findLastIndex((top) => top < 120);
    const height = tops[index + 1] - tops[index];
    return [headings[index].id, (120 - tops[index]) / height, height];
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
    """Look again while something is wrong: Material fits the sidebars to a new size a little later.

    Returns:
        What is still wrong after LOOKS looks.
    """
    found: list[str] = []
    for _ in range(LOOKS):
        if not (found := look()):
            break
        time.sleep(0.25)
    return found


def open_search(page) -> None:
    """Open the search by its key, as soon as Material listens to keys."""
    focused = "document.activeElement.matches('.md-search__input')"
    for _ in range(LOOKS):
        page.keyboard.press("/")
        with contextlib.suppress(TimeoutError):
            page.wait_for_function(focused, timeout=1000)
            return
    raise AssertionError("the key / does not open the search")


def idle(page) -> None:
    """Wait until a page has loaded what it asks for at once, and the browser has nothing to do."""
    page.wait_for_load_state("load")
    page.evaluate("() => new Promise((resolve) => requestIdleCallback(resolve))")
