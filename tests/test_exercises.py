"""The exercises: the answers pass, nothing else does, and each check says what helps."""

import importlib
import inspect
import re
import runpy
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from small_site import python

ROOT = Path(__file__).parent.parent
CHECK = ROOT / "exercises/check.py"
PAGES = sorted(path.stem for path in (ROOT / "exercises").glob("*.py") if path != CHECK)


def run(path: str) -> dict[str, object]:
    """Run a program of the course; return what it defines."""
    return runpy.run_path(str(ROOT / path))


def checks_of(page: str) -> dict[str, Callable[[object], None]]:
    """Return the checks of a page by the names of what they check."""
    names = run(f"exercises/checks/{page}.py")
    return {name.removeprefix("check_"): names[name] for name in names if name.startswith("check_")}


def tasks_of(page: str) -> dict[str, object]:
    """Return the functions of a page that the reader fills in."""
    names = run(f"exercises/{page}.py")
    return {name: names[name] for name in checks_of(page)}


def check(page: str, answers: dict[str, object]) -> dict[str, str]:
    """Run the checks of a page; return what each said of its answer."""
    said = {}
    for name, function in checks_of(page).items():
        try:
            function(answers[name])
            said[name] = "right"
        except NotImplementedError:
            said[name] = "not written"
        except AssertionError as message:
            said[name] = str(message)
    return said


def answers_of(page: str) -> dict[str, object]:
    module = importlib.import_module(f"snippets.answers.{page}")
    return {name: getattr(module, name) for name in tasks_of(page)}


@pytest.mark.parametrize("page", PAGES)
def test_there_are_at_least_four_and_none_is_written_yet(page):
    said = check(page, tasks_of(page))
    assert len(said) >= 4, (
        f"exercises/{page}.py has {len(said)} exercises; a page has at least four"
    )
    written = [name for name, verdict in said.items() if verdict != "not written"]
    assert not written, f"exercises/{page}.py: readers would find these done: {written}"


@pytest.mark.parametrize("page", PAGES)
def test_the_answers_are_right_and_take_what_the_exercises_give(page):
    assert set(check(page, answers_of(page)).values()) == {"right"}
    for name, task in tasks_of(page).items():
        answer = answers_of(page)[name]
        assert str(inspect.signature(task)) == str(inspect.signature(answer)), name


def with_slip(page: str, name: str, old: str, new: str) -> object:
    """Return the right answer, but for one place of its text: what stands there is `new`."""
    path = ROOT / f"snippets/answers/{page}.py"
    source = path.read_text()
    sections = re.findall(r"# --8<-- \[start:(\w+)\]\n(.*?)# --8<-- \[end:\1\]", source, re.DOTALL)
    (text,) = (text for _, text in sections if re.search(rf"^(def|class) {name}\b", text, re.M))
    assert text.count(old) == 1, f"{name}: a slip is one place of the answer: {old!r}"
    names: dict[str, object] = {"__name__": page}
    exec(compile(source.replace(text, text.replace(old, new)), path, "exec"), names)
    return names[name]


@pytest.mark.parametrize("page", PAGES)
def test_every_check_tells_a_wrong_answer_what_is_wrong(page):
    """A wrong answer is an object, or what is replaced in the right one, and by what."""
    wrong = run(f"tests/wrong_answers/{page}.py")["WRONG"]
    assert set(wrong) == set(tasks_of(page))
    for name, attempts in wrong.items():
        assert attempts, name
        for *answer, words in attempts:
            answer = answer[0] if len(answer) == 1 else with_slip(page, name, *answer)
            said = check(page, {**answers_of(page), name: answer})[name]
            assert words in said, f"{name}: {said}"
            english, *chinese = said.split("\n")
            assert any("\u4e00" <= letter <= "\u9fff" for letter in "".join(chinese)), english


@pytest.fixture
def workbook(built_once, tmp_path):
    """What readers download, unpacked."""
    with zipfile.ZipFile(built_once / "site/exercises.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "exercises"


def test_a_reader_begins(workbook):
    done = python("check.py", "warmup_numpy", cwd=workbook)
    assert done.returncode == 1
    assert done.stdout.count("not written yet") == 4
    assert done.stdout.endswith("0 / 4\n")


def test_a_reader_solves_one_and_errs_in_others(workbook):
    page = workbook / "warmup_numpy.py"
    begun, *rest = page.read_text().split("    raise NotImplementedError\n")
    solutions = [
        "    return [(N, D_out), (N, H), (D_in, H)]\n",
        "    return None\n",
        "    retrun\n",
    ]
    text = begun + "".join(
        (solutions.pop(0) if solutions else "    raise NotImplementedError\n") + part
        for part in rest
    )
    page.write_text(text)
    done = python("check.py", "warmup_numpy", cwd=workbook)
    assert "1 ✓" in done.stdout
    assert "2 ✗ [3.0, inf, nan]: infinity counts too" in done.stdout
    assert "retrun" in done.stdout, "an error in the reader's own line is shown"
    assert "NameError" in done.stdout
    assert done.stdout.endswith("1 / 4\n")
    page.write_text(begun + "    pass\n" + "    raise NotImplementedError\n".join(rest))
    done = python("check.py", "warmup_numpy", cwd=workbook)
    assert "Is a return missing? · 是不是忘了写 return？" in done.stdout


ADDED = """

def first_bad_step(losses):
    return central_differences(losses)


def central_differences(losses):
    return next((step for step, loss in enumerate(losses) if not np.isfinite(loss)), None)
"""


def test_what_a_reader_adds_or_renames_does_not_confuse_the_checks(workbook):
    page = workbook / "warmup_numpy.py"
    page.write_text(page.read_text().replace("def shapes(", "def check_sizes(") + ADDED)
    (workbook / "notes.py").write_text("not a program\n")
    done = python("check.py", cwd=workbook)
    assert done.returncode == 1
    assert all(page in done.stdout for page in PAGES)
    assert "NameError: name 'shapes' is not defined" in done.stdout
    page = done.stdout.partition("warmup_numpy\n")[2].partition("weight_sharing\n")[0]
    assert "2 ✓\n  3 · not written yet" in page, "a helper may be named as one of the checks' is"
    assert "cannot be run" not in done.stdout, "a file of the reader's own is left alone"


def test_a_file_that_cannot_be_read_does_not_hide_the_others(workbook):
    (workbook / "autograd.py").write_text("def predict(:\n")
    done = python("check.py", "autograd", "weight_sharing", cwd=workbook)
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout
    assert "weight_sharing" in done.stdout


def test_an_unknown_page_is_named(workbook):
    done = python("check.py", "lesson9", cwd=workbook)
    assert done.returncode == 2
    assert "no exercises named lesson9" in done.stdout
    assert "warmup_numpy" in done.stdout
