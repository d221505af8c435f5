"""Running one snippet: what it leaves behind, and each way in which a run can go wrong."""

from pathlib import Path

import psutil
import pytest
from small_site import python

from loom.run import program
from loom.run.record import Settings, SnippetError


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Write a snippet into an empty project and run it."""
    monkeypatch.chdir(tmp_path)

    def write_and_run(source: str, **settings):
        Path("snippets").mkdir(exist_ok=True)
        Path("snippets/one.py").write_text(source, encoding="utf-8")
        return program.run("snippets/one.py", Settings(**settings))

    return write_and_run


def test_a_record_holds_output_values_settings_and_versions(run):
    record = run(
        "import numpy as np\nseed = 3\ndtype = np.float32\nlosses = [1.5, 2.5]\n"
        "_hidden = 1\narray = np.ones(2)\nprint('α', sum(losses))\n",
        packages=("numpy", "torch"),
    )
    assert record.output == "α 4.0\n"
    assert record.values == {"seed": 3, "losses": [1.5, 2.5]}
    assert record.settings == {"seed": "3", "dtype": "float32"}
    assert set(record.versions) == {"Python", "numpy"}, "torch is not imported by it"
    assert record.error is None
    assert set(record.files) == {"snippets/one.py"}


def test_it_runs_as_the_main_program_in_one_thread_from_the_project_folder(run):
    record = run(
        "import os, sys\nprint(__name__, sys.argv, os.listdir())\n"
        "print(os.environ['OMP_NUM_THREADS'], os.environ['PYTHONHASHSEED'])\n"
    )
    assert record.output == "__main__ ['snippets/one.py'] ['snippets']\n1 0\n"


def test_it_does_not_import_the_program_that_builds(tmp_path):
    """It would in each run again: `mkdocs` is a script without a guard."""
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/one.py").write_text("print('ran')\n")
    (tmp_path / "build").write_text(
        "from loom.run import program\nprint('imported', flush=True)\n"
        "for _ in range(2):\n"
        "    print(program.run('snippets/one.py', program.Settings()).output, end='')\n"
    )
    done = python("build", cwd=tmp_path)
    assert done.stdout == "imported\nran\nran\n", done.stderr


def test_each_run_is_clean(run):
    assert run("import sys\nsys.leftover = 1\n").error is None
    assert run("import sys\nprint(hasattr(sys, 'leftover'))\n").output == "False\n"


def test_stderr_and_output_of_child_processes_are_part_of_the_output(run):
    record = run(
        "import os, sys\nprint('one')\nprint('two', file=sys.stderr)\n"
        "sys.stdout.flush()\nos.system('echo three')\n"
    )
    assert record.output == "one\ntwo\nthree\n"


def test_a_promised_error_is_recorded_without_frames_of_others(run):
    record = run("# raises: JSONDecodeError\nimport json\n\ndef f():\n    json.loads('{')\n\nf()\n")
    assert record.error == "JSONDecodeError"
    assert 'File "snippets/one.py", line 7' in record.output
    assert "json.loads('{')" in record.output
    assert "decoder.py" not in record.output
    assert run("# raises: LookupError\n{}[1]\n").error == "LookupError", "or a subclass"


def test_in_a_group_of_errors_too(run):
    record = run(
        "# raises: ExceptionGroup\nimport json\ntry:\n    json.loads('{')\n"
        "except ValueError as error:\n    raise ExceptionGroup('one', [error])\n"
    )
    assert "json.loads('{')" in record.output
    assert "decoder.py" not in record.output


def test_what_is_printed_at_the_end_is_part_of_the_output(run):
    record = run(
        "import atexit, ctypes\natexit.register(print, 'last', flush=True)\n"
        "ctypes.CDLL(None).printf(b'from C\\n')\nprint('first')\n"
    )
    assert sorted(record.output.splitlines()) == ["first", "from C", "last"]


FAILURES = [  # a program, what is said, a setting
    ("def f():\n    1 / 0\n\nf()\n", "raised ZeroDivisionError\n", {}),
    ("def f():\n    1 / 0\n\nf()\n", 'File "snippets/one.py", line 2, in f', {}),
    ("# raises: KeyError\n1 / 0\n", "raised ZeroDivisionError, not the promised KeyError", {}),
    ("# raises: KeyError\nx = 1\n", "nothing was raised", {}),
    ("x = (\n", "SyntaxError", {}),
    ("import sys\nsys.exit(3)\n", "raised SystemExit", {}),
    ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "killed by signal 9", {}),
    ("import os\nos._exit(7)\n", "exit status 7", {}),
    ("while True: print('x' * 1000)\n", "printed more than 5,000 bytes", {"output_limit": 5000}),
    ("import sys\nsys.stdout.buffer.write(b'\\xff\\xfe')\n", "not UTF-8", {}),
    ("print('so far', flush=True)\nwhile True: pass\n", "not finish within 1 s", {"timeout": 1}),
    ("print('so far', flush=True)\nwhile True: pass\n", "    so far\n", {"timeout": 1}),
]


@pytest.mark.parametrize(("source", "words", "settings"), FAILURES)
def test_a_run_that_does_not_end_well_says_why_and_what_to_do(run, source, words, settings):
    with pytest.raises(SnippetError) as caught:
        run(source, **settings)
    assert caught.value.path == "snippets/one.py"
    assert words in str(caught.value)
    assert "What to do:" in str(caught.value)


def test_what_a_snippet_set_before_it_ended_is_kept(run):
    record = run("import sys\nseed = 1\nx = 2\nprint(1)\nsys.exit()\n")
    assert (record.output, record.values) == ("1\n", {"seed": 1, "x": 2})
    record = run("# raises: KeyError\nseed = 1\n{}['a']\n")
    assert record.settings == {"seed": "1"}


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_program_may_start_processes_and_they_end_with_it(run):
    record = run(
        "import multiprocessing, pathlib, tempfile, time\n"
        "def work(folder, seconds):\n"
        "    time.sleep(seconds)\n"
        "    pathlib.Path(folder, 'done').write_text('by the other process')\n"
        "start = multiprocessing.get_context('fork').Process\n"
        "folder = tempfile.mkdtemp()\n"
        "first, left = (start(target=work, args=(folder, seconds)) for seconds in (0, 1000))\n"
        "first.start()\n"
        "left.start()\n"
        "first.join()\n"
        "pid, wrote = left.pid, pathlib.Path(folder, 'done').read_text()\n"
    )
    assert record.values["wrote"] == "by the other process"
    assert not is_running(record.values["pid"])


def test_a_forked_copy_does_not_answer(run):
    record = run("import os\nwho = 'parent'\nif os.fork() == 0:\n    who = 'child'\n")
    assert record.values["who"] == "parent"
