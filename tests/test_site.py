"""The real site, built as a reader gets it: links, anchors, search, and no other host."""

import gzip
import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup
from site_pages import BESIDE, LANGUAGES, PAGES

from equations import pages as equations

ROOT = Path(__file__).parent.parent
SNIPPETS = sorted((ROOT / "snippets").rglob("*.py"))
LOADS = {  # attributes that make a browser load something
    "src": "script, img, iframe, embed, source, audio, video, track, input",
    "srcset": "img, source",
    "poster": "video",
    "data": "object",
    "href": "image, use, link:not([rel=canonical], [rel=alternate], [rel=prev], [rel=next])",
}
RUNS = ("javascript:", "vbscript:", "data:text/html")


def broken_links(site: Path, pages: dict[str, BeautifulSoup]) -> list[str]:
    """Name each link of the pages that leads nowhere inside the site."""
    ids = {name: {tag["id"] for tag in page.select("[id]")} | {""} for name, page in pages.items()}
    broken = []
    for name, page in pages.items():
        if name.endswith("404.html"):
            continue  # its links are absolute: a host shows it at any depth
        for tag, attribute in (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")):
            for element in page.select(f"{tag}[{attribute}]"):
                address, anchor = urldefrag(str(element[attribute]))
                if re.match(r"[a-z]+:|//", address) and element.get("rel") != ["canonical"]:
                    if tag != "a" or not address.startswith("https://"):
                        broken.append(f"{name}: {element}")
                    continue
                if element.get("rel") == ["canonical"]:
                    continue
                target = (site / name).parent / unquote(address) if address else site / name
                if target.is_dir():
                    target /= "index.html"
                key = target.resolve().relative_to(site.resolve()).as_posix()
                if not target.exists() or (anchor and unquote(anchor) not in ids.get(key, {""})):
                    broken.append(f"{name}: {element[attribute]}")
    return broken


def test_no_page_is_forgotten(site):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    known = {f"{language}/{path}" for language in LANGUAGES for path in PAGES} | set(BESIDE)
    assert built == {path if path.endswith(".html") else f"{path}index.html" for path in known}


def test_every_link_and_anchor_leads_somewhere(site, pages):
    assert broken_links(site, pages) == []


def test_a_broken_link_is_noticed(site):
    links = [
        '<a href="none/">x</a>',
        '<a href="en/#none">x</a>',
        '<img src="none.png">',
        '<script src="https://elsewhere.org/x.js"></script>',
        '<a href="loom:snippets/optim.py">x</a>',
    ]
    spoilt, other = (BeautifulSoup(html, "html.parser") for html in ("".join(links), ""))
    broken = broken_links(site, {"index.html": spoilt, "en/index.html": other})
    assert len(broken) == len(links)


def faults_of_html(soup: BeautifulSoup) -> list[str]:
    """What a page would run from an attribute, or load from another host."""
    found = []
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            if name.startswith("on") or text.strip().lower().startswith(RUNS):
                found.append(f'runs: {tag.name} {name}="{text}"')
    for name, tags in LOADS.items():
        for tag in soup.select(tags):
            if re.match(r"\s*([a-z]+:)?//", tag.get(name) or tag.get(f"xlink:{name}") or ""):
                found.append(f"loads: {tag.name} {name}={tag[name]}")
    return found


def test_no_page_runs_an_attribute_or_loads_from_another_host(site, pages):
    assert len(pages) > 50
    faults = [(page, fault) for page, soup in pages.items() for fault in faults_of_html(soup)]
    assert faults == []
    styled = [path for ending in ("css", "svg", "html") for path in site.rglob(f"*.{ending}")]
    outside = re.compile(r"(?:url\(|@import)\s*[\"']?(?:[a-z]+:)?//", re.IGNORECASE)
    assert [path for path in styled if outside.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<p onclick="go()">x</p>', "runs: p onclick"),
        ('<a href=" JavaScript:go()">x</a>', "runs: a href"),
        ('<script src="https://other.example/a.js"></script>', "loads: script src"),
        ('<img src="//other.example/a.png">', "loads: img src"),
        ('<link rel="stylesheet" href="http://other.example/a.css">', "loads: link href"),
        ('<iframe src="https://other.example/"></iframe>', "loads: iframe src"),
        ('<link rel="canonical" href="https://example.org/"><img src="../a.png">', ""),
        ('<a href="https://other.example/">a link loads nothing</a>', ""),
    ],
)
def test_the_check_of_a_page_notices(html, fault):
    found = faults_of_html(BeautifulSoup(html, "html.parser"))
    assert [entry[: len(fault)] for entry in found] == ([fault] if fault else [])


def test_both_languages_show_the_same_runs(pages):
    for name in [name for name in pages if name.startswith("zh/") and "404" not in name]:
        chinese, english = pages[name], pages[name.replace("zh/", "en/", 1)]
        for selector in ("figure.loom samp", "data.loom-value", "annotation", ".highlight code"):
            shown = [
                [tag.get_text() for tag in page.select(selector)] for page in (chinese, english)
            ]
            ordered = selector in ("figure.loom samp", ".highlight code")
            assert shown[0] == shown[1] if ordered else sorted(shown[0]) == sorted(shown[1]), name


def test_outputs_say_where_they_come_from(pages):
    captions = pages["en/lessons/tensors/index.html"].select(".loom--output figcaption")
    first = captions[0].get_text()
    for words in ("snippets/tensors.py", "Python 3.", "torch 2.", "float32", "seed 0"):
        assert words in first
    assert "cpu" in first or "cuda" in first or "mps" in first


def test_the_language_link_leads_to_the_same_page(pages):
    for name in [name for name in pages if re.match("(zh|en)/", name) and "404" not in name]:
        (link,) = pages[name].select("a[data-language]")
        other = "en" if name.startswith("zh/") else "zh"
        assert link["data-language"] == link["lang"] == other
        assert str(link["href"]).endswith(f"{other}/{name[3:].removesuffix('index.html')}")


def test_the_landing_page_works_without_javascript(pages):
    links = [link["href"] for link in pages["index.html"].select("nav a")]
    assert links == ["zh/", "en/"]


def test_snippets_can_be_downloaded_without_marks(site):
    for path in SNIPPETS:
        published = (site / path.relative_to(ROOT)).read_text("utf-8")
        assert "--8<--" not in published
        compile(published, str(path), "exec")


def test_code_has_no_elements_for_what_looks_like_the_code_around_it(site):
    for path in site.rglob("*.html"):
        assert not re.search(r'<span class="[nw]">', path.read_text("utf-8")), path
    style = (site / "en/assets/style.css").read_text("utf-8")
    colours = re.findall(r"--md-code-hl-name-color:\s*([^;}]+)", style)
    assert set(colours) == {"var(--md-code-fg-color)"}


def test_formulas_are_typeset(pages):
    for name, page in pages.items():
        text = page.select_one("article")
        if text is not None:
            assert not text.select(".arithmatex"), name
            assert not text.select(".katex-error"), name
    assert len(pages["zh/derivation/derivative-basics/index.html"].select(".katex math")) > 50


@pytest.mark.parametrize("word", ["传播", "梯度下降", "学习率", "计算图"])
def test_chinese_words_inside_phrases_are_tokens_of_the_search(site, word):
    index = json.loads((site / "zh/search/pages.json").read_text("utf-8"))
    separator = index["config"]["separator"]
    tokens = {
        token for doc in index["docs"] for token in re.split(separator, doc["title"] + doc["text"])
    }
    assert word in tokens or all(part in tokens for part in re.findall("..", word))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("en/derivation/attention/#forward", "There are N queries Q and M keys K, all with D"),
        ("zh/derivation/attention/#forward", "Q 是 N 个"),
        ("en/derivation/attention/#forward", "Σ_mP_nmV_me"),
    ],
)
def test_the_search_shows_each_formula_once(site, address, words):
    language, _, location = address.partition("/")
    index = json.loads((site / language / "search/pages.json").read_text("utf-8"))
    (text,) = (doc["text"] for doc in index["docs"] if doc["location"] == location)
    assert words in text.replace("\u200b", "")
    assert text.count("S_nm = ") == 1


def test_each_shape_that_the_checker_has_found_is_on_its_page(pages):
    """Below each formula that was checked or is a definition, and below no other."""
    told = 0
    for source in sorted((ROOT / "docs").rglob("*.md")):
        text = source.read_text("utf-8")
        results = equations.results_of(text) if equations.declares(text) else []
        name = source.relative_to(ROOT / "docs").with_suffix("").as_posix()
        page = pages[f"{name}/index.html".replace("index/index", "index")]
        shown = [len(f.select("[data-shape]")) for f in page.find_all("div", "math--display")]
        displays = [result for result in results if not result.inline]
        assert shown == ([len(equations.labelled(one)) for one in displays] or [0] * len(shown))
        for count, result in zip(shown, displays, strict=False):
            assert bool(count) == (result.status in ("checked", "definition")), result.latex
        assert len(page.find_all("p", "shapes")) == any(shown), name
        told += sum(shown)
    assert told > 2000


def test_glossary_terms_are_explained_where_they_are_first_used(pages):
    terms = pages["zh/lessons/autograd/index.html"].select("a.term")
    assert "计算图" in [term.get_text() for term in terms]
    assert all(term["title"] for term in terms)
    assert not pages["zh/glossary/index.html"].select("a.term")


def test_a_page_with_its_pictures_stays_below_300_kb(site, pages):
    """Beyond what all pages share: the page as a host sends it, and its pictures uncompressed."""
    for name, page in pages.items():
        assert len(gzip.compress((site / name).read_bytes())) < 60_000, name
        pictures = "".join(str(figure) for figure in page.select(".loom--figure"))
        assert len(pictures.encode()) < 200_000, name


def test_every_picture_is_described_in_the_language_of_its_page(pages):
    count = 0
    for name, page in pages.items():
        for svg in page.select(".figure__panel svg[role=img]"):
            count += 1
            is_chinese = bool(re.search("[\u4e00-\u9fff]", str(svg["aria-label"])))
            assert is_chinese == name.startswith("zh/"), f"{name}: {svg['aria-label']}"
    assert count > 40


def test_the_policy_names_the_theme_s_scripts_and_no_others(pages):
    """Inline scripts are those of the theme: three, the same on every page."""
    policies = set()
    for name, page in pages.items():
        (meta,) = page.select('meta[http-equiv="Content-Security-Policy"]')
        policies.add(str(meta["content"]).split("style-src")[0])
        assert "unsafe-inline" not in str(meta["content"]).split("style-src")[0], name
    assert len(policies) <= 3, policies


def test_the_pages_state_the_policy_that_they_have(pages):
    (meta,) = pages["en/index.html"].select('meta[http-equiv="Content-Security-Policy"]')
    stated = re.sub(r"( 'sha256-[^']*')+", " 'sha256-…'", str(meta["content"]))
    for language in ("zh", "en"):
        text = pages[f"{language}/how-this-site-works/index.html"].get_text()
        assert stated.replace("; ", ";\n") in text
