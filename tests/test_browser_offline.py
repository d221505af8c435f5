"""The course from the file system: built, packed, unpacked and opened in a browser as files."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect
from site_pages import open_search
from small_site import python

from loom import words

pytestmark = pytest.mark.thorough

LANGUAGES = ("zh", "en")


def packed(target: Path) -> bytes:
    done = python("-m", "tools.offline", target)
    assert done.returncode == 0, done.stderr
    return target.read_bytes()


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """The zip that `make offline` writes."""
    path = tmp_path_factory.mktemp("offline") / "course.zip"
    packed(path)
    return path


@pytest.fixture(scope="module")
def folder(archive) -> Path:
    """What a reader has after unpacking it."""
    with zipfile.ZipFile(archive) as content:
        content.extractall(archive.parent)
    return archive.parent / "numpy-to-pytorch"


@pytest.fixture
def open_file(browser, folder):
    """Open a file of the course; in the end, no request must have left the file system."""
    context = browser.new_context()
    faults, pages = [], []

    def open_(path: str):
        page = context.new_page()
        pages.append(page)
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: faults.append(request.url))
        page.on("request", lambda request: faults.append(request.url) if leaves(request) else None)
        page.goto(f"{folder.as_uri()}/{path}")
        return page

    yield open_
    context.close()
    assert faults == []


def leaves(request) -> bool:
    """Tell whether a request goes elsewhere than to the file system."""
    return not request.url.startswith(("file:", "data:", "blob:", "about:"))


def test_the_same_commit_gives_the_same_bytes(archive, tmp_path):
    assert packed(tmp_path / "again.zip") == archive.read_bytes()


def test_every_link_leads_to_a_file(folder):
    broken = []
    for path in folder.rglob("*.html"):
        html = re.sub(r"<(pre|script)\b.*?</\1>", "", path.read_text("utf-8"), flags=re.DOTALL)
        for link in re.findall(r'(?:href|src)="([^"#?]+)', html):
            if not re.match("https?:|data:", link) and not (path.parent / link).is_file():
                broken.append(f"{path.relative_to(folder)}: {link}")
    assert broken == []
    assert len(list(folder.rglob("*.html"))) > 40


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_a_page_keeps_its_section_in_the_other_language(open_file, language, other):
    page = open_file(f"{language}/lessons/autograd.html#leaf")
    page.locator("a.course-language").click()
    page.wait_for_url(f"**/{other}/lessons/autograd.html#leaf")
    assert page.locator("html").get_attribute("lang") == other


def test_the_start_leads_to_a_language(open_file):
    page = open_file("index.html")
    page.wait_for_url(re.compile(r"/(zh|en)/index\.html$"))


@pytest.mark.parametrize(
    ("language", "words", "first"),
    [
        ("zh", "学习率", "学习率"),
        ("en", "computational graph", "graph"),
        ("zh", "autograd", "autograd"),
    ],
)
def test_the_search_works_from_the_file_system(open_file, language, words, first):
    page = open_file(f"{language}/lessons/tensors.html")
    open_search(page)
    page.locator(".md-search__input").press_sequentially(words)
    page.keyboard.press("Shift")  # an input method ends with a key
    item = page.locator(".md-search-result__item").first
    expect(item).to_contain_text(re.compile(first, re.IGNORECASE))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\.html\?h="))
    expect(page.locator("article mark").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_formulas_pictures_and_controls_are_there(open_file, language):
    page = open_file(f"{language}/lessons/nn-sequential.html")
    slider = page.locator(".figure__controls input")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".figure__panels--frames .figure__panel").nth(1).is_visible()
    page = open_file(f"{language}/derivation/derivative-basics.html")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px KaTeX_Math')")
    page = open_file(f"{language}/labs/digits.html")
    assert page.locator(".loom--lab svg").first.is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_explorer_follows_the_reader(open_file, language):
    page = open_file(f"{language}/explorer.html")
    page.locator('[name="optimizer"][value="momentum"]').check()
    expect(page.locator(".explorer__status")).to_contain_text("momentum")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_palette_is_kept(open_file, language):
    page = open_file(f"{language}/setup.html")
    page.locator("form[data-md-component=palette] label:visible").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    page.goto(page.url.replace("setup", "about"))
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


def test_code_can_be_copied(open_file):
    page = open_file("en/lessons/optim.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator("article .highlight:has(.md-code__nav)").first
    block.hover()
    block.locator("button").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == block.locator("code").inner_text().strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_live_box_says_that_it_needs_a_server(open_file, folder, language):
    page = open_file(f"{language}/lessons/warmup-numpy.html")
    expect(page.get_by_text(words.of(language)["live"]["offline"]).first).to_be_visible()
    assert page.locator(".live__run").count() == 0
    assert not (folder / "live").exists()


def test_nothing_may_be_asked_of_a_host(browser, folder):
    page = browser.new_page()
    page.goto(f"{folder.as_uri()}/en/index.html")
    told = page.evaluate("""() => fetch("https://example.org/").catch((error) => `${error}`)""")
    image = """() => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.blockedURI));
        new Image().src = "https://example.org/x.png";
    })"""
    assert "Failed to fetch" in told
    assert page.evaluate(image).startswith("https://example.org")
    page.close()


def test_the_sampler_loads_its_network_from_the_file_system(open_file):
    page = open_file("en/lessons/language-model.html")
    page.locator(".sampler__go").click()
    expect(page.locator(".sampler__status")).to_contain_text("has added 120 characters")
