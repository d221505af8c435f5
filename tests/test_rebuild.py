"""A build after a change: nothing is stale, and only what depends on the change is made anew."""

import re
import shutil
from pathlib import Path

import pytest
from small_site import PAGE, SECOND, contents, python, shows, write_in_both

from loom.run.programs import run_all
from loom.run.record import Settings
from loom.website import pages


def words_of(page: Path) -> str:
    """Return the text of a page, and what it shows on hover."""
    html = page.read_text(encoding="utf-8")
    return re.sub(r"<[^>]*>", "", html) + " ".join(re.findall(r'title="([^"]*)"', html))


MISSING, RUNS = "{{ config.extra.words.missing }}", "{{ config.extra.words.runs }}"
CHANGES = {  # the file, what changes in it; the page, what it then shows, and what no more
    "a page": ("docs/en/second.md", "a word", "New: a word", "en/second", "New", "start, a"),
    "a snippet": ("snippets/a.py", "it ran", "it went", "zh", "it went 7", "it ran"),
    "a helper of a snippet": ("snippets/helper.py", "7", "8", "en", "it ran 8", "it ran 7"),
    "no result": ("snippets/helper.py", "= ", "= 1 * ", "snippets/helper.py", "1 *", "r = 7"),
    "a title on other pages": ("docs/en/second.md", "# Second", "# Other", "en", "Other", "Second"),
    "the glossary": (
        "docs/en/glossary.md",
        "An exp",
        "Other exp",
        "en/second",
        "Other exp",
        "An e",
    ),
    "the site's name": ("mkdocs.en.yml", "From numpy", "Renamed", "en/second", "Renamed", "From n"),
    "the theme": ("theme/404.html", MISSING, "Renamed", "en/404.html", "Renamed", "no such page"),
    "a part of it": ("theme/partials/copyright.html", RUNS, "New", "en/second", "New", "Unless"),
}


def change(built: Path, name: str) -> None:
    """Carry out one of the changes."""
    path, old, new, *_ = CHANGES[name]
    before = (built / path).read_text(encoding="utf-8")
    assert old in before
    (built / path).write_text(before.replace(old, new, 1), encoding="utf-8")


NAMED = '''"""Names."""

class Kind:
    """A kind."""

def make() -> Kind:
    """Make.

    Returns:
        It.
    """
'''
OFTEN = ("a page", "a snippet", "a helper of a snippet", "the glossary")  # in the first tier


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in OFTEN else pytest.mark.thorough) for name in CHANGES],
)
def test_a_change_is_shown(builder, built, name):
    *_, page, shown, gone = CHANGES[name]
    file = built / "site" / page
    file = file if file.is_file() else file / "index.html"
    assert gone in words_of(file), "it can be gone"
    change(built, name)
    assert builder(built) == 0, (built / "build.log").read_text()
    assert shown in words_of(file)
    assert gone not in words_of(file)


@pytest.mark.thorough
def test_after_many_changes_a_site_is_what_a_first_build_makes(builder, built, tmp_path):
    for name in CHANGES:
        change(built, name)
        if name in ("a helper of a snippet", "the site's name"):
            assert builder(built) == 0  # now and then, as while somebody writes
    assert builder(built) == 0
    fresh = tmp_path / "fresh"
    shutil.copytree(built, fresh, ignore=shutil.ignore_patterns(".cache", "site"))
    assert builder(fresh) == 0
    assert contents(built / "site") == contents(fresh / "site")


@pytest.mark.thorough
def test_our_own_code_makes_all_pages_and_runs_anew(built):
    words = built / "loom/languages/en.toml"
    text = words.read_text("utf-8")
    words.write_text(text.replace('output = "Output"', 'output = "Printed"'), encoding="utf-8")
    with (built / "loom/run/child.py").open("a") as code:
        code.write("# Changed.\n")
    # In a process that has not loaded our code yet.
    done = python("-m", "mkdocs", "build", cwd=built)
    assert "1 of 1 programs to run" in done.stderr
    assert "Printed" in words_of(built / "site/en/index.html")


def test_a_deleted_page_is_gone_from_pages_and_from_the_search(builder, built):
    for language in ("zh", "en"):
        (built / "docs" / language / "second.md").unlink()
    assert builder(built) == 0
    assert not any(b"second/" in content for content in contents(built / "site").values())


@pytest.mark.thorough
def test_a_link_that_a_change_elsewhere_breaks_is_reported_each_time(builder, built):
    for page in built.glob("docs/*/index.md"):
        page.write_text(PAGE.replace("{#title}", "{#renamed}"), encoding="utf-8")
    for _ in range(2):
        assert builder(built, "--strict") != 0
        assert "index.md#title" in (built / "build.log").read_text()


def test_a_warning_is_repeated_as_long_as_its_reason_lasts(builder, built):
    page = built / "docs/en/second.md"
    page.write_text(SECOND + "\n[x](none.md)\n", encoding="utf-8")
    for _ in range(2):
        assert builder(built, "--strict") != 0
        assert "none.md" in (built / "build.log").read_text()


def test_a_build_without_changes_runs_and_renders_nothing(builder, built):
    kept = {path: path.stat().st_mtime_ns for path in built.glob(".cache/*/**/*.json")}
    assert builder(built) == 0
    assert "all from the cache" in (built / "build.log").read_text()
    assert {p: p.stat().st_mtime_ns for p in built.glob(".cache/*/**/*.json")} == kept


def test_documented_names_are_linked_on_pages_that_come_from_the_cache(builder, built):
    """Lesson 9 documents a function that returns a class: its page was rendered in each build."""
    (built / "snippets/named.py").write_text(NAMED, encoding="utf-8")
    write_in_both(built, {"second.md": f"{SECOND}\n::: snippets.named\n"})
    assert builder(built, "--strict") == 0, (built / "build.log").read_text()
    made, kept = built / "site/en/second/index.html", built / ".cache/pages/build/en/second.md"
    shown, before = made.read_text(encoding="utf-8"), (kept / "content.json").stat().st_mtime_ns
    assert 'href="#snippets.named.Kind"' in shown
    assert builder(built, "--strict") == 0
    assert (kept / "content.json").stat().st_mtime_ns == before
    assert made.read_text(encoding="utf-8") == shown


@pytest.mark.thorough
def test_pages_for_the_file_system_do_not_take_the_place_of_others(builder, built):
    english = ["-f", "mkdocs.en.yml"]
    assert builder(built, *english) == 0
    kept = {path: path.stat().st_mtime_ns for path in built.glob(".cache/pages/*/en/**/*.json")}
    assert builder(built, *english, "--no-directory-urls") == 0
    assert (built / "site/en/second.html").exists()
    assert builder(built, *english) == 0
    assert {path: path.stat().st_mtime_ns for path in kept} == kept != {}


def test_another_version_of_a_package_asks_for_another_run(built, monkeypatch):
    monkeypatch.chdir(built)
    assert run_all(["snippets/a.py"], Settings(packages=("numpy",))).ran == ["snippets/a.py"]
    assert run_all(["snippets/a.py"], Settings(packages=("numpy",))).ran == []
    monkeypatch.setattr("importlib.metadata.version", lambda package: "0.0")
    other = Settings(packages=("numpy",), timeout=59)  # which asks for the versions again
    assert run_all(["snippets/a.py"], other).ran == ["snippets/a.py"]


def test_pages_are_made_anew_when_a_package_is_installed(tmp_path, monkeypatch):
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    pages.installed.cache_clear()
    before = pages.installed()
    (tmp_path / "mkdocs_material-10.0.dist-info").mkdir()
    pages.installed.cache_clear()
    assert pages.installed() != before
    pages.installed.cache_clear()


def test_many_changes_at_once_lead_to_one_rebuild_of_what_they_concern(small_site, server):
    assert shows(server + "en/", "it ran 7")
    log, page = small_site / "serve.log", small_site / "docs/en/index.md"
    before = log.read_text()
    prepared = small_site / "prepared"
    prepared.mkdir()
    for number in range(10):
        (prepared / f"{number}.md").write_text(f"# Page {number} {{#page}}\n", encoding="utf-8")
    prepared.rename(page.with_name("new"))  # ten pages at one moment
    assert shows(server + "en/new/9/", "Page 9")
    page.write_text(PAGE + "\nLater.\n", encoding="utf-8")
    assert shows(server + "en/", "Later.")
    since = log.read_text().removeprefix(before)
    assert since.count("Detected file changes") == 2
    assert since.count("Building en") == 2
    assert "Building zh" not in since
