"""Without JavaScript everything can be read, and every page can be reached."""

import pytest
from playwright.sync_api import expect
from site_pages import KINDS, LANGUAGES, PAGES, look, visit

pytestmark = pytest.mark.thorough

WHAT_RAN = "article :is(.highlight pre > code, .loom samp, svg[role=img], .katex)"


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_page_can_be_read(open_page, address, language, width):
    viewport = {"width": width, "height": 800}
    page = open_page(f"{language}/404.html", java_script_enabled=False, viewport=viewport)
    faults, seen = [], 0
    for path in KINDS.values():
        visit(page, address, f"{language}/{path}")
        faults += [f"{path}: {fault}" for fault in look(page)]  # opens all folds
        parts = page.locator(WHAT_RAN)
        seen += parts.count()
        hidden = parts.evaluate_all(
            """(parts) => parts
                .filter((part) => !(part.checkVisibility() && part.getClientRects().length))
                .map((part) => part.outerHTML.slice(0, 100))"""
        )
        faults += [f"{path} hides {part}" for part in hidden]
    assert seen > 300
    assert faults == []


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_leads_to_every_page(open_page, address, language, width):
    viewport = {"width": width, "height": 800}
    page = open_page(f"{language}/setup/", java_script_enabled=False, viewport=viewport)
    links = page.locator(".md-nav--primary > .md-nav__list a.md-nav__link:not([href^='#'])")
    found = {link.split("#")[0] for link in links.evaluate_all("links => links.map((a) => a.href)")}
    assert found >= {f"{address}{language}/{path}" for path in PAGES}
    if width == 360:
        page.locator("label.md-header__button[for=__drawer]").click()
        page.locator(".md-nav__link[for=__nav_4]").click()
    page.locator('.md-nav--primary a[href$="layer-norm/"]').click()
    expect(page.locator("h1")).to_be_visible()
    assert page.url == f"{address}{language}/derivation/layer-norm/"
    page.locator("a[data-language]").click()
    assert page.url.endswith("/derivation/layer-norm/")
    assert f"/{language}/" not in page.url
