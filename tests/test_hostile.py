"""What a page must not run or load: whatever brings it, it is escaped, or the build fails.

New kinds of fences and pictures are tried without being named here.
"""

import json
import re
import tracemalloc
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from mkdocs.exceptions import BuildError
from small_site import write_in_both
from test_figures import DIGIT, SAMPLER
from test_figures import KINDS as PICTURES

from loom import words
from loom.draw import figures
from loom.run import notebook
from loom.run.record import Record, Settings
from loom.weave import fences, labs, references
from loom.weave.weaver import Weaver
from loom.website import csp, language_hooks, pages

ATTACK = "'\"></script></svg><script>alert(1)</script><img src=x onerror=alert(1)>"
# What authors could write into a page as HTML; each is refused, with its line.
WRITTEN = {
    "a script": "<script>alert(1)</script>",
    "a script in capitals": "<SCRIPT >alert(1)</SCRIPT>",
    "a script of ours": '<script src="../assets/course.js"></script>',
    "a script from elsewhere": '<script src="https://example.com/a.js"></script>',
    "a handler": '<b onclick="alert(1)">x</b>',
    "a handler of a drawing": '<svg onload="alert(1)"></svg>',
    "an address that runs": '<a href="javascript:alert(1)">x</a>',
    "the same in disguise": '<a href="&#106;ava&#10;script:alert(1)">x</a>',
    "the same in Markdown": "[x](javascript:alert(2))",
    "that in disguise": "[x](&#106;avascript:alert(3))",
    "a page as data": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "an image from elsewhere": "![x](https://example.com/a.png)",
    "an image without a scheme": '<img src="//example.com/a.png" alt="x">',
    "one of several sources": '<img srcset="a.png 1x, https://example.com/a.png 2x" alt="x">',
    "a drawing from elsewhere": '<svg><use href="https://example.com/a.svg#x"/></svg>',
    "a frame": '<iframe src="https://example.com/"></iframe>',
    "a font from elsewhere": "<style>@font-face {src: url(https://example.com/a.woff)}</style>",
    "a style from elsewhere": '<b style="background: url(https://example.com/a.png)">x</b>',
    "another base": '<base href="https://example.com/">',
    "an order to leave": '<meta http-equiv="refresh" content="0;url=https://example.com/">',
    "a form that sends": '<form action="https://example.com/"><input name="x"></form>',
}


def is_harmless(html: str) -> bool:
    """Tell whether HTML holds nothing that could run; what was escaped is text."""
    html = re.sub('="(loom|page):', '="', html)  # as the build leads them to their places
    page = BeautifulSoup(html, "html.parser")
    scripts = [tag for tag in page("script") if tag.get("type") != "application/json"]
    return not csp.faults(html) and not scripts and not page.select("[onerror], img")


def test_what_an_author_writes_is_refused_with_its_line(build, small_site):
    lines = ["# T {#t}"]
    for name, text in WRITTEN.items():
        lines += ["", f"Here is {name}.", "", text]
    write_in_both(small_site, {"index.md": "\n".join(lines) + "\n"})
    done = build(small_site)
    assert done.returncode != 0
    for number, line in enumerate(lines, 1):
        refused = f"index.md:{number}: the page holds" in done.stderr
        assert refused == (line in WRITTEN.values()), f"{line}\n{done.stderr}"
    assert "Traceback" not in done.stderr


DIFFERENTLY = [  # what browsers read differently than Python, or than a quick look
    "<!--><script>alert(1)</script>-->",
    "<!---><img src=x onerror=alert(1)>-->",
    "<!-- a --!><script>alert(1)</script> -->",
    "<![CDATA[ x ><script>alert(1)</script> ]]>",
    '<script type="text/javascript" type="application/json">alert(1)</script>',
    '<script type="application/json">{}</script x><script>alert(1)</script>',
    '<img src="https://example.com/a.png" src="a.png">',
    '<table background="https://example.com/a.png"><tr><td>x</td></tr></table>',
    '<img src="\\\\example.com\\a.png">',
    '<img src="/\\example.com/a.png">',
    '<img src="http:example.com/a.png">',
    '<svg><rect fill="url(https://example.com/a.svg#x)"/></svg>',
    '<svg><image><set attributeName="href" to="https://example.com/a.png"/></image></svg>',
    '<svg><a><animate attributeName="href" values="javascript:alert(1)"/></a></svg>',
    """<b style="background-image: image-set('https://example.com/a.png' 1x)">x</b>""",
    '<b style="background: u\\72l(https://example.com/a.png)">x</b>',
    '<a href="javascript:alert(1)" href="x">x</a>',
    '<a href="x" ping="https://example.com/">x</a>',
    '<a href="x" ping="y https://example.com/">x</a>',
    '<img src="a.png" alt="x" attributionsrc="https://example.com/">',
    r'<svg><rect filter="\75rl(https://example.com/a.svg#x)"/></svg>',
    """<svg><rect cursor="image-set('https://example.com/a.png' 1x), auto"/></svg>""",
    '<div class="live" data-live="{}" data-assets="https://example.com/"></div>',
    "<a href='LOOM:snippets/a.py'>x</a>",
    "<a href='page:second/'>x</a>",
    "<a href=loom:snippets/a.py>x</a>",
    '<xmp><b title="</xmp><script>alert(1)</script>"></b></xmp>',
    '<textarea><b title="</textarea><script>alert(1)</script>"></b></textarea>',
]
HARMLESS = [
    "<!-- equations: A: m × n; N > 0 -->",
    '<a href="https://example.com/">x</a> <a href="mailto:a@b.c">y</a> <a href="../x/#y">z</a>',
    '<img src="../a.png" srcset="a.png 1x, b.png 2x" alt="x">',
    '<label>Code <textarea spellcheck="false"></textarea></label>',
    '<script type="application/json">{"a": "\\u003cb>"}</script>',
    '<svg><rect fill="url(#x)" style="stroke: none"/></svg>',
]


@pytest.mark.parametrize("html", DIFFERENTLY)
def test_what_browsers_read_differently_is_refused(html):
    assert csp.faults(html)


@pytest.mark.parametrize("html", HARMLESS)
def test_what_is_harmless_is_not(html):
    assert csp.faults(html) == []


AROUND = [
    '<img src="https://example.com/a.png" alt="logo">',
    '<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>',
    "<script defer src=//example.com/a.js></script>",
    "<p>a\x1bb</p>",
]


@pytest.mark.parametrize("html", AROUND)
def test_what_a_setting_may_not_put_around_the_text_of_a_page_is_refused(html):
    theirs = '<link rel="canonical" href="https://a.example/en/"><a href="https://a.example/">x</a>'
    assert csp.faults_around(f"{theirs}{html}", "", set())
    assert not csp.faults_around(theirs, "", set())


HEADS = [
    ("title", "</title><script>alert(1)</script>"),
    ("description", '"><meta http-equiv="refresh" content="0;url=http://example.com/">'),
    ("author", ATTACK),
    pytest.param("title", "<svg/onload=alert(1)>", marks=pytest.mark.thorough),
    pytest.param("title", "&lt;script&gt;", marks=pytest.mark.thorough),
    pytest.param("description", "a < b", marks=pytest.mark.thorough),
]


@pytest.mark.parametrize(("name", "text"), HEADS)
def test_what_the_top_of_a_page_says_is_refused(build, small_site, name, text):
    for language in ("zh", "en"):
        page = small_site / "docs" / language / "index.md"
        page.write_text(f"---\n{name}: {json.dumps(text)}\n---\n\n# T {{#t}}\n", encoding="utf-8")
    done = build(small_site)
    assert done.returncode != 0
    assert re.search(rf"index\.md:2: the page holds [<>\"] in its {name}", done.stderr), done.stderr


TOPS = [
    'description: ["<img src=x onerror=alert(1)>"]',
    'git_revision_date_localized: ["<img src=x onerror=alert(1)>"]',
    "search: 5",
    "search: {boost: .nan}",
    "search: {boost: -.inf}",
    'author: "a\\eb"',
    "template: ../../../etc/passwd",
    "icon: ../../../etc/passwd",
    "hide: 5",
    "goes: 'a`{: onclick=alert(1) }'",
    "comes: '#!value snippets/a.py x'",
    "title: 2024-01-01",
]


@pytest.mark.parametrize("top", TOPS)
def test_what_the_top_of_a_page_may_not_say_is_refused(top, monkeypatch, caplog):
    name, _, value = top.partition(": ")
    page = SimpleNamespace(title="T", meta={name: yaml.safe_load(value)})
    monkeypatch.setattr(pages.fences, "place", lambda *words: "index.md:2: ")
    with pytest.raises(BuildError):
        pages.Pages.render(None, page, None, None)  # before it looks at anything else
    assert "index.md:2: the page holds what it may not" in caplog.text


def test_a_top_that_repeats_itself_a_million_times_is_not_written_out():
    levels = "".join(f"[&a{n} [{', '.join([f'*a{n - 1}' if n else 'x'] * 10)}], " for n in range(6))
    page = SimpleNamespace(title="T", meta={"author": yaml.safe_load(levels + "]" * 6)})
    tracemalloc.start()
    try:
        with pytest.raises(BuildError):
            pages.refuse_top(page)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


NO_ADDRESSES = [f"https://a.example/{ATTACK}", "javascript:alert(1)", "https://a/)]", 5, ["a"]]


@pytest.mark.parametrize("name", ["site_url", "colab"])
@pytest.mark.parametrize("value", NO_ADDRESSES, ids=str)
def test_what_is_no_address_is_refused(name, value):
    given = {"site_url": "https://a.example/", "colab": None} | {name: value}
    config = SimpleNamespace(site_url=given["site_url"], extra={"colab": given["colab"]})
    with pytest.raises(BuildError, match=f"{name.upper()} is .*\\nWhat to do:"):
        pages.configure(config)


@pytest.mark.parametrize("path", ["snippets/missing.py", "../mkdocs.yml", "snippets/%61.py"])
def test_a_link_to_a_program_that_is_not_there_is_refused(project, monkeypatch, path):
    monkeypatch.setattr(fences, "place", lambda *words: "index.md:2: ")
    monkeypatch.setattr(language_hooks, "of_project", lambda: Weaver(Settings()))
    language_hooks._check_links(
        '<a href="loom:snippets/a.py">x</a> <a href="loom:exercises.zip">y</a>'
    )
    with pytest.raises(BuildError, match=r"(?s)index\.md:2: .*What to do:"):
        language_hooks._check_links(f'<a href="loom:{path}">x</a>')


def test_a_heading_that_becomes_a_title_is_looked_at_too(build, small_site):
    for heading, code in (("Step one = two", 0), ("&lt;script&gt;alert(1)&lt;/script&gt;", 1)):
        for language in ("zh", "en"):
            page = small_site / "docs" / language / "index.md"
            page.write_text(f"# {heading} {{#t}}\n", encoding="utf-8")
        assert (build(small_site).returncode != 0) == bool(code)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one snippet."""
    monkeypatch.chdir(tmp_path)
    Path("snippets").mkdir()
    Path("snippets/a.py").write_text("x = 1\n")


def weaver(**changes) -> Weaver:
    """A weaver with one record, in which everything is an attack."""
    made = Record(
        path="snippets/a.py",
        output=f"{ATTACK}\n",
        values={"x": ATTACK, "error": ATTACK},
        settings={"seed": ATTACK, "device": ATTACK},
        versions={"Python": ATTACK},
        error=None,
    )
    weaver = Weaver(Settings())
    weaver.runs.records["snippets/a.py"] = Record(**(vars(made) | changes))
    return weaver


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", sorted(set(references.FENCES) - {"figure"}))
def test_fences_escape_what_they_show(project, kind, language):
    Path("snippets/a.py").write_text(f"x = {ATTACK!r}\n")
    Path("exercises/checks").mkdir(parents=True)
    Path("exercises/a.py").write_text(f"def f():\n    {ATTACK!r}\n")
    Path("exercises/checks/a.py").write_text(f"def check_f(f):\n    assert f(), {ATTACK!r}\n")
    options = {"file": "snippets/a.py"}
    if kind == "exercise":
        options = {"file": "exercises/a.py", "name": "f"}
    elif kind == "change":
        options = {"before": "snippets/a.py:", "after": "snippets/a.py:"}
    elif kind == "predict":
        options["value"] = "x"
    body = "".join(f"{key}: {ATTACK}\n" for key in ("question", ATTACK, "other"))
    if kind == "lesson":
        body = f"needs: {ATTACK}\nreplaces: {ATTACK}\n"
    for error in (None, "ValueError"):
        reference = replace(references.from_options(kind, options), body=body)
        html = fences.RENDER[kind](weaver(error=error), reference, fences.Page(language, ATTACK))
        assert "alert(1)" in html
        assert is_harmless(html)


def hostile(data):
    """Return data with an attack in each name that a picture shows."""
    if not isinstance(data, dict):
        return data
    return {k: v + ATTACK if k == "name" else hostile(v) for k, v in data.items()}


@pytest.mark.parametrize("kind", figures.KINDS)
def test_pictures_escape_their_words_and_their_data(tmp_path, kind):
    data = {"digit": DIGIT, "sampler": SAMPLER}.get(kind) or PICTURES[kind][0]
    names = ["title", "x", "y", "a", "b", *words.of("en")["figures"]]
    body = "".join(f"{name}: {ATTACK}\n" for name in names)
    for shown in (data, hostile(data)):
        picture = figures.Picture("snippets/a.py", "x", kind, body)
        html = figures.figure(picture, shown, "en", str(tmp_path))
        assert "alert(1)" in html
        assert is_harmless(html)


def test_a_name_in_the_data_is_escaped(tmp_path):
    picture = figures.Picture("snippets/a.py", "x", "curves", "title: A title\n")
    html = figures.figure(picture, {ATTACK: [1.0, 2.0], "b": [2.0, 1.0]}, "en", str(tmp_path))
    assert "alert(1)" in html
    assert is_harmless(html)


@pytest.mark.parametrize("kind", ["value", "code"])
def test_values_and_failures_are_escaped(project, kind):
    md = fences.Markdown(extensions=["loom.weave.fences"])
    md.loom.__dict__["weaver"] = weaver()
    assert is_harmless(getattr(fences, kind)("snippets/a.py x", kind, kind, md))
    md.loom.weaver.show_failures = True
    assert is_harmless(getattr(fences, kind)(f"snippets/a.py {ATTACK}", kind, kind, md))


def test_a_lab_escapes_what_it_shows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lab = Path("docs/en/labs/lab.py")
    lab.parent.mkdir(parents=True)
    lab.write_text(f"# %% [markdown]\n# # {ATTACK} {{#x}}\n\n# %%\nprint({ATTACK!r})\n")
    outputs = [[{"text": ATTACK}, {"data": {"text/plain": ATTACK, "text/html": ATTACK}}]]
    answer = {"outputs": outputs, "error": None, "read": {}}
    monkeypatch.setattr(notebook, "run", lambda *_: answer)
    monkeypatch.setattr(labs._State, "runs", {})
    cells = json.loads(labs.for_page(lab, "en", Settings()))["cells"]
    heading, code = "".join(cells[0]["source"]), cells[1]["metadata"]["html"]
    assert "alert(1)" in heading
    assert is_harmless(heading)
    assert is_harmless(code)


def test_headings_of_a_lab_are_escaped_in_its_contents(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lab = Path("docs/en/labs/lab.py")
    lab.parent.mkdir(parents=True)
    lab.write_text(f"# %% [markdown]\n# # L {{#l}}\n#\n# ## {ATTACK} {{#x}}\n")
    page = SimpleNamespace(file=SimpleNamespace(src_uri="labs/lab.py", name="lab"))
    config = SimpleNamespace(docs_dir="docs/en", theme={"language": "en"}, extra={})
    language_hooks._finish_lab("<h1>L</h1>", page, config)
    (first,) = page.toc
    (second,) = first.children
    assert "alert(1)" in second.title
    assert is_harmless(second.title)
