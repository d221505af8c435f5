"""Every page in a real browser: both palettes, three widths, and the way to the other language.

`look.js` says what is looked for on a page. Each page is opened once in each palette: in light the
English page from the Chinese one by the language switch, in dark the other way round.
"""

import re

import pytest
from site_pages import BESIDE, LANGUAGES, PAGES, PLACE, look, settled, visit

pytestmark = pytest.mark.thorough

WIDTHS = (360, 768, 1440)
SCHEMES = {"light": "default", "dark": "slate"}
FOLDERS = ("lessons/", "derivation/")
PARTS = {folder: [path for path in PAGES if path.startswith(folder)] for folder in FOLDERS}
PARTS["other"] = [path for path in PAGES if not path.startswith(FOLDERS)]

# Go to a section that begins with text; return its id.
GO_TO_SECTION = """() => {
    const headings = [...document.querySelectorAll("article h2[id]:not(:has(+ h3, + div))")];
    const middle = headings[Math.floor((headings.length - 1) / 2)];
    middle?.scrollIntoView({ behavior: "instant" });
    return middle ? middle.id : "";
}"""
# Press every copy button; return what was not copied as it is shown.
COPY = """async () => {
    const wrong = [];
    for (const code of document.querySelectorAll(".highlight:not(.no-copy *) pre > code")) {
        const button = code.parentElement.querySelector("[data-md-type=copy]");
        await navigator.clipboard.writeText("nothing was copied");
        button?.click();
        const copied = await navigator.clipboard.readText();
        const shown = code.textContent.trimEnd();
        if (copied !== shown) wrong.push(`${shown}\\n≠\\n${copied}`);
    }
    return wrong;
}"""


def faults_of(page, site, path) -> list[str]:
    """Return what is wrong with a page that has been opened, at any width."""
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found = settled(lambda: look(page))
        faults += [f"at {width} pixels: {fault}" for fault in found]
    file = site / path / "index.html" if not path.endswith(".html") else site / path
    built = file.read_text("utf-8")
    for what, selector in (('class="katex"', ".katex"), ('<svg[^>]* role="img"', "svg[role=img]")):
        if page.locator(selector).count() != len(re.findall(what, built)):
            faults.append(f"not every {selector} of the built page is there")
    faults += page.faults
    page.faults.clear()
    return [f"{path} {fault}" for fault in faults]


def copy_faults(page, path) -> list[str]:
    """Return which code of a page is not copied as it is shown."""
    page.bring_to_front()
    return [f"{path} not copied: {wrong}" for wrong in page.evaluate(COPY)]


def place_faults(page, place) -> list[str]:
    """Return how a page's place differs from the one that the reader had in the other language."""
    section, part, _ = place
    now, there, height = page.evaluate(PLACE)
    if page.url.endswith(f"#{section}") and now == section and abs(there - part) * height <= 2:
        return []  # browsers scroll by whole pixels
    return [f"{page.url} is at {there:.3f} of #{now}, not at {part:.3f} of #{section}"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_whole_and_leads_to_the_other_language(
    open_page, site, address, scheme, part
):
    one, other = LANGUAGES if scheme == "light" else reversed(LANGUAGES)
    page = open_page(
        f"{one}/404.html",
        color_scheme=scheme,
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    faults = []
    for path in PARTS[part]:
        visit(page, address, f"{one}/{path}")
        assert page.locator("body").get_attribute("data-md-color-scheme") == SCHEMES[scheme]
        faults += faults_of(page, site, f"{one}/{path}")
        faults += copy_faults(page, f"{one}/{path}")
        page.set_viewport_size({"width": 1440, "height": 300})  # the last section reaches the top
        place = page.evaluate(GO_TO_SECTION) and page.evaluate(PLACE)
        page.locator("a[data-language]").click()
        target = f"{address}{other}/{path}"
        page.wait_for_url(lambda url, target=target: url.partition("#")[0] == target)
        if place:
            faults += settled(lambda place=place: place_faults(page, place))
        faults += faults_of(page, site, f"{other}/{path}")
        faults += copy_faults(page, f"{other}/{path}")
    assert faults == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_pages_beside_the_course_are_whole(open_page, site, address, scheme):
    page = open_page("en/", color_scheme=scheme, reduced_motion="reduce")
    faults = []
    for path in BESIDE:
        visit(page, address, path)
        faults += faults_of(page, site, path)
    assert faults == []
