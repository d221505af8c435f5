"""The instrument of `make bench`: that it compares what it says, on made-up pages and numbers."""

import copy
import importlib.util
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from bench import __main__ as command
from bench import course, finished, measure, peers, reload, results, scale, sites
from loom import cache, references
from loom.runner import Record
from snippets.measured.benchmark import RESULTS
from snippets.pictures import speed

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent

PAGE = """# Title {#title}

```python
--8<-- "snippets/questions/tensors_t.py"
```

```output file="snippets/a.py" part="2"
```

??? example "A fold"

    ```output file="snippets/a.py"
    ```

```figure file="snippets/a.py" value="x" kind="curves"
title: words
```

```live file="snippets/warmup_numpy.py"
```

It is `#!value snippets/a.py x .3g`, or `#!code snippets/a.py x`.
Write `` `#!value snippets/a.py x` ``.
See [it](loom:snippets/a.py) and [a lab](../labs/digits.py#data).

````markdown
```output file="snippets/example.py"
```
````
"""


class Weave:
    """Stands in for a weaver: it knows one run."""

    def output(self, reference):
        return "second\n" if reference.what else "first\n\nsecond\n"

    def value(self, path, expression):
        return "3.15e+07"


def woven() -> str:
    return finished.without_runs(PAGE, Weave(), lambda reference: "<figure>drawn\nhere</figure>")


def test_nothing_is_left_to_be_run_on_a_finished_page():
    page = woven()
    assert [ref for ref in references.find(page) if ref.is_run or ref.kind == "live"] == []
    assert "\n```text\nsecond\n```\n" in page
    assert "\n    ```text\n    first\n\n    second\n    ```\n" in page
    assert "\n<figure>drawn here</figure>\n" in page
    assert '\n??? example "snippets/warmup_numpy.py"\n\n    ```python\n    """Lesson 1' in page
    assert "It is 3.15 × 10<sup>7</sup>, or `3.15e+07`.\nWrite `` `#!value" in page
    assert '\n```output file="snippets/example.py"\n' in page, "an example stays as it is"
    assert '--8<-- "snippets/questions/tensors_t.py"' in page, "source code is not run"


def test_a_reference_that_is_left_is_noticed(monkeypatch):
    monkeypatch.setattr(finished, "INLINE", re.compile("(?P<kind>nothing like this)"))
    with pytest.raises(ValueError, match="still to be run"):
        woven()


def test_a_plain_page_needs_nothing_of_ours(monkeypatch):
    monkeypatch.chdir(ROOT)
    built = BeautifulSoup('<article><div class="doc-object">made</div></article>', "html.parser")
    page = finished.without_ours(woven() + "\n::: snippets.optim\n", built)
    assert [ref.kind for ref in references.find(page)] == []
    assert "import torch\n" in page, "the source is inlined"
    assert '<div class="doc-object">made</div>' in page
    assert "](loom:" not in page
    assert "](../labs/digits.md#data)" in page


def test_a_plain_lab_shows_the_outputs_below_their_code(tmp_path):
    lab = tmp_path / "lab.py"
    lab.write_text("# %% [markdown]\n# # Lab {#lab}\n\n# %%\nprint(1)\n\n# %%\nx = 2\n")
    built = '<div class="highlight">a</div><figure>1</figure><div class="highlight">b</div>'
    soup = BeautifulSoup(f"<article>{built}</article>", "html.parser")
    page = finished.finished_lab(lab, soup)
    assert page.index("print(1)") < page.index("<figure>1</figure>") < page.index("x = 2")
    assert page.startswith("# Lab {#lab}\n")


def test_plain_sites_hold_nothing_of_ours(tmp_path):
    folder = sites.plain_site(tmp_path, "zh", {"index.md": "# 1\n"}, ["index.md"])
    text = (folder / "mkdocs.yml").read_text(encoding="utf-8")
    config = json.loads(text)
    assert not re.search("loom|equations|hooks|custom_", text)
    assert [list(plugin) for plugin in config["plugins"]] == [["search"]]
    assert config["theme"]["features"] == sites.settings_of("zh")["theme"]["features"]
    assert "pymdownx.arithmatex" in config["markdown_extensions"]


def test_the_navigation_holds_every_page_once():
    pages = [f"p{number}.md" for number in range(120)]
    first, *sections = sites.nav_of(dict.fromkeys(pages, ""))
    listed = [page for section in sections for paths in section.values() for page in paths]
    assert [first, *listed] == pages
    assert max(len(*section.values()) for section in sections) == 50


def test_the_floor_is_a_full_cache_and_the_work():
    assert course.floor(10, {"a": 1, "b": 2, "c": 3}, cores=2) == 13
    assert course.floor(10, {"a": 1, "b": 2, "c": 9}, cores=2) == 19, "none is cut in two"


def test_the_seconds_of_snippets_come_from_their_records(tmp_path):
    keep = {"path": "snippets/a.py", "seconds": 1.5}
    assert keep.keys() <= set(Record.__dataclass_fields__), "what the loom keeps"
    for name, value in {"one": keep, "drawing": "<svg>", "lab": [[]]}.items():
        cache.write(tmp_path / f"loom/{name}.json", value)
    assert course.seconds_of_snippets(tmp_path) == {"snippets/a.py": 1.5}


def test_a_run_is_timed_weighed_and_bounded(tmp_path):
    code = "import time; held = bytearray(60_000_000); print('said'); time.sleep(1)"
    run = measure.run([sys.executable, "-c", code], tmp_path)
    assert 1 <= run.seconds < 60
    assert 60 < run.megabytes < 200
    assert run.said == "said\n"
    with pytest.raises(measure.MeasureError, match="status 3"):
        measure.run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
    with pytest.raises(measure.MeasureError, match=r"took more than 0\.2 s"):
        measure.run([sys.executable, "-c", "import time; time.sleep(9)"], tmp_path, limit=0.2)


def test_what_is_repeated_is_the_median():
    seconds = iter([1.0, 2.0, 9.0])
    runs = measure.repeat(lambda: measure.Run(next(seconds), 1.0, ""))
    assert runs.seconds == 2.0
    slow = iter([31.0])
    assert measure.repeat(lambda: measure.Run(next(slow), 1.0, "")).seconds == 31.0


class Server(BaseHTTPRequestHandler):
    """Behaves like `mkdocs serve`: a poll is answered when there is something new."""

    epoch, words = 1, "old"
    polled = threading.Event()
    saved = threading.Event()

    def do_GET(self):
        if self.path.startswith("/livereload/"):
            Server.polled.set()
            Server.saved.wait(5)
            body = str(Server.epoch)
        else:
            body = f"<p>{Server.words}</p><script>livereload({Server.epoch}, 7);</script>"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format, *arguments):
        pass


def test_the_client_waits_like_a_browser():
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = reload.Client(f"http://127.0.0.1:{server.server_port}/en/", lambda: None)
        client.open()
        assert "old" in client.page

        def save():
            Server.polled.wait(5)
            time.sleep(0.1)
            Server.epoch, Server.words = 2, "new"
            Server.saved.set()

        threading.Thread(target=save).start()
        client.wait_for("new")
        assert "new" in client.page
        server.shutdown()


def test_every_change_is_one_that_the_client_can_see():
    english = (ROOT / reload.LESSON).read_text(encoding="utf-8")
    shown = [ref for ref in references.find(english) if ref.path == reload.SNIPPET]
    assert [ref.what for ref in shown if ref.kind == "output"] == [""], "all that it prints"
    assert "raises:" not in (ROOT / reload.SNIPPET).read_text(encoding="utf-8")
    assert (ROOT / reload.STYLE).is_file()
    assert (ROOT / reload.GLOSSARY).is_file()


def test_synthetic_pages_take_everything_from_their_snippet():
    found = list(references.find(scale.loom_page(7)))
    assert [(ref.kind, ref.path) for ref in found] == [
        ("section", "snippets/s7.py"),
        ("output", "snippets/s7.py"),
        ("value", "snippets/s7.py"),
    ]
    assert "It is 49" in scale.plain_page(7)
    assert not list(references.find(scale.plain_page(7)))
    for source in (scale.TRIVIAL, scale.WORK):
        compile(source.format(number=7), "s7.py", "exec")


@pytest.mark.parametrize("name", peers.PEERS)
def test_each_peer_gets_all_programs_and_sees_an_edit(name, tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "_printed", lambda lesson: "step 499  loss 1\n")
    programs = peers.programs()
    assert all(peers.GUARD not in source for source in programs.values())
    for source in programs.values():
        compile(source, "lesson.py", "exec")

    def files_with(words):
        files = [file for file in tmp_path.rglob("*") if file.suffix in (".md", ".py")]
        own = [file for file in files if "loom" not in file.relative_to(tmp_path).parts]
        return sum(words in file.read_text(encoding="utf-8") for file in own)

    peers.PEERS[name].write(tmp_path, programs)
    copies = 1 if name == "loom" else 2  # our two languages show one file
    assert files_with("steps = 500") == copies * len(peers.LESSONS)
    peers.PEERS[name].write(tmp_path, peers.edited(programs, 1))
    assert files_with("# edited 1") == copies
    assert files_with("steps = 500") == copies * len(peers.LESSONS), "no program came or went"


def test_the_lessons_of_the_peers_are_those_of_the_course():
    lessons = {path.stem for path in (ROOT / "snippets").glob("*.py")} - {"__init__", "mapping"}
    assert set(peers.LESSONS) == lessons


def test_results_are_kept_as_a_module_that_reads_the_same(tmp_path):
    module = tmp_path / "benchmark.py"
    results.keep({"peers": RESULTS["peers"], "course": RESULTS["course"]}, module)
    spec = importlib.util.spec_from_file_location("kept", module)
    kept = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kept)
    assert {"course": RESULTS["course"], "peers": RESULTS["peers"]} == kept.RESULTS
    assert list(kept.RESULTS) == ["course", "peers"], "in the order of the parts"


def test_a_part_that_fails_leaves_the_others_what_they_found(monkeypatch, capsys):
    kept = {}
    monkeypatch.setattr(results, "keep", lambda found: kept.update(copy.deepcopy(found)))
    found = {"reload": {**RESULTS["reload"]["found"], "page": 0.123}}
    monkeypatch.setitem(command.MEASURE, "course", lambda: 1 / 0)
    monkeypatch.setitem(command.MEASURE, "reload", lambda: found["reload"])
    assert command.main(["course", "reload"]) == 1
    assert kept["reload"]["found"] == found["reload"]
    assert kept["course"] == RESULTS["course"], "what was measured before"
    printed = capsys.readouterr()
    assert "0.12  at most 1: reached" in printed.out
    assert "course: 2" not in printed.out
    assert "ZeroDivisionError" in printed.err
    assert "could not be measured: course" in printed.err


def test_the_kept_results_are_whole():
    assert tuple(RESULTS) == results.PARTS
    for part, result in RESULTS.items():
        assert set(result["measured"]) == set(measure.circumstances()), part
    assert speed.compare(RESULTS).keys() == speed.AIMS.keys()
    assert set(RESULTS["peers"]["found"]) == {*peers.PEERS, "alone"}
    assert set(RESULTS["scale"]["found"]["sizes"]) == {str(size) for size in scale.SIZES}


def test_the_kept_results_are_of_a_site_of_this_size():
    pages = len([*ROOT.glob("docs/??/**/*.md"), *ROOT.glob("docs/??/labs/*.py")])
    measured = RESULTS["course"]["found"]["pages"]
    assert abs(pages - measured) <= 0.2 * pages, "the site has grown: run `make bench`"


def test_the_kept_results_name_no_machine():
    text = results.MODULE.read_text(encoding="utf-8")
    assert not re.search(
        r"/(home|root|tmp|work|Users)\b|https?:|localhost|\d+\.\d+\.\d+\.\d+", text
    )


WORSE = {
    "cold": ("course", ["cold", "seconds"], 10),
    "warm": ("course", ["warm", "seconds"], 10),
    "zh": ("course", ["zh", "seconds"], 10),
    "en": ("course", ["en", "seconds"], 10),
    "page": ("reload", ["page"], 100),
    "snippet": ("reload", ["snippet"], 100),
    "burst": ("reload", ["burst_rebuilds"], 10),
    "growth": ("scale", ["sizes", "1000", "warm", "seconds"], 100),
    "shards": ("scale", ["shards", "runs"], 3),
    "isolating": ("peers", ["loom", "cold", "seconds"], 100),
    "sharing": ("peers", ["loom", "cold", "seconds"], 100),
    "plain": ("peers", ["loom", "warm", "seconds"], 100),
    "edit": ("peers", ["loom", "edit", "seconds"], 100),
}


@pytest.mark.parametrize("aim", speed.AIMS)
def test_an_aim_that_is_missed_is_said_to_be(aim):
    part, keys, factor = WORSE[aim]
    worse, better = copy.deepcopy(RESULTS), copy.deepcopy(RESULTS)
    for changed, times in ((worse, factor), (better, 1e-6)):
        inner = changed[part]["found"]
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] *= times
    assert speed.compare(worse)[aim]["reached"] == "✗"
    assert speed.compare(better)[aim]["reached"] == "✓"
    words = speed.AIMS[aim][1]
    (said,) = [line for line in speed.lines(worse) if words in line]
    assert said.endswith("NOT REACHED")
    (said,) = [line for line in speed.lines(better) if words in line]
    assert said.endswith(" reached")


def test_a_part_alone_can_be_printed():
    only = {"reload": RESULTS["reload"]}
    assert {speed.AIMS[name][0] for name in speed.compare(only)} == {"reload"}
    assert next(speed.lines(only)).startswith("reload: ")
