"""From pages to records: references, checks, and the cache that must never be stale or bad."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymdownx.inlinehilite import InlineHiliteException
from pymdownx.superfences import SuperFencesException

from loom.run import cache, program, record
from loom.run.record import Record, Settings, SnippetError
from loom.weave import course, fences, references
from loom.weave.weaver import Weaver, as_power_of_ten, together

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
INCLUDE = '```python\n--8<-- "snippets/a.py:c"\n```\n'


def test_references_are_found_with_their_lines():
    page = (
        "---\ntitle: x\n---\n\n"
        "See `#!value snippets/a.py losses[-1] .3g` and `#!code snippets/a.py rows[x]`.\n\n"
        '```python\n--8<-- "snippets/a.py:forward"\n```\n\n'
        '    ```output file="snippets/b.py" diverges="true"\n    ```\n'
        '```figure file="snippets/a.py" value="v" kind="bars"\ntitle: T\n```\n'
    )
    found = references.find(page)
    assert [(r.line, r.kind, r.path, r.what, r.diverges) for r in found] == [
        (5, "value", "snippets/a.py", "losses[-1] .3g", False),
        (5, "code", "snippets/a.py", "rows[x]", False),
        (8, "section", "snippets/a.py", "forward", False),
        (11, "output", "snippets/b.py", "", True),
        (13, "figure", "snippets/a.py", "v", False),
    ]
    assert found[-1].body == "title: T\n"


def test_examples_inside_a_longer_fence_are_not_references():
    page = '````markdown\n```output file="snippets/a.py"\n```\n`#!value snippets/a.py x`\n````\n'
    assert list(references.find(page)) == []


def test_code_in_a_sentence_opens_no_fence():
    page = "```` ```sh``` ````, then `#!value snippets/a.py x`\n\n`#!value snippets/a.py y`\n"
    assert [found.what for found in references.find(page)] == ["x", "y"]


UNSEEN = [
    '```{.change before="snippets/a.py:c" after="snippets/a.py:c"}\n```',
    "`:::value snippets/a.py seven`",
    "``#!value snippets/a.py seven``",
]


@pytest.mark.parametrize("written", [*UNSEEN, "`#!value snippets/a.py seven`"])
def test_what_a_build_would_not_follow_is_not_filled_in(written):
    write("snippets/a.py", "# --8<-- [start:c]\nseven = 7\n# --8<-- [end:c]\n")
    weave("`#!value snippets/a.py seven` makes the record.\n")
    inline = {"name": "value", "class": "value", "format": fences.value}
    fence = {"name": "change", "class": "", "validator": fences.validate, "format": fences.fence}
    configs = {
        "pymdownx.inlinehilite": {"custom_inline": [inline]},
        "pymdownx.superfences": {"custom_fences": [fence]},
        "loom.weave.fences": {},
    }
    md = fences.Markdown(extensions=[*configs], extension_configs=configs)
    if written in UNSEEN:
        with pytest.raises((InlineHiliteException, SuperFencesException), match="What to do:"):
            md.convert(f"# T\n\n{written}\n")
    else:
        assert ">7<" in md.convert(f"# T\n\n{written}\n")


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


def test_a_record_in_which_a_word_was_changed_counts_as_none():
    write("snippets/a.py", "print('seven')\n")
    weave(OUTPUT)
    (kept,) = cached()
    kept.write_bytes(kept.read_bytes().replace(b"seven", b"eleven"))
    weave(OUTPUT)
    assert Weaver(Settings()).record("snippets/a.py").output == "seven\n"


FAILURES = [  # a snippet, what a page takes of it, what is said; test_runner.py has more of runs
    ("1 / 0\n", OUTPUT, "raised ZeroDivisionError"),
    ("print('loss', float('nan'))\n", OUTPUT, "printed nan"),
    ("print(f'{-float(\"inf\")}')\n", OUTPUT, "printed -inf"),
    ("print(1)\n", OUTPUT.replace('py"', 'py" diverges="true"'), "prints only finite numbers"),
    (None, OUTPUT, "Save it as UTF-8"),
    ("x = [1]\n", "`#!value snippets/a.py x`\n", "Take one of them"),
    ("x = 1\n", "`#!value snippets/a.py y`\n", "There is: x"),
    ("x = [1]\n", "`#!value snippets/a.py x[3]`\n", "a list of 1"),
    ("x = {'b': 1}\n", "`#!value snippets/a.py x[c]`\n", "There is: b"),
    ("x = 1\n", "`#!value snippets/a.py x + 1`\n", "is not a value"),
    ("x = 'a'\n", "`#!value snippets/a.py x .3g`\n", "Choose a different format"),
    ("x = float('nan')\n", "`#!value snippets/a.py x`\n", "is nan"),
    ("# --8<-- [start:c]\nx = 1\n", INCLUDE, "Write it below the last line to show"),
    ("# --8<-- [start:b]\nx = 1\n# --8<-- [end:b]\n", INCLUDE, "Its sections are: b"),
    ("print(1)\n", "[x](loom:snippets/none.py)\n", "does not exist"),
    ("print()\n", OUTPUT.replace('py"', 'py" part="3"'), "the page asks for part 3"),
]


@pytest.mark.parametrize(("source", "page", "words"), FAILURES)
def test_what_is_wrong_is_named_with_page_line_and_remedy_and_not_cached(source, page, words):
    if source is None:
        Path("snippets/a.py").write_bytes(b"print('\xff')\n")
    else:
        write("snippets/a.py", source)
    (wrong,) = weave("# Title\n\n" + page)
    assert wrong.startswith(f"docs/page.md:{4 if page == INCLUDE else 3}: ")
    assert words in wrong
    assert "What to do:" in wrong
    if words in ("raised ZeroDivisionError", "Save it as UTF-8"):
        assert cached() == []


FIGURE = '```figure file="snippets/a.py" value="x" kind="bars"\ntitle: T\n```\n'
LIVE = '```live file="snippets/a.py"\n```\n'
OTHER = "there are no other options"
WRITTEN_WRONG = [  # a fence, and what is said of it
    ('```output file="snippets/a.py"\n', "not closed"),
    (OUTPUT.replace("\n", "\nby hand\n", 1), "the output fence must be empty"),
    (OUTPUT.replace('py"', 'py" lines="1"'), OTHER),
    (OUTPUT.replace('py"', 'py" part="0"'), "from 1"),
    ("```output\n```\n", "must name its snippet"),
    (FIGURE.replace("bars", "pie"), "one of: curves"),
    (FIGURE.replace(' value="x"', ""), "must name the value"),
    (FIGURE.replace(' file="snippets/a.py"', ""), "must name its snippet"),
    (FIGURE.replace('bars"', 'bars" size="9"'), OTHER),
    (FIGURE.replace('bars"', 'bars" log="yes"'), OTHER),
    (LIVE.replace("\n", "\nx = 1\n", 1), "the live fence must be empty"),
    (LIVE.replace('py"', 'py" part="1"'), OTHER),
    ("```live\n```\n", "must name its snippet"),
]


@pytest.mark.parametrize(("page", "words"), WRITTEN_WRONG)
def test_what_is_written_wrong_is_named_with_its_line(page, words):
    (wrong,) = weave("# Title\n\n" + page)
    assert wrong.startswith("docs/page.md:3: ")
    assert words in wrong


INSIDE = "is not inside snippets/"
MODULE = "a line that documents a module is"
ELSEWHERE = {  # what a page must neither run nor show, and what is said
    '--8<-- "config.py"': INSIDE,
    '----8<---   "config.py:1:2"': "a line that shows code is",
    "```python\n--8<-- '{root}/secret.py'\n```": "a line that shows code is",
    '> --8<-- "snippets/link.py:x"': INSIDE,
    "--8<--\nsnippets/a.py:x\n\n  ../secret.py:1\n--8<--": "a line that shows code is",
    '```output file="snippets/../config.py"\n```': INSIDE,
    '```figure file="config.py" value="x" kind="bars"\n```': INSIDE,
    '```live file="/etc/passwd"\n```': INSIDE,
    "`#!value snippets/link.py x`": INSIDE,
    "[x](loom:snippets/link.py)": INSIDE,
    '```output file="snippets/a.py" torch="/../../secret"\n```': "names a release",
    "> ::: os": MODULE,
    "words\n::: os": MODULE,
    "<p markdown>::: os": MODULE,
    "<p\nmarkdown>## ::: loom.words": MODULE,
    "::: snippets.a\n    handler: shell": MODULE,
    "::: snippets.a\n\n    options: {extensions: [/tmp/a.py]}": MODULE,
}


@pytest.mark.parametrize("text", ELSEWHERE)
def test_a_page_takes_nothing_from_elsewhere(project, monkeypatch, text):
    monkeypatch.setattr(program, "run", lambda *_: pytest.fail("it was run"))
    (project.parent / "secret.py").write_text("x = 1\n")
    write("config.py", "x = 1\n")
    write("snippets/a.py", "x = 1\n")
    Path("snippets/link.py").symlink_to(project.parent / "secret.py")
    wrong = weave("# T\n\n" + text.replace("{root}", str(project.parent)))
    assert re.match(r"docs/page\.md:[34]: ", wrong[0])
    assert ELSEWHERE[text] in wrong[0]


def test_a_page_documents_modules_of_snippets():
    write("snippets/a.py", "")
    assert weave("::: snippets.a\n\nWords.\n\n```text\n::: os\n```\n") == []


def test_divergence_may_be_the_point():
    write("snippets/a.py", "print(float('nan'))\n")
    assert weave('```output file="snippets/a.py" diverges="true"\n```\n') == []
    (wrong,) = weave(OUTPUT)
    assert "printed nan" in wrong, "a cached record is checked against each page's word"
    write("snippets/a.py", "print('banana info infinite')\n")
    assert weave(OUTPUT) == []


def test_where_nothing_has_been_run_the_command_that_does_is_named():
    write("snippets/a.py", "print(1)\n")
    with pytest.raises(SnippetError, match=r"has no record of a run\nWhat to do: .*loom run"):
        Weaver(Settings()).record("snippets/a.py")
    assert runs() == 0


def test_values():
    write(
        "snippets/a.py",
        "# raises: ValueError\nlosses = [3.14159e7, 2]\nname = 'x'\nrows = {'a': {'b': 5}}\n"
        "raise ValueError('too small')\n",
    )
    weave(OUTPUT)
    expressions = ("losses[0] .3g", "losses[-1]", "name", "rows[a][b]", "error .16")
    found = [Weaver(Settings()).value("snippets/a.py", expression) for expression in expressions]
    assert found == ["3.14e+07", "2", "x", "5", "ValueError: too "]
    assert as_power_of_ten("3.14e+07") == ("3.14", "7")
    assert as_power_of_ten("1e-06") == ("1", "\N{MINUS SIGN}6")
    assert as_power_of_ten("12.5") is None


@pytest.mark.parametrize("number", [27, 0xD800])
def test_a_format_that_makes_no_text_is_refused(number):
    write("snippets/a.py", f"number = {number}\n")
    weave(OUTPUT)
    with pytest.raises(SnippetError, match=r"`number c` holds .*\nWhat to do: "):
        Weaver(Settings()).value("snippets/a.py", "number c")


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
    Path("releases/torch-9.8.0.json").write_text("{")  # spoilt
    for release in ("9.8.0", "9.7.0"):
        (error,) = weave(page.replace("9.9.0", release))
        assert f"no record of torch {release}" in error


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "snippets/b.py"},
        {"output": "\ud800"},
        {"files": {os.path.abspath(__file__): cache.sha256(__file__)}},
        {"files": {"../a.txt": "missing"}},
        {"files": {"/dev/zero": "missing"}},
    ],
    ids=str,
)
def test_a_record_of_another_release_is_of_its_program_and_of_this_project(wrong):
    write("snippets/a.py", "print('now')\n")
    keep("9.9.0", "snippets/a.py", "then\n")
    page = '```output file="snippets/a.py" torch="9.9.0"\n```\n'
    assert weave(page) == []
    file = Path("releases/torch-9.9.0.json")
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({"snippets/a.py": kept["snippets/a.py"] | wrong}))
    (error,) = weave(page)
    assert "has no record of torch 9.9.0" in error


def test_a_figure_puts_the_values_of_several_runs_together():
    write("snippets/a.py", "x = {'of': ['a'], 'size': [1, 2], 'runs': {'a': [1.0, 2.0]}}\n")
    write("snippets/b.py", "x = {'of': ['b'], 'size': [1, 2], 'runs': {'b': [3.0, 4.0]}}\n")
    given = {"file": "snippets/a.py", "value": "x[runs]", "kind": "curves", "with": "snippets/b.py"}
    fence = " ".join(f'{name}="{value}"' for name, value in given.items())
    assert weave(f"```figure {fence}\ntitle: Both\n```\n") == []
    assert sorted(RUNS) == ["snippets/a.py", "snippets/b.py"]
    assert together({"of": ["a"], "size": [1]}, {"of": ["b"], "size": [1], "n": 2}) == {
        "of": ["a", "b"],
        "size": [1],
        "n": 2,
    }
    (wrong,) = weave(f"```figure {fence.replace('b.py', 'none.py')}\ntitle: Both\n```\n")
    assert "snippets/none.py" in wrong
