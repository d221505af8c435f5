"""Equal commits make equal sites: to the byte on one machine, but for values on another."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_site import contents, git, python, write_in_both, write_site

from loom import words
from loom.weave.fences import output_box
from tools import compare_sites

pytestmark = pytest.mark.thorough

MORE = """# More {#more}

```figure file="snippets/a.py" value="losses" kind="curves"
title: losses
```

<!-- equations: A: m × n; x: n × 1 -->

$$
(A x)^\\top = x^\\top A^\\top
$$
"""
LATER = """
import datetime, time
now = time.time
time.time = lambda: now() + 400 * 86400
class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
datetime.datetime = Later
"""
HERE = {"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1", "HOME": "/nonexistent"}
THERE = {
    **{"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "USER": "other"},
    **{"PYTHONHASHSEED": "2", "COLUMNS": "40", "PYTHONPATH": "later"},
}


def project(folder: Path) -> Path:
    """Write a small site that shows each kind of thing."""
    folder.mkdir()
    write_site(folder)
    with (folder / "snippets/a.py").open("a") as snippet:
        snippet.write("losses = {'a': [3.0, 2.0, 1.0]}\n")
    write_in_both(folder, {"more.md": MORE})
    return folder


def build(folder: Path, umask: int = 0o022, **environment: str) -> dict[str, bytes]:
    """Build a site as somebody else would, and return its files."""
    kept = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=folder,
        env={**kept, **environment},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return contents(folder / "site")


def dates(site: dict[str, bytes]) -> set[str]:
    """Return the dates that the site maps name; packed and unpacked they are the same."""
    maps = {name: text for name, text in site.items() if name.endswith("sitemap.xml")}
    assert len(maps) == 3
    for name, text in maps.items():
        assert gzip.decompress(site[f"{name}.gz"]) == text
    return set(re.findall(r"<lastmod>(.*?)</lastmod>", b"".join(maps.values()).decode()))


def test_two_builds_are_equal_to_the_byte(tmp_path):
    one, other = project(tmp_path / "one"), tmp_path / "another folder"
    other.mkdir()
    for name in sorted(contents(one), reverse=True):  # in another order, and with other dates
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(one / name, other / name)
        os.utime(other / name, (1_500_000_000, 1_500_000_000))
    (other / "later").mkdir()
    (other / "later/sitecustomize.py").write_text(LATER)
    first, second = build(one, **HERE), build(other, 0o077, **THERE)
    assert len(first) > 50
    assert [name for name in first.keys() | second if first.get(name) != second.get(name)] == []
    assert build(one, **HERE) == first, "from the cache"


def test_a_site_carries_the_date_of_its_commit_or_the_one_that_it_is_given(tmp_path):
    folder = project(tmp_path / "site")
    assert dates(build(folder)) == {"1980-01-01"}
    assert dates(build(folder, SOURCE_DATE_EPOCH="1000000000")) == {"2001-09-09"}
    git(folder, "init", "-q")
    when = "2020-02-02T02:02:02Z"
    git(folder, "commit", "-q", "--allow-empty", "-m", "one", GIT_COMMITTER_DATE=when)
    assert dates(build(folder)) == {"2020-02-02"}


CAPTION = '<figcaption><a href="x">snippets/{}.py</a> · torch 2.13.0</figcaption>'
CAPTIONS = words.of("en")["captions"]
TEXT = "step 499  loss 3.1415926\nerror 1.2e-16\n"
PAGE = (
    "<h1>The losses are 3.1415926</h1>"
    + output_box("output", TEXT, CAPTIONS, CAPTION.format("optim"))
    + '<p>It is <data class="loom-value" title="snippets/optim.py: x" value="2.5">2.5</data>.</p>'
    + '<figure class="loom loom--figure"><svg aria-label="from 7.5 to 3.5"><path d="M1,2"/></svg>'
    "<table><td>7.5</td><td>3.5</td></table></figure>"
    + output_box("output", "2e-07\n", CAPTIONS, CAPTION.format("charts/one_start"))
)
INDEX = json.dumps({"docs": [{"text": "loss 3.1415926"}]})
ACCEPTED = {  # what is replaced, by what, and how large the difference is
    "nothing": ("", "", None),
    "the seventh digit of an output": ("loss 3.1415926", "loss 3.1415927", "3.2e-08"),
    "an error of rounding": ("1.2e-16", "4.4e-16", "7.3e-01"),
    "a value in a sentence": ('value="2.5">2.5', 'value="2.51">2.51', "4.0e-03"),
    "a number on a picture": ("<td>7.5", "<td>7.49", "1.3e-03"),
    "what a program shows of rounding": ("2e-07", "9e-07", "7.8e-01"),
}
REFUSED = {
    "the second digit of an output": ("loss 3.1415926", "loss 3.2415926"),
    "a number in a text alternative": ("to 3.5", "to 3.9"),
    "a value in a sentence": ('value="2.5">2.5', 'value="3.5">3.5'),
    "a word of an output": ("step 499", "stop 499"),
    "a line of an output": ("error 1.2e-16\n", ""),
    "a number in prose": ("losses are 3.1415926", "losses are 3.1415927"),
    "a word in prose": ("It is", "It was"),
    "a version": ("torch 2.13.0", "torch 2.13.1"),
    "a value that is one no more": (' class="loom-value"', ""),
}


@pytest.fixture
def compare(tmp_path):
    """Compare a site with a copy in which something is replaced."""

    def run(old="", new="", name="index.html", text=PAGE):
        sites = [tmp_path / "one", tmp_path / "other"]
        assert old in text
        for site, shown in zip(sites, (text, text.replace(old, new)), strict=True):
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_text(shown)
        return compare_sites.compare(*sites)

    return run


@pytest.mark.parametrize("change", ACCEPTED)
def test_a_value_that_differs_a_little_is_listed_and_accepted(compare, change):
    old, new, size = ACCEPTED[change]
    found = compare(old, new)
    assert size in str(found[0]) if size else found == []
    assert not any(difference.bad for difference in found)


@pytest.mark.parametrize("change", REFUSED)
def test_all_else_is_refused(compare, change):
    assert compare(*REFUSED[change])[0].bad


@pytest.mark.parametrize(
    ("new", "bad"), [("loss 2.7", False), ("gain 3.1415926", True)], ids=["number", "word"]
)
@pytest.mark.parametrize("name", ["pages.json", "search_index.json"])
def test_the_search_index_repeats_the_pages(compare, name, new, bad):
    found = compare("loss 3.1415926", new, f"zh/search/{name}", INDEX)
    assert [difference.bad for difference in found] == [True] * bad


def test_drawings_may_differ_but_no_other_bytes(compare):
    assert compare("M1,2", "M1,3") == []
    assert "the bytes differ" in str(compare("a", "b", "picture.svg", "a")[0])


def test_a_language_model_may_write_something_else(compare, tmp_path):
    text = output_box("output", "Shall I\n", CAPTIONS, CAPTION.format("language_model"))
    for site, weights in (("one", "1234abcd"), ("other", "5678ef01")):
        (tmp_path / site / "networks").mkdir(parents=True)
        (tmp_path / site / f"networks/language_model-{weights}.js").write_text(weights)
    found = compare("Shall I", "Thou art", "lessons/index.html", text)
    assert [difference.bad for difference in found] == [False, False]
    entry = {"location": "lessons/language-model/#text", "title": "A", "text": "Shall I"}
    index = json.dumps({"docs": [entry]})
    assert not any(d.bad for d in compare("Shall I", "Thou art", "search/pages.json", index))
    assert any(d.bad for d in compare('"A"', '"B"', "search/pages.json", index))


def test_the_largest_difference_comes_first_and_the_exit_status_tells(tmp_path):
    for site, text in (
        ("one", PAGE),
        ("other", PAGE.replace("2.5", "2.6").replace("26\n", "27\n")),
    ):
        (tmp_path / site).mkdir()
        (tmp_path / site / "index.html").write_text(text)
    (tmp_path / "other/more.txt").touch()

    def run():
        return python("-m", "tools.compare_sites", tmp_path / "one", tmp_path / "other")

    first, second, third, summary = run().stdout.splitlines()
    assert "more.txt: is in one site only" in first
    assert "! 3.8e-02  index.html snippets/optim.py: 2.5 | 2.6" in second
    assert "  3.2e-08  index.html snippets/optim.py: 3.1415926 | 3.1415927" in third
    assert "3 differences, 2 of them more than allowed" in summary
    assert run().returncode == 1
    missing = python("-m", "tools.compare_sites", tmp_path / "one", tmp_path / "none")
    assert (missing.returncode, "none is no site" in missing.stderr) == (2, True)
    (tmp_path / "other/index.html").write_text(PAGE)
    (tmp_path / "other/more.txt").unlink()
    assert run().returncode == 0
