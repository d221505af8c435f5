"""The box in which the reader draws a digit: by mouse, finger, keyboard, and without a script."""

import pytest
from playwright.sync_api import expect
from site_pages import LANGUAGES, LAY_OUT

PAGE = "lessons/real-data/"
SEVEN = [(0.3, 0.15), (0.7, 0.15), (0.45, 0.85)]  # corners of a 7, as shares of the pad


def point(page, x, y):
    """Return a place on the pad, given as shares of its sides, as `hover` and `tap` take it."""
    box = page.locator(".digit__pad").bounding_box()
    return {"x": x * box["width"], "y": y * box["height"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mouse_draws_and_the_buttons_clear_and_take_a_test_picture(open_page, language):
    page = open_page(f"{language}/{PAGE}")
    status = page.locator(".digit__status")
    first = status.text_content()
    page.evaluate(LAY_OUT)
    pad = page.locator(".digit__pad")
    pad.hover(position=point(page, *SEVEN[0]))
    page.mouse.down()
    for corner in SEVEN[1:]:
        pad.hover(position=point(page, *corner))
    page.mouse.up()
    expect(status).not_to_have_text(first)
    assert page.locator(".digit__scores tbody tr").count() == 10
    shares = page.locator(".digit__scores span").all_text_contents()
    assert sum(map(float, shares)) == pytest.approx(1, abs=0.01)  # each is rounded to 0.001
    page.locator(".digit__clear").click()
    expect(status).to_contain_text("空白图" if language == "zh" else "empty")
    for _ in range(12):  # there are twelve: the last click comes back to the first
        page.locator(".digit__next").click()
    expect(status).to_have_text(first)


def test_a_finger_draws_and_does_not_scroll_the_page(open_page):
    page = open_page(f"en/{PAGE}", viewport={"width": 360, "height": 740}, has_touch=True)
    page.evaluate(LAY_OUT)
    page.locator(".digit__clear").click()
    pad = page.locator(".digit__pad")
    pad.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    pad.tap(position=point(page, *SEVEN[0]))
    expect(page.locator(".digit__status")).to_contain_text("probability")
    assert page.evaluate("scrollY") == before
    assert (
        page.locator(".digit__pad").evaluate("pad => getComputedStyle(pad).touchAction") == "none"
    )


def test_the_keyboard_moves_fills_and_empties(open_page):
    page = open_page(f"en/{PAGE}")
    page.locator(".digit__clear").click()
    cells = page.locator(".digit__pad [role=gridcell]")
    cells.first.focus()
    assert page.locator(".digit__pad [tabindex='0']").count() == 1, "one stop of the Tab key"
    page.keyboard.press("ArrowUp")  # stays in the grid
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(cells.nth(9)).to_be_focused()
    page.keyboard.press("Space")
    expect(cells.nth(9)).to_have_attribute("aria-label", "row 2, column 2: 16 of 16")
    expect(page.locator(".digit__status")).to_contain_text("The network reads the digit")
    page.keyboard.press("Enter")
    expect(cells.nth(9)).to_have_attribute("aria-label", "row 2, column 2: 0 of 16")
    expect(page.locator(".digit__status")).to_contain_text("empty")


def test_without_javascript_it_is_a_test_picture_with_its_scores(open_page):
    page = open_page(f"en/{PAGE}", java_script_enabled=False)
    seen = page.locator(".digit__seen")
    seen.scroll_into_view_if_needed()  # what is far away is not laid out
    expect(seen).to_be_visible()
    assert page.locator(".digit__pad").is_hidden()
    assert "picture of the test set" in page.locator(".digit__status").text_content()
    assert page.locator(".digit__scores tbody tr").count() == 10
