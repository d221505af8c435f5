"""The languages: the same words in each, and a further one takes three things and no code."""

import itertools
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from small_site import copy_course, python

from equations import pages as equations
from loom import words

ROOT = Path(__file__).parent.parent


def keys(table: dict, above: str = "") -> set[str]:
    """The names of all words, those in tables inside included."""
    found = set()
    for name, value in table.items():
        found |= keys(value, f"{above}{name}.") if isinstance(value, dict) else {f"{above}{name}"}
    return found


def test_each_language_has_the_same_words():
    assert set(words.LANGUAGES) == {
        path.name for path in (ROOT / "docs").iterdir() if path.is_dir()
    }
    for language in words.LANGUAGES:
        assert keys(words.of(language)) == keys(words.of("en")), language


def test_the_checker_alone_has_the_english_words_of_the_site():
    assert words.of("en")["equations"] == equations.WORDS


def test_a_language_without_words_is_named_with_what_to_do():
    with pytest.raises(ValueError, match=r"'xx'\.\nWhat to do: write loom/languages/xx\.toml"):
        words.of("xx")


@pytest.fixture(scope="module")
def portuguese(site, tmp_path_factory) -> Path:
    """A course in three languages: the third has the English pages and words."""
    folder = tmp_path_factory.mktemp("three") / "course"
    copy_course(folder)
    # A folder of pages, a configuration, a file of words:
    shutil.copytree(folder / "docs/en", folder / "docs/pt")
    shutil.copyfile(folder / "loom/languages/en.toml", folder / "loom/languages/pt.toml")
    config = (folder / "mkdocs.en.yml").read_text("utf-8")
    for old, new in {
        "docs/en": "docs/pt",
        "site/en": "site/pt",
        "language: en": "language: pt",
        "languages/en": "languages/pt",
    }.items():
        assert old in config
        config = config.replace(old, new)
    (folder / "mkdocs.pt.yml").write_text(config, encoding="utf-8")
    done = python("-m", "mkdocs", "build", "--strict", cwd=folder, PYTHONPATH=str(folder))
    assert done.returncode == 0, done.stderr
    return folder / "site"


def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text("utf-8"), "html.parser")


@pytest.mark.thorough
def test_a_third_language_is_a_whole_site(portuguese):
    english = {path.relative_to(portuguese / "en") for path in (portuguese / "en").rglob("*")}
    assert english == {
        path.relative_to(portuguese / "pt") for path in (portuguese / "pt").rglob("*")
    }
    links = page(portuguese, "index.html").select("nav a")
    assert [link["href"] for link in links] == ["zh/", "pt/", "en/"]
    for language in ("zh", "pt", "en"):
        found = page(portuguese, f"{language}/lessons/nn-sequential/index.html")
        others = [link["data-language"] for link in found.select("a.course-language")]
        assert others == [other for other in ("zh", "pt", "en") if other != language]
    lesson = page(portuguese, "pt/lessons/warmup-numpy/index.html")
    assert lesson.html["lang"] == "pt"
    assert lesson.select(".loom--output figcaption")
    assert lesson.select(".figure__panel svg[aria-label]")
    assert lesson.select(".live") or not (ROOT / ".cache/live").exists()
    assert page(portuguese, "pt/labs/digits/index.html").select(".loom--lab svg")
    assert page(portuguese, "pt/derivation/attention/index.html").select(".equation-mark--checked")
    assert (portuguese / "pt/search/pages.json").stat().st_size > 100_000


def test_a_word_that_all_languages_lack_is_named():
    with pytest.raises(ValueError, match="the word `nothing` is missing beside"):
        words.of("en")["captions"]["nothing"]


def test_a_number_of_a_line_is_not_below_0():
    assert [*words._forms({"live": {"message": -1}})] == [("live.message", words.STRANGE)]


def test_words_that_differ_between_languages_are_named(tmp_path, monkeypatch):
    for language in words.LANGUAGES:
        text = (words.FOLDER / f"{language}.toml").read_text(encoding="utf-8")
        if language == words.LANGUAGES[-1]:
            text = text.replace("[captions]\n", "[captions]\nmore = 5\n").replace("{n}", "{m}", 1)
        broken = {"a": "{0}", "b": "{n", "c": "n }", "d": "{n.real}", "e": "{n!z}", "f": "{n:q}"}
        lines = "".join(f'broken_{name} = "{text}"\n' for name, text in broken.items())
        strange = "number = 5\nday = 2026-01-01\nrow = [1]\n"
        text = text.replace("[labs]\n", f"[labs]\n{lines}{strange}")
        text = 'top = "above all tables"\n' + text.replace("message = ", "message = 1.")
        (tmp_path / f"{language}.toml").write_text(text, encoding="utf-8")
    assert words.faults() == []
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words.of.cache_clear()
    try:
        found = "\n".join(words.faults())
    finally:
        words.of.cache_clear()
    assert "captions.more is no text, and in" in found
    assert "m}, and in" in found
    for language, name in itertools.product(words.LANGUAGES, broken):
        assert f"{language}.toml: labs.broken_{name} has braces that cannot be filled in" in found
    strange = ("labs.number", "labs.day", "labs.row", "live.message", "top")
    for language, name in itertools.product(words.LANGUAGES, strange):
        assert f"{language}.toml: {name} is not what the programs expect" in found
    assert found.count("What to do:") == 2 + 2 * len(broken) + 1 + 2 * len(strange)
