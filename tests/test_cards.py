"""Code on a page: the file and the lines of each piece, and where an error comes from."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from facts import record

from loom import words
from loom.run.record import Record, Settings, SnippetError
from loom.weave import cards, fences, references
from loom.weave.weaver import Weaver

ROOT = Path(__file__).parent.parent
SOURCE = """# raises: ValueError
# --8<-- [start:one]
def main():
    # --8<-- [start:two]
    int("x")
    # --8<-- [end:two]
# --8<-- [end:one]


main()
"""
TRACEBACK = """Traceback (most recent call last):
  File "snippets/a.py", line 10, in <module>
    main()
  File "snippets/a.py", line 5, in main
    int("x")
ValueError: invalid
"""
OUTPUT = '```output file="snippets/a.py"\n```\n'


@pytest.fixture
def weaver(tmp_path, monkeypatch) -> Weaver:
    """A weaver of a project with one snippet, which ends with an error."""
    monkeypatch.chdir(tmp_path)
    Path("snippets").mkdir()
    Path("snippets/a.py").write_text(SOURCE)
    made = Record("snippets/a.py", TRACEBACK, {"error": "invalid"}, {}, {}, "ValueError")
    weaver = Weaver(Settings())
    weaver.runs.records["snippets/a.py"] = made
    return weaver


def bars(markdown: str, weaver: Weaver, language: str = "en") -> str:
    """Return the first line of each block of Python of a page, with its bar."""
    page = cards.with_bars(markdown, weaver, words.of(language)["captions"])
    return "\n".join(re.findall(r"^[ >]*```python.*$", page, re.MULTILINE))


def block(section: str = "", indent: str = "") -> str:
    """Return a block of Python that shows a section."""
    name = f"snippets/a.py:{section}" if section else "snippets/a.py"
    return f'{indent}```python\n{indent}--8<-- "{name}"\n{indent}```\n'


@pytest.mark.parametrize(
    ("section", "lines"), [("", "lines 1–6"), ("one", "lines 2–3"), ("two", "line 3")]
)
def test_lines_are_counted_as_in_the_file_that_readers_download(weaver, section, lines):
    assert bars(block(section), weaver) == f'```python title="snippets/a.py · {lines}"'
    first, last = (re.findall(r"\d+", lines) * 2)[:2]
    given = references.without_marks(SOURCE).splitlines()[int(first) - 1 : int(last)]
    shown = references.section_of(SOURCE, section).rstrip("\n").splitlines()
    assert [line.strip() for line in given] == [line.strip() for line in shown]


def test_lines_are_numbered_and_the_failing_one_is_marked_where_an_error_follows(weaver):
    assert bars(block("one") + OUTPUT, weaver, "zh") == (
        '```python title="snippets/a.py · 第 2–3 行 · 第 3 行出错" linenums="2" hl_lines="2"'
    )
    fine = replace(weaver.record("snippets/a.py"), error=None)
    weaver.runs.records["snippets/a.py"] = fine
    assert "linenums" not in bars(block("one") + OUTPUT, weaver)


def test_blocks_in_folds_get_a_bar_and_examples_do_not(weaver):
    assert bars(f"??? tip\n\n{block(indent='    ')}", weaver).startswith("    ```python title=")
    example = f"````markdown\n{block()}````\n"
    assert bars(example, weaver) == "```python"
    assert bars("```python\nx = 1\n```\n", weaver) == "```python"


def test_a_failing_line_and_its_error_are_linked_both_ways(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("snippets/mistakes").mkdir(parents=True)
    Path("snippets/mistakes/a.py").write_text(SOURCE)
    name = '<span class="filename">snippets/mistakes/a.py · lines 2–3 · line 3 fails</span>'
    call = "File &quot;snippets/mistakes/a.py&quot;, line"
    other = call.replace("a.py", "b.py")
    caption = '<figcaption><a href="loom:snippets/mistakes/a.py" download>a</a></figcaption>'
    shown = f"{call} 6\n{call} 31\n{call} 3, in main\n{other} 3"
    error = f'<figure class="loom loom--error"><pre>{shown}</pre>{caption}</figure>'
    page = cards.with_links(f"{name}<p>between</p>{error}{name}{error}")
    assert page.count('id="mistakes-a:line" href="#mistakes-a:error">line 3 fails</a>') == 1
    assert page.count('<figure id="mistakes-a:error" class="loom') == 1
    assert page.count('<a href="#mistakes-a:line">line 3</a>, in main') == 1
    assert f"{call} 6\n{call} 31\n" in page
    assert page.count('<a href="loom:snippets/mistakes/a.py" download>snippets/') == 2


def test_short_code_with_a_hyphen_stays_on_one_line():
    long = "a-" * 20
    page = (
        f"<code>3e-04</code> <code>ij-&gt;ji</code> <code>a</code> <code>a - b</code> <code>{long}"
    )
    whole = '<code class="whole">3e-04</code> <code class="whole">ij-&gt;ji</code> <code>a</code>'
    assert cards.with_whole_code(page) == f"{whole} <code>a - b</code> <code>{long}"


def test_nothing_is_linked_that_is_not_there(tmp_path, monkeypatch, weaver):
    none = '<span class="filename">snippets/none.py · line 1</span>'
    assert cards.with_links(none) == none
    alone = '<span class="filename">snippets/a.py · line 1 · line 1 fails</span>'
    assert "#a:error" not in cards.with_links(alone)
    two = replace(weaver.record("snippets/a.py"), output=f"before\n\n{TRACEBACK}")
    weaver.runs.records["snippets/a.py"] = two
    for part, fails in ((1, False), (2, True)):
        shown = f'```output file="snippets/a.py" part="{part}"\n```\n'
        assert ("fails" in bars(block("one") + shown, weaver)) == fails


def test_what_an_author_marks_in_a_section_stays(weaver):
    marked = block("one").replace("python", 'python hl_lines="1"')
    assert bars(marked, weaver) == '```python hl_lines="1"'


@pytest.mark.parametrize(
    "call",
    [
        'File "snippets/none.py", line 3',
        f'File "snippets/{"a" * 300}.py", line 3',
        f'File "snippets/a.py", line {"9" * 5000}',
    ],
)
def test_a_traceback_may_name_anything(weaver, call):
    assert references.as_readers_count(f"{call}, in f\n") == f"{call}, in f\n"


@pytest.mark.parametrize(
    ("source", "named", "said"),
    [
        ("# --8<-- [end:x]\n1\n# --8<-- [start:x]\n2\n", "x", "its end before its start"),
        ("# --8<-- [start:x]\n1\n# --8<-- [end:x]\n" * 2, "x", "marks the section `x` twice"),
        ("# --8<-- [start:x]\n# words\n# --8<-- [end:x]\n", "x", "no code to compare"),
        ("# --8<-- [start:x]\n1\n# --8<-- [end:x]\n", "x,", "section ``"),
        ("x = 1\n" * 101, "", "has 101 lines to compare, more than 100"),
    ],
)
def test_a_section_that_cannot_be_compared_is_named(weaver, source, named, said):
    Path("snippets/a.py").write_text(source)
    options = {"before": "snippets/a.py:", "after": f"snippets/a.py:{named}"}
    with pytest.raises(SnippetError, match=said):
        fences.change(weaver, references.from_options("change", options), fences.Page("en"))


def test_a_change_leaves_out_comments_and_no_text(weaver):
    Path("snippets/a.py").write_text('x = "a # b"  # words\n')
    options = {"before": "snippets/a.py:", "after": "snippets/a.py:"}
    shown = fences.change(weaver, references.from_options("change", options), fences.Page("en"))
    assert "a # b" in shown
    assert "words" not in shown


MARKED = [
    path.relative_to(ROOT).as_posix()
    for path in sorted((ROOT / "snippets").rglob("*.py"))
    if "\n# raises: " in path.read_text() and "--8<--" in path.read_text()
]


@pytest.mark.parametrize(
    "path", MARKED[:1] + [pytest.param(p, marks=pytest.mark.thorough) for p in MARKED[1:]]
)
def test_a_traceback_names_the_lines_of_the_file_that_readers_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    shutil.copytree("snippets", tmp_path / "snippets")
    for file in (tmp_path / "snippets").rglob("*.py"):
        file.write_text(references.without_marks(file.read_text()))
    module = path.removesuffix(".py").replace("/", ".")
    command = [sys.executable, "-m", module]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    shown = references.as_readers_count(record(module.removeprefix("snippets.")).output)
    ran, told = (
        re.findall(r'snippets/[\w/]+\.py", line \d+', text) for text in (done.stderr, shown)
    )
    assert told == ran != []
