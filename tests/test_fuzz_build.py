"""Whole builds of mutated sites: each ends well, or with advice and the last site as it was."""

import os
import random
import re
import shutil
import tempfile
from pathlib import Path

import pytest
from small_site import PAGE, contents, write_in_both, write_site

from loom.run.processes import SCRATCH

pytestmark = pytest.mark.thorough
BUILDS = max(10, 2 * int(os.environ.get("FUZZ", "1")))  # of each target
FIGURE = '\n```figure file="snippets/a.py" value="losses" kind="curves"\ntitle: A title\n```\n'
EQUATIONS = "# E {#e}\n\n<!-- equations: A: m × n; B: n × m -->\n\n$$\nA B = A B\n$$\n"
LAB = "# %% [markdown]\n# # L {#l}\n#\n# [x](page:index/)\n\n# %%\nprint(7)\n[1, 2]\n"
TOKENS = [
    *("```", "`", "$$", "$", '"', "'", "\n", "\n\n", "    ", "# ", "{#id}", "<!--", "-->", "---\n"),
    *("<!-- facts: a.b -->\n", "<!-- facts a -->\n", "kind=", "title:", "snippets/b.py", "nan"),
    *("<script>alert(1)</script>", '<img src=x onerror="a()">', "javascript:", "</script>", "<"),
    *("\x00", "\x1b[1m", "\ud800", "\ufeff", "\u2028", "é", "张量", "😀", "\\", "\r", "%", "{}"),
    *("import os\n", "os._exit(3)\n", "1 / 0\n", "raise SystemExit(2)\n", "print('\\0')\n", "&"),
    *("import sys; sys.stdout = None\n", "import json; json.dumps = None\n", "del print\n"),
    *("import os; os.close(1)\n", "open('made', 'w')\n", "print('nan')\n", "# raises: KeyError\n"),
    *("seven = '\\ud800'\n", "seven = float('nan')\n", "seven = [seven]\n", "losses = {}\n"),
    *("# %%\n", "# %% [markdown]\n", '# %% alt="x"\n', "--8<-- ", "::: os\n", "exit()\n", "9" * 40),
    *("[x](loom:/etc/passwd)", 'file="../x"', "A = B", "\\frac{", "[tool.loom]\n", "x = = 1"),
]


def mutate(text: str, chance: random.Random) -> str:
    """Put in, take out, double or replace a few things."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        end = min(len(text), at + chance.choice((0, 0, 1, 3, 12, 60)))
        text = text[:at] + chance.choice([*TOKENS, "", text[at:end] * 2]) + text[end:]
    return text


@pytest.fixture(scope="module")
def built(builder, tmp_path_factory) -> Path:
    """A small site with everything that a page can have, built."""
    folder = write_site(tmp_path_factory.mktemp("fuzzed"))
    with (folder / "snippets/a.py").open("a") as snippet:
        snippet.write("losses = {'a': [2.0, 1.0]}\n")
    write_in_both(
        folder, {"index.md": PAGE + FIGURE, "equations.md": EQUATIONS, "labs/lab.py": LAB}
    )
    assert builder(folder) == 0, (folder / "build.log").read_text()
    return folder


@pytest.mark.parametrize("target", ["docs", "snippets", "docs/*/labs", "loom/languages", ".cache"])
def test_a_mutated_site_is_built_or_refused_with_advice(
    builder, built, tmp_path, target, record_property
):
    clean, site = contents(built / "site"), tmp_path / "site"
    shutil.copytree(built, site)
    files = [path for f in site.glob(target) for path in sorted(f.rglob("*.*")) if path.is_file()]
    files = [path for path in files if path.suffix in (".md", ".py", ".toml", ".json")]
    before = {path: path.read_bytes() for path in files}
    for number in range(BUILDS):
        chance = random.Random(f"{target} {number}")
        path = chance.choice(files)
        text = before[path].decode(errors="replace")
        path.write_bytes(mutate(text, chance).encode(errors="surrogatepass"))
        code = builder(site)
        log = (site / "build.log").read_text(errors="replace")
        told = f"build {number}, {path.relative_to(site)}:\n{path.read_text(errors='replace')}"
        assert not re.search("^Traceback", log, re.MULTILINE), f"{told}\n\n{log}"
        assert not (site / ".site.building").exists(), told
        if code:
            assert contents(site / "site") == clean, told
            assert re.search("ERROR|Error|Aborted", log), f"{told}\n\n{log}"
        path.write_bytes(before[path])
        if not code:
            assert builder(site) == 0, told
            assert contents(site / "site") == clean, told
    assert not list(Path(tempfile.gettempdir()).glob(f"{SCRATCH}{builder.process.pid}-*"))
    record_property("fuzzed builds", BUILDS)
