"""What a run reads, takes and leaves behind; and a cache that must not be believed."""

import os
import py_compile
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from small_site import PATIENCE, contents, python, wait_for, write_site

from loom.__main__ import main
from loom.draw import figures
from loom.run import cache, processes, program, programs
from loom.run.record import Record, Settings, SnippetError, imports
from loom.weave import course
from loom.weave.weaver import Weaver

pytestmark = pytest.mark.thorough
A = "snippets/a.py"


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch) -> Path:
    """An empty project as the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("snippets").mkdir()
    Path("docs").mkdir()
    return tmp_path


def run(source: str, **settings) -> Record:
    Path(A).write_text(source, encoding="utf-8")
    return program.run(A, Settings(**{"timeout": PATIENCE, **settings}))


def ran() -> bool:
    """Run what has no record; tell whether the snippet had none."""
    return programs.run_all([A], Settings(timeout=PATIENCE)).ran == [A]


@pytest.mark.parametrize(
    "source",
    [
        "print(open('data.txt').read())",
        "import numpy; print(numpy.loadtxt('data.txt'))",
        "import os; print(os.read(os.open('data.txt', os.O_RDONLY), 9))",
        "import subprocess; print(subprocess.run(['cat', 'data.txt'], capture_output=True).stdout)",
        "import os; os.system('cat<data.txt')",
        "try: print(open('other.txt').read())\nexcept OSError: print(open('data.txt').read())",
        "import pathlib, subprocess as s; s.run(['cat', '../data.txt'], cwd=pathlib.Path('docs'))",
        "import sqlite3; sqlite3.connect('file:data.txt?mode=ro', uri=True)",
    ],
)
def test_a_file_that_a_snippet_reads_is_followed(source):
    Path("data.txt").write_text("1")
    Path(A).write_text(source)
    assert ran()
    assert not ran()
    Path("data.txt").write_text("2")
    assert ran()


def test_a_link_that_leads_elsewhere_is_followed():
    Path("one.txt").write_text("1")
    Path("two.txt").write_text("2")
    Path("link.txt").symlink_to("one.txt")
    Path(A).write_text("print(open('link.txt').read())")
    assert ran()
    assert not ran()
    Path("link.txt").unlink()
    Path("link.txt").symlink_to("two.txt")
    assert ran()


def test_a_temporary_file_below_the_project_is_not_followed(monkeypatch):
    """As with TMPDIR in the project: an unchanged snippet would run in each build."""
    Path("tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(Path("tmp").absolute()))
    Path(A).write_text(
        "import pathlib, tempfile\np = pathlib.Path(tempfile.gettempdir(), 'x')\n"
        "p.write_text('1')\nprint(p.read_text())\n"
    )
    assert ran()
    assert not ran()


def test_a_program_that_a_snippet_runs_is_followed():
    Path("other.py").write_text("print(1)")
    Path(A).write_text(
        "import subprocess, sys\n"
        "print(subprocess.run([sys.executable, 'other.py'], capture_output=True).stdout)"
    )
    assert ran()
    assert not ran()
    Path("other.py").write_text("print(2)")
    assert ran()


def test_a_file_that_changes_after_it_was_read_is_not_believed(monkeypatch):
    Path("data.txt").write_text("1")
    Path(A).write_text("print(open('data.txt').read())")
    plain = program.run
    with monkeypatch.context() as once:
        once.setattr(
            program, "run", lambda *run: (plain(*run), Path("data.txt").write_text("2"))[0]
        )
        assert ran()
    assert ran()


def test_no_variable_of_whoever_builds_reaches_a_snippet(monkeypatch):
    program_of_build = (
        "import os\nos.environ['SECRET'] = 'x'\nfrom loom.run.program import run, Settings\n"
        "if __name__ == '__main__':\n    print(run('snippets/a.py', Settings()).output)"
    )
    Path(A).write_text("import os\nprint(sorted(os.environ), os.environ['HOME'])")
    environment = os.environ | {"SECRET": "y", "HOME": "/root", "LANG": "de_DE"}
    done = subprocess.run(
        [sys.executable, "-c", program_of_build],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PATH" in done.stdout
    assert "SECRET" not in done.stdout
    assert "/root" not in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/shm")
@pytest.mark.parametrize("write", ["open('/dev/shm/x', 'w')", "import os; os.mkdir('/dev/shm/y')"])
def test_memory_that_outlives_a_run_cannot_be_written(write):
    with pytest.raises(SnippetError, match="may write into the folder"):
        run(write)


def test_devices_can_be_written():
    assert run("import os\nopen(os.devnull, 'w').write('x')\nprint(1)").output == "1\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which pages are shared")
def test_memory_that_processes_share_counts_once():
    source = (
        "import os, time\nheld = b'x' * 400_000_000\n"
        "for _ in range(5):\n    if not os.fork():\n        time.sleep(1)\n        os._exit(0)\n"
        "for _ in range(5):\n    os.wait()\n"
    )
    assert run(source, memory=1.2).error is None


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = '\\ud800'", "a text behind that no page can hold"),
        ("# raises: ValueError\nraise ValueError('\\ud800')", "no page can hold"),
        ("# raises: ValueError\nraise ValueError('a\\x1b[1m')", "the control character '.x1b'"),
        ("# raises: ValueError\nraise ValueError('x' * 30_000)", "printed more than 20,000"),
        ("print('\\x1b[1mbold')", "printed the control character '\\\\x1b'"),
        ("print('\\x9b1mbold')", "printed the control character '\\\\x9b'"),
        ("print('a\\0b')", "printed the control character '\\\\x00'"),
        ("import os\nos.write(1, b'50 %\\r')", "printed the control character '\\\\r'"),
    ],
)
def test_what_no_page_can_hold_is_named(source, words):
    with pytest.raises(SnippetError, match=words):
        run(source)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (
            "import traceback\n\ntraceback.print_stack()",
            'File "snippets/a.py", line 3, in <module>',
        ),
        (
            "import threading\n\nthreading.Thread(target=lambda: 1 / 0).start()",
            "python/threading.py",
        ),
        ("# raises: OSError\nimport os\nopen(os.path.abspath('none'))", "directory: 'none'"),
    ],
)
def test_what_is_printed_tells_of_no_machine_and_none_of_our_calls(source, line, project):
    left = run(source)
    assert line in left.output
    for word in (str(project), sys.base_prefix, "child.py"):
        assert word not in left.output + str(left.values.get("error"))


def test_calls_that_a_program_makes_itself_are_kept():
    left = run("import traceback\ndef f(): traceback.print_stack()\nexec('f()')\n")
    assert 'File "<string>", line 1, in <module>' in left.output


def test_a_snippet_that_changes_json_hurts_only_itself():
    assert run("import json\njson.dumps = lambda *x, **y: '{}'\nvalue = 7").values == {"value": 7}


def test_values_that_cannot_be_read_are_left_out():
    left = run(
        "import sys, types\n"
        "class Text:\n    def __str__(self): raise KeyError\n"
        "class Items(dict):\n    def items(self): raise KeyError\n"
        "class Adds(dict):\n    def items(self): globals()[f'z{len(globals())}'] = 1; return []\n"
        "seed, a, b, seven = Text(), Items(a=1), Adds(a=1), 7\n"
        "sys.modules['odd'] = types.SimpleNamespace(__file__=5)\n"
    )
    assert left.values["seven"] == 7
    assert "a" not in left.values
    assert left.settings == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import builtins\nbuiltins.isinstance = None", "cannot be reported: TypeError"),
        ("import os\nos.closerange(3, 256)", "cannot be reported: OSError"),
        (
            "import sys\nclass Code:\n    def __eq__(self, other): raise KeyError\n"
            "sys.exit(Code())",
            "raised SystemExit",
        ),
    ],
)
def test_a_snippet_that_takes_away_what_reports_on_it_gets_no_traceback_of_ours(source, words):
    with pytest.raises(SnippetError, match=words) as caught:
        run(source)
    assert "loom/run" not in str(caught.value)


def test_no_setting_of_whoever_builds_changes_what_a_snippet_does():
    program_of_build = (
        "from loom.run.program import run, Settings\n"
        "if __name__ == '__main__':\n    print(run('snippets/a.py', Settings()).output)"
    )
    Path(A).write_text(
        "import time, warnings\nprint(open(__file__).encoding, time.tzname)\nwarnings.warn('w')\n"
        "# raises: KeyError\n{1: {}}[1][2]"
    )

    def output(**settings: str) -> str:
        command = [sys.executable, "-c", program_of_build]
        environment = os.environ | settings
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stdout or done.stderr

    plain = output()
    assert "UserWarning: w" in plain
    assert "~^^^" in plain
    settings = {"TZ": "Asia/Tokyo", "PYTHONNODEBUGRANGES": "1", "PYTHONWARNINGS": "ignore"}
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert output(**settings, **ascii_only) == plain
    for name in ("PYTHONOPTIMIZE", "PYTHONVERBOSE"):
        assert "What to do: start it without" in output(**{name: "1"})


@pytest.mark.parametrize("option", ["-b", "-Ximporttime"])
def test_options_that_python_hands_on_are_refused(option):
    ask = "from loom.run.processes import start_server\nstart_server(())"
    done = python(option, "-c", ask, PYTHONPATH=os.pathsep.join(sys.path))
    assert "What to do: start it without" in done.stderr


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("timeout = 'x'", "timeout"),
        ("timeout = nan", "timeout"),
        (f"timeout = 1{'0' * 400}", "timeout"),
        ("memory = [1]", "memory"),
        ("packages = 5", "packages"),
        ("folder = '/etc'", "folder"),
        ("cache = '../x'", "cache"),
        ("cache = 'site'", "cache"),
        ("first = {a = 'b'}", "first"),
    ],
)
def test_a_setting_of_a_wrong_form_is_named(setting, words):
    Path("pyproject.toml").write_text(f"[tool.loom]\n{setting}\n")
    with pytest.raises(ValueError, match=rf"has the setting `{words}(.|\n)*What to do:"):
        Settings.read()


def test_a_value_that_is_nested_too_deep_is_named():
    nest = "import sys\nsys.setrecursionlimit(10**6)\na = []\nfor _ in range(5000):\n    a = [a]\n"
    Path(A).write_text(nest)
    error = programs.run_all([A], Settings(timeout=PATIENCE)).failures[A]
    assert f"{A}: left a value that is nested too deep" in str(error)
    assert "What to do: Leave a flatter list" in str(error)


def test_settings_that_cannot_be_read_are_named():
    Path("pyproject.toml").write_text("[tool.loom]\nfirst = " + "[" * 3_000)
    with pytest.raises(ValueError, match=r"cannot be read: (.|\n)*What to do:"):
        Settings.read()
    with pytest.raises(ValueError, match=r"names '', which is not installed(.|\n)*What to do:"):
        Settings(packages=("",)).versions()


def test_the_packages_that_a_program_imports():
    for line in ("import sklearn", "import os, sklearn.svm", "  from sklearn import svm"):
        assert imports(f"x = 1\n{line}\n", "scikit-learn"), line
    for line in ("import sklearn_extra", "x = sklearn", "import os  # and, sklearn"):
        assert not imports(f"x = 1\n{line}\n", "scikit-learn"), line


def test_what_a_kept_value_must_look_like():
    form = {"a": [str], "b": (int, type(None)), "c": {str: float}}
    good = {"a": ["x"], "b": None, "c": {"y": 1.0}}
    assert cache.has_form(good, form)
    for wrong in ({"a": [1]}, {"a": "x"}, {"b": "x"}, {"c": {"y": 1}}, {"c": []}, {"d": 1}):
        assert not cache.has_form(good | wrong, form)
    assert not cache.has_form(None, form)


def test_what_a_killed_build_left_is_removed_by_the_next():
    Path(A).write_text("import time\nprint('begun')\ntime.sleep(900)")
    build = "from loom.run.programs import Settings, run_all\n"
    build += f"if __name__ == '__main__': run_all([{A!r}], Settings(timeout=900))"
    scratch = Path(os.environ.get("TMPDIR", "/tmp"))
    with subprocess.Popen([sys.executable, "-c", build]) as killed:
        left = f"{processes.SCRATCH}{killed.pid}-*"
        assert wait_for(lambda: list(scratch.glob(left)))
        killed.kill()
    assert list(scratch.glob(left))
    half = Path(f".cache/loom/{processes.SCRATCH}{killed.pid}-abcd_123.tmp")  # see `cache.put`
    half.parent.mkdir(parents=True, exist_ok=True)
    half.touch()
    foreign = half.with_name(f"{processes.SCRATCH}{killed.pid}-notes")
    foreign.touch()
    processes.remove_left_scratch()
    assert not list(scratch.glob(left))
    assert not half.exists()
    assert foreign.exists()


def test_words_of_a_foreign_dictionary_are_not_believed(tmp_path, monkeypatch):
    searching = (
        "import os, sys\nfrom pathlib import Path\nfrom loom.website import pages\nimport jieba\n"
        "Path('docs/zh').mkdir(parents=True, exist_ok=True)\n"
        "Path('docs/zh/glossary.md').write_text('')\n"
        "pages.teach_terms()\nprint(jieba.lcut('梯度下降'))"
    )

    def cut() -> str:
        command = [sys.executable, "-c", searching]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    first = cut()
    kept = Path(".cache/jieba/jieba.cache")
    foreign = (
        "import marshal; print(marshal.dumps(({'梯': 1, '度下': 99999999, '降': 1}, 9)).hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", foreign], capture_output=True, text=True, check=True
    )
    kept.write_bytes(bytes.fromhex(done.stdout))
    assert cut() == first


WRONG = [None, 1, "text", [], {}, {"key": "x"}, [[1]], {"path": A}, {"path": 1, "output": None}]


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_a_record_of_a_wrong_form_counts_as_none(value):
    Path(A).write_text("print(1)")
    assert ran()
    (kept,) = Path(".cache/loom").glob("*.json")
    cache.write(kept, value)
    assert ran()
    assert not ran()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink(path, path)])
def test_what_is_no_file_counts_as_none_in_a_cache(make):
    Path(A).write_text("print(1)")
    assert ran()
    (kept,) = Path(".cache/loom").glob("*.json")
    kept.unlink()
    make(kept)
    assert cache.read(kept) is None
    assert cache.sha256(kept) == cache.sha256("/dev/zero") == "missing"


def test_a_module_is_followed_that_python_has_in_its_own_form():
    Path("helper.py").write_text("number = 1\n")
    py_compile.compile("helper.py")
    Path(A).write_text("import helper\nprint(helper.number)\n")
    assert ran()
    Path("helper.py").write_text("number = 22\n")
    assert ran()
    py_compile.compile("helper.py")
    then = Path("helper.py").stat()
    Path("helper.py").write_text("number = 33\n")  # as long, and in the same second
    os.utime("helper.py", ns=(then.st_atime_ns, then.st_mtime_ns))
    assert programs.run_all([A], Settings(timeout=PATIENCE)).records[A].output == "33\n"


def test_a_run_may_leave_thousands_of_nested_folders():
    record = run(
        "import os, tempfile\nfolder = tempfile.gettempdir()\nos.chdir(folder)\n"
        "for _ in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\n"
    )
    assert not Path(record.values["folder"]).exists()


def test_a_server_that_an_interrupt_has_ended_is_not_told_of(monkeypatch):
    def ended(*_):
        raise EOFError

    for name in ("STOPPED", "READY"):
        monkeypatch.setattr(processes, name, threading.Event())
    monkeypatch.setattr("multiprocessing.context.ForkServerProcess.start", ended)
    processes.STOPPED.set()
    processes._fork_first.__wrapped__()
    assert processes.READY.wait(PATIENCE)


def test_wrong_settings_are_said_without_a_traceback(monkeypatch, capsys):
    Path("pyproject.toml").write_text("[tool.loom]\nunknown = 1\n")
    for language in ("zh", "en"):
        Path("docs", language).mkdir()
        Path("docs", language, "glossary.md").write_text("# G {#g}\n")
    monkeypatch.setattr(sys, "argv", ["loom", "run"])
    assert main() == 1
    assert "no setting `unknown`.\nWhat to do: remove it" in capsys.readouterr().err


def test_a_value_that_is_too_deep_counts_as_none(tmp_path):
    content = b"[" * 100_000 + b"]" * 100_000
    file = tmp_path / "deep.json"
    file.write_bytes(cache._checksum(file, content) + b"\n" + content)
    assert cache.read(file) is None


def test_a_record_in_the_place_of_another_counts_as_none():
    Path(A).write_text("print(1)")
    assert ran()
    (first,) = Path(".cache/loom").glob("*.json")
    Path(A).write_text("print(2)")
    assert ran()
    (second,) = set(Path(".cache/loom").glob("*.json")) - {first}
    shutil.copy(first, second)
    assert ran()
    Path("docs/page.md").write_text(f'```output file="{A}"\n```\n')
    weaver = Weaver(Settings())
    assert course.weave(weaver, [Path("docs/page.md")]) == []
    assert weaver.record(A).output == "2\n"


@pytest.mark.parametrize("value", [1, [1], {"a": 1}], ids=str)
def test_a_drawing_of_a_wrong_form_is_drawn_again(tmp_path, value):
    picture = figures.Picture(A, "x", "curves", "title: A title\n")
    first = figures.figure(picture, {"a": [1.0, 2.0]}, "en", str(tmp_path))
    for kept in tmp_path.glob("*.json"):
        cache.write(kept, value)
    assert figures.figure(picture, {"a": [1.0, 2.0]}, "en", str(tmp_path)) == first


DAMAGES = {
    "is gone": lambda file, other: file.unlink(),
    "is empty": lambda file, other: file.write_bytes(b""),
    "is cut": lambda file, other: file.write_bytes(
        file.read_bytes()[: len(file.read_bytes()) // 2]
    ),
    "has a wrong byte": lambda file, other: file.write_bytes(file.read_bytes()[:-3] + b"?}}"),
    "is that of another": lambda file, other: file.write_bytes(other.read_bytes()),
}


def test_whatever_file_of_a_full_cache_is_damaged_the_next_build_is_the_clean_one(
    builder, tmp_path_factory
):
    folder = write_site(tmp_path_factory.mktemp("damaged"))
    for language in ("zh", "en"):
        page = folder / "docs" / language / "index.md"
        figure = '\n```figure file="snippets/a.py" value="losses" kind="curves"\ntitle: x\n```\n'
        page.write_text(page.read_text("utf-8") + figure, encoding="utf-8")
        equations = "# E {#e}\n\n<!-- equations: A: m × n -->\n\n$$\nA = A\n$$\n"
        (page.parent / "equations.md").write_text(equations, encoding="utf-8")
        lab = page.parent / "labs/lab.py"
        lab.parent.mkdir()
        lab.write_text("# %% [markdown]\n# # L {#l}\n\n# %%\nprint(7)\n")
    source = (folder / "snippets/a.py").read_text()
    (folder / "snippets/a.py").write_text(source + "losses = {'a': [2.0, 1.0]}\n")
    assert builder(folder) == 0, (folder / "build.log").read_text()
    clean = contents(folder / "site")
    files = sorted(path for path in (folder / ".cache").rglob("*.json") if path.is_file())
    assert {"loom", "pages", "equations", "jieba"} <= {
        f.relative_to(folder).parts[1] for f in files
    }
    for damage, harm in DAMAGES.items():
        for number, file in enumerate(files):
            if file.exists():
                harm(file, files[number - 1])
        code = builder(folder)
        assert code == 0, f"{damage}: {(folder / 'build.log').read_text()}"
        assert contents(folder / "site") == clean, damage


def test_a_page_kept_in_a_wrong_form_is_rendered_again(builder, tmp_path_factory):
    folder = write_site(tmp_path_factory.mktemp("forms"))
    assert builder(folder) == 0
    clean = contents(folder / "site")
    for file in (folder / ".cache/pages").rglob("*.json"):
        os.chdir(folder)
        kept = cache.read(file.relative_to(folder))
        for value in (1, [1], {"content": 1}):
            cache.write(file.relative_to(folder), {"key": kept["key"], "value": value})
    assert builder(folder) == 0, (folder / "build.log").read_text()
    assert contents(folder / "site") == clean


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.5, 2.0, 3.0])
def test_an_interrupt_at_any_moment_ends_with_one_sentence(tmp_path, seconds):
    """Also while modules are imported, which Python itself ends with a traceback."""
    (tmp_path / "site").mkdir()
    folder = write_site(tmp_path / "site")
    (folder / "pyproject.toml").write_text('[tool.loom]\npreload = ["numpy", "torch"]\n')
    with (folder / "snippets/a.py").open("a") as snippet:
        snippet.write("import time\ntime.sleep(900)\n")
    said = "Traceback"
    # Before MkDocs is there, Python answers itself; and it loses an interrupt while it cleans up
    # after an import.
    while "Exception ignored" in said or ("Traceback" in said and "mkdocs" not in said):
        build = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "build", "-q"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder), "NO_MKDOCS_2_WARNING": "1"},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # What runs in the background of a script ignores interrupts, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        time.sleep(seconds)  # a moment, which another machine has sooner or later
        os.killpg(build.pid, signal.SIGINT)
        said = build.communicate(timeout=PATIENCE)[1]
        assert build.returncode != 0
    assert said.strip() in ("Aborted!", "")  # the latter before MkDocs has begun


def test_an_interrupt_of_the_runs_alone_ends_with_one_sentence(monkeypatch, capsys):
    def interrupted() -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "run_and_check", interrupted)
    monkeypatch.setattr(sys, "argv", ["loom", "run"])
    assert main() == 130
    assert capsys.readouterr().err == "Aborted!\n"


def test_an_interrupt_while_modules_are_imported_ends_with_one_sentence(monkeypatch, capsys):
    class Interrupted:
        def find_spec(self, *_):
            raise KeyboardInterrupt

    monkeypatch.delattr("loom.weave.course")
    monkeypatch.delitem(sys.modules, "loom.weave.course")
    monkeypatch.setattr(sys, "meta_path", [Interrupted()])
    monkeypatch.setattr(sys, "argv", ["loom", "run"])
    assert main() == 130
    assert capsys.readouterr().err == "Aborted!\n"


def test_a_file_that_was_missing_is_followed():
    Path(A).write_text("try: print(open('data.txt').read())\nexcept OSError: print('none')")
    assert ran()
    assert not ran()
    Path("data.txt").write_text("1")
    assert ran()
    Path("data.txt").unlink()
    Path("data.txt").mkdir()
    assert ran()


def test_a_name_that_begins_like_one_of_ours_is_followed():
    Path("loom.csv").write_text("1")
    Path(A).write_text("print(open('loom.csv').read())")
    assert ran()
    Path("loom.csv").write_text("2")
    assert ran()


def test_what_is_no_file_is_named_and_not_waited_for(builder, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    write_site(folder)
    os.mkfifo(folder / "snippets/pipe.py")
    (folder / "docs/en/.#index.md").symlink_to("nobody@nowhere")
    (folder / "snippets/folder.py").mkdir()
    (folder / "snippets/circle.py").symlink_to("circle.py")
    assert builder(folder) == 1
    log = (folder / "build.log").read_text()
    for name in ("pipe.py", ".#index.md", "folder.py", "circle.py"):
        assert f"{name}:1: " in log
    assert "Traceback" not in log


def test_links_in_the_place_of_folders_of_a_build_are_not_followed(builder, tmp_path):
    folder, kept = tmp_path / "linked", tmp_path / "kept"
    folder.mkdir()
    write_site(folder)
    kept.mkdir()
    (kept / "file").touch()
    for name in (".site.building", ".site.old"):
        (folder / name).symlink_to(kept)
    assert builder(folder) == 0, (folder / "build.log").read_text()
    assert (kept / "file").exists()
    assert (folder / "site/en/index.html").exists()
