"""What a lesson says to its reader: its head, its questions, and how long it takes."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from loom import words
from loom.run.record import SnippetError
from loom.weave import fences, questions, references

ROOT = Path(__file__).parent.parent
CHOICES = "question: What is `1 + 1`?\n2: two\n3: three\n"
FOLLOWED = re.compile(r"^```predict [^\n]*\n(?:(?!```).*\n)*```\n\n\?\?\? success ", re.MULTILINE)


def predict(body: str = CHOICES, answer: str = "2") -> BeautifulSoup:
    """Return a question as a page shows it."""
    html = questions.predict("snippets/a.py", body, answer, "one", words.of("en")["predict"])
    return BeautifulSoup(html, "html.parser")


def test_a_question_offers_its_choices_and_knows_the_answer_of_the_run():
    box = predict()
    assert box.legend.code.text == "1 + 1"
    assert [label.text.strip() for label in box("label")] == ["two", "three"]
    assert [given["value"] for given in box("input")] == ["2", "3"]
    assert box.div["data-answer"] == "2"


def test_two_equal_questions_do_not_share_their_choices():
    loom = fences.LoomExtension()
    loom.weaver = SimpleNamespace(value=lambda *_: "2")
    options = {"file": "snippets/a.py", "value": "a"}
    shown = [
        BeautifulSoup(
            fences.fence(CHOICES, "predict", "", options, SimpleNamespace(loom=loom)), "html.parser"
        )
        for _ in range(2)
    ]
    names = [{box["name"] for box in question("input")} for question in shown]
    assert len(names[0]) == len(names[1]) == 1
    assert names[0] != names[1]


def test_without_choices_the_reader_types():
    box = predict("question: The shape?\n", "(64, 10)")
    assert box.input["type"] == "text"
    assert box.div["data-answer"] == "(64, 10)"


@pytest.mark.parametrize(
    ("body", "answer", "said"),
    [
        (CHOICES, "4", "the answer is `4`, which is none of the choices"),
        ("2: two\n3: three\n", "2", "the question is missing"),
        ("question: What?\ntwo\n", "two", "the line `two`"),
        (f"{CHOICES}2: also two\n", "2", "the line `2: also two`"),
        (f"{CHOICES}(6, 4): a\n(6,4): b\n", "2", "the line `(6,4): b`"),
        (f"{CHOICES}4:\n", "2", "the line `4:`"),
        ("question: What?\n2: two\n", "2", "the question has one choice"),
        ("question: What?\n", " ", "the answer is empty"),
    ],
)
def test_a_question_that_cannot_be_asked_stops_the_build(body, answer, said):
    with pytest.raises(SnippetError, match=re.escape(said)):
        predict(body, answer)


@pytest.mark.parametrize("text", ["# a", "- a", "1. a", "> a", "---", "[a]: b", "<b>a</b>"])
def test_a_line_is_a_line_whatever_it_looks_like(text):
    assert BeautifulSoup(questions.inline(text), "html.parser").text == text
    assert "<" not in questions.inline(text)


def test_the_head_of_a_lesson_says_what_it_needs_replaces_and_takes():
    said = words.of("en")["lesson"]
    head = BeautifulSoup(questions.head("needs: `a`: b\nreplaces: c\n", 15, said), "html.parser")
    assert [part.text for part in head("dd")] == ["a: b", "c", said["minutes"].format(n=15)]
    with pytest.raises(SnippetError, match="two lines"):
        questions.head("needs: a\n", 15, said)


def test_the_minutes_count_prose_code_and_pictures_and_no_folds(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text("x = 1\n" * 150 + "# --8<-- [start:s]\nx = 1\n# --8<-- [end:s]\n")
    assert questions.minutes("some words " * 450) == 5
    assert questions.minutes("some words " * 451) == 10
    assert questions.minutes("字" * 1501) == 10
    assert questions.minutes('```python\n--8<-- "a.py"\n```\n') == 10
    assert questions.minutes('```python\n--8<-- "a.py:s"\n```\n') == 5
    assert questions.minutes('```output file="a.py"\n```\n' * 21) == 10
    fold = "??? tip\n\n    " + "some words " * 900 + "\n\n"
    assert questions.minutes(f"Words.\n\n{fold}## X {{#exercises}}\n\n{fold[10:]}") == 5


def test_the_minutes_of_a_page_with_what_is_missing_or_not_closed():
    assert questions.minutes('```python\n--8<-- "snippets/none.py"\n```\n') == 5
    for opened in ("<!-- a\n", "```a\nx\n", "$$x\n"):  # would take minutes
        assert questions.minutes(opened * 20_000) == 5


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*/lessons/*.md")))
def test_each_question_is_followed_by_its_answer(page):
    text = page.read_text(encoding="utf-8")
    asked = [found for found in references.find(text) if found.kind == "predict"]
    assert len(asked) == len(FOLLOWED.findall(text))
