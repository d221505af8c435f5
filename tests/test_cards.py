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
from loom.run.record import Record, Settings
from loom.weave import cards, references
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


def test_a_failing_line_and_its_error_are_linked_both_ways():
    name = '<span class="filename">snippets/mistakes/a.py · lines 2–3 · line 3 fails</span>'
    call = "File &quot;snippets/mistakes/a.py&quot;, line"
    error = f'<figure class="loom loom--error"><pre>{call} 6\n{call} 3, in main</pre></figure>'
    page = cards.with_links(f"{name}<p>between</p>{error}{name}{error}")
    assert page.count('id="mistakes-a-line" href="#mistakes-a-error">line 3 fails</a>') == 1
    assert page.count('<figure id="mistakes-a-error" class="loom') == 1
    assert page.count('<a href="#mistakes-a-line">line 3</a>, in main') == 1
    assert f"{call} 6\n" in page
    assert page.count('<a href="loom:snippets/mistakes/a.py" download>') == 2


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
    shown = cards.as_readers_count(record(module.removeprefix("snippets.")).output)
    ran, told = (
        re.findall(r'snippets/[\w/]+\.py", line \d+', text) for text in (done.stderr, shown)
    )
    assert told == ran != []
