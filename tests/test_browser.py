"""The built site in a real browser, served as a static host serves it, all other hosts blocked."""

import pytest


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_steps_of_a_picture_can_be_moved_through(open_page, language):
    page = open_page(f"{language}/lessons/nn-sequential/")
    frames = page.locator(".figure__panels--frames .figure__panel")
    assert [panel.is_visible() for panel in frames.all()] == [True] + [False] * 7
    slider = page.locator(".figure__controls input")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert frames.nth(1).is_visible()
    assert "1" in slider.get_attribute("aria-valuetext")
    page.locator(".figure__controls button").click()
    frames.nth(7).wait_for(state="visible", timeout=8000)


def test_no_motion_for_those_who_asked_for_none(open_page):
    page = open_page("en/lessons/nn-sequential/", reduced_motion="reduce")
    assert page.locator(".figure__controls button").is_hidden()
    assert page.locator(".figure__controls input").is_visible()


def test_without_javascript_every_step_is_there(open_page):
    page = open_page("en/lessons/nn-sequential/", java_script_enabled=False)
    frames = page.locator(".figure__panels--frames .figure__panel")
    assert all(panel.is_visible() for panel in frames.all())


def test_an_inline_script_does_not_run(open_page):
    page = open_page("en/")
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.broken = true";
        document.head.append(script);
    }""")
    assert page.evaluate("window.broken") is None
    assert any("Content Security Policy" in fault for fault in page.faults)
    page.faults.clear()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_cheat_sheet_prints_on_two_a4_pages(open_page, language):
    page = open_page(f"{language}/cheat-sheet/")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") == 2
