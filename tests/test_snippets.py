"""Every snippet: runs alone and as a module, does nothing at import, keeps its promise."""

import ast
import re
import runpy
import shutil
import sys
from pathlib import Path

import pytest
import torch
from small_site import python

from loom.run.record import Settings, load
from loom.weave.weaver import Weaver
from snippets import mapping
from snippets.charts import one_start

ROOT = Path(__file__).parent.parent
SNIPPETS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "snippets").rglob("*.py")
    if path.name != "__init__.py"
)

LONG = {"snippets/custom_module_shortcut.py", "snippets/devices.py", "snippets/language_model.py"}
LESSONS = [path for path in SNIPPETS if path.count("/") == 1 and "mapping" not in path]


def promise(path: str) -> str | None:
    found = re.search(r"^# raises: (\w+)$", (ROOT / path).read_text(), re.MULTILINE)
    return found.group(1) if found else None


def run_as_promised(path: str, run) -> None:
    """Run a program; it must raise what it promises, and nothing if it promises nothing."""
    expected = promise(path)
    if expected is None:
        run()
        return
    with pytest.raises(Exception) as raised:  # noqa: PT011 - compared by name below
        run()
    assert expected in [cls.__name__ for cls in type(raised.value).__mro__]


@pytest.fixture(scope="module")
def weaver(site):
    """What the build of the site has run, as the pages take it."""
    return Weaver(Settings.read())


@pytest.mark.parametrize("path", SNIPPETS)
def test_the_build_has_run_it_as_a_program(path, weaver):
    record = load(path, weaver.settings)
    assert record is not None, "no page shows it"
    assert record.error == promise(path)
    assert record.output, "a page would have nothing to show"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=pytest.mark.thorough if path in LONG else ()) for path in LESSONS],
)
def test_another_run_as_a_module_prints_the_same(path, weaver, capsys):
    torch.set_num_threads(1)
    module = path.removesuffix(".py").replace("/", ".")
    run_as_promised(path, lambda: runpy.run_module(module, run_name="__main__"))
    printed = capsys.readouterr().out
    record = load(path, weaver.settings)
    shown = record.output.splitlines()  # holds tracebacks and warnings as well
    assert [line for line in shown if line in printed.splitlines()] == printed.splitlines()


@pytest.mark.parametrize("path", ["snippets/warmup_numpy.py", "snippets/weight_sharing.py"])
def test_a_copy_runs_in_an_empty_folder(path, tmp_path):
    copy = shutil.copy(ROOT / path, tmp_path)
    done = python("-I", copy, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "loss" in done.stdout


@pytest.mark.parametrize("path", SNIPPETS)
def test_needs_nothing_but_numpy_and_torch(path):
    imported = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    own = {"snippets"} if "/charts/" in path else set()  # they run the lessons that they draw
    own |= {"sklearn"} if "real_data" in path else set()  # the page says how to install it
    own |= {"autograd"} if path == "snippets/derivations/autograd_bridge.py" else set()
    assert imported <= {"numpy", "torch"} | own | set(sys.stdlib_module_names)


@pytest.mark.parametrize("path", SNIPPETS)
def test_import_does_no_work(path, capsys):
    for node in ast.parse((ROOT / path).read_text()).body:
        allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.Expr)
        is_main = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
        assert isinstance(node, allowed) or is_main, ast.unparse(node)
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant), "only the docstring stands alone"
    runpy.run_path(str(ROOT / path), run_name="imported")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("lesson", one_start.LESSONS, ids=lambda lesson: lesson.__name__)
@pytest.mark.parametrize(
    "line", ["N, D_in, H, D_out = 64, 1000, 100, 10", "# (N, D_out)", "steps = 500"]
)
def test_a_lesson_that_one_start_trains_has_the_network_that_all_of_them_share(lesson, line):
    assert line in Path(lesson.__file__).read_text(), (
        f"{lesson.__name__} is in LESSONS of snippets/charts/one_start.py, which compares it with "
        f"the others: it needs the text `{line}`. A lesson with another network does not go there."
    )


def test_a_wrong_row_of_the_mapping_is_noticed(monkeypatch):
    monkeypatch.setitem(mapping.ROWS, "sum", ("a.sum(axis=0)", "A.sum(dim=1)"))
    with pytest.raises(AssertionError, match="sum"):
        mapping.compare()
