"""A page is laid out as a whole: for captures, for tools that read it, and for places in it."""

import re

import pytest
from site_pages import KINDS, LANGUAGES, idle

LONG = (
    "derivation/derivative-basics/",
    "derivation/attention/",
    "lessons/warmup-numpy/",
    "lessons/tensors/",
    "lessons/real-data/",
)
PHONE = {"width": 390, "height": 800}
LAID_OUT = "() => !document.documentElement.classList.contains('put-off')"
# Words of code and prose, as a tool reads them and as they stand in the page; folds are open.
WORDS = """() => {
    document.querySelectorAll("details").forEach((fold) => { fold.open = true; });
    const parts = "p, li, td, th, h1, h2, h3, summary, samp, figcaption, pre > code";
    const left = ".katex, svg, [hidden], .live__panel, .digit__part, .md-code__nav, .md-nav";
    const shown = document.querySelector("article").innerText;
    const texts = [...document.querySelectorAll("article")].flatMap((article) =>
        [...article.querySelectorAll(parts)])
        .filter((part) => !part.closest(left) && !part.querySelector(left))
        .map((part) => part.textContent);
    return [shown, texts.join("\\n")];
}"""
# The first block in sight below the header, and how far it is from there.
PLACE = """() => {
    const blocks = [...document.querySelectorAll("article > *")];
    const index = blocks.findIndex((block) => block.getBoundingClientRect().bottom > 100);
    return [index, Math.round(blocks[index].getBoundingClientRect().top)];
}"""
# Where a heading stands, seen from the lower edge of the header.
TOPS = """(id) => {
    const header = document.querySelector(".md-header").getBoundingClientRect();
    const heading = document.getElementById(id).getBoundingClientRect();
    return [Math.round(heading.top - header.bottom), innerHeight];
}"""
HEADINGS = "headings => headings.map((heading) => heading.id)"


@pytest.mark.parametrize("kind", ["lesson", "derivation", "lab"])
def test_the_first_view_is_laid_out_when_the_browser_is_idle(open_page, kind):
    page = open_page(f"en/{KINDS[kind]}")
    page.wait_for_function(LAID_OUT)
    hidden = """() => [...document.querySelectorAll("article *")]
        .filter((part) => getComputedStyle(part).contentVisibility === "auto").length"""
    assert page.evaluate(hidden) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_tools_that_read_a_page_find_its_words(open_page, language):
    for path in ("derivation/derivative-basics/", "lessons/tensors/"):
        page = open_page(f"{language}/{path}")
        page.wait_for_function(LAID_OUT)
        shown, written = (re.findall(r"\w+", text) for text in page.evaluate(WORDS))
        assert len(written) > 500
        missing = [word for word in written if word not in set(shown)]
        assert len(missing) <= 0.02 * len(written)
        assert len(shown) >= 0.98 * len(written)


@pytest.mark.parametrize(
    "path", [LONG[0], *(pytest.param(path, marks=pytest.mark.thorough) for path in LONG[1:])]
)
@pytest.mark.parametrize("part", [0.35, 0.8])
def test_the_way_back_leads_to_the_same_place(open_page, address, path, part):
    page = open_page(f"en/{path}", viewport=PHONE)
    page.wait_for_function(LAID_OUT)
    page.evaluate(f"scrollTo(0, {part} * document.documentElement.scrollHeight)")
    page.evaluate("new Promise(requestAnimationFrame)")
    before = page.evaluate(PLACE)
    assert before[0] > 16
    page.goto(f"{address}en/glossary/")
    page.go_back()
    idle(page)
    index, top = page.evaluate(PLACE)
    assert index == before[0]
    assert abs(top - before[1]) <= 2  # pixels: places are rounded


@pytest.mark.thorough
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "wide"])
@pytest.mark.parametrize("path", LONG)
def test_a_link_to_a_heading_shows_it(open_page, address, path, viewport):
    page = open_page(f"zh/{path}", viewport=viewport)
    ids = page.locator("article :is(h2, h3)[id]").evaluate_all(HEADINGS)
    assert len(ids) > 5
    hidden = []
    for name in ids:
        page.goto("about:blank")
        page.goto(f"{address}zh/{path}#{name}")
        idle(page)
        top, height = page.evaluate(TOPS, name)
        if not 0 <= top < height:
            hidden.append((name, top))
    assert hidden == []
