"""From pages to records: references, checks, and the cache that must never be stale or bad."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_site import PATIENCE

from loom.run import program, record
from loom.run.record import Record, Settings, SnippetError
from loom.weave import course, references
from loom.weave.weaver import Weaver, as_power_of_ten

RUNS: list[str] = []  # of one test


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """An empty project, the working directory of a test."""
    monkeypatch.chdir(tmp_path)
    RUNS.clear()
    plain = program.run
    monkeypatch.setattr(program, "run", lambda *run: RUNS.append(run[0]) or plain(*run))
    Path("snippets").mkdir()
    Path("docs").mkdir()
    return tmp_path


def write(path: str, text: str) -> None:
    """Write a file that is older than any run that a test starts."""
    Path(path).write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - 10,) * 2)


def weave(page: str, settings: Settings | None = None) -> list[str]:
    """Weave one page with a new weaver, as a new build would; return what is wrong."""
    write("docs/page.md", page)
    return [
        str(error) for error in course.weave(Weaver(settings or Settings()), [Path("docs/page.md")])
    ]


def runs() -> int:
    return len(RUNS)


def at_the_end_of_a_run(monkeypatch, do) -> None:
    """Do something while a snippet runs, as its author might."""
    plain = program.run
    monkeypatch.setattr(program, "run", lambda *run: (plain(*run), do())[0])


def cached() -> list[Path]:
    return list(Path(".cache/loom").glob("*"))


OUTPUT = '```output file="snippets/a.py"\n```\n'


def test_references_are_found_with_their_lines():
    page = (
        "---\ntitle: x\n---\n\n"
        "See `#!value snippets/a.py losses[-1] .3g` and `#!code snippets/a.py rows[x]`.\n\n"
        '```python\n--8<-- "snippets/a.py:forward"\n```\n\n'
        '    ```output file="snippets/b.py" diverges="true"\n    ```\n'
    )
    found = [(r.line, r.kind, r.path, r.what, r.diverges) for r in references.find(page)]
    assert found == [
        (5, "value", "snippets/a.py", "losses[-1] .3g", False),
        (5, "code", "snippets/a.py", "rows[x]", False),
        (8, "section", "snippets/a.py", "forward", False),
        (11, "output", "snippets/b.py", "", True),
    ]


def test_examples_inside_a_longer_fence_are_not_references():
    page = '````markdown\n```output file="snippets/a.py"\n```\n`#!value snippets/a.py x`\n````\n'
    assert list(references.find(page)) == []


def test_a_snippet_runs_once_for_many_references():
    write("snippets/a.py", "x = 1\nprint(x)\n")
    assert weave(OUTPUT * 3 + "`#!value snippets/a.py x`\n") == []
    assert runs() == 1


def test_an_unchanged_snippet_does_not_run_again():
    write("snippets/a.py", "print(1)\n")
    weave(OUTPUT)
    weave(OUTPUT)
    assert runs() == 1


def test_a_changed_snippet_runs_again():
    write("snippets/a.py", "print(1)\n")
    weave(OUTPUT)
    write("snippets/a.py", "print(2)\n")
    weave(OUTPUT)
    assert runs() == 2
    assert Weaver(Settings()).record("snippets/a.py").output == "2\n"


def test_a_changed_helper_makes_its_users_run_again():
    write("snippets/__init__.py", "")
    write("snippets/helper.py", "x = 1\n")
    write("snippets/a.py", "from snippets.helper import x\nprint(x)\n")
    weave(OUTPUT)
    write("snippets/helper.py", "x = 5\n")
    weave(OUTPUT)
    assert runs() == 2
    assert Weaver(Settings()).record("snippets/a.py").output == "5\n"


def test_another_version_of_a_package_makes_snippets_run_again(monkeypatch):
    write("snippets/a.py", "print(1)\n")
    weave(OUTPUT)
    monkeypatch.setattr(Settings, "versions", lambda self: {"Python": "9.9"})
    weave(OUTPUT)
    assert runs() == 2


def test_a_file_saved_while_it_runs_is_not_cached(monkeypatch):
    write("snippets/a.py", "print(1)\n")
    at_the_end_of_a_run(monkeypatch, Path("snippets/a.py").touch)
    weave(OUTPUT)
    assert cached() == []


def test_a_file_replaced_by_an_older_one_while_it_runs_is_not_cached(monkeypatch):
    write("older.py", "print('new')\n")
    write("snippets/a.py", "print('old')\n")
    with monkeypatch.context() as once:
        at_the_end_of_a_run(once, lambda: os.replace("older.py", "snippets/a.py"))
        weave(OUTPUT)
    weave(OUTPUT)
    assert Weaver(Settings()).record("snippets/a.py").output == "new\n"


@pytest.mark.parametrize("content", ["", "{", "null", '{"path": "snippets/a.py"}', "\x00"])
def test_a_damaged_record_is_as_good_as_none(content):
    write("snippets/a.py", "print(1)\n")
    weave(OUTPUT)
    (kept,) = cached()
    kept.write_text(content)
    assert weave(OUTPUT) == []
    assert runs() == 2


def test_a_cache_that_cannot_be_written_does_not_stop_the_build():
    Path(".cache").write_text("a file where the folder should be")
    write("snippets/a.py", "print(1)\n")
    assert weave(OUTPUT * 3) == []
    assert runs() == 1, "the run is remembered all the same"


FAILURES = {
    "raises": ("1 / 0\n", OUTPUT, "raised ZeroDivisionError"),
    "hangs": ("while True: pass\n", OUTPUT, "did not finish within 1 s"),
    "is killed": ("import os\nos.kill(os.getpid(), 9)\n", OUTPUT, "killed by signal 9"),
    "prints without end": ("while True: print('x' * 99)\n", OUTPUT, "printed more than"),
    "prints nan": ("print('loss', float('nan'))\n", OUTPUT, "printed nan"),
    "prints inf": ("print(f'{-float(\"inf\")}')\n", OUTPUT, "printed -inf"),
    "breaks its promise": ("# raises: KeyError\nprint(1)\n", OUTPUT, "nothing was raised"),
    "does not diverge": (
        "print(1)\n",
        '```output file="snippets/a.py" diverges="true"\n```\n',
        "prints only finite numbers",
    ),
    "is not UTF-8": (None, OUTPUT, "Save it as UTF-8"),
    "value with parts": ("x = [1]\n", "`#!value snippets/a.py x`\n", "Take one of them"),
    "no value": ("x = 1\n", "`#!value snippets/a.py y`\n", "There is: x"),
    "no index": ("x = [1]\n", "`#!value snippets/a.py x[3]`\n", "a list of 1"),
    "no key": ("x = {'b': 1}\n", "`#!value snippets/a.py x[c]`\n", "There is: b"),
    "no expression": ("x = 1\n", "`#!value snippets/a.py x + 1`\n", "is not a value"),
    "bad format": ("x = 'a'\n", "`#!value snippets/a.py x .3g`\n", "Choose a different format"),
    "value not finite": ("x = float('nan')\n", "`#!value snippets/a.py x`\n", "is nan"),
    "no end of a section": (
        "# --8<-- [start:c]\nx = 1\n",
        '```python\n--8<-- "snippets/a.py:c"\n```\n',
        "has no line `# --8<-- [end:c]`\nWhat to do: Write it below the last line to show",
    ),
    "no section": (
        "# --8<-- [start:b]\nx = 1\n# --8<-- [end:b]\n",
        '```python\n--8<-- "snippets/a.py:c"\n```\n',
        "Its sections are: b",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_name_page_line_and_remedy_and_are_not_cached(name):
    source, page, words = FAILURES[name]
    if source is None:
        Path("snippets/a.py").write_bytes(b"print('\xff')\n")
    else:
        write("snippets/a.py", source)
    wrong = weave("# Title\n\n" + page, Settings(timeout=1 if name == "hangs" else PATIENCE))
    assert len(wrong) == 1
    line = 4 if "section" in name else 3
    assert wrong[0].startswith(f"docs/page.md:{line}: ")
    assert words in wrong[0]
    assert "What to do:" in wrong[0]
    if page == OUTPUT and "printed nan" not in words and "printed -inf" not in words:
        assert cached() == []


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ('```output file="snippets/a.py"\n', "not closed"),
        ('```output file="snippets/a.py"\nby hand\n```\n', "must be empty"),
        ('```output file="snippets/a.py" lines="1"\n```\n', "no other options"),
        ("```output\n```\n", "must name its snippet"),
        ("[x](loom:snippets/none.py)\n", "does not exist"),
    ],
)
def test_what_is_written_wrong_is_named_with_its_line(page, words):
    write("snippets/a.py", "print(1)\n")
    (wrong,) = weave("# Title\n\n" + page)
    assert wrong.startswith("docs/page.md:3: ")
    assert words in wrong


@pytest.mark.parametrize(
    "path", ["snippets/none.py", "../outside.py", "snippets/../docs/page.md", "/etc/passwd"]
)
def test_a_path_must_be_a_file_below_snippets(path):
    wrong = weave(f'```output file="{path}"\n```\n')
    assert len(wrong) == 1
    assert "does not exist" in wrong[0] or "is not inside snippets/" in wrong[0]


def test_a_link_that_leads_out_of_snippets_is_refused(project):
    (project / "secret.py").write_text("print('secret')\n")
    Path("snippets/a.py").symlink_to(project / "secret.py")
    (wrong,) = weave(OUTPUT)
    assert "is not inside snippets/" in wrong


def test_divergence_may_be_the_point():
    write("snippets/a.py", "print(float('nan'))\n")
    assert weave('```output file="snippets/a.py" diverges="true"\n```\n') == []
    (wrong,) = weave(OUTPUT)
    assert "printed nan" in wrong, "a cached record is checked against each page's word"


def test_words_that_contain_nan_or_inf_are_words():
    write("snippets/a.py", "print('banana info infinite')\n")
    assert weave(OUTPUT) == []


def test_mending_the_snippet_mends_the_page():
    weaver = Weaver(Settings())
    write("docs/page.md", OUTPUT)
    write("snippets/a.py", "1 / 0\n")
    assert len(course.weave(weaver, [Path("docs/page.md")])) == 1
    write("snippets/a.py", "print(1)\n")
    assert course.weave(weaver, [Path("docs/page.md")]) == []


def test_where_nothing_has_been_run_the_command_that_does_is_named():
    write("snippets/a.py", "print(1)\n")
    with pytest.raises(SnippetError, match=r"has no record of a run\nWhat to do: .*loom run"):
        Weaver(Settings()).record("snippets/a.py")
    assert runs() == 0


def test_values():
    write("snippets/a.py", "losses = [3.14159e7, 2]\nname = 'x'\nrows = {'a': {'b': 5}}\n")
    weave(OUTPUT)
    weaver = Weaver(Settings())
    assert weaver.value("snippets/a.py", "losses[0] .3g") == "3.14e+07"
    assert weaver.value("snippets/a.py", "losses[-1]") == "2"
    assert weaver.value("snippets/a.py", "name") == "x"
    assert weaver.value("snippets/a.py", "rows[a][b]") == "5"
    assert as_power_of_ten("3.14e+07") == ("3.14", "7")
    assert as_power_of_ten("1e-06") == ("1", "-6")
    assert as_power_of_ten("12.5") is None


def test_a_change_of_the_code_that_runs_snippets_runs_them_again(monkeypatch, project):
    write("snippets/a.py", "print(1)\n")
    weave(OUTPUT)
    monkeypatch.setattr(record, "CODE", [project / "child.py"])
    record._code_that_runs.cache_clear()  # as in another process
    weave(OUTPUT)
    assert runs() == 2
    record._code_that_runs.cache_clear()


def test_builds_that_share_a_cache_run_each_program_once():
    names = [f"snippets/s{number}.py" for number in range(6)]
    for name in names:
        write(name, "import time\ntime.sleep(0.2)\n")
    build = (
        "from loom.run.programs import Settings, run_all\n"
        f"print(len(run_all({names}, Settings()).ran))"
    )
    command = [sys.executable, "-c", build]
    builds = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sum(int(build.communicate()[0]) for build in builds) == len(names)


def test_a_lock_ends_with_its_process():
    write("snippets/a.py", "print(1)\n")
    holds = (
        "from loom.run import cache, programs\nwith cache.lock(programs.LOCK, 'waiting'):\n"
        "    print(flush=True)\n    input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", holds], **pipes) as other:
        other.stdout.readline()
        other.kill()
    assert weave(OUTPUT) == []


def test_a_run_that_failed_is_reported_once_with_all_places_that_use_it():
    write("snippets/a.py", "1 / 0\n")
    write("docs/other.md", "`#!value snippets/a.py x`\n")
    write("docs/page.md", OUTPUT * 2)
    wrong = course.weave(Weaver(Settings()), [Path("docs/page.md"), Path("docs/other.md")])
    (error,) = map(str, wrong)
    assert error.startswith("docs/page.md:1: ")
    assert error.endswith("\nAlso used at: docs/page.md:3, docs/other.md:1")
    assert error.count("ZeroDivisionError: division by zero") == 1


def test_what_runs_longest_can_be_run_first(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # of two at once, either may begin first
    for name in "abc":
        write(f"snippets/{name}.py", "print(1)\n")
    write("docs/page.md", "".join(f'```output file="snippets/{n}.py"\n```\n' for n in "abc"))
    weaver = Weaver(Settings(first=(("snippets/c.py", 9),)))
    course.weave(weaver, [Path("docs/page.md")])
    assert RUNS == ["snippets/c.py", "snippets/a.py", "snippets/b.py"]


def test_a_part_of_an_output():
    write("snippets/a.py", "print('one')\nprint()\nprint('two')\nprint('three')\n")
    weave(OUTPUT)
    weaver = Weaver(Settings())
    parts = [
        weaver.output(references.from_options("output", {"file": "snippets/a.py", "part": part}))
        for part in ("1", "2")
    ]
    assert parts == ["one\n", "two\nthree\n"]
    (error,) = weave('```output file="snippets/a.py" part="3"\n```\n')
    assert "printed 2 part(s), and the page asks for part 3" in error
    (error,) = weave('```output file="snippets/a.py" part="0"\n```\n')
    assert "from 1" in error


def test_the_message_of_a_promised_error_is_a_value():
    write("snippets/a.py", "# raises: ValueError\nraise ValueError('too small')\n")
    weave(OUTPUT)
    assert Weaver(Settings()).value("snippets/a.py", "error .16") == "ValueError: too "


def keep(release: str, path: str, output: str) -> None:
    """Keep a record as tools/record_release.py does."""
    kept = Record(path, output, {}, {}, {"torch": release}, None, {path: ""})
    Path("releases").mkdir(exist_ok=True)
    Path(f"releases/torch-{release}.json").write_text(json.dumps({path: record.as_json(kept)}))


def test_a_record_of_another_release_is_shown_as_long_as_the_snippet_is_the_same():
    write("snippets/a.py", "print('now')\n")
    keep("9.9.0", "snippets/a.py", "then\n")
    page = '```output file="snippets/a.py" torch="9.9.0"\n```\n'
    assert weave(page) == []
    reference = references.from_options("output", {"file": "snippets/a.py", "torch": "9.9.0"})
    assert Weaver(Settings()).output(reference) == "then\n"
    write("snippets/a.py", "print('changed')\n")
    (error,) = weave(page)
    assert "has no record of torch 9.9.0, or has changed since" in error
    assert "record_release snippets/a.py" in error
    (error,) = weave(page.replace("9.9.0", "9.8.0"))
    assert "no record of torch 9.8.0" in error


def test_a_spoilt_file_of_records_is_named():
    write("snippets/a.py", "print('now')\n")
    Path("releases").mkdir()
    Path("releases/torch-9.9.0.json").write_text("{")
    (error,) = weave('```output file="snippets/a.py" torch="9.9.0"\n```\n')
    assert "no record of torch 9.9.0" in error
