"""The labs: the same code in both languages, run once, shown whole, and given away whole."""

import os
import re
import shutil
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from small_site import PATIENCE, python

from loom.run import notebook
from loom.run.record import Settings
from loom.weave import labs

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
    ],
)
def test_a_cell_that_does_not_end_well_or_within_bounds_is_named(folder, code, bounds, words):
    folder(LAB.replace("[n for n in range(3)]", code))
    (error,) = run(**bounds)
    assert error.startswith("docs/zh/labs/lab.py:")
    assert "code cell 2" in error or "printed" in words
    assert words in error


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
    data.write_text("1\n")
    folder(LAB.replace("[n for n in range(3)]", f"open({str(data)!r}).read()"))
    assert run() == []
    assert "1" in shown()[1]
    data.write_text("2\n")
    labs._State.runs.clear()  # what another process would find
    assert run() == []
    assert "2" in shown()[1]


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
    for language in LANGUAGES:
        (small_site / f"docs/{language}/labs").mkdir()
        (small_site / f"docs/{language}/labs/lab.py").write_text(LAB + FOLDED)
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
    source = nbformat.read(small_site / "site/en/labs/lab/lab.ipynb", 4).cells[0].source
    assert source.startswith("# A lab\n")
    assert "numpy-to-pytorch/en/lessons/optim/#sgd" in source
    assert "numpy-to-pytorch/snippets/a.py" in source

    shutil.copytree(small_site / "site", small_site / "before")
    for language in LANGUAGES:
        (small_site / f"docs/{language}/labs/lab.py").write_text(LAB + "\n# %%\n1 / 0\n")
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


@pytest.fixture(scope="module")
def left(site, tmp_path_factory):
    """Run the notebook that readers download as a program, in an empty folder; return its globals.

    The build has run the same cells with IPython.
    """
    kept = {}

    def run(name):
        if name not in kept:
            notebook = nbformat.read(site / f"en/labs/{name}/{name}.ipynb", 4)
            code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
            mpl.use("agg")
            before = Path.cwd()
            os.chdir(tmp_path_factory.mktemp(name))
            kept[name] = {"__name__": "__main__"}
            try:
                exec(compile(code, f"{name}.ipynb", "exec"), kept[name])
            finally:
                os.chdir(before)
        return kept[name]

    return run


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_that_readers_download_runs(site, name, left):
    chinese, english = (
        nbformat.read(site / language / f"labs/{name}/{name}.ipynb", 4) for language in LANGUAGES
    )
    code = [
        [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        for notebook in (chinese, english)
    ]
    assert code[0] == code[1] != []
    assert all(not cell.get("outputs") for cell in english.cells)
    assert not re.search(r"\]\((page|loom):|\{#", nbformat.writes(english))
    nbformat.validate(chinese)
    assert left(name)


# What the text says about the runs


def test_facts_about_learning_rates(left):
    lab = left("learning-rates")
    first, last = ({r: c[i] for r, c in lab["curves"].items()} for i in (0, -1))
    assert last[1e-6] > 0.8 * first[1e-6]  # hardly moves
    assert 1 < last[3e-5] < 0.1 * first[3e-5]  # on its way
    assert last[3e-4] < 1e-6
    assert not np.isfinite(last[5e-3])
    assert len(lab["curves"][5e-3]) < 10
    assert all(np.diff(lab["curves"][5e-3]) > 0)
    assert 1.7 < lab["edge"] / (2 / lab["at_start"]) < 2.6  # about twice
    at_end = lab["at_end"]
    assert at_end[1e-4] > lab["at_start"] < at_end[3e-4]  # curvature grows
    assert all(2 / at_end[rate] > rate for rate in (1e-4, 3e-4))
    assert 0.9 < 2 / at_end[1e-3] / 1e-3 < 1.2
    assert 2 / lab["at_start"] < 2e-3
    assert at_end[2e-3] < lab["at_start"]
    large = lab["train"](lab["make_model"](), 2e-3)
    assert max(large) > large[0] > large[-1]


def test_facts_about_checking_gradients(left):
    lab = left("checking-gradients")
    sizes, tanh64, tanh32, relu64 = (
        np.array(lab[name]) for name in ("sizes", "tanh64", "tanh32", "relu64")
    )
    truncation = tanh64[1:4] / tanh64[2:5]  # a tenth of the step, a hundredth of the error
    assert np.all((truncation > 80) & (truncation < 120))
    assert tanh64[-1] > 1e5 * tanh64.min()
    best = [sizes[errors.argmin()] for errors in (tanh64, tanh32)]
    for step, dtype in zip(best, (np.float64, np.float32), strict=True):
        assert 0.1 < step / np.finfo(dtype).eps ** (1 / 3) < 10
    assert 1e-5 < tanh32.min() < 1e-3  # three or four digits
    assert all(relu64[sizes > lab["nearest_kink"]] > 0.1)
    assert relu64[sizes < lab["nearest_kink"]][0] < 1e-12
    assert lab["zero"].grad == 0
    at_zero = lab["torch"].zeros(8, dtype=lab["torch"].float64)
    double = lab["inputs"].detach().double()
    check, torch = lab["check"], lab["torch"]
    assert check(torch.tanh, double.clone())
    assert not check(torch.tanh, double.float())
    assert check(torch.relu, double.clone())
    assert not check(torch.relu, at_zero)


def test_facts_about_digits(left):
    lab = left("digits")
    untrained = lab["make_model"]()
    assert 0 < lab["accuracy"](untrained, lab["x_val"], lab["y_val"]) < 0.3
    assert lab["x"].shape == (1797, 64)
    assert lab["x"].min() == 0
    assert lab["x"].max() == 1
    train, val = lab["train_losses"], lab["val_losses"]
    assert train[-1] < train[19] / 1.5  # goes on falling
    assert 0.7 < val[-1] / val[19] < 1.2  # hardly moves
    assert val[-1] > 3 * train[-1]
    assert 0.01 < train[-1] < 0.03
    assert 0.07 < val[-1] < 0.15
    matrix = lab["matrix"]
    assert matrix.trace() > 0.95 * matrix.sum()
    assert 0 < len(lab["wrong"]) <= 10
