"""`mkdocs build` and `mkdocs serve` on a small site of the real configuration, and its failures."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PAGE = """# Title {#title}

```python
--8<-- "snippets/a.py:part"
```

```output file="snippets/a.py"
```

Seven is `#!value snippets/a.py seven`, $x_1$.

$$
\\begin{aligned}
a &= b \\\\
&= c
\\end{aligned}
$$
"""
SNIPPET = "# --8<-- [start:part]\nseven = 7\nprint('it ran', seven)\n# --8<-- [end:part]\n"
GLOSSARY = "# Glossary {#glossary}\n\n## word · 词 {#word}\n\nAn explanation.\n"


@pytest.fixture
def site(tmp_path) -> Path:
    """Copy the configuration, theme, hooks and exercises; write one page in each language."""
    for name in ("theme", "loom", "exercises"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("mkdocs.yml", "mkdocs.zh.yml", "mkdocs.en.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(r"^nav:\n(  .*\n)+", "", text, flags=re.MULTILINE)
        text = text.replace("preload: [numpy, torch, torch._dynamo]", "preload: []")
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/a.py").write_text(SNIPPET)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs/index.md", tmp_path / "docs/index.md")
    for language in ("zh", "en"):
        (tmp_path / "docs" / language).mkdir()
        (tmp_path / "docs" / language / "index.md").write_text(PAGE, encoding="utf-8")
        (tmp_path / "docs" / language / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    return tmp_path


def build(site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"],
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_build_shows_source_output_value_and_formula(site):
    done = build(site)
    assert done.returncode == 0, done.stderr
    assert "WARNING -" not in done.stderr
    for language, label in (("zh", "输出"), ("en", "Output")):
        page = (site / "site" / language / "index.html").read_text(encoding="utf-8")
        assert "it ran 7" in page
        assert label in page
        assert re.search(r"<data[^>]*>7</data>", page)
        assert 'href="../snippets/a.py" download' in page
        assert "amp;=" not in re.sub(r"<annotation.*?</annotation>", "", page, flags=re.DOTALL)
        assert page.count('class="katex"') == 2
    assert "--8<--" not in (site / "site/snippets/a.py").read_text()
    assert not list(site.glob(".site*")), "nothing is left of the staging folder"


def test_a_build_reports_what_runs_and_where_the_time_goes(site):
    first, second = build(site).stderr, build(site).stderr
    assert "1 of 1 snippets to run" in first
    assert re.search(r"ran snippets/a.py in \d+\.\d\d s; 0 left, running: nothing", first)
    assert "1 snippets: 0 from the cache, 1 run in" in first
    assert "1 snippets: 1 from the cache, 0 run in" in second


def test_two_builds_at_once_leave_a_whole_site(site):
    assert build(site).returncode == 0
    whole = set(contents(site / "site"))
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(build, [site, site]))
    assert [build.returncode for build in done] == [0, 0]
    assert set(contents(site / "site")) == whole


def test_a_cache_that_cannot_be_made_does_not_stop_a_build(site):
    (site / ".cache").write_text("a file where the folder should be")
    assert build(site).returncode == 0


def test_one_language_alone_leaves_the_rest_as_it_was(site):
    build(site)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-f", "mkdocs.zh.yml"],
        cwd=site,
        check=False,
    )
    assert done.returncode == 0
    assert (site / "site/index.html").exists()
    assert (site / "site/en/index.html").exists()


def test_an_interrupted_build_leaves_the_last_site(site):
    build(site)
    before = contents(site / "site")
    (site / "snippets/a.py").write_text(SNIPPET + "import time\ntime.sleep(30)\n")
    process = subprocess.Popen([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=site)
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=40) != 0
    assert contents(site / "site") == before
    assert not list(site.glob(".site*"))


BROKEN = {
    "a snippet that raises": ("snippets/a.py", SNIPPET + "1 / 0\n", "docs/en/index.md:7: "),
    "a snippet that is gone": ("snippets/a.py", None, "does not exist"),
    "a section that is gone": (
        "docs/en/index.md",
        PAGE.replace("a.py:part", "a.py:other"),
        "docs/en/index.md:4: ",
    ),
    "a value that is gone": (
        "docs/zh/index.md",
        PAGE.replace("a.py seven", "a.py eight"),
        "docs/zh/index.md:10: ",
    ),
    "a path that leads out": (
        "docs/en/index.md",
        PAGE.replace('file="snippets/a.py"', 'file="snippets/../mkdocs.yml"'),
        "is not inside snippets/",
    ),
    "an unknown option": (
        "docs/en/index.md",
        PAGE.replace('file="snippets/a.py"', 'file="snippets/a.py" lines="1"'),
        "there are no other options",
    ),
    "a formula that KaTeX cannot read": (
        "docs/en/index.md",
        PAGE.replace("$x_1$", "$\\frac{x$"),
        "in the formula: \\frac{x",
    ),
    "an equation that does not hold": (
        "docs/en/index.md",
        "# T {#t}\n\n<!-- equations: A: m × n; B: n × m -->\n\n"
        "$$\n(A B)^\\top = A^\\top B^\\top\n$$\n",
        "docs/en/index.md:5: ",
    ),
    "a link to nowhere": ("docs/en/index.md", PAGE + "\n[x](none.md)\n", "none.md"),
    "an anchor to nowhere": ("docs/en/index.md", PAGE + "\n[x](#none)\n", "#none"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_failed_build_says_why_and_leaves_the_last_site(site, name):
    assert build(site).returncode == 0
    before = contents(site / "site")
    path, text, words = BROKEN[name]
    if text is None:
        (site / path).unlink()
    else:
        (site / path).write_text(text, encoding="utf-8")
    done = build(site)
    assert done.returncode != 0
    assert words in done.stderr, done.stderr
    assert contents(site / "site") == before
    assert not list(site.glob(".site*"))


@pytest.fixture
def server(site) -> Iterator[str]:
    """Serve the small site; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}"],
        cwd=site,
        stderr=(site / "serve.log").open("w"),
    )
    try:
        yield f"http://127.0.0.1:{port}/numpy-to-pytorch/"
    finally:
        process.terminate()
        process.wait()


def shows(address: str, words: str, seconds: float = 20) -> bool:
    """Wait until the text of a page has some words."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if words in re.sub(r"<[^>]*>", "", answer.read().decode()):
                    return True
        except OSError:
            pass
        time.sleep(0.2)
    return False


def test_serving_shows_failures_in_their_place_and_their_mending(site, server):
    page, snippet = site / "docs/en/index.md", site / "snippets/a.py"
    assert shows(server + "en/", "it ran 7")
    assert shows(server + "zh/", "it ran 7")

    snippet.write_text(SNIPPET + "1 / 0\n")
    assert shows(server + "en/", "ZeroDivisionError")
    assert shows(server + "zh/", "ZeroDivisionError")
    assert "raised ZeroDivisionError" in (site / "serve.log").read_text()

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

    page.write_text(PAGE.replace("# Title", "# Mended"), encoding="utf-8")
    assert shows(server + "en/", "Mended")
