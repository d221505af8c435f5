"""What CONTRIBUTING.md names is all that it takes to add a lesson or a kind of fence."""

import re
from pathlib import Path

import pytest
from PIL import Image
from small_site import PAGE, python, write_in_both

from equations.pages import EquationsExtension
from loom.weave.fences import LoomExtension
from loom.weave.glossary import GlossaryExtension
from loom.website.site_hooks import wrong_navigation
from loom.words import LANGUAGES

NAV = "\nnav:\n  - index.md\n  - glossary.md\n  - Lessons:\n      - lessons/loops.md\n"
LESSON = """---
description: "how a loop reads"
comes: "while True:"
---

# Lesson 9 · Loops {#loops}

Seven is `#!value snippets/a.py seven`.

![A dot](dot.PNG)
"""


@pytest.fixture
def with_a_lesson(small_site) -> Path:
    """A small site to which a lesson was added: its page and a line of `nav`, in both languages."""
    home = f"{PAGE}\n<!-- lessons -->\n"
    write_in_both(small_site, {"lessons/loops.md": LESSON, "index.md": home})
    for language in ("zh", "en"):
        Image.new("L", (1, 1)).save(small_site / "docs" / language / "lessons/dot.PNG")
        with (small_site / f"mkdocs.{language}.yml").open("a") as settings:
            settings.write(NAV)
    return small_site


def test_a_lesson_takes_its_pages_and_a_line_of_nav(build, with_a_lesson):
    done = build(with_a_lesson, "--strict")
    assert done.returncode == 0, done.stderr
    for language, entry in (
        ("en", "Loops · 5 min how a loop reads. while True: "),
        ("zh", "Loops · 5 分钟 how a loop reads。 while True: "),
    ):
        home = (with_a_lesson / f"site/{language}/index.html").read_text("utf-8")
        path = re.search(r'<ol class="path">.*?</ol>', home, re.DOTALL).group()
        assert entry in " ".join(re.sub(r"<[^>]*>", "", path).split()) + " "
        assert 'href="lessons/loops/"' in path
        lesson = (with_a_lesson / f"site/{language}/lessons/loops/index.html").read_text("utf-8")
        assert 'content="how a loop reads"' in lesson


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("lessons/loops.md", "lessons/lops.md", "docs/en/lessons/lops.md does not exist"),
        ("  - glossary.md\n", "", "docs/en/glossary.md is not in nav"),
    ],
)
def test_a_typo_in_nav_is_named_before_anything_runs(build, with_a_lesson, old, new, problem):
    settings = with_a_lesson / "mkdocs.en.yml"
    settings.write_text(settings.read_text("utf-8").replace(old, new), encoding="utf-8")
    done = build(with_a_lesson)
    assert done.returncode != 0
    assert f"mkdocs.en.yml: {problem}" in done.stderr
    assert "to run" not in done.stderr


def test_settings_without_names_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for language in LANGUAGES:
        Path(f"mkdocs.{language}.yml").write_text("- nav\n", encoding="utf-8")
    assert [problem.split("\nWhat to do: ")[0] for problem in wrong_navigation()] == [
        f"mkdocs.{language}.yml: is not a table of settings." for language in LANGUAGES
    ]


@pytest.mark.parametrize(
    ("extension", "name"),
    [(EquationsExtension, "explanation"), (LoomExtension, "language"), (GlossaryExtension, "page")],
)
@pytest.mark.parametrize("value", [5, ["en"], None])
def test_a_setting_that_is_no_text_is_refused(extension, name, value):
    with pytest.raises(TypeError, match=rf"`{name}` of [a-z.]+ is .*\nWhat to do: write a text"):
        extension(**{name: value})


def insert(file: Path, before: str, text: str) -> None:
    """Write a text before the first place that has some words."""
    source = file.read_text("utf-8")
    assert before in source
    file.write_text(source.replace(before, text + before, 1), encoding="utf-8")


@pytest.mark.thorough
def test_a_kind_of_fence_takes_a_row_a_function_and_its_name(small_site):
    insert(
        small_site / "loom/weave/references.py",
        '    "live": Kind(',
        '    "loud": Kind({"file": \'file="..."\'}, words=True),\n',
    )
    insert(
        small_site / "loom/weave/fences.py",
        "# What each kind of fence shows",
        "def loud(weaver, reference, language):\n"
        '    printed = weaver.output(reference).upper()\n    return f"<p>{printed}</p>"\n\n\n',
    )
    insert(small_site / "loom/weave/fences.py", '    "live": live,\n', '    "loud": loud,\n')
    insert(
        small_site / "mkdocs.yml",
        "      - {<<: *woven, name: live}\n",
        "      - {<<: *woven, name: loud}\n",
    )

    def build(words: str, option: str = ""):
        for language in ("zh", "en"):
            page = f'```loud file="snippets/a.py"{option}\ntitle: {words.format(language)}\n```\n'
            (small_site / f"docs/{language}/index.md").write_text(f"# T {{#t}}\n\n{page}")
        return python("-m", "mkdocs", "build", "--strict", cwd=small_site)

    done = build("words of {}")  # which may differ between the languages
    assert done.returncode == 0, done.stderr
    assert "<p>IT RAN 7\n</p>" in (small_site / "site/en/index.html").read_text("utf-8")
    done = build("words", ' lines="1"')
    assert "docs/en/index.md:3: " in done.stderr
    assert "there are no other options" in done.stderr
