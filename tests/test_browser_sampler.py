"""The box in which the network of a lesson writes: the network comes when the reader asks."""

import re

import pytest
from playwright.sync_api import expect
from site_pages import LAY_OUT

PAGE = "lessons/language-model/"
DONE = {"en": "has added 120 characters", "zh": "添了 120 个字符"}


@pytest.mark.parametrize("language", [pytest.param("zh", marks=pytest.mark.thorough), "en"])
def test_it_loads_the_network_once_and_goes_on_with_the_readers_text(open_page, language):
    page = open_page(f"{language}/{PAGE}")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(LAY_OUT)
    assert not [url for url in asked if "networks/" in url]
    given, text = page.locator(".sampler input"), page.locator(".sampler__text")
    given.fill("白日依山尽，黄河入海流。")
    page.locator(".sampler select").select_option("0")
    written = []
    for _ in range(2):
        given.press("Enter")  # the keyboard suffices
        expect(page.locator(".sampler__status")).to_contain_text(DONE[language])
        written.append(text.text_content())
        given.fill("白日依山尽，黄河入海流。")
    assert written[0] == written[1], "at temperature 0 nothing is drawn"
    assert written[0].startswith("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
    assert len(written[0]) == 12 + 120
    assert len([url for url in asked if "networks/" in url]) == 1


def test_the_button_stops_it_and_it_names_what_it_does_not_know(open_page):
    page = open_page(f"en/{PAGE}")
    status, button = page.locator(".sampler__status"), page.locator(".sampler__go")
    page.locator(".sampler input").fill("a≈b")
    button.click()
    expect(status).to_have_text("The network has never seen: ≈")
    page.locator(".sampler input").fill("")
    button.click()
    expect(status).to_contain_text("Give it a character")
    page.locator(".sampler input").fill("Shall I ")
    page.evaluate("""() => {
      const text = document.querySelector(".sampler__text");
      new MutationObserver((_, observer) => {
        if (text.textContent.length < 12) return;
        observer.disconnect();
        document.querySelector(".sampler__go").click();
      }).observe(text, { childList: true });
    }""")
    button.click()
    expect(status).to_have_text(re.compile(r"has added [4-9] characters"))
    expect(button).to_have_text("Write")


def test_a_button_pressed_three_times_while_it_loads_makes_one_text(open_page):
    page = open_page(f"en/{PAGE}")
    page.evaluate(LAY_OUT)
    asked = []

    def hold(route):
        asked.append(route)

    page.route("**/networks/*", hold)
    given = page.locator(".sampler input")
    given.fill("Shall I ")
    with page.expect_request("**/networks/*"):
        given.press("Enter")
    given.press("Enter")
    given.press("Enter")
    for route in asked:
        route.continue_()
    expect(page.locator(".sampler__status")).to_contain_text(DONE["en"])
    assert len(page.locator(".sampler__text").text_content()) == 8 + 120


@pytest.mark.thorough
def test_without_a_network_it_says_so_and_can_be_tried_again(open_page):
    page = open_page(f"en/{PAGE}")
    page.route("**/networks/*", lambda route: route.abort())
    page.locator(".sampler__go").click()
    expect(page.locator(".sampler__status")).to_contain_text("could not be loaded")
    page.unroute("**/networks/*")
    page.locator(".sampler__go").click()
    expect(page.locator(".sampler__status")).to_contain_text("has added 120 characters")
    assert all("ERR_FAILED" in fault or "networks/" in fault for fault in page.faults)
    page.faults.clear()


def test_without_javascript_it_shows_what_was_written(open_page):
    page = open_page(f"en/{PAGE}", java_script_enabled=False)
    text = page.locator(".sampler__text")
    text.scroll_into_view_if_needed()
    expect(text).to_contain_text("天地")
    assert page.locator(".sampler__controls").is_hidden()
    assert "Written when" in page.locator(".sampler__status").text_content()
