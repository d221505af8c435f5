"""The keyboard alone reaches everything, shows where it is, works it, and is never caught."""

import pytest
from playwright.sync_api import expect
from site_pages import KINDS, open_search, settled

pytestmark = pytest.mark.thorough

WIDTHS = {"phone": 360, "desk": 1440}
# All that the Tab key must reach: one stop for each set of radio buttons.
STOPS = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets = [sheet];
    document.querySelectorAll("article details").forEach((fold) => { fold.open = true; });
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    window.stops = [...document.querySelectorAll(selector)].filter((element) =>
        element.tabIndex >= 0 && !element.disabled
        && element.checkVisibility({ checkVisibilityCSS: true })
        && !(element.type === "radio" && !element.checked));
    return window.stops.length;
}"""
# Of the stops with these numbers, those that are there yet; the button to the top comes and goes.
MISSED = """(numbers) => numbers.map((number) => window.stops[number])
    .filter((element) => !element.hidden)
    .map((element) => element.outerHTML.slice(0, 120))"""
# Where the focus is: the number of the stop, null for none; -1 for what came later, and for parts
# that scroll, which the browser itself lets keys reach. And what is wrong with how it shows: it
# needs a clear outline, seen on two sides at least.
WHERE = """() => {
    const element = document.activeElement;
    if (element === document.body || !document.hasFocus()) return [null, null];
    return [window.stops.indexOf(element), window.faultOf(element)];
}"""
FAULT_OF = """() => { window.faultOf = (element) => {
    const marked = element.matches(".md-option") ? element.nextElementSibling : element;
    const name = `${element.outerHTML.slice(0, 90)}: `;
    const style = getComputedStyle(marked);
    const width = parseFloat(style.outlineWidth);
    if (style.outlineStyle === "none" || width < 2) return `${name}no outline`;
    const rects = [...marked.getClientRects()].filter((rect) => rect.width && rect.height);
    const far = width + parseFloat(style.outlineOffset);
    const head = document.querySelector(".md-header");
    const seen = (rect) => {
        const isBelowHead = marked.closest(".md-content, .md-footer");
        const frame = { left: 0, right: innerWidth, bottom: innerHeight,
            top: isBelowHead ? head.getBoundingClientRect().bottom : 0 };
        for (let box = marked.parentElement; box !== document.body; box = box.parentElement) {
            const { overflowX, overflowY } = getComputedStyle(box);
            const { left, right, top, bottom } = box.getBoundingClientRect();
            if (overflowX !== "visible") {
                frame.left = Math.max(left, frame.left);
                frame.right = Math.min(right, frame.right);
            }
            if (overflowY !== "visible") {
                frame.top = Math.max(top, frame.top);
                frame.bottom = Math.min(bottom, frame.bottom);
            }
        }
        const across = Math.min(rect.right, frame.right) - Math.max(rect.left, frame.left) > 2;
        const down = Math.min(rect.bottom, frame.bottom) - Math.max(rect.top, frame.top) > 2;
        const inside = (edge, from, to) => edge >= from - 0.5 && edge <= to + 0.5;
        return (down && inside(rect.left - far, frame.left, frame.right))
            + (down && inside(rect.right + far, frame.left, frame.right))
            + (across && inside(rect.top - far, frame.top, frame.bottom))
            + (across && inside(rect.bottom + far, frame.top, frame.bottom));
    };
    const sides = rects.reduce((sum, rect) => sum + seen(rect), 0);
    return sides >= 2 ? null : `${name}${sides} sides of the outline can be seen`;
}; }"""


def walk(page, key: str) -> tuple[int, list[int], list[str]]:
    """Press a key from the start of a page until the focus leaves it.

    Returns:
        How many stops there are, those that were reached, and where the focus was not to be seen.
    """
    page.evaluate(FAULT_OF)
    total = page.evaluate(STOPS)
    reached, hidden = [], []
    for _ in range(2 * total):  # there are also parts that scroll
        page.keyboard.press(key)
        stop, _ = page.evaluate(WHERE)
        if stop is None or (reached and stop == reached[0]):
            break
        reached.append(stop)
        # The search of a phone takes a moment to open.
        hidden += settled(lambda: [fault for fault in page.evaluate(WHERE)[1:] if fault])
    else:
        hidden.append("the focus never left the page")
    return total, reached, hidden


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_tab_reaches_everything_and_shows_where_it_is(open_page, kind, width):
    viewport = {"width": WIDTHS[width], "height": 800}
    page = open_page(f"en/{KINDS[kind]}", viewport=viewport, reduced_motion="reduce")
    total, reached, hidden = walk(page, "Tab")
    missed = page.evaluate(MISSED, sorted(set(range(total)) - set(reached)))
    assert hidden == []
    assert missed == []
    known = [stop for stop in reached if stop >= 0]
    assert len(known) == len(set(known)), "it came to one element twice"


def test_going_back_the_focus_is_not_below_the_header(open_page):
    page = open_page("en/lessons/nn-sequential/", reduced_motion="reduce")
    _, reached, hidden = walk(page, "Shift+Tab")
    assert len(reached) > 50
    assert hidden == []


def press_until(page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"60 times Tab do not lead to {selector}")


def test_the_first_stop_skips_to_the_text(open_page):
    page = open_page("en/setup/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


def test_the_search_is_worked_by_keys(open_page):
    page = open_page("en/setup/")
    open_search(page)
    expect(page.locator(".md-search__input")).to_be_focused()
    page.keyboard.type("glossary")
    expect(page.locator(".md-search-result__link").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/glossary/*")
    page.keyboard.press("s")
    expect(page.locator(".md-search__input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#__search")).not_to_be_checked()


def test_the_palette_and_the_language_are_chosen_by_keys(open_page):
    page = open_page("en/setup/", color_scheme="light")
    press_until(page, ".md-option")
    page.keyboard.press("ArrowDown")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.keyboard.press("ArrowDown")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "default")
    press_until(page, "a[data-language]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh/setup/*")


def test_the_menu_of_a_phone_is_worked_by_keys(open_page):
    page = open_page("en/setup/", viewport={"width": 360, "height": 740})
    menu = page.get_by_role("banner").get_by_role("button", name="Navigation")
    assert menu.get_attribute("aria-expanded") == "false"
    menu.focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    press_until(page, ".md-nav__link[for=__nav_4] > button")
    page.keyboard.press("Enter")
    press_until(page, 'a[href$="layer-norm/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/derivation/layer-norm/")


def test_code_is_copied_and_a_fold_opened_by_keys(open_page):
    page = open_page("en/lessons/nn-sequential/", permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("article .md-code__button").first
    button.focus()
    page.keyboard.press("Enter")
    code = page.locator("article .md-code__nav + code").first.text_content()
    assert page.evaluate("navigator.clipboard.readText()") == code.rstrip()
    expect(button).to_have_accessible_name("Copy to clipboard")
    fold = page.locator("article details.figure__numbers").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("open", "")
