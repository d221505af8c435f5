"""Below the factors of a displayed equation, the page shows their shapes when a reader asks."""

import pytest
from playwright.sync_api import expect
from site_pages import LAY_OUT, look, settled

from loom import words

PAGE = "derivation/derivative-basics/"  # with fractions, sums, traces and several rows
OPEN = "document.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
PRESS = "buttons => buttons.forEach((button) => button.click())"
# How far below the first relation of its formula each factor's first letter stands, in pixels.
# Rows of several move apart.
HEIGHTS = """() => {
    const top = (part) => part.getBoundingClientRect().top;
    const letters = (factor) => document.createTreeWalker(factor, NodeFilter.SHOW_TEXT);
    return [...document.querySelectorAll(".math--display:not(:has(.mtable))")].map((formula) =>
        [...formula.querySelectorAll("[data-shape]")].map((factor) =>
            top(letters(factor).nextNode().parentElement) - top(formula.querySelector(".mrel"))));
}"""
# Factors that stand in each other's way, each with the shape below it.
COLLISIONS = """() => [...document.querySelectorAll(".math--shapes")].flatMap((formula) => {
    const factors = [...formula.querySelectorAll("[data-shape]")];
    const boxes = factors.map((factor) => factor.getBoundingClientRect());
    return boxes.flatMap((one, at) => boxes.slice(at + 1).filter((other) =>
        Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
        && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2))
        .map(() => formula.textContent.slice(0, 40));
})"""


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_shapes_stand_below_factors_that_stay_on_their_line(open_page, language, width):
    page = open_page(
        f"{language}/{PAGE}", viewport={"width": width, "height": 800}, has_touch=width == 390
    )
    page.evaluate(LAY_OUT)
    page.evaluate(OPEN)
    buttons = page.locator(".shapes__button")
    expect(buttons.first).to_have_text(words.of(language)["equations"]["shapes"])
    expect(buttons.first).to_have_css("opacity", "1")  # it tells that there are others
    expect(buttons.nth(1)).to_have_css("opacity", "1" if width == 390 else "0")
    buttons.nth(1).hover()
    expect(buttons.nth(1)).to_have_css("opacity", "1")
    before = page.evaluate(HEIGHTS)
    buttons.evaluate_all(PRESS)
    expect(page.locator(".math--shapes")).to_have_count(buttons.count())
    for formula, heights in zip(page.evaluate(HEIGHTS), before, strict=True):
        assert formula == pytest.approx(heights, abs=1)
    assert page.evaluate(COLLISIONS) == []
    assert settled(lambda: look(page)) == []
    label = "factor => getComputedStyle(factor, '::after').content"
    shown = page.locator("[data-shape='N × H']").first
    assert "N × H" in shown.evaluate(label)
    page.emulate_media(media="print")
    assert shown.evaluate(label) == "none"
    expect(buttons.first).to_be_hidden()


def test_keys_show_shapes_and_hide_them(open_page):
    page = open_page(f"en/{PAGE}")
    formula = page.locator(".math--display:has(.shapes__button)").first
    button, told = formula.get_by_role("button"), formula.locator(".shapes__list")
    expect(button).to_have_attribute("aria-pressed", "false")
    formula.focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        "(formula) => getSelection().selectAllChildren(formula)", formula.element_handle()
    )
    assert "Shapes" not in page.evaluate("getSelection().toString()")
    expect(told).to_have_text("dL: scalar; ∑_i∑_jG_ijdX_ij: scalar; G^⊤: n × m; dX: m × n")
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(told).to_be_hidden()
    expect(page.locator(".math--shapes")).to_have_count(0)
