"""The exercises: the answers pass, nothing else does, and each check says what helps."""

import importlib
import inspect
import os
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from small_site import python

from loom.weave import workbooks

ROOT = Path(__file__).parent.parent
WORKBOOKS = sorted((ROOT / "exercises").glob("[0-9]*.py"))
FILES = {path.stem.partition("_")[2]: path.name for path in WORKBOOKS}
PAGES = list(FILES)


def run(path: str) -> dict[str, object]:
    """Run a program of the course; return what it defines."""
    return runpy.run_path(str(ROOT / path))


def checks_of(page: str) -> dict[str, Callable[[object], None]]:
    """Return the checks of a page by the names of what they check."""
    names = run(f"exercises/checks/{FILES[page]}")
    return {name.removeprefix("check_"): names[name] for name in names if name.startswith("check_")}


def tasks_of(page: str) -> dict[str, object]:
    """Return the functions of a page that the reader fills in."""
    names = run(f"exercises/{FILES[page]}")
    return {name: names[name] for name in checks_of(page)}


def said_of(function: Callable[[object], None], answer: object) -> str:
    """Run a check; return what it said of the answer."""
    try:
        function(answer)
    except NotImplementedError:
        return "not written"
    except AssertionError as message:
        return str(message)
    return "right"


def answers_of(page: str) -> dict[str, object]:
    module = importlib.import_module(f"snippets.answers.{page}")
    return {name: getattr(module, name) for name in tasks_of(page)}


def test_the_workbook_follows_the_order_of_the_course():
    """Sorted by name, the files of lessons follow the course; those of derivations come after.

    None is named like a program or a package.
    """
    named = re.findall(r"(lessons|derivation)/([\w-]+)\.md", Path("mkdocs.en.yml").read_text())
    pages = {folder: [p.replace("-", "_") for f, p in named if f == folder] for folder, _ in named}
    lessons = [page for page in pages["lessons"] if page in FILES]
    assert lessons == PAGES[: len(lessons)]
    assert set(PAGES[len(lessons) :]) <= set(pages["derivation"])
    assert all(re.fullmatch(r"\d\d[a-z]?_\w+\.py", name) for name in FILES.values())
    assert sorted(FILES.values()) == sorted(p.name for p in (ROOT / "exercises/checks").iterdir())


@pytest.mark.parametrize("page", PAGES)
def test_there_are_at_least_four_and_none_is_written_yet(page):
    tasks = tasks_of(page)
    said = {name: said_of(function, tasks[name]) for name, function in checks_of(page).items()}
    assert len(said) >= 4, f"{FILES[page]} has {len(said)} exercises; a page has at least four"
    written = [name for name, verdict in said.items() if verdict != "not written"]
    assert not written, f"{FILES[page]}: readers would find these done: {written}"


@pytest.mark.parametrize("page", PAGES)
def test_the_answers_are_right_and_take_what_the_exercises_give(page):
    answers, checks = answers_of(page), checks_of(page)
    for name, task in tasks_of(page).items():
        assert said_of(checks[name], answers[name]) == "right", name
        assert str(inspect.signature(task)) == str(inspect.signature(answers[name])), name


def with_change(page: str, name: str, old: str, new: str) -> object:
    """Return the right answer, but for one place of its text: what stands there is `new`."""
    path = ROOT / f"snippets/answers/{page}.py"
    source = path.read_text()
    sections = re.findall(r"# --8<-- \[start:(\w+)\]\n(.*?)# --8<-- \[end:\1\]", source, re.DOTALL)
    (text,) = (text for _, text in sections if re.search(rf"^(def|class) {name}\b", text, re.M))
    assert text.count(old) == 1, f"{name}: a change is in one place of the answer: {old!r}"
    names: dict[str, object] = {"__name__": page}
    exec(compile(source.replace(text, text.replace(old, new)), path, "exec"), names)
    return names[name]


def numbers_in(text: str) -> set[str]:
    """Return the numbers of a message; those in names, such as w1, are none."""
    return set(re.findall(r"(?<![A-Za-z_\d.])\d+(?:\.\d+)?", text))


@pytest.mark.parametrize("page", PAGES)
def test_every_check_tells_a_wrong_answer_what_is_wrong(page):
    """A wrong answer is an object, or what is replaced in the right one, and by what."""
    wrong, checks = run(f"tests/attempts/{page}.py")["WRONG"], checks_of(page)
    assert set(wrong) == set(checks)
    for name, attempts in wrong.items():
        assert len(attempts) >= 5, f"{name}: at least five wrong answers"
        for *answer, words in attempts:
            answer = answer[0] if len(answer) == 1 else with_change(page, name, *answer)
            said = said_of(checks[name], answer)
            assert words in said, f"{name}: {said}"
            english, chinese = said.split("\n")
            assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), english
            assert numbers_in(english) == numbers_in(chinese), f"one language says more: {said}"


@pytest.mark.parametrize("page", PAGES)
def test_every_check_accepts_what_is_written_differently(page):
    right, checks = run(f"tests/attempts/{page}.py")["RIGHT"], checks_of(page)
    assert set(right) == set(checks)
    for name, attempts in right.items():
        assert len(attempts) >= 3, f"{name}: at least three right answers"
        for answer in attempts:
            if isinstance(answer, tuple):
                answer = with_change(page, name, *answer)
            said = said_of(checks[name], answer)
            assert said == "right", f"{name}: {said}"


@pytest.fixture
def workbook(built_once, tmp_path):
    """What readers download, unpacked."""
    with zipfile.ZipFile(built_once / "site/exercises.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "exercises"


def test_a_reader_begins(workbook):
    done = python("check.py", "warmup_numpy", cwd=workbook)
    assert done.returncode == 1
    assert done.stdout.count("not written yet · 还没有写") == 4
    assert done.stdout.endswith("0 / 4\n")
    done = python("check.py", "--help", cwd=workbook)
    assert done.returncode == 0
    assert "python check.py custom-function 2" in done.stdout


@pytest.mark.parametrize("language", ["zh", "en"])
def test_in_colab_a_reader_begins_in_three_cells(built_once, tmp_path, language):
    download = (built_once / "site/exercises.zip").as_uri()
    made = workbooks.notebook(Path("exercises/02b_tiny_autograd.py"), language, download)
    _, get, write, check = nbformat.reads(made, 4).cells
    done = python("-c", get.source, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    magic, _, text = write.source.partition("\n")
    file = tmp_path / magic.removeprefix("%%writefile ")
    assert file.read_text("utf-8") == text
    done = python(*check.source.removeprefix("!python ").split(), cwd=tmp_path)
    assert done.stdout.endswith("0 / 5\n"), done.stderr
    assert done.stdout.count({"zh": "还没有写", "en": "not written yet"}[language]) == 5


def test_the_line_with_the_download_leads_to_colab_where_it_is_set():
    page = "# T\n\n[Get](loom:exercises.zip). Run it.\n\n{}\n"
    with_one = page.format('```exercise file="exercises/06_optim.py" name="predict"\n```')
    added = " [Open `06_optim.py` in Colab.](https://a/en/exercises/06_optim.ipynb)"
    expected = with_one.replace("Run it.", f"Run it.{added}")
    assert workbooks.link(with_one, "https://a/", "en") == expected
    assert workbooks.link(with_one, "", "en") == with_one
    assert workbooks.link(page, "https://a/", "en") == page
    for path in ("", "/", "snippets/a.py"):
        elsewhere = with_one.replace("exercises/06_optim.py", path)
        assert workbooks.link(elsewhere, "https://a/", "en") == elsewhere


def fill_in(workbook: Path, *bodies: str, page: str = "01_warmup_numpy.py") -> None:
    """Write these into the functions of a page, in order; the others stay as they are."""
    file, unwritten = workbook / page, "    raise NotImplementedError\n"
    first, *rest = (ROOT / "exercises" / page).read_text().split(unwritten)
    bodies = (*bodies, *[unwritten] * (len(rest) - len(bodies)))
    text = first + "".join(body + part for body, part in zip(bodies, rest, strict=True))
    file.write_text(text, encoding="utf-8")


def test_a_reader_solves_one_and_errs_in_others(workbook):
    fill_in(
        workbook,
        "    return [(N, D_out), (N, H), (D_in, H)]\n",
        "    return None\n",
        "    retrun\n",
    )
    done = python("check.py", "warmup_numpy", cwd=workbook)
    assert done.returncode == 1
    assert "1 shapes ✓" in done.stdout
    assert "2 first_bad_step ✗\n      [3.0, inf, nan]: it should return 1, not None" in done.stdout
    assert "3 leaky_backward ✗" in done.stdout
    assert "    retrun\n" in done.stdout, "an error in the reader's own line is shown"
    assert "NameError" in done.stdout
    assert "4 three_layers · not written yet" in done.stdout
    assert done.stdout.endswith("1 / 4\n")
    fill_in(workbook, "    pass\n")
    done = python("check.py", "warmup_numpy", cwd=workbook)
    assert "is a return missing?\n      是不是忘了写 return？" in done.stdout


def test_one_exercise_alone_in_one_language(workbook):
    fill_in(workbook, "    print('one')\n", "    print('two')\n    return 0\n")
    for page in (
        "warmup_numpy",
        "warmup-numpy",
        "1",
        "01_warmup_numpy.py",
        "lessons/warmup-numpy/",
    ):
        done = python("check.py", page, "2", "--lang", "zh", cwd=workbook)
        said = done.stdout.splitlines()
        assert said[:3] == ["01_warmup_numpy.py", "two", "  2 first_bad_step ✗"]
        assert said[-1] == "0 / 1"
        assert "都是有限数" in done.stdout
        assert "finite" not in done.stdout
    done = python("check.py", "warmup-numpy", "3", "--lang", "en", cwd=workbook)
    assert done.stdout == "01_warmup_numpy.py\n  3 leaky_backward · not written yet\n0 / 1\n"


def test_an_answer_may_not_stop_the_check(workbook):
    """Neither an endless loop, nor the end of the program, nor the end of patience."""
    fill_in(
        workbook,
        "    import sys\n    sys.exit()\n",
        "    while True:\n        pass\n",
        "    raise KeyboardInterrupt\n",
    )
    done = python("check.py", "1", "1", cwd=workbook)
    assert done.returncode == 1
    assert "1 shapes ✗" in done.stdout
    assert "sys.exit()" in done.stdout
    done = python("check.py", "1", "2", "--limit", "2", cwd=workbook)
    assert done.returncode == 1
    assert "2 first_bad_step ✗" in done.stdout
    assert "stopped after 2 seconds" in done.stdout
    assert "line 2" in done.stdout, "the loop is shown"
    done = python("check.py", "1", "3", cwd=workbook)  # as Ctrl-C raises it
    assert done.returncode == 130
    assert done.stdout.endswith("3 leaky_backward ✗\n      stopped\n      已停止\n")
    assert not done.stderr


def test_an_answer_that_waits_or_says_what_cannot_be_said_does_not_stop_the_check(workbook):
    fill_in(
        workbook,
        "    import queue\n    return queue.Queue().get()\n",
        "    return '\\ud800'\n",
        "    class Odd(Exception):\n        def __str__(self):\n            return 1 / 0\n"
        "    raise Odd\n",
        "    import io, sys\n    sys.stdout.close()\n    sys.stdout = io.StringIO()\n"
        "    return 5\n",
    )
    done = python("check.py", "1", "--limit", "2", cwd=workbook)
    assert done.stderr == ""
    assert "stopped after 2 seconds" in done.stdout
    assert "not \\ud800: " in done.stdout
    assert "Odd: <exception str() failed>" in done.stdout
    assert "4 three_layers ✗" in done.stdout
    assert done.stdout.endswith("0 / 4\n")


def test_nobody_reads_on_and_what_is_not_there_or_no_limit_is_named(workbook):
    reader, writer = os.pipe()
    os.close(reader)  # as `head` does
    command = [sys.executable, "check.py", "1"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, cwd=workbook, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
    shut = ["sh", "-c", f"exec '{sys.executable}' check.py 1 >&-"]
    done = subprocess.run(shut, stderr=subprocess.PIPE, cwd=workbook, check=False)
    assert (done.returncode, done.stderr.decode()) == (1, "the output is closed · 输出已关闭\n")
    for limit in ("inf", "nan", "0"):
        done = python("check.py", "1", "--limit", limit, cwd=workbook)
        assert "error: --limit takes seconds" in done.stderr
    shutil.rmtree(workbook / "checks")
    assert "error: checks/ is missing" in python("check.py", cwd=workbook).stderr


MISSPELT = """    class Leaky(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, slope):
            return torch.where(x > 0, x, slope * x)

        @staticmethod
        def backwards(ctx, grad_output):
            return grad_output, None

    return Leaky.apply(x, slope)
"""


def test_only_the_line_of_the_page_means_not_written_yet(workbook):
    """PyTorch raises the same error, for instance about a misspelt name."""
    unwritten = "    raise NotImplementedError\n"
    fill_in(workbook, unwritten, MISSPELT, page="04_custom_function.py")
    done = python("check.py", "custom-function", cwd=workbook)
    assert done.stdout.count("not written yet") == 4
    assert "2 leaky_relu ✗" in done.stdout
    assert "You must implement either the backward" in done.stdout


def test_what_cannot_be_compared_gets_words_and_the_line_of_the_check(workbook):
    fill_in(workbook, "    return 5\n", page="04_custom_function.py")
    done = python("check.py", "4", "1", cwd=workbook)
    assert "the check cannot go on with your answer:" in done.stdout
    assert "slopes, passes = at_zero()" in done.stdout


def test_what_is_said_is_utf_8_wherever_it_goes(workbook):
    done = python("check.py", "1", cwd=workbook, PYTHONIOENCODING="ascii", PYTHONUTF8="1")
    assert "还没有写" in done.stdout


ADDED = """

def first_bad_step(losses):
    return central_differences(losses)


def central_differences(losses):
    return next((step for step, loss in enumerate(losses) if not np.isfinite(loss)), None)
"""


def test_what_a_reader_adds_or_renames_does_not_confuse_the_checks(workbook):
    page = workbook / "01_warmup_numpy.py"
    page.write_text(page.read_text().replace("def shapes(", "def check_sizes(") + ADDED)
    (workbook / "warmup_numpy.py").write_text("raise RuntimeError\n")  # the lesson's program
    (workbook / "01_warmup_numpy copy.py").write_text("not a program\n")
    (workbook / "03_autograd.py").write_text("def predict(:\n")  # it does not hide the others
    done = python("check.py", cwd=workbook)
    assert done.returncode == 1
    assert re.findall(r"^\d\d[a-z]?_.*\.py$", done.stdout, re.MULTILINE) == list(FILES.values())
    assert "NameError: name 'shapes' is not defined" in done.stdout
    page = done.stdout.partition("01_warmup_numpy.py\n")[2].partition("02_tensors.py\n")[0]
    assert "2 first_bad_step ✓\n  3 leaky_backward · not" in page, "a helper may have any name"


def test_all_exercises_of_a_file_that_cannot_be_run_are_counted(workbook):
    page = workbook / "01_warmup_numpy.py"
    page.write_text("def shapes(:\n")
    done = python("check.py", "1", cwd=workbook)
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout
    assert "def shapes(:" in done.stdout
    assert done.stdout.endswith("0 / 4\n")
    page.unlink()
    done = python("check.py", "1", cwd=workbook)
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stdout
    assert done.stdout.endswith("0 / 4\n")


def test_what_is_not_there_is_named_and_nothing_to_check_fails(workbook):
    done = python("check.py", "lesson9", cwd=workbook)
    assert done.returncode == 2
    assert "no exercises named lesson9" in done.stderr
    assert "01_warmup_numpy, 02_tensors" in done.stderr
    done = python("check.py", "1", "9", cwd=workbook)
    assert done.returncode == 1
    assert "the exercises are 1 to 4" in done.stdout
