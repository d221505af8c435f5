"""The search: what readers type, and the page that must come first."""

import json
import re
from pathlib import Path

import pytest
from facts import record
from playwright.sync_api import expect

from loom.weave import glossary, references

FIRST = {
    "zh": {
        "学习率": "labs/learning-rates/",
        "梯度下降": "glossary/",
        "反向传播": "glossary/",
        "传播": "glossary/",
        "计算图": "glossary/",
        "广播": "glossary/",
        "张量": "lessons/tensors/",
        "自动求导": "lessons/autograd/",
        "权重共享": "lessons/weight-sharing/",
        "优化器": "lessons/optim/",
        "层归一化": "derivation/layer-norm/",
        "注意力": "derivation/attention/",
        "交叉熵": "derivation/softmax-cross-entropy/",
        "安装": "setup/",
        "zero_grad": "lessons/optim/",
        "reshape": "lessons/tensors/",
        "no_grad": "lessons/autograd/",
        "ModuleList": "lessons/custom-module/",
        "速查": "cheat-sheet/",
        "术语表": "glossary/",
    },
    "en": {
        "learning rate": "labs/learning-rates/",
        "gradient descent": "glossary/",
        "backpropagation": "glossary/",
        "computation graph": "glossary/",
        "broadcasting": "glossary/",
        "tensor": "lessons/tensors/",
        "autograd": "lessons/autograd/",
        "weight sharing": "lessons/weight-sharing/",
        "optimizer": "lessons/optim/",
        "layer normalisation": "derivation/layer-norm/",
        "attention": "derivation/attention/",
        "cross-entropy": "derivation/softmax-cross-entropy/",
        "install": "setup/",
        "zero_grad": "lessons/optim/",
        "reshape": "lessons/tensors/",
        "no_grad": "lessons/autograd/",
        "ModuleList": "lessons/custom-module/",
        "cheat sheet": "cheat-sheet/",
        "check gradients": "labs/checking-gradients/",
        "keepdims": "mapping/",
    },
}

# As readers type them, with the pages that may come first.
INVERSE, IDENTITIES = "derivation/log-det/", "derivation/identities/"
FORMULAS = {
    "d log det": {INVERSE, IDENTITIES},
    "∂ log det": {INVERSE, IDENTITIES},
    "d A^-1": {INVERSE},
    "Woodbury": {INVERSE, IDENTITIES},
    "Sherman-Morrison": {IDENTITIES},
    "tr(AB)": {IDENTITIES},
    "x^T A x": {IDENTITIES},
    "2Xᵀ(XW-Y)": {IDENTITIES},
    "2 X^T (X W - Y)": {IDENTITIES},
}

NAME = re.compile(r"\btorch(?:\.\w+)+")
NUMBERED = re.compile(r"^# (.* · )?(?P<title>.*) \{#")


def searcher(page, address: str, language: str):
    """Return a function that searches and returns the first three pages, below the language."""
    box = page.locator(".md-search__input")
    results = page.locator(".md-search-result__item > a:first-child")
    box.click()

    def found(query: str) -> list[str]:
        box.fill("qqqq0")  # what no page has
        expect(results).to_have_count(0)
        box.fill(query)
        expect(results.first).to_be_visible()
        links = results.evaluate_all("links => links.slice(0, 3).map((link) => link.href)")
        return [re.sub("[?#].*", "", link).removeprefix(f"{address}{language}/") for link in links]

    return found


def address_of(path: Path, language: str) -> str:
    """Return the address of a page below its language."""
    return f"{path.relative_to(Path('docs', language)).with_suffix('').as_posix()}/"


def errors(language: str) -> dict[str, set[str]]:
    """Return the pages that show an error, by its message, as the records have it."""
    shown: dict[str, set[str]] = {}
    for path in sorted(Path("docs", language).rglob("*.md")):
        for fence in references.find(path.read_text("utf-8")):
            if fence.kind == "output":
                ran = record(fence.path.removeprefix("snippets/")[:-3].replace("/", "."))
                if ran.error:
                    pages = shown.setdefault(str(ran.values["error"]), set())
                    pages.add(address_of(path, language))
    return shown


@pytest.mark.thorough
@pytest.mark.parametrize("language", FIRST)
def test_the_message_of_an_error_leads_to_the_page_that_shows_it(open_page, address, language):
    found = searcher(open_page(f"{language}/about/"), address, language)
    shown = errors(language)
    assert len(shown) > 20
    for message, wanted in shown.items():
        # All of it, as pasted, and what the reader remembers, with other numbers in it.
        remembered = re.sub(r"\b\d+", "7", message.partition(": ")[2].partition("\n")[0])[:60]
        for query in (message, remembered):
            assert found(query)[0] in wanted, query


@pytest.mark.thorough
@pytest.mark.parametrize("language", FIRST)
def test_terms_and_titles_lead_to_their_pages(open_page, pages, address, language):
    found = searcher(open_page(f"{language}/about/"), address, language)
    for term in glossary.read_terms(Path("docs", language, "glossary.md")):
        first = found(term.name)[0]
        headings = pages[f"{language}/{first}index.html"].select("article :is(h1, h2, h3)")
        names = " ".join(heading.get_text() for heading in headings).lower()
        assert term.name.lower() in names, term.name
    for path in sorted(Path("docs", language, "lessons").glob("*.md")):
        heading = next(line for line in path.read_text("utf-8").split("\n") if NUMBERED.match(line))
        title = NUMBERED.match(heading)["title"].replace("`", "")
        for query in (title, heading[2:].partition(" {#")[0].replace("`", "")):
            assert found(query)[0] == address_of(path, language), query


@pytest.mark.thorough
@pytest.mark.parametrize("language", FIRST)
def test_the_name_of_a_function_leads_to_a_lesson_that_uses_it(open_page, pages, address, language):
    found = searcher(open_page(f"{language}/about/"), address, language)
    used: dict[str, set[str]] = {}  # by names in small letters: the search does not tell them apart
    for name, page in pages.items():
        if name.startswith(f"{language}/lessons/"):
            code = "\n".join(part.get_text() for part in page.select(".highlight code"))
            for function in NAME.findall(code):
                used.setdefault(function.lower(), set()).add(
                    name.partition("/")[2][: -len("index.html")]
                )
    assert len(used) > 40
    for function, wanted in used.items():
        assert found(function)[0] in wanted, function


@pytest.mark.parametrize("language", FIRST)
def test_a_formula_leads_to_a_page_that_has_it(open_page, address, language):
    found = searcher(open_page(f"{language}/about/"), address, language)
    for query, wanted in FORMULAS.items():
        assert found(query)[0] in wanted, query


def test_pasted_text_is_searched_without_a_key(open_page, address):
    page = open_page("en/about/")
    box = page.locator(".md-search__input")
    box.click()
    page.evaluate("document.execCommand('insertText', false, 'broadcasting')")
    expect(page.locator(".md-search-result__item > a").first).to_be_visible()


def test_words_with_digits_do_not_hide_a_page(open_page, site, address):
    # Among these, lunr's own keys mix words up: it finds one that no page has, and gives up.
    ends = sorted({n * n * 7919 % 10**length for n in range(1, 900) for length in (2, 4, 6, 8)})
    index = json.loads((site / "en/search/pages.json").read_text("utf-8"))
    text = " ".join(f"{'abc'[end % 3]}{end}" for end in sorted(ends, key=str))
    index["docs"] = [{"location": "about/", "title": "Words", "text": text}]
    page = open_page("en/about/")
    page.route("**/search/pages.json", lambda route: route.fulfill(json=index))
    found = searcher(page, address, "en")
    for query in ("c56", "c5696"):
        assert found(query) == ["about/"], query


@pytest.mark.parametrize(
    ("language", "asked", "bare"),
    [("en", "what is the learning rate", "learning rate"), ("zh", "什么是学习率", "学习率")],
)
def test_words_that_say_nothing_do_not_count(open_page, address, language, asked, bare):
    found = searcher(open_page(f"{language}/about/"), address, language)
    assert found(asked)[0] == found(bare)[0]


@pytest.mark.parametrize("language", FIRST)
def test_the_page_that_a_reader_looks_for_comes_first(open_page, address, language):
    page = open_page(f"{language}/about/")
    box = page.locator(".md-search__input")
    first = page.locator(".md-search-result__item > a").first
    box.click()
    assert len(FIRST[language]) == 20
    for query, wanted in FIRST[language].items():
        box.fill(query)
        found = re.compile(re.escape(f"{address}{language}/{wanted}") + r"([?#].*)?$")
        expect(first, query).to_have_attribute("href", found)
