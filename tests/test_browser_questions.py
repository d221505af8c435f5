"""Questions before their answers: judged in the page, and readable without a script."""

import pytest
from playwright.sync_api import expect
from site_pages import LANGUAGES

from loom import words

PAGE = "lessons/warmup-numpy/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_prediction_is_judged_and_opens_the_answer(open_page, language):
    page = open_page(f"{language}/{PAGE}")
    said = words.of(language)["predict"]
    box = page.locator(".predict:has(input[type=radio])").first
    answer = page.locator(".predict:has(input[type=radio]) + details").first
    status = box.get_by_role("status")
    right = box.get_attribute("data-answer")
    box.get_by_role("button").click()
    expect(status).to_be_empty()  # nothing is chosen yet
    box.locator(f"input:not([value='{right}'])").first.check()
    box.get_by_role("button").click()
    expect(status).to_have_text(said["wrong"])
    expect(answer).to_have_attribute("open", "")
    box.locator(f"input[value='{right}']").check()
    box.get_by_role("button").click()
    expect(status).to_have_text(said["right"])


def test_a_typed_answer_is_judged_without_its_spaces(open_page):
    page = open_page(f"en/{PAGE}")
    box = page.locator(".predict:has(input[type=text])").first
    field = box.get_by_role("textbox")
    field.fill(f" {box.get_attribute('data-answer')} ")
    field.press("Enter")
    expect(box.get_by_role("status")).to_have_text(words.of("en")["predict"]["right"])


def test_the_line_that_fails_is_marked_with_the_answer_and_not_before(open_page):
    page = open_page("en/lessons/autograd/")
    code = page.locator(".highlight:has(.hll):has(+ .predict)").first
    line, link = code.locator(".hll"), code.locator(".filename a[id$=':line']")
    expect(line).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(link).to_be_hidden()
    box = page.locator(".highlight:has(.hll) + .predict").first
    box.locator("input").first.check()
    box.get_by_role("button").click()
    expect(line).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(link).to_be_visible()


def test_without_scripts_the_question_stands_before_a_fold(open_page):
    page = open_page(f"en/{PAGE}", java_script_enabled=False)
    expect(page.locator(".predict").first).to_be_visible()
    expect(page.locator(".predict button").first).to_be_hidden()
    answer = page.locator(".predict + details").first
    answer.locator("summary").click()
    expect(answer).to_have_attribute("open", "")
