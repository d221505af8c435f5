"""`make parity`: what differs fails, prose that moved on alone is named, by the history of git."""

import re
from pathlib import Path

import pytest
from small_site import git, python

from tools import history, parity

PAGE = """# Title {#title}

First. Second.

## One {#one}

$$
a = b
$$

## Two {#two}

Words of two.

```figure file="snippets/a.py" value="x" kind="curves"
title: words
```
"""
LAB = """# %% [markdown]
# # Lab {#lab}
#
# Words of the lab.

# %% alt="A line."
x = 1  # code
"""


class Project:
    """A project with one page and one lab in two languages, under git."""

    def __init__(self, root: Path):
        self.root = root
        for language in ("en", "zh"):
            self.write(f"{language}/page.md", PAGE)
            self.write(f"{language}/labs/lab.py", LAB)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("Begin")

    def write(self, page: str, text: str) -> None:
        path = self.root / "docs" / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, page: str, old: str, new: str) -> None:
        text = (self.root / "docs" / page).read_text(encoding="utf-8")
        assert old in text
        self.write(page, text.replace(old, new))

    def git(self, *arguments: str) -> None:
        git(self.root, *arguments)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def moves(self) -> list[tuple[str, str]]:
        found = history.moved_on(self.root, "docs/en", "docs/zh")
        return [(move.page, move.section) for move in found]


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture
def report(project, capsys):
    """Run the script on the project; return its exit status and what it prints."""
    return lambda: (parity.main(project.root), capsys.readouterr().out)


def test_nothing_to_report(project, report):
    status, said = report()
    assert status == 0
    assert "No difference in what must be the same." in said
    assert "No section moved on in one language only." in said


def test_a_section_that_moved_on_is_named_with_its_commits_and_sentences(project, report):
    project.edit("en/page.md", "Second.", "Another.")
    project.commit("Say it in another way")
    status, said = report()
    assert status == 0, "prose may move on"
    assert "docs/en/page.md #title" in said
    assert "Say it in another way" in said
    assert "    - Second.\n    + Another.\n" in said
    assert "First." not in said, "a sentence that stayed"
    assert said.count("Begin") == 1, "the commit of both is not one of those since then"
    assert "1 section moved on" in said


@pytest.mark.parametrize(
    ("page", "old", "new", "section"),
    [
        ("zh/page.md", "Words of two.\n", "", "two"),
        ("en/page.md", "## Two {#two}", "## Pair {#two}", "two"),
        ("en/page.md", "title: words", "title: more words", "two"),
        ("zh/labs/lab.py", "Words of the lab", "Text of the lab", "lab"),
        ("zh/labs/lab.py", "A line.", "A curve.", "lab"),
    ],
    ids=["a deletion", "a heading", "a word on a figure", "a lab", "a text alternative"],
)
def test_all_prose_counts(project, page, old, new, section):
    project.edit(page, old, new)
    project.commit("Change one language")
    assert project.moves() == [(f"docs/{page}", section)]


def test_what_is_no_prose_or_changes_both_is_silent(project):
    for language in ("en", "zh"):
        project.edit(f"{language}/page.md", "Second.", f"Another, {language}.")
    project.commit("Change both")
    for words in (("First.", "Last."), ("Last.", "First.")):
        project.edit("en/page.md", *words)
        project.commit("Change one language, and take it back")
    project.edit("zh/page.md", "Words of two.", "<div lang='en' markdown>\nWords of two.\n</div>")
    project.edit("en/page.md", "a = b", "a = c")
    project.edit("en/labs/lab.py", "x = 1", "x = 2")
    project.commit("Change code and tags of one language")
    assert project.moves() == []


def test_a_change_that_is_not_committed_is_the_newest(project, report):
    project.edit("zh/page.md", "Words", "More words")
    assert project.moves() == [("docs/zh/page.md", "two")]
    assert "not committed yet" in report()[1]


def test_a_later_translation_is_shown_until_a_commit_settles_it(project):
    project.edit("en/page.md", "Second.", "Another.")
    project.commit("Change one language")
    project.edit("zh/page.md", "Second.", "其二。")
    project.commit("Follow in the other")
    assert project.moves() == [("docs/zh/page.md", "title")]
    project.write("zh/page.md", PAGE.replace("Second.", "第二。"))
    project.commit("Polish it\n\nParity: in step")
    assert project.moves() == []
    project.edit("en/page.md", "Words", "More words")
    assert project.moves() == [("docs/en/page.md", "two")], "what moved since is shown"


def test_a_page_that_was_translated_later(project):
    project.write("en/new.md", PAGE)
    project.commit("Write it")
    project.write("zh/new.md", PAGE)
    assert project.moves() == [("docs/zh/new.md", section) for section in ("title", "one", "two")]
    project.commit("Translate it\n\nParity: in step")
    assert project.moves() == []


def test_a_merged_branch_counts_as_one_commit(project):
    project.git("checkout", "--quiet", "-b", "branch")
    for language in ("en", "zh"):
        project.edit(f"{language}/page.md", "Second.", f"Another, {language}.")
        project.commit(f"Change {language}")
    assert project.moves() == [("docs/zh/page.md", "title")]
    project.git("checkout", "--quiet", "main")
    project.git("merge", "--quiet", "--no-ff", "--no-edit", "branch")
    assert project.moves() == []


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("en/page.md", "a = b", "a = c"), "page.md:7: code or equations differ: a = c against"),
        (("zh/labs/lab.py", "x = 1", "x = 2"), "cell 2: the code is not that of"),
    ],
)
def test_what_differs_fails(project, report, edit, words):
    project.edit(*edit)
    status, said = report()
    assert status == 1
    assert words in said
    assert "1 difference in what must be the same" in said


def test_two_headings_with_one_id_fail(project, report):
    for language in ("en", "zh"):
        project.edit(f"{language}/page.md", "{#two}", "{#title}")
    status, said = report()
    assert status == 1
    assert re.search(r"page\.md:\d+ .*: a heading above has the id title already", said), said


@pytest.mark.parametrize("name", ["page.md", "labs/lab.py"])
def test_a_page_or_lab_that_is_missing_fails(project, report, name):
    (project.root / "docs/zh" / name).unlink()
    status, said = report()
    assert status == 1
    assert f"docs/en/{name}:1: has no counterpart: docs/zh/{name} is missing" in said


def test_a_download_has_no_history(project, report, monkeypatch):
    (project.root / ".git").rename(project.root / "no-git")
    status, said = report()
    assert status == 0
    assert "Prose was not compared" in said
    assert "run this in a clone of the repository" in said
    assert "moved on" not in said, "nobody knows"
    project.git("init", "--quiet")
    project.git("commit", "--quiet", "--allow-empty", "--message", "Something else")
    assert "no commit of git holds the pages" in report()[1], "it lies in a different repository"
    monkeypatch.setenv("PATH", "")
    status, said = report()
    assert status == 0
    assert "git is not installed" in said


def test_a_shallow_clone_says_that_its_history_is_cut_off(project, report, tmp_path):
    project.edit("en/page.md", "Second.", "Another.")
    project.commit("Change one language")
    project.edit("zh/page.md", "Words", "More words")
    project.commit("Change the other")
    project.git("clone", "--quiet", "--depth=2", f"file://{tmp_path}", "clone")
    project.root = tmp_path / "clone"
    assert project.moves() == [("docs/zh/page.md", "two")], "what can be seen is shown"
    assert "git fetch --unshallow" in report()[1]


def test_the_command_reports_on_this_repository():
    done = python("-m", "tools.parity")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "docs/en and docs/zh" in done.stdout
