"""The labs: the same code in both languages, run once, shown whole, and given away whole."""

import errno
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import facts
import nbformat
import pytest
from bs4 import BeautifulSoup
from small_site import PATIENCE, python, write_in_both

from loom.run import cache, notebook
from loom.run.record import Settings, SnippetError
from loom.weave import labs
from loom.website import language_hooks

ROOT = Path(__file__).parent.parent
NAMES = sorted(path.stem for path in (ROOT / "docs/en/labs").glob("*.py"))
LANGUAGES = ("zh", "en")
LAB = """# %% [markdown]
# # A lab {#lab}
#
# See [a lesson](page:lessons/optim/#sgd) and [a file](loom:snippets/a.py).

# %%
import math

print("seven", math.sqrt(49))

# %% [markdown]
# ## Next {#next}

# %%
[n for n in range(3)]
"""
PICTURE = """
# %% alt="a line"
import matplotlib.pyplot as plt

plt.plot([1, 2])
plt.show()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty course as the working directory; returns a function that writes a lab into it."""
    monkeypatch.chdir(tmp_path)

    def write(text, english=None):
        for language, lab in (("zh", text), ("en", english or text)):
            Path("docs", language, "labs").mkdir(parents=True, exist_ok=True)
            Path("docs", language, "labs", "lab.py").write_text(lab, encoding="utf-8")

    return write


def test_a_lab_that_cannot_be_kept_for_its_page_stops_the_build(folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    folder(LAB)
    monkeypatch.setattr(labs, "for_page", lambda *_, **__: "new")
    Path(".cache/labs/en").mkdir(parents=True)
    Path(".cache/labs/en/lab.ipynb").write_text("old")
    monkeypatch.setattr(cache.os, "replace", full)
    config = SimpleNamespace(theme={"language": "en"}, mdx_configs={"toc": {}})
    lab = SimpleNamespace(src_uri="labs/lab.py", name="lab", abs_src_path="docs/en/labs/lab.py")
    with pytest.raises(OSError, match="No space left"):
        language_hooks.on_files([lab], config)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the runs of labs are kept, for tests of texts whose code is the same."""
    return str(tmp_path_factory.mktemp("kept"))


def run(**settings):
    return labs.run_and_check(LANGUAGES, Settings(**{"timeout": PATIENCE, **settings}))


def shown():
    """What the English page shows for each code cell, as HTML."""
    notebook = nbformat.reads(labs.for_page(Path("docs/en/labs/lab.py"), "en", Settings()), 4)
    return [cell.metadata.html for cell in notebook.cells if cell.cell_type == "code"]


FOLDED = """
# %% [markdown] hint=true
# Think of **roots**.

# %% answer=true
root = math.sqrt(16)
print(root)

# %% [markdown] answer=true
# So it is 4.

# %% [markdown]
# ### After {#after}
"""


# The same code in both languages


DIFFERENT = [  # what differs in English, and what is said
    ("sqrt(49)", "sqrt( 49)", "cell 2: the code is not that of docs/zh/labs/lab.py"),
    ("range(3)", "range(4)", "cell 4: the code is not"),
    ("# %% [markdown]\n# ## Next {#next}\n\n", "", "cell 3: markdown in docs/zh"),
    ("{#next}", "{#other}", "cell 3: the headings, facts and links"),
    ("## Next", "### Next", "cell 3: the headings, facts and links"),
    ("optim/#sgd", "optim/", "cell 1: the headings, facts and links"),
    ("# See", "# <!-- facts: a.b -->\n# See", "cell 1: the headings, facts and links"),
    (" hint=true", "", "cell 6: hint in docs/zh/labs/lab.py, no fold here"),
    ("# %% answer=true", "# %%", "cell 7: answer in docs/zh/labs/lab.py, no fold here"),
    ("A lab", "Other", None),  # words may differ
    ("a line", "Strich", None),
]
LACKING = [  # what both languages lack, and what is said
    (' alt="a line"', "", "lab.py:18: the picture of this cell has no text alternative"),
    (" {#next}", "", "a level of 1 to 3, plain words and an id, {#like-this}: ## Next"),
    ("## Next", "#### Next", "a heading needs a level of 1 to 3"),
    ("[n for n in range(3)]", "print(float('inf'))", "lab.py:15: the cell prints inf"),
    (
        "[n for n in range(3)]",
        "import numpy\nnumpy.array([numpy.nan])",
        "lab.py:15: the cell prints",
    ),
    ("# %%\n[n", "# %% diverges=true\n[n", "lab.py:15: the cell prints finite numbers only"),
]


@pytest.mark.parametrize(("old", "new", "words"), DIFFERENT)
def test_a_difference_fails_and_names_the_cell(folder, kept, old, new, words):
    assert old in LAB + PICTURE + FOLDED
    folder(LAB + PICTURE + FOLDED, (LAB + PICTURE + FOLDED).replace(old, new))
    said = [re.sub(r"^docs/en/labs/lab.py:\d+: ", "", error) for error in run(cache=kept)]
    assert any(error.startswith(words) for error in said) if words else said == []


@pytest.mark.parametrize(("old", "new", "words"), LACKING)
def test_what_a_page_would_lack_fails(folder, kept, old, new, words):
    folder((LAB + PICTURE).replace(old, new))
    errors = run(cache=kept)
    assert [error.splitlines()[0].partition(words)[1] for error in errors] == [words] * 2


def test_a_cell_may_say_that_it_diverges(folder):
    folder(LAB.replace("# %%\n[n for n in range(3)]", "# %% diverges=true\nprint(float('inf'))"))
    assert run() == []


def test_hints_and_answers_are_folded_in_the_notebook_that_readers_download(folder):
    folder(LAB + FOLDED)
    text = labs.for_readers(Path("docs/zh/labs/lab.py"), "zh", "https://example.org/")
    hint, code, answer, after = nbformat.reads(text, 4).cells[-4:]
    assert re.fullmatch(
        r"<details[^>]*>\n<summary>提示</summary>\n\nThink of \*\*roots\*\*\.\n\n</details>",
        hint.source,
    )
    assert "<summary>答案</summary>\n\nSo it is 4." in answer.source
    assert code.source.startswith("# @title 答案\nroot =")
    assert code.metadata.jupyter.source_hidden
    assert not after.metadata
    assert after.source == "### After"


# Running


def test_a_failing_cell_says_lab_cell_line_and_error(folder):
    folder(LAB.replace("[n for n in range(3)]", "zero = 0\n1 / zero"))
    (error,) = run()
    assert error.startswith(
        "docs/zh/labs/lab.py:16: code cell 2, line 2: ZeroDivisionError: division by zero\n"
    )
    assert "----> 2 1 / zero" in error
    assert "What to do: Fix the cell in every language" in error
    assert "\x1b" not in error


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("%%capture\n1 / 0", "ZeroDivisionError: division by zero"),
        ("%%capture\nx = = 1", "SyntaxError: invalid syntax"),
        ("open('a.py', 'w').write('1 / 0')\n%run a.py\nprint('on')", "ZeroDivisionError: "),
        ("%no_such_magic", "UsageError: Line magic function `%no_such_magic` not found."),
        ("raise SystemExit('enough')", "SystemExit: enough"),
    ],
)
def test_an_error_that_a_magic_command_hides_stops_the_lab(folder, code, message):
    folder(LAB.replace("[n for n in range(3)]", code))
    (error,) = run()
    assert re.match(rf"docs/zh/labs/lab.py:\d+: code cell 2, line \d: {re.escape(message)}", error)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("code", "bounds", "words"),
    [
        ("import time\n\ntime.sleep(900)", {"timeout": 3}, "did not finish within 3 s"),
        ("import os\n\nos._exit(3)", {}, "left with exit status 3"),
        ("x = = 1", {}, "SyntaxError: invalid syntax"),
        ("open('/tmp/outside', 'w')", {}, "may write into the folder tempfile.gettempdir() only"),
        ("x = bytearray(600_000_000)\nwhile True: pass", {"memory": 0.5}, "GB of memory"),
        ("print('x' * 30_000)", {}, "printed more than 20,000 characters"),
        ("import os\n\nos.system('echo lost')", {}, "printed where no page sees it"),
        ("display({'text/html': '<b>a</b>'}, raw=True)", {}, "shows ['text/html'] alone"),
    ],
)
def test_a_cell_that_does_not_end_well_or_within_bounds_is_named(folder, code, bounds, words):
    folder(LAB.replace("[n for n in range(3)]", code))
    (error,) = run(**bounds)
    assert error.startswith("docs/zh/labs/lab.py:")
    assert "code cell 2" in error or "printed" in words or "alone" in words
    assert words in error


def test_the_copy_that_a_cell_forks_has_no_say(folder):
    code = (
        "import os\nimport time\n\ncopied = os.fork() == 0\ntime.sleep(0 if copied else 1)\ncopied"
    )
    folder(LAB.replace("[n for n in range(3)]", code))
    assert run() == []
    outputs = labs.run(Path("docs/zh/labs/lab.py"), Settings(timeout=PATIENCE))
    assert outputs[1] == [{"data": {"text/plain": "False"}}]


@pytest.mark.parametrize("code", [r"print('50 %\r')", "publish_display_data({'image/svg+xml': 5})"])
def test_what_no_page_can_hold_is_named_with_the_line_of_its_cell(folder, code):
    folder(LAB.replace("[n for n in range(3)]", f"from IPython.display import *\n{code}"))
    (error,) = run()
    number = (
        Path("docs/zh/labs/lab.py").read_text().splitlines().index("from IPython.display import *")
        + 1
    )
    assert error.startswith(f"docs/zh/labs/lab.py:{number}: ")


def test_a_lab_that_cannot_be_read_is_named(folder):
    folder(f"# -*- coding: latin-1 -*-\n{LAB}")
    with pytest.raises(SnippetError, match=r"labs/lab\.py:1: cannot be read: .*\n.*What to do:"):
        run()


PROGRAM = """
from pathlib import Path
from loom.run.record import Settings
from loom.weave import labs

if __name__ == "__main__":
    settings = Settings(timeout=300, preload=("smtplib",))
    outputs = labs.run(Path("docs/zh/labs/lab.py"), settings)
    print(outputs[1][0]["text"], end="")
"""
FRESH = """
import importlib.util
import os
import sys

print("smtplib" in sys.modules, "loom.weave" in sys.modules, importlib.util.find_spec("helper"))
print("helper.py" in os.listdir(), os.environ["OMP_NUM_THREADS"], hash("a"))
"""


@pytest.mark.thorough
def test_a_run_is_fresh_but_for_what_is_imported_before_runs(folder):
    folder(LAB.replace("[n for n in range(3)]", FRESH))
    Path("helper.py").write_text("")
    done = [python("-c", PROGRAM, cwd=Path.cwd()) for _ in range(2)]
    assert done[0].stdout.startswith("True False None\nFalse 1 "), done[0].stderr
    assert done[1].stdout == done[0].stdout


def test_a_failure_is_shown_in_its_place_and_not_kept(folder):
    folder(LAB.replace("[n for n in range(3)]", "1 / 0"))
    assert run()
    assert "seven 7.0" in shown()[0]
    assert "This did not run" in shown()[1]
    assert "ZeroDivisionError" in shown()[1]
    folder(LAB)
    assert run() == []
    assert "[0, 1, 2]" in shown()[1]


def test_a_lab_runs_once_as_long_as_code_and_versions_are_the_same(folder, monkeypatch):
    runs = []
    run_lab = notebook.run
    monkeypatch.setattr(notebook, "run", lambda *lab: runs.append(lab) or run_lab(*lab))
    for text, count in (  # once for both languages
        (LAB, 1),
        (LAB.replace("A lab", "A new title"), 1),
        (LAB.replace("range(3)", "range(4)"), 2),
    ):
        folder(text)
        assert run() == []
        assert len(runs) == count
    monkeypatch.setattr(Settings, "versions", lambda self: {"Python": "3.99"})
    assert run() == []
    assert len(runs) == 3


def test_a_file_that_a_lab_reads_is_followed(folder):
    data = Path("data.csv").absolute()
    data.write_text("spring\n")
    folder(LAB.replace("[n for n in range(3)]", f"open({str(data)!r}).read()"))
    assert run() == []
    assert "spring" in shown()[1]
    data.write_text("autumn\n")
    assert run() == []
    assert "autumn" in shown()[1]


def test_a_picture_stays_in_order_and_takes_the_colours_of_the_page(folder):
    folder(LAB + PICTURE.replace("plt.show()", 'plt.show()\nprint("after")'))
    assert run() == []
    before, _, after = shown()[2].partition("</svg>")
    assert "after" in re.sub("<[^>]*>", "", after)
    assert 'aria-label="a line"' in before
    assert "var(--chart-1)" in before
    assert not re.search(r"#[0-9a-f]{6}\b|<style|<metadata|http(?!://www\.w3\.org)", before)


# A small site


def test_a_lab_becomes_a_page_and_a_notebook(build, small_site):
    write_in_both(small_site, {"labs/lab.py": LAB + FOLDED})
    base = "https://colab.research.google.com/github/a/b/blob/pages/"
    settings = small_site / "mkdocs.yml"
    settings.write_text(settings.read_text("utf-8").replace('[COLAB, ""]', f'[COLAB, "{base}"]'))
    done = build(small_site)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((small_site / "site/en/labs/lab/index.html").read_text(), "html.parser")
    assert [output.get_text() for output in page.select("samp")] == [
        "seven 7.0",
        "[0, 1, 2]",
        "4.0",
    ]
    hint, answer = page.select("article details")
    assert [part.name for part in hint.find_all(True)] == ["summary", "p", "strong"]
    assert answer.summary.get_text() == "Answer"
    assert [part.name for part in answer.find_all(True, recursive=False)] == [
        "summary",
        "div",
        "figure",
        "p",
    ]
    links = [link["href"] for link in page.select(".lab a")]
    assert links == ["../../labs/lab/lab.ipynb", f"{base}en/labs/lab/lab.ipynb"]
    assert [link["href"] for link in page.select("article p:not(.lab, .checked) a")] == [
        "../../lessons/optim/#sgd",
        "../../../snippets/a.py",
    ]
    assert not (small_site / "site/en/labs/lab.py").exists()
    workbook = nbformat.read(small_site / "site/en/exercises/06_optim.ipynb", 4)
    assert "numpy-to-pytorch/exercises.zip" in workbook.cells[1].source
    source = nbformat.read(small_site / "site/en/labs/lab/lab.ipynb", 4).cells[0].source
    assert source.startswith("# A lab\n")
    assert "numpy-to-pytorch/en/lessons/optim/#sgd" in source
    assert "numpy-to-pytorch/snippets/a.py" in source

    shutil.copytree(small_site / "site", small_site / "before")
    write_in_both(small_site, {"labs/lab.py": LAB + "\n# %%\n1 / 0\n"})
    done = build(small_site)
    assert done.returncode != 0
    assert "docs/zh/labs/lab.py:18: code cell 3, line 1: ZeroDivisionError" in done.stderr
    after, before = small_site / "site", small_site / "before"
    page = "en/labs/lab/index.html"
    assert (after / page).read_bytes() == (before / page).read_bytes()


# The real site


@pytest.fixture(scope="module")
def pages(site):
    return {
        f"{language}/{name}": (site / language / "labs" / name / "index.html").read_text("utf-8")
        for language in LANGUAGES
        for name in NAMES
    }


def test_a_page_carries_nothing_of_jupyter(pages):
    for name, text in pages.items():
        text = re.sub('base64,[^"]*', "", text)  # a picture may spell any word
        page = BeautifulSoup(text, "html.parser")
        assert not re.search("mathjax|requirejs|jp-Cell|clipboard-copy|cdn", text, re.I), name
        assert not page.select("article style, article script"), name
        pictures = page.select("article svg[role=img]")
        assert len(pictures) >= 2 or "learning" in name
        assert all(len(str(picture["aria-label"])) > 30 for picture in pictures), name
        colours = [re.findall(r"#[0-9a-f]{6}\b", str(picture)) for picture in pictures]
        assert not any(colours), f"{name}: colours of no scheme: {colours}"


def test_the_table_of_contents_has_the_ids_of_the_headings(pages):
    for name, text in pages.items():
        page = BeautifulSoup(text, "html.parser")
        links = [link["href"] for link in page.select(".md-nav--secondary a.md-nav__link")]
        _, *found = [f"#{heading['id']}" for heading in page.select("article :is(h1, h2, h3)")]
        assert list(dict.fromkeys(links)) == found, name
        assert "#try" in found, name


def test_a_link_to_a_heading_has_the_title_that_it_has_on_other_pages(pages, site):
    def titles(text):
        links = BeautifulSoup(text, "html.parser").select("article a.headerlink")
        return {link["title"] for link in links}

    for name, text in pages.items():
        other = site / name.partition("/")[0] / "setup/index.html"
        assert titles(text) == titles(other.read_text("utf-8")), name


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_that_readers_download_holds_what_the_facts_run(site, name):
    chinese, english = (
        nbformat.read(site / language / f"labs/{name}/{name}.ipynb", 4) for language in LANGUAGES
    )
    code = [
        [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        for notebook in (chinese, english)
    ]
    titles = re.compile(r"^# @title (Answer|答案)$", re.MULTILINE)
    assert [titles.sub("", cell) for cell in code[0]] == [titles.sub("", cell) for cell in code[1]]
    assert all(not cell.get("outputs") for cell in english.cells)
    assert not re.search(r"\]\((page|loom):|\{#", nbformat.writes(english))
    nbformat.validate(chinese)
    assert code[1] == facts.code_of_lab(name) != []


@pytest.mark.parametrize("name", NAMES)
def test_each_task_has_a_hint_and_an_answer_that_was_run(pages, name):
    for language in LANGUAGES:
        page = BeautifulSoup(pages[f"{language}/{name}"], "html.parser")
        (heading,) = page.select("article #try")
        found = []
        for part in heading.find_next_siblings(["h2", "h3", "details"]):
            assert part.name != "h2", "tasks are the last section"
            found.append(part["id"] if part.name == "h3" else part["class"][0])
            if found[-1] == "success":
                assert part.select_one(".highlight")
                assert part.select_one(".loom--output samp")
                assert part.find_all("p")
        count = len(found) // 3
        assert count >= 4
        assert found == [
            item for number in range(count) for item in (f"try-{number + 1}", "tip", "success")
        ]
