"""The reader's progress: ticks on lessons and exercises, the way back, and the button to erase."""

import pytest
from playwright.sync_api import expect
from site_pages import LANGUAGES

from loom import words

LESSON = "lessons/optim/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_ticks_show_in_the_other_language_and_on_the_home_page_and_are_erased(
    open_page, address, language
):
    other = next(name for name in LANGUAGES if name != language)
    page = open_page(f"{language}/{LESSON}")
    end = page.locator(".progress")
    page.locator(".progress__solved input").first.check()
    end.get_by_role("checkbox").check()
    page.goto(f"{address}{other}/{LESSON}")
    said = words.of(other)["site"]["progress"]
    expect(end.get_by_role("checkbox")).to_be_checked()
    expect(page.locator(".progress__solved input").first).to_be_checked()
    expect(page.locator(".progress__count")).to_have_text(said["count"].format(n=1, all=4))
    expect(page.locator(".md-nav--primary a.is-done")).to_have_count(1)

    page.goto(f"{address}{other}/")
    card = page.locator(".path > li.is-done")
    expect(card).to_have_count(1)
    expect(card).to_contain_text(said["done"])
    start = page.locator(".hero__start")
    expect(start).to_contain_text(said["continue"].format(title=""))
    assert start.get_attribute("href") == "lessons/warmup-numpy/"
    end.get_by_role("button").click()
    expect(card).to_have_count(0)
    expect(end).to_be_hidden()
    page.goto(f"{address}{language}/{LESSON}")
    expect(end.get_by_role("checkbox")).not_to_be_checked()


def test_a_lesson_open_twice_shows_and_keeps_the_ticks_of_both(open_page, address):
    page = open_page(f"en/{LESSON}")
    other = page.context.new_page()
    other.goto(f"{address}zh/{LESSON}")
    mine, theirs = (one.locator(".progress__solved input") for one in (page, other))
    mine.nth(0).check()
    expect(theirs.nth(0)).to_be_checked()
    theirs.nth(1).check()
    expect(mine.nth(1)).to_be_checked()
    expect(mine.nth(0)).to_be_checked()


def test_a_page_that_the_browser_has_kept_shows_what_was_ticked_since(open_page):
    page = open_page("en/")
    kept = '{"lessons/optim": {"done": true, "solved": [], "of": 4}}'
    page.evaluate("(kept) => localStorage.setItem('course-progress', kept)", kept)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(".path > li.is-done")).to_have_count(1)


@pytest.mark.thorough
@pytest.mark.parametrize("kept", ["null", "[1]", "no JSON", '{"lessons/optim": 7}'])
def test_what_is_not_ours_in_the_storage_counts_as_no_progress(open_page, address, kept):
    page = open_page(f"en/{LESSON}")
    page.evaluate("(kept) => localStorage.setItem('course-progress', kept)", kept)
    page.goto(f"{address}en/")
    expect(page.locator(".path > li").first).to_be_visible()
    page.goto(f"{address}en/{LESSON}")
    expect(page.locator(".progress")).to_be_visible()
    page.locator(".progress").get_by_role("checkbox").check()
    page.reload()
    expect(page.locator(".progress").get_by_role("checkbox")).to_be_checked()
