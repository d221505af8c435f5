"""`mkdocs build` and `mkdocs serve` on a small site of the real configuration, and its failures."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_site import PAGE, PATIENCE, SNIPPET, contents, shows, wait_for

ROOT = Path(__file__).parent.parent


def test_a_build_shows_source_output_value_and_formula(build, small_site):
    done = build(small_site)
    assert done.returncode == 0, done.stderr
    assert "WARNING -" not in done.stderr
    for language, label in (("zh", "输出"), ("en", "Output")):
        page = (small_site / "site" / language / "index.html").read_text(encoding="utf-8")
        assert "it ran 7" in page
        assert label in page
        assert re.search(r"<data[^>]*>7</data>", page)
        assert 'href="../snippets/a.py" download' in page
        assert "amp;=" not in re.sub(r"<annotation.*?</annotation>", "", page, flags=re.DOTALL)
        assert page.count('class="katex"') == 2
    assert "--8<--" not in (small_site / "site/snippets/a.py").read_text()
    assert not list(small_site.glob(".site*")), "nothing is left of the staging folder"


def test_a_build_reports_what_runs_and_where_the_time_goes(build, small_site):
    first, second = build(small_site).stderr, build(small_site).stderr
    assert "1 of 1 programs to run" in first
    assert re.search(r"ran snippets/a.py in \d+\.\d\d s; 0 of 1 left", first)
    assert "ran 1 programs in" in first
    assert "1 programs, all from the cache" in second


@pytest.mark.thorough
def test_builds_at_once_share_one_cache_and_leave_whole_sites(builder, built):
    shutil.rmtree(built / ".cache")
    builds = [[str(built), []], [str(built), []], [str(built), ("-d", str(built / "other"))]]
    whole = contents(built / "site")
    assert builder.all(*builds) == [0, 0, 0]
    assert contents(built / "site") == contents(built / "other") == whole


def test_a_cache_that_cannot_be_made_does_not_stop_a_build(build, small_site):
    (small_site / ".cache").write_text("a file where the folder should be")
    done = build(small_site)
    assert done.returncode == 0
    assert done.stderr.count("ran snippets/a.py") == 1, "what it showed is remembered all the same"


def test_one_language_alone_leaves_the_rest_as_it_was(build, built):
    assert build(built, "-f", "mkdocs.zh.yml").returncode == 0
    assert (built / "site/index.html").exists()
    assert (built / "site/en/index.html").exists()


def start_build_with_a_snippet_of(seconds: int, site: Path) -> subprocess.Popen:
    """Start a build whose one snippet sleeps; return when it is about to run."""
    (site / "snippets/a.py").write_text(f"{SNIPPET}import time\ntime.sleep({seconds})\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build"], cwd=site, stderr=subprocess.PIPE, text=True
    )
    while "1 of 1 programs to run" not in process.stderr.readline():
        pass
    return process


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_build_leaves_the_last_site(built):
    before = contents(built / "site")
    process = start_build_with_a_snippet_of(900, built)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert contents(built / "site") == before
    assert not list(built.glob(".site*"))


def test_a_build_whose_sources_change_meanwhile_leaves_the_last_site(built):
    before = contents(built / "site")
    process = start_build_with_a_snippet_of(1, built)
    (built / "snippets/b.py").write_text("x = 1\n")
    said = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode != 0
    assert "Files have changed while the site was built (snippets)" in said
    assert "What to do: build again" in said
    assert contents(built / "site") == before


def test_a_configuration_that_is_half_saved_during_a_build_is_named(built):
    process = start_build_with_a_snippet_of(1, built)
    for language in ("zh", "en"):
        (built / f"mkdocs.{language}.yml").write_text("site_name: [")
    said = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode != 0
    assert "mkdocs.en.yml: " in said
    assert "Traceback" not in said


EN, BOTH = (f"docs/{language}/index.md" for language in ("en", "*"))
IDS = "docs/zh/index.md:1 and docs/en/index.md:1: headings differ: # {#title} against # {#other}"
EQUATION = """# T {#t}

<!-- equations: A: m × n; B: n × m -->

$$
(A B)^\\top = A^\\top B^\\top
$$
"""
BROKEN = {  # a file and its new text; what is said
    "a snippet that raises": ("snippets/a.py", SNIPPET + "1 / 0\n", "docs/en/index.md:7: "),
    "a misspelt fence": (EN, PAGE.replace("```output", "```outputs"), "en/index.md:7: "),
    "an unreadable formula": (BOTH, PAGE.replace("$x_1$", "$\\frac{x$"), "md:10: Unexpected"),
    "an equation that does not hold": (EN, EQUATION, "docs/en/index.md:5: "),
    "an id that only one language has": (EN, PAGE.replace("#title", "#other"), IDS),
    "a page that only one language has": ("docs/en/more.md", "# M {#m}\n", "has no counterpart"),
    "a link to nowhere": (EN, PAGE + "\n[x](none.md)\n", "none.md"),
    "an anchor to nowhere": (EN, PAGE + "\n[x](#none)\n", "#none"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_failed_build_says_why_and_leaves_the_last_site(build, built, name):
    before = contents(built / "site")
    path, text, words = BROKEN[name]
    for each in list(built.glob(path)) or [built / path]:
        each.write_text(text, encoding="utf-8")
    done = build(built)
    assert done.returncode != 0
    assert words in done.stderr, done.stderr
    assert contents(built / "site") == before
    assert not list(built.glob(".site*"))


def test_two_pages_with_one_address_are_named(build, built):
    for language in ("zh", "en"):
        for page in ("more.md", "more/index.md"):
            path = built / "docs" / language / page
            path.parent.mkdir(exist_ok=True)
            path.write_text("# M {#m}\n", encoding="utf-8")
    done = build(built)
    assert done.returncode != 0
    assert "docs/en/more.md and docs/en/more/index.md have one address, en/more/." in done.stderr


def test_serving_shows_failures_in_their_place_and_their_mending(small_site, server):
    page, snippet = small_site / "docs/en/index.md", small_site / "snippets/a.py"
    assert shows(server + "en/", "it ran 7")
    assert shows(server + "zh/", "it ran 7")

    snippet.write_text(SNIPPET + "1 / 0\n")
    assert shows(server + "en/", "ZeroDivisionError")
    assert shows(server + "zh/", "ZeroDivisionError")
    assert "raised ZeroDivisionError" in (small_site / "serve.log").read_text()

    snippet.write_text(SNIPPET.replace("it ran", "it ran again"))
    assert shows(server + "en/", "it ran again 7")

    page.write_text(PAGE.replace("a.py:part", "a.py:other"), encoding="utf-8")
    assert shows(server + "en/", "Its sections are: part")

    page.write_text(PAGE.replace("a.py seven", "a.py eight"), encoding="utf-8")
    assert shows(server + "en/", "has no value")

    page.write_text(PAGE.replace("$x_1$", "$\\frac{x$"), encoding="utf-8")
    assert shows(server + "en/", "in the formula")

    page.write_text(PAGE + "\n<!-- equations: t: scalar -->\n\n$$\nt = 2 t\n$$\n", encoding="utf-8")
    assert shows(server + "en/", "✗")

    # What cannot be read is named in the terminal; the browser waits until it is fixed.
    page.write_bytes(PAGE.encode() + b"<<<<<<< HEAD\n\xff\n")
    log, line = small_site / "serve.log", PAGE.count("\n") + 1
    assert wait_for(lambda: f"docs/en/index.md:{line + 1}: is not UTF-8" in log.read_text("utf-8"))
    page.write_text(PAGE + "<<<<<<< HEAD\n", encoding="utf-8")
    conflict = f"docs/en/index.md:{line}: an unresolved merge conflict"
    assert wait_for(lambda: conflict in log.read_text("utf-8"))

    page.write_text(PAGE.replace("# Title", "# Fixed"), encoding="utf-8")
    assert shows(server + "en/", "Fixed")
