"""The built site in a real browser, served as a static host serves it, all other hosts blocked."""

import pytest
from playwright.sync_api import expect


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
    frames.nth(7).wait_for(state="visible")


def test_no_motion_for_those_who_asked_for_none(open_page):
    page = open_page("en/lessons/nn-sequential/", reduced_motion="reduce")
    assert page.locator(".figure__controls button").is_hidden()
    assert page.locator(".figure__controls input").is_visible()


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


def test_a_request_to_another_host_is_noticed_and_leads_nowhere(open_page):
    page = open_page("en/", bypass_csp=True)
    with page.expect_event("requestfailed"):
        page.evaluate("new Image().src = 'https://example.org/x.png'")
    assert "another host: https://example.org/x.png" in page.faults
    page.faults.clear()


def test_a_term_is_explained_to_pointers_and_keys(open_page):
    page = open_page("en/lessons/autograd/", viewport={"width": 1280, "height": 800})
    term, next_term = page.locator("a.term").nth(0), page.locator("a.term").nth(1)
    text = term.get_attribute("title")
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_hidden()
    term.hover()
    expect(tip).to_have_text(text)
    expect(term).to_have_accessible_description(text)
    tip.hover()  # the pointer may go there, to read or to select
    expect(tip).to_be_visible()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    assert term.get_attribute("title") == text
    text = next_term.get_attribute("title")
    next_term.focus()
    expect(tip).to_have_text(text)
    expect(next_term).to_have_accessible_description(text)
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    next_term.press("Enter")
    page.wait_for_url("**/en/glossary/#*")


def test_the_first_tap_on_a_term_explains_it_and_the_second_leads_to_the_glossary(open_page):
    page = open_page("zh/lessons/autograd/", viewport={"width": 360, "height": 740}, has_touch=True)
    tip = page.get_by_role("tooltip")
    for term in page.locator("a.term").all():
        text = term.get_attribute("title")
        term.tap()
        expect(tip).to_have_text(text)
        box = tip.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert page.url.endswith("/zh/lessons/autograd/")
        tip.tap()  # it may lie on the next term
        expect(tip).to_be_hidden()
    term.tap()
    expect(tip).to_be_visible()
    term.tap()
    page.wait_for_url("**/zh/glossary/#*")


def test_the_mark_of_an_equation_is_explained_to_keys_and_fingers(open_page):
    place = "zh/derivation/attention/"
    page = open_page(place, viewport={"width": 360, "height": 740}, has_touch=True)
    tip, mark = page.get_by_role("tooltip"), page.locator("a.equation-mark").nth(1)
    text = mark.get_attribute("title")
    assert "float64" in text
    mark.focus()
    expect(tip).to_have_text(text)
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    mark.tap()
    expect(tip).to_have_text(text)
    assert page.url.endswith(place)
    mark.tap()
    page.wait_for_url("**/zh/how-this-site-works/#equations")


def test_code_is_copied_without_a_secure_connection(open_page):
    permissions = ["clipboard-read", "clipboard-write"]
    page = open_page("en/lessons/autograd/", permissions=permissions)
    page.evaluate("""() => { navigator.clipboard.writeText = () => { throw new Error(); }; }""")
    block = page.locator(".highlight pre:has(> .md-code__nav)").first
    block.get_by_role("button").click()
    code = block.locator("code").text_content()
    assert page.evaluate("navigator.clipboard.readText()").rstrip() == code.rstrip()
    expect(page.locator(".md-code__nav [role=status]:not(:empty)")).to_have_text(
        "Copied to clipboard"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_cheat_sheet_prints_on_two_a4_pages(open_page, language):
    page = open_page(f"{language}/cheat-sheet/")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_explorer_follows_the_reader(open_page, language):
    page = open_page(f"{language}/explorer/")
    status = page.locator(".explorer__status")
    expect(status).to_contain_text("SGD")
    expect(status).to_contain_text("500")
    before = page.locator(".explorer svg").inner_html()
    page.locator('[name="optimizer"][value="SGD"]').focus()
    page.keyboard.press("ArrowDown")
    expect(status).to_contain_text("momentum")
    assert page.locator(".explorer svg").inner_html() != before
    page.locator('[name="rate"][value="1e-02"]').check()
    expect(status).to_contain_text("发散" if language == "zh" else "diverges")
    assert "optimizer=momentum&width=100&rate=1e-02" in page.url
    assert page.locator(".explorer svg").get_attribute("aria-label") == status.inner_text()


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("optimizer=Adam&width=10&rate=1e-03", "Adam, width 10, learning rate 1e-03"),
        (
            "optimizer=Lion&rate=<b>",
            "SGD, width 100, learning rate 1e-04",
        ),  # there is none: the first
    ],
)
def test_a_link_leads_to_a_setting_of_the_explorer(open_page, setting, shown):
    page = open_page(f"en/explorer/?{setting}")
    expect(page.locator(".explorer__status")).to_contain_text(shown)


def test_the_explorer_loads_its_scripts_only_when_it_is_near(open_page):
    page = open_page("en/lessons/optim/")
    assert page.evaluate("!!document.querySelector('script[src*=plot]')") is False
    page = open_page("en/explorer/")
    expect(page.locator(".explorer__controls")).to_be_visible()
    assert page.evaluate("!!document.querySelector('script[src*=plot]')") is True


def test_without_javascript_the_explorer_is_a_picture_and_a_table(open_page):
    page = open_page("en/explorer/", java_script_enabled=False)
    assert page.locator(".explorer__controls").is_hidden()
    assert page.locator(".explorer svg").is_visible()
    page.locator("details.figure__numbers summary").first.click()
    cells = page.locator("details.figure__numbers").first.locator("td")
    assert cells.count() == 9 * (2 + 8)
    assert sum("diverges" in text for text in cells.all_inner_texts()) == 16


@pytest.mark.parametrize(
    ("path", "made"),
    [
        ("en/lessons/nn-sequential/", ".figure__controls input"),
        ("zh/explorer/", ".explorer__controls"),
        ("en/lessons/warmup-numpy/", ".live__run"),
    ],
)
def test_scripts_do_their_work_again_on_instant_navigation(open_page, path, made):
    """As Material does it: new content, then a value of document$."""
    page = open_page(path)
    expect(page.locator(made).first).to_be_visible()
    page.evaluate("""async () => {
        const text = await (await fetch(location.href)).text();
        const fresh = new DOMParser().parseFromString(text, "text/html");
        document.querySelector("article").replaceWith(fresh.querySelector("article"));
    }""")
    expect(page.locator(made).first).to_be_hidden()
    page.evaluate("document$.next(document)")
    expect(page.locator(made).first).to_be_visible()
