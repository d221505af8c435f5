"""The pages: no Python of their own, every section shown, both languages in parity."""

import json
import re
from pathlib import Path

import pytest
from mkdocs.utils.meta import get_data

from loom.weave import parity, references
from loom.weave.glossary import read_terms

ROOT = Path(__file__).parent.parent
LANGUAGES = ("zh", "en")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
EXAMPLES = re.compile(r"^(`{4,})[^\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^ *```python[^\n]*\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(r'^ *--8<-- "snippets/[\w/]+\.py(:[\w-]+)?"$')


def python_by_hand(markdown: str) -> list[str]:
    """Return the lines of Python blocks that are not includes."""
    blocks = PYTHON.finditer(EXAMPLES.sub("", markdown))
    lines = [line for block in blocks for line in block["body"].splitlines()]
    return [line for line in lines if not INCLUDE.match(line)]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_holds_python_of_its_own(page):
    assert python_by_hand((ROOT / page).read_text(encoding="utf-8")) == []


def test_python_by_hand_is_noticed():
    assert python_by_hand("```python\nx = 1\n```\n") == ["x = 1"]
    assert python_by_hand('```python\n--8<-- "snippets/a.py:b"\nx = 1\n```\n') == ["x = 1"]
    assert python_by_hand("````markdown\n```python\nx\n```\n````\n") == []


def shown(language: str) -> set[str]:
    """Return what the pages of a language take from snippets: files, and file:section."""
    found = set()
    for page in (ROOT / "docs" / language).rglob("*.md"):
        for reference in references.find(page.read_text(encoding="utf-8")):
            found |= {reference.path, f"{reference.path}:{reference.what}"}
            for side in {"before", "after"} & reference.options.keys():
                path, _, sections = reference.options[side].partition(":")
                found |= {f"{path}:{section}" for section in sections.split(",")}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_snippet_and_every_section_is_shown(language):
    wanted = set()
    for path in (ROOT / "snippets").rglob("*.py"):
        if path.name != "__init__.py":
            name = path.relative_to(ROOT).as_posix()
            marks = re.findall(r"--8<-- \[start:([\w-]+)\]", path.read_text(encoding="utf-8"))
            wanted |= {name} | {f"{name}:{mark}" for mark in marks}
    assert wanted - shown(language) == set()


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*/lessons/*.md")))
def test_the_lines_on_the_card_of_a_lesson_stand_in_programs(page):
    text, meta = get_data(page.read_text(encoding="utf-8"))
    own = {path for found in references.find(text) if found.is_run for path in found.paths}
    everywhere = (ROOT / "snippets").glob("*.py")
    for key, paths in (("goes", everywhere), ("comes", [ROOT / path for path in own])):
        line = meta.get(key, "")
        assert any(line in path.read_text(encoding="utf-8") for path in paths), f"{key}: {line}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_record_of_another_release_is_shown(language):
    kept = {
        (path.stem.removeprefix("torch-"), name)
        for path in (ROOT / "releases").glob("*.json")
        for name in json.loads(path.read_text(encoding="utf-8"))
    }
    shown = {
        (reference.options["torch"], reference.path)
        for page in (ROOT / "docs" / language).rglob("*.md")
        for reference in references.find(page.read_text(encoding="utf-8"))
        if "torch" in reference.options
    }
    assert kept == shown != set()


PAIR = """# Title {#title}

See [there](there.md) and `#!value snippets/a.py x`, $a + b$, ![drawing](a.svg).

## One {#one}

```python
--8<-- "snippets/a.py:one"
```

$$
a = b
$$

```output file="snippets/a.py"
```

```figure file="snippets/a.py" value="x" kind="curves"
title: words
```
"""
CODE = "code or equations differ"
BROKEN = [  # what differs in one language, and what is said
    ("{#one}", "{#two}", "headings differ"),
    (" {#one}", "", "headings differ"),
    ("## One", "### One", "headings differ"),
    ("a.py:one", "a.py:two", CODE),
    ('```output file="snippets/a.py"', '```output file="snippets/b.py"', CODE),
    ('```output file="snippets/a.py"\n```\n', "", CODE),
    ("a = b", "a = c", CODE),
    ('kind="curves"', 'kind="bars"', CODE),
    ("title: words", "name: words", CODE),
    ("$a + b$", "$a - b$", "formula a + b"),
    ("a.py x", "a.py y", "value snippets/a.py y"),
    ("there.md", "here.md", "link here.md"),
    ("a.svg", "b.svg", "image b.svg"),
    ("See", "<!-- facts: a.b -->\nSee", "fact a.b: 0 times against 1"),
    ("title: words", "title: 字", None),  # words may differ
]


def differences(folder: Path, pages: dict[str, str]) -> list[str]:
    """Return what differs between two languages of one page."""
    for language, text in pages.items():
        (folder / language).mkdir()
        (folder / language / "page.md").write_text(text, encoding="utf-8")
    return parity.differences(folder / "zh", folder / "en")


@pytest.mark.parametrize(("old", "new", "words"), BROKEN)
def test_the_parity_check_notices(old, new, words, tmp_path):
    assert old in PAIR
    found = differences(tmp_path, {"zh": PAIR, "en": PAIR.replace(old, new)})
    assert any(words in difference for difference in found) if words else found == [], found


def test_the_glossaries_have_the_same_terms():
    chinese, english = (read_terms(ROOT / f"docs/{language}/glossary.md") for language in LANGUAGES)
    assert len(chinese) > 15
    assert [term.id for term in chinese] == [term.id for term in english]
    assert {"张量", "自动求导", "计算图", "叶子张量", "梯度", "损失", "学习率"} <= {
        term.name for term in chinese
    }
