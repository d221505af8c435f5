"""What `setup` says."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import torch

from facts import record
from snippets import (
    devices,
    faster,
    functions,
    functions_jacobians,
    language_model,
    processes,
    real_data,
)
from snippets.charts.one_start import LESSONS
from tools import install

PAGES = [Path(f"docs/{language}/setup.md") for language in ("en", "zh")]


def the_course_runs_on_python_3_11_to_3_14():
    """The course is installed on Python 3.11 to 3.14, and on no other."""
    assert (install.OLDEST_PYTHON, install.NEWEST_PYTHON) == ((3, 11), (3, 14))


def a_lessons_program_needs_numpy_or_torch():
    """A lesson's program needs numpy or PyTorch, and that of lesson 9 scikit-learn as well."""
    later = (real_data, devices, functions, faster, processes, language_model)
    for lesson in (*LESSONS, *later):
        tree = ast.parse(Path(lesson.__file__).read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {
            name
            for node in imports
            for name in (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
        }
        needed = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
        data = {"sklearn"} if lesson is real_data else set()
        assert needed - data in ({"numpy"}, {"torch"}), lesson.__name__
        assert data <= needed


def lessons_7_8_and_11_have_two_programs():
    """Each lesson's page shows one whole program; those of lessons 7, 8 and 11 show two."""
    two = {"custom-module", "weight-sharing", "functions"}
    for page in Path("docs/en/lessons").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        whole = re.findall(r'^ *--8<-- "snippets/\w+\.py"$', text, flags=re.M)
        alone = {"warmup-numpy", "tiny-autograd"}  # the text shows all of the program, in pieces
        assert len(whole) == (2 if page.stem in two else 1) - (page.stem in alone), page


def pages_ran_on_these_releases():
    """The pages ran on the releases of torch and numpy that the page names."""
    for page in PAGES:
        named = dict(re.findall(r"`(torch|numpy)==([\d.]+)`", page.read_text(encoding="utf-8")))
        assert set(named) == {"torch", "numpy"}
        for name, release in named.items():
            assert importlib.metadata.version(name).partition("+")[0] == release


def float32_keeps_about_7_digits():
    """A number in float32 keeps about 7 digits."""
    assert 1e-8 < torch.finfo(torch.float32).eps < 1e-6


def rounding_is_invisible_at_step_0():
    """At step 0 the lessons' losses in float32 differ by less than the digits that are printed."""
    drift = record("charts.one_start").values["drifts"]["float32"]
    at_start = [size for step, size in drift if step == 0]
    assert all(size < 1e-5 for size in at_start), "four digits are printed"


def programs_of_lessons_2_to_10_take_an_accelerator():
    """The programs of lessons 2 to 10 take an accelerator if there is one."""
    assert "accelerator or torch.device(" in Path(devices.__file__).read_text(encoding="utf-8")
    assert record("devices").settings["device"]
    for lesson in (*LESSONS[1:], real_data):
        source = Path(lesson.__file__).read_text(encoding="utf-8")
        assert "has_accelerator = torch.accelerator.is_available()" in source
        assert "current_accelerator() if has_accelerator" in source
        assert record(lesson.__name__.removeprefix("snippets.")).settings["device"]
    assert "current_accelerator(check_available=True)" in Path(devices.__file__).read_text("utf-8")


def programs_of_lessons_11_to_14_stay_on_the_cpu():
    """The programs of lessons 11 to 14 never ask for an accelerator, and name no device but cpu."""
    for lesson in (functions, functions_jacobians, faster, processes, language_model):
        source = Path(lesson.__file__).read_text(encoding="utf-8")
        assert "accelerator" not in source
        assert "cuda" not in source
        assert "device=" not in source
        assert ".to(device" not in source


def each_lesson_and_derivation_has_exercises():
    """Each lesson and each derivation ends in exercises, and the workbook has a file for it."""
    pages = [
        Path(path)
        for folder in ("lessons", "derivation")
        for path in Path("docs/en", folder).glob("*.md")
    ]
    named = {page.stem for page in pages if "{#exercises}" in page.read_text(encoding="utf-8")}
    assert {page.stem for page in pages} - named == {"checker", "errata"}, "they are about checking"
    files = Path("exercises").glob("[0-9]*.py")
    assert {path.stem.partition("_")[2].replace("_", "-") for path in files} == named


def _check(*arguments):
    """Return what check.py prints for the first page as readers get it."""
    command = [sys.executable, "exercises/check.py", "1", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout


def at_first_nothing_is_written():
    """In a workbook that nobody has touched, no exercise is written yet."""
    *exercises, _ = _check().splitlines()[1:]
    assert exercises
    assert all("not written yet" in line for line in exercises)


def the_check_speaks_both_languages_or_one():
    """The check speaks both languages; `--lang en` leaves English only."""
    both, english = _check(), _check("--lang", "en")
    assert "not written yet · 还没有写" in both
    assert "not written yet" in english
    assert not re.search("[\u4e00-\u9fff]", english)
