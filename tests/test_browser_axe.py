"""No page breaks a rule of axe-core: WCAG 2.2 up to AA, and axe's best practices.

Nothing is left out, neither a rule nor a part of a page, except the contrast of the parts of
formulas, which have the colours of the text around them. The rules that depend on colours take the
longest, and what they look at does not depend on the language: Chinese pages are examined in the
light palette, English ones in the dark one. On a phone one page of each kind is examined, in one
language or the other, with the menu closed and open.
"""

import pytest
from accessibility import violations
from playwright.sync_api import expect
from site_pages import BESIDE, KINDS, LANGUAGES, PAGES, visit

pytestmark = pytest.mark.thorough

SCHEMES = {"zh": "light", "en": "dark"}


@pytest.fixture
def examined(open_page):
    """A page to be examined. The site's policy would keep axe out."""

    def open_(path: str, **options):
        return open_page(path, bypass_csp=True, reduced_motion="reduce", **options)

    return open_


@pytest.mark.parametrize("third", range(3))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_breaks_a_rule(examined, address, language, third):
    page = examined(f"{language}/404.html", color_scheme=SCHEMES[language])
    found = violations(page)
    for path in PAGES[third::3]:
        visit(page, address, f"{language}/{path}")
        found += violations(page)
    assert found == []


def test_a_choice_of_colours_breaks_no_rule(examined):
    page = examined("en/about/", color_scheme="light")
    page.locator("[data-md-component=palette] label:visible").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_shapes_below_formulas_break_no_rule(examined, width, scheme):
    viewport = {"width": width, "height": 740}
    page = examined("en/derivation/linear-layer/", color_scheme=scheme, viewport=viewport)
    expect(page.locator(".shapes__button").first).to_be_attached()
    page.evaluate("document.querySelectorAll('.shapes__button').forEach((one) => one.click())")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_beside_the_course_breaks_a_rule(examined, address, scheme):
    page = examined("en/", color_scheme=scheme)
    found = []
    for path in BESIDE:
        visit(page, address, path)
        found += violations(page)
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_of_page_breaks_a_rule_on_a_phone(examined, address, language):
    page = examined(f"{language}/404.html", viewport={"width": 360, "height": 740})
    found = []
    for path in list(KINDS.values())[LANGUAGES.index(language) :: 2]:
        visit(page, address, f"{language}/{path}")
        found += violations(page)
    page.locator("label.md-header__button[for=__drawer]").click()
    expect(page.locator(".md-sidebar--primary")).to_be_in_viewport()
    found += violations(page)
    assert found == []


def test_axe_finds_what_is_wrong(examined):
    """The check itself: a page that is spoiled breaks rules."""
    page = examined("en/about/")
    page.evaluate("""() => {
        document.querySelector("article p").style.color = "#bbb";
        document.querySelector("article").insertAdjacentHTML("beforeend", "<button></button>");
    }""")
    rules = {violation.split()[1] for violation in violations(page)}
    assert {"color-contrast:", "button-name:"} <= rules


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_other_language_are_marked(open_page, address, language):
    """So that a screen reader pronounces them."""
    other = "en" if language == "zh" else "zh"
    page = open_page(f"{language}/glossary/")
    headings = page.locator("article h2").count()
    assert page.locator(f"article h2 > [lang={other}]").count() == headings > 10
    assert page.locator("a[data-language]").get_attribute("lang") == other
    if language == "zh":
        visit(page, address, "zh/reference/")
        strangers = page.locator(".doc").evaluate_all(
            "docs => docs.filter((doc) => doc.closest('[lang]').lang !== 'en').length"
        )
        assert strangers == 0
        visit(page, address, "zh/derivation/derivative-basics/")
        expect(page.locator("article p > [lang=en]").first).to_have_text("denominator layout")
