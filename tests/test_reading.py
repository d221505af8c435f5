"""What the first view of a page loads: budgets on the built files, and that they miss nothing."""

import gzip
import json
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, SoupStrainer
from playwright.sync_api import expect
from site_pages import idle, open_search

LANGUAGES = ("zh", "en")
LESSON = 150_000  # bytes over the wire, of a lesson
ANY = 200_000  # of any other page: a derivation loads up to six fonts of formulas
EXPLORER = 320_000  # of the page that draws in the browser, with the library that draws
# What Material's script asks for with every page.
ALWAYS = ("javascripts/workers/on-demand.js", "../search/search_index.json")
LAZY = {
    'class="live"': ["live.js"],
    'class="digit"': ["digit.js"],
    'class="progress"': ["progress.js"],
    'class="sampler"': ["sampler.js"],
    'class="equation-summary shapes"': ["shapes.js", "shapes.css"],
    'class="explorer"': ["explorer.js", "plot/d3.min.js", "plot/plot.umd.min.js"],
}
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def face(declarations: str) -> tuple[str, str, str]:
    """Return family, style and weight that declarations of CSS ask for; normal is 400."""
    family = re.search(r'font-family:"?(KaTeX_\w+)|font:normal [^;]*?(KaTeX_\w+)', declarations)
    style = re.search(r"font-style:(\w+)", declarations)
    weight = re.search(r"font-weight:(\d+)", declarations)
    return (
        next(filter(None, family.groups())) if family else "",
        style.group(1) if style else "normal",
        weight.group(1) if weight else "400",
    )


def fonts(html: str, css: str) -> set[str]:
    """Return the fonts that a style may load for a page: those of rules whose classes it has."""
    elements = {frozenset(classes.split()) for classes in re.findall(r'class="([^"]+)"', html)}
    files, wanted = {}, set()
    for selectors, declarations in RULE.findall(css):
        wants = face(declarations)
        if selectors.strip() == "@font-face":
            files[wants] = re.search(r"url\(([^)]+)\)", declarations).group(1)
        elif wants[0]:
            for selector in selectors.split(","):
                parts = [set(re.findall(r"\.([\w-]+)", part)) for part in selector.split()]
                if all(any(part <= element for element in elements) for part in parts):
                    wanted.add(wants)
    return {files[wants] for wants in wanted}


def first_view(site: Path, name: str) -> set[str]:
    """Return the paths of all files that a browser loads with a page, the page included."""
    html = (site / name).read_text("utf-8")
    page = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer(["link", "script", "img"]))
    base = f"https://host/{name}"
    styles = [urljoin(base, str(tag["href"])) for tag in page.select('link[rel="stylesheet"]')]
    found = {base, *styles}
    found |= {urljoin(base, str(tag["src"])) for tag in page.select("script[src], img[src]")}
    found |= {urljoin(base, str(tag["href"])) for tag in page.select('link[rel~="icon"]')}
    for address in styles:
        css = (site / urlsplit(address).path[1:]).read_text("utf-8")
        found |= {urljoin(address, font) for font in fonts(html, css)}
    assets = f"https://host/{name.partition('/')[0]}/assets/"
    found |= {urljoin(assets, path) for path in ALWAYS}
    for sign, paths in LAZY.items():
        if sign in html:
            found |= {urljoin(assets, path) for path in paths}
    return {urlsplit(address).path[1:] for address in found}


def weight(path: Path) -> int:
    """Return the size of a file as a host sends it: fonts as they are, all else compressed."""
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 9))


def names(site: Path) -> list[str]:
    """Name the pages of both languages."""
    paths = [path for language in LANGUAGES for path in (site / language).rglob("index.html")]
    return sorted(path.relative_to(site).as_posix() for path in paths)


def budget(name: str) -> int:
    if "/lessons/" in name:
        return LESSON
    return EXPLORER if "/explorer/" in name else ANY


def test_the_first_view_of_each_page_stays_in_its_budget(site, record_property):
    weights = {
        name: sum(weight(site / path) for path in first_view(site, name)) for name in names(site)
    }
    heavy = {name: size for name, size in weights.items() if size > budget(name)}
    assert heavy == {}
    for part in ("lessons", "derivation", "labs"):
        most = max(size for name, size in weights.items() if f"/{part}/" in name)
        record_property(f"heaviest first view of {part}, bytes", most)


@pytest.mark.parametrize(
    "path",
    [
        "en/lessons/warmup-numpy/",  # a live box
        "zh/lessons/custom-function/",  # formulas inside sentences
        "en/derivation/derivative-basics/",  # formulas of all kinds
        "zh/derivation/attention/",
        "en/reference/",
        "zh/explorer/",
        "zh/labs/digits/",
    ],
)
def test_a_browser_loads_what_the_budgets_count(site, open_page, address, path):
    page = open_page("404.html")
    idle(page)
    asked = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url)._replace(query="").geturl()))
    page.goto(address + path)
    counted = first_view(site, path + "index.html")
    loaded: set[str] = set()
    # Formulas far below are not laid out yet, and do not load their fonts.
    while any(not name.endswith(".woff2") for name in counted - loaded):
        idle(page)
        found = {url.removeprefix(address) for url in asked if url.startswith(address)}
        loaded = {path + "index.html" if name == path else name for name in found}
    assert loaded <= counted


def test_a_page_has_one_style_that_all_pages_share(site):
    for name in names(site):
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', (site / name).read_text())
        shared = [urljoin(f"/{name}", style) for style in styles if "mkdocstrings" not in style]
        assert shared == [f"/{name.partition('/')[0]}/assets/style.css"], name
        assert ("mkdocstrings" in str(styles)) == ("/reference/" in name), name


@pytest.mark.parametrize(("language", "words"), [("zh", "学习率"), ("en", "momentum")])
def test_the_search_is_loaded_when_the_reader_searches(open_page, site, language, words):
    page = open_page(f"{language}/lessons/tensors/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    idle(page)
    open_search(page)
    meta = page.locator(".md-search-result__meta")
    expect(meta).to_have_text(re.compile("开始搜索|start searching"))
    assert not [url for url in asked if "pages.json" in url]
    page.locator(".md-search__input").press_sequentially(words)
    page.keyboard.press("Shift")  # an input method ends with a key
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    assert len([url for url in asked if "pages.json" in url]) == 1
    settings = json.loads((site / language / "search/search_index.json").read_text("utf-8"))
    assert settings["docs"] == []
    page.keyboard.press("Enter")
    page.wait_for_url("**?h=**")
    expect(page.locator("article mark").first).to_be_visible()


def test_a_shared_search_opens_with_its_results(open_page):
    page = open_page("zh/?q=梯度下降")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    expect(page.locator(".md-search-result__meta")).to_contain_text("个符合条件的结果")


def test_a_search_without_a_network_works_when_it_is_back(open_page):
    page = open_page("en/")
    with page.expect_response("**/search_index.json"):
        page.reload()
    open_search(page)
    page.context.set_offline(True)
    with page.expect_event("pageerror"):
        page.keyboard.type("momentu")
    page.context.set_offline(False)
    page.keyboard.type("m")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    assert all("INTERNET_DISCONNECTED" in fault or "fetch" in fault for fault in page.faults)
    page.faults.clear()
