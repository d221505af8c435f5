"""The course under another program: Zensical renders the same pages from the same configuration.

What is woven in, and what is made of formulas and equations, is the work of Markdown extensions; it
must be the same whoever calls them. What needs MkDocs is named by the page *How this site works*:
labs, the landing page, the list of lessons on the first page.
"""

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from small_site import copy_course

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent
LANGUAGE = "en"
SAME = {  # what is compared, and how many of them there are at least
    "figure.loom samp": 100,  # outputs and errors
    "figure.loom figcaption": 100,
    "data.loom-value": 25,
    ".figure__panel svg[role=img]": 30,
    ".figure__numbers table": 20,
    "annotation": 500,  # the source of each formula, inline ones too
    "a.equation-mark": 100,
    ".equation-summary": 5,
    ".highlight code": 200,  # sections of programs
    "a.term": 50,
    ":is(h1, h2, h3)[id]": 200,
}


@pytest.fixture(scope="module")
def rendered(site, tmp_path_factory) -> Path:
    """The English site as Zensical makes it, from the runs that the real site is made of."""
    folder = tmp_path_factory.mktemp("portable")
    copy_course(folder)
    done = subprocess.run(
        [Path(sys.executable).with_name("zensical"), "build", "-f", f"mkdocs.{LANGUAGE}.yml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site" / LANGUAGE


@functools.cache
def article(path: Path) -> Tag:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser").select_one("article")


def shown(path: Path, selector: str) -> list[tuple[str | None, ...]]:
    """What a page shows of a kind: text, text alternative, title and id."""
    return [
        (tag.get_text(), tag.get("aria-label"), tag.get("title"), tag.get("id"))
        for tag in article(path).select(selector)
    ]


@pytest.mark.parametrize("selector", SAME)
def test_what_is_woven_in_does_not_depend_on_mkdocs(site, rendered, selector):
    pages = [
        path.relative_to(site / LANGUAGE)
        for path in sorted((site / LANGUAGE).rglob("index.html"))
        if "labs" not in path.parts and path.parent != site / LANGUAGE  # the list of lessons
    ]
    assert len(pages) > 20
    count = 0
    for page in pages:
        expected = shown(site / LANGUAGE / page, selector)
        assert shown(rendered / page, selector) == expected, page
        count += len(expected)
    assert count >= SAME[selector]
