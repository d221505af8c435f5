"""What a reader sees on a screen: code, tables, the menu, the header, a page that is missing."""

import pytest
from playwright.sync_api import expect
from site_pages import KINDS, LANGUAGES, PLACE

PHONE = {"width": 390, "height": 800}
SMALLEST = 13  # pixels of a letter of code
SMALLEST_IN_CHARTS = 10.5
SIZES = """() => [...new Set([...document.querySelectorAll("pre > code, .loom pre")]
    .map((code) => parseFloat(getComputedStyle(code).fontSize)))]"""
# Return the size of the smallest letters of charts, in pixels of the screen, and which are cut off.
LETTERS = """() => {
    const svgs = [...document.querySelectorAll(".figure__panel > svg:not(.graph)")]
        .filter((svg) => svg.getBoundingClientRect().width);
    const texts = svgs.flatMap((svg) =>
        [...svg.querySelectorAll("text")].map((text) => [svg, text]));
    const sizes = texts.map(([svg, text]) => parseFloat(getComputedStyle(text).fontSize)
        * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width);
    const cut = texts.filter(([svg, text]) => {
        const [outer, inner] = [svg, text].map((part) => part.getBoundingClientRect());
        return inner.left < outer.left - 1 || inner.right > outer.right + 1;
    });
    return [Math.min(...sizes), cut.map(([, text]) => text.textContent)];
}"""
# Return the tables that a reader would have to scroll to see all columns.
SCROLLED = """() => {
    const tables = [...document.querySelectorAll("article table:not(.figure__numbers *)")];
    return tables.filter((table) => {
        const wrap = table.closest(".md-typeset__scrollwrap");
        return wrap.scrollWidth > wrap.clientWidth + 1 || table.scrollWidth > table.clientWidth + 1;
    }).map((table) => table.textContent.trim().slice(0, 40));
}"""
# Return the code that a button covers, where it is not scrolled.
COVERED = """() => [...document.querySelectorAll(".md-code__nav + code")].filter((code) => {
    const button = code.parentElement.querySelector("button").getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(code);
    return [...range.getClientRects()].some((line) =>
        line.width && line.top < button.bottom && line.bottom > button.top
        && line.left < button.right && line.right > button.left);
}).map((code) => code.textContent.slice(0, 40))"""
# Scroll to a part of the longest section.
LONGEST = """(part) => {
    const headings = [...document.querySelectorAll("article :is(h2, h3)[id]")];
    const tops = headings.map((heading) => heading.getBoundingClientRect().top);
    const heights = tops.slice(1).map((top, index) => top - tops[index]);
    const index = heights.indexOf(Math.max(...heights));
    scrollTo(0, scrollY + tops[index] + part * heights[index] - 120);
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_whole(open_page, language, width):
    paths = ["cheat-sheet/", "mapping/"]
    if width < 400:  # there, no table is wider than the page
        paths += ["derivation/identities/", "lessons/tensors/", "newer-pytorch/"]
    for path in paths:
        page = open_page(f"{language}/{path}", viewport={"width": width, "height": 800})
        expect(page.locator(".md-typeset__scrollwrap").first).to_be_visible()
        assert page.evaluate(SCROLLED) == []


def test_cells_of_a_wide_table_name_their_columns_on_a_phone(open_page):
    page = open_page("en/lessons/faster/", viewport={"width": 390, "height": 800})
    table = page.locator("article table:not(.figure__numbers *)").first
    expect(table.locator("thead")).to_be_hidden()
    names = table.locator("th").all_text_contents()[1:]
    shown = """cells => cells.map(
        (cell) => getComputedStyle(cell, "::before").content.replaceAll('"', "").trim())"""
    assert len(names) > 3
    for row in table.locator("tbody tr").all():
        assert row.locator("td:not(:first-child)").evaluate_all(shown) == names


def test_a_wide_graph_is_whole_on_a_wide_screen(open_page):
    page = open_page("en/derivation/layer-norm/", viewport={"width": 1280, "height": 800})
    panels = page.locator(".figure__panel:has(> .graph)")
    cut = "panels => panels.filter((panel) => panel.scrollWidth > panel.clientWidth).length"
    assert panels.count() > 0
    assert panels.evaluate_all(cut) == 0


def test_a_wide_graph_begins_at_its_topmost_node_on_a_phone(open_page):
    page = open_page("en/derivation/batch-norm/", viewport=PHONE)
    panel = page.locator(".figure__panel:has(> svg.graph)").first
    panel.scroll_into_view_if_needed()
    page.wait_for_function("panel => panel.scrollLeft > 0", arg=panel.element_handle())
    top = min(panel.locator(".node").all(), key=lambda node: node.bounding_box()["y"])
    node, frame = top.bounding_box(), panel.bounding_box()
    assert frame["x"] <= node["x"] < node["x"] + node["width"] <= frame["x"] + frame["width"]


@pytest.mark.parametrize("width", [390, 1280])
def test_code_has_one_size(open_page, width):
    for kind in ("lesson", "lab", "tables"):
        page = open_page(f"en/{KINDS[kind]}", viewport={"width": width, "height": 800})
        sizes = page.evaluate(SIZES)
        assert len(sizes) == 1
        assert sizes[0] >= SMALLEST


@pytest.mark.parametrize("width", [360, 1280])
def test_letters_of_charts_can_be_read(open_page, width):
    charts = ("explorer", "lessons/devices", "lessons/nn-sequential", "lessons/optim", "one-start")
    for path in charts:
        page = open_page(f"zh/{path}/", viewport={"width": width, "height": 800})
        smallest, cut = page.evaluate(LETTERS)
        assert smallest >= SMALLEST_IN_CHARTS, path
        assert cut == [], path


def test_the_copy_button_covers_no_code_on_a_phone(open_page):
    page = open_page("en/lessons/tensors/", viewport=PHONE)
    expect(page.locator(".md-code__button").first).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate(COVERED) == []


def test_the_menu_stands_there_at_once(open_page):
    page = open_page("en/about/", viewport={"width": 1280, "height": 800})
    parts = page.locator(".md-nav--primary .md-nav__toggle ~ .md-nav")
    durations = "parts => parts.map((part) => getComputedStyle(part).transitionDuration)"
    assert set(parts.evaluate_all(durations)) == {"0s"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_header_names_the_page_that_was_scrolled(open_page, language):
    page = open_page(f"{language}/lessons/tensors/", viewport=PHONE)
    title = page.locator("h1").evaluate("(heading) => heading.firstChild.textContent.trim()")
    page.evaluate("scrollTo(0, 3000)")
    expect(page.locator(".md-header__title--active")).to_have_count(1)
    expect(page.locator("[data-md-component=header-topic]")).to_have_text(title)


def test_a_missing_page_speaks_all_languages(open_page, address):
    page = open_page("404.html")
    for language, words in (("en", "There is no such page"), ("zh", "没有这个页面")):
        part = page.locator(f".missing-anywhere[lang={language}]")
        expect(part).to_contain_text(words)
        links = part.locator("a").evaluate_all("links => links.map((link) => link.href)")
        assert links == [f"{address}{language}/", f"{address}{language}/?q="]
    links = page.locator("a[href]").evaluate_all("links => links.map((link) => link.href)")
    for link in set(links):
        assert page.request.get(link).ok, link
    page.goto(f"{address}zh/?q=")
    expect(page.locator(".md-search__input")).to_be_focused()


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_the_other_language_shows_the_same_place(open_page, share):
    """A part of the way through the longest section, where its heading is far above."""
    page = open_page("en/lessons/tensors/", viewport={"width": 1280, "height": 800})
    page.wait_for_function("() => !document.documentElement.classList.contains('put-off')")
    page.evaluate(f"({LONGEST})({share})")
    section, part, _ = page.evaluate(PLACE)
    assert abs(part - share) < 0.02
    page.locator("a[data-language]").click()
    page.wait_for_url(f"**/zh/lessons/tensors/#{section}")
    same = f"([name, part]) => {{ const [n, p] = ({PLACE})(); "
    same += "return n === name && Math.abs(p - part) < .02; }"
    expected = [section, part]
    page.wait_for_function(same, arg=expected)  # a pixel or two of a section


def test_the_other_language_keeps_the_choice_of_the_explorer(open_page):
    page = open_page("en/explorer/?optimizer=Adam&width=10&rate=1e-03")
    expect(page.locator(".explorer__status")).to_contain_text("Adam")
    page.locator("a[data-language]").click()
    page.wait_for_url("**/zh/explorer/?optimizer=Adam&width=10&rate=1e-03*")
    expect(page.locator(".explorer__status")).to_contain_text("Adam")
