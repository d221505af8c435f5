"""Measure how fast the course builds, reloads and loads: `make bench`, or `make bench PART=save`.

build   a cold build against its floor, and warm builds alternating with plain Material
save    from saving a page or a snippet until the page shows it
phone   how soon a slow phone shows a page (Lighthouse)
peers   the eight programs, built by us and by other tools, which are installed for this only
compile what torch.compile makes of the functions of lesson 12; it needs a C++ compiler

`--write` puts the figures into the table of *How this site works*, or of lesson 12. Run nothing
else meanwhile.
"""

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mkdocs.utils.yaml import yaml_load

sys.path.insert(0, str(Path(__file__).parent.parent))  # Python adds only this file's folder

from loom.run import cache
from loom.weave import references
from tests import lighthouse

ROOT = Path(__file__).parent.parent
LANGUAGES = ("zh", "en")
BUILD = [sys.executable, "-m", "mkdocs", "build", "-q"]
ENVIRONMENT = os.environ | {"NO_MKDOCS_2_WARNING": "1", "LIVE": "never"}  # no network
TURNS = 5
PAGES = [f"docs/{language}/how-this-site-works.md" for language in LANGUAGES]
COMPILED = [f"docs/{language}/lessons/faster.md" for language in LANGUAGES]
# Upper bounds: ratios for cold and warm, seconds for the rest.
AIMS = {"cold": 1.25, "warm": 1.25, "page": 1.0, "snippet": 1.0, "paint": 1.2, "blocked": 0.05}


def timed(command: list[str], folder: Path) -> float:
    """Run a command; return the wall-clock seconds it took."""
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True)
    return time.perf_counter() - started


def clone(folder: Path) -> Path:
    """Clone the committed files; a clone has no cache."""
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    return folder


def measure_build(folder: Path) -> dict[str, Any]:
    """Build the real site cold, then alternate warm builds with plain Material.

    The floor of a cold build is a warm build plus the time to execute the programs: the longest
    one's, or the sum of all divided by the number of cores, whichever is more.
    """
    site = clone(folder / "site")
    cold = timed(BUILD, site)
    executed = seconds_of_programs(site)
    plain = plain_sites(folder / "plain")
    warm, without = [], []
    for _ in range(TURNS):
        warm.append(timed(BUILD, site))
        without.append(sum(timed(BUILD, each) for each in plain))
    median = statistics.median(warm)
    floor = median + max(*executed.values(), sum(executed.values()) / (os.cpu_count() or 1))
    return {"cold": (cold, floor), "warm": (median, statistics.median(without))}


def seconds_of_programs(site: Path) -> dict[str, float]:
    """Read how long each program took from a build's records."""
    records = (cache.read(file) for file in (site / ".cache/loom").glob("*.json"))
    return {
        record["path"]: record["seconds"]
        for record in records
        if isinstance(record, dict) and {"path", "seconds"} <= record.keys()
    }


def plain_sites(folder: Path) -> list[Path]:
    """Make a plain Material site for each language: the same pages as text, without our code.

    What our programs print and draw, labs and the reference are left out; formulas are left for
    the browser to typeset.
    """
    made = []
    for language in LANGUAGES:
        docs = ROOT / "docs" / language
        pages = {
            str(path.relative_to(docs)): plain(path.read_text("utf-8"))
            for path in docs.rglob("*.md")
        }
        made.append(plain_site(folder / language, language, pages))
    return made


def plain(text: str) -> str:
    """Return a page with its programs, and with nothing that only our extensions understand."""
    lines = text.splitlines()
    for reference in references.find(text):
        if reference.kind == "section":
            indent = lines[reference.line - 1].partition("--8<--")[0]
            source = section(reference.path, reference.what)
            lines[reference.line - 1] = textwrap.indent(source, indent)
    ours = rf"^( *`{{3,}})({'|'.join(references.FENCES)})\b.*$"
    text = re.sub(ours, r"\1text", "\n".join(lines), flags=re.M)
    # The highlighter would search for a language of these names.
    text = re.sub(r"(?<=`)#!(value|code) ", "", text)
    return re.sub(r"\((loom|page):[^)]*\)", "(#)", text)


def section(path: str, name: str) -> str:
    """Return the lines of a program that a page shows."""
    source = (ROOT / path).read_text("utf-8")
    if name:
        source = source.partition(f"[start:{name}]\n")[2].partition(f"# --8<-- [end:{name}]")[0]
    return textwrap.dedent(references.without_marks(source.rstrip(" "))).rstrip("\n")


def plain_site(folder: Path, language: str, pages: dict[str, str], *plugins: Any) -> Path:
    """Write a plain Material site with the third-party Markdown extensions that we use."""
    with (ROOT / f"mkdocs.{language}.yml").open(encoding="utf-8") as file:
        ours = yaml_load(file)
    extensions = {
        name: {key: value for key, value in (options or {}).items() if "custom" not in key}
        for name, options in ours["markdown_extensions"].items()
        if not name.startswith(("loom", "equations")) and name != "pymdownx.snippets"
    }
    settings = {"site_name": "plain", "theme": {"name": "material", "language": language}}
    settings |= {"markdown_extensions": extensions, "plugins": ["search", *plugins]}
    write(folder / "mkdocs.yml", json.dumps(settings))  # JSON is YAML
    for path, markdown in pages.items():
        write(folder / "docs" / path, markdown)
    return folder


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def measure_save(folder: Path) -> dict[str, Any]:
    """Time saves of a page and of a quick snippet, waiting as the script in a served page does."""
    site = clone(folder / "site")
    timed(BUILD, site)
    page, snippet = "docs/en/lessons/tensors.md", "snippets/mistakes/tensors_shared_memory.py"
    with serving(site) as address:
        shown = f"{address}en/lessons/tensors/"
        medians = [
            statistics.median(seconds_until_shown(site / path, add, shown) for _ in range(TURNS))
            for path, add in ((page, "\nA line, {}.\n"), (snippet, "print('{}')\n"))
        ]
    return {"page": (medians[0], 0), "snippet": (medians[1], seconds_of_programs(site)[snippet])}


@contextlib.contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a site; yield its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mkdocs", "serve", "-q", "-a", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=site, env=ENVIRONMENT)
    address = f"http://127.0.0.1:{port}/numpy-to-pytorch/"
    try:
        while server.poll() is None:
            with contextlib.suppress(OSError):
                fetch(address)
                break
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def fetch(address: str) -> str:
    """Return a page."""
    with urllib.request.urlopen(address, timeout=300) as answer:
        return str(answer.read(), "utf-8")


def seconds_until_shown(file: Path, addition: str, address: str) -> float:
    """Save a file with an addition; return the seconds until the page shows it."""
    words = f"saved{time.monotonic_ns()}"
    shown = fetch(address)
    time.sleep(1)  # let the server finish, as it would while a person reads and types
    before = file.read_text(encoding="utf-8")
    file.write_text(before + addition.format(words), encoding="utf-8")
    started = time.perf_counter()
    while words not in shown:
        epoch, request = re.findall(r"livereload\((\d+), (\d+)\);", shown)[0]
        fetch(f"{address.partition('/numpy')[0]}/livereload/{epoch}/{request}")
        shown = fetch(address)
    return time.perf_counter() - started


def measure_phone(folder: Path) -> dict[str, Any]:
    """Measure two lessons of the built site with Lighthouse; return the worse of each figure."""
    audits = {"paint": "largest-contentful-paint", "blocked": "total-blocking-time"}
    found: dict[str, Any] = {}
    with lighthouse.hosted(ROOT / "site") as address:
        for path in lighthouse.PAGES:
            turns = [lighthouse.measure(address + path)["numbers"] for _ in range(TURNS)]
            for key, name in audits.items():
                seconds = statistics.median(turn[name] for turn in turns) / 1000
                found[key] = max(found.get(key, (0, 0)), (seconds, 0))
    return found


LESSONS = [
    *("warmup_numpy", "tensors", "autograd", "custom_function"),
    *("nn_sequential", "optim", "custom_module", "weight_sharing"),
]
SPHINX = ["-m", "sphinx", "-q", "-b", "html", "doc", "doc/_build/html"]
MYST = "---\nfile_format: mystnb\nkernelspec: {display_name: Python 3, name: python3}\n---\n"


def peer_pages(name: str, folder: Path, programs: dict[str, str]) -> list[str]:
    """Write the programs as a tool's documentation says; return the arguments that build them."""
    both = [(f"{code}/{path}", text) for code in LANGUAGES for path, text in programs.items()]
    if name == "mkdocs-jupyter":
        pages = {f"{p}.py": f"# %% [markdown]\n# # {p}\n\n# %%\n{t}" for p, t in both}
        plain_site(folder, "en", pages, {name: {"execute": True}})
        return BUILD[1:]
    write(folder / "doc/conf.py", 'extensions = ["myst_nb"]\nnb_execution_mode = "cache"\n')
    toc = "\n".join(["# Programs\n\n```{toctree}", *(path for path, _ in both), "```\n"])
    write(folder / "doc/index.md", toc)
    for path, text in both:
        cell = f"```{{code-cell}} ipython3\n{text}```\n"
        write(folder / f"doc/{path}.md", f"{MYST}# {path}\n\n{cell}")
    return SPHINX


def measure_peers(folder: Path) -> dict[str, Any]:
    """Build the eight programs with us and with other tools, from an empty cache.

    Each program is a page in two languages. Ours is the real site without labs, its other pages
    but the glossary cut to their titles. The others use our PyTorch.
    """
    programs = {lesson: (ROOT / f"snippets/{lesson}.py").read_text("utf-8") for lesson in LESSONS}
    ours = clone(folder / "ours")
    for language in LANGUAGES:
        shutil.rmtree(ours / "docs" / language / "labs")
        settings = (ours / f"mkdocs.{language}.yml").read_text("utf-8")
        write(ours / f"mkdocs.{language}.yml", settings.partition("\nnav:")[0] + "\n")
        for path in (ours / "docs" / language).rglob("*.md"):
            name = path.stem.replace("-", "_")
            fence = f'```output file="snippets/{name}.py"\n```\n' if name in LESSONS else ""
            if path.stem != "glossary":
                path.write_text(f"# {path.stem} {{#page}}\n\n{fence}", encoding="utf-8")
    seconds = timed(BUILD, ours)
    found: dict[str, Any] = {}
    for name in ("mkdocs-jupyter", "myst-nb"):
        venv = folder / name / "venv"
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        python = str(venv / "bin/python")
        subprocess.run([python, "-m", "pip", "install", "-qq", name, "mkdocs-material"], check=True)
        (packages,) = venv.glob("lib/python*/site-packages")
        write(packages / "torch.pth", sysconfig.get_path("purelib"))  # after pip's packages
        build = peer_pages(name, folder / name / "site", programs)
        found[name] = (timed([python, *build], folder / name / "site"), seconds)
    return found


def measure_compile(folder: Path) -> dict[str, Any]:
    """Return the cells of lesson 12: its functions as they are and compiled, from no cache."""
    command = [sys.executable, ROOT / "snippets/mistakes/faster_times.py", "--times"]
    environment = ENVIRONMENT | {"TORCHINDUCTOR_CACHE_DIR": str(folder)}
    printed = subprocess.check_output(command, env=environment, text=True)
    line = re.compile(r"^(\w+) .*\n +(\d+) µs, compiled (\d+) µs, first ([\d.]+) s$", re.M)
    rows = {}
    for name, as_is, fast, first in line.findall(printed):
        ratio = f"{int(as_is) / int(fast):.1f} ×"
        rows[name] = [f"{int(as_is):,} µs", f"{int(fast):,} µs", ratio, f"{first} s"]
    return rows


PARTS = {"build": measure_build, "save": measure_save, "phone": measure_phone}
PARTS |= {"peers": measure_peers, "compile": measure_compile}


def cells(key: str, seconds: float, other: float) -> list[str]:
    """Return a row's cells: seconds, the seconds to compare them with, the result, and its aim."""
    ratio = other and key != "snippet"  # a snippet counts what comes on top of its run
    result = seconds / other if ratio else seconds - other
    aim = f"{AIMS[key]:g} {'✓' if result <= AIMS[key] else '✗'}" if key in AIMS else ""
    shown = f"{result:.2f} ×" if ratio else f"{result:.2f} s"
    return [f"{seconds:.2f} s", f"{other:.2f} s" if other else "", shown, aim]


def with_row(page: str, key: str, row: list[str]) -> str:
    """Return a page with these cells in the one table row that starts with `<!-- key -->`."""
    line = rf"^(\| <!-- {re.escape(key)} -->[^|]*\|)[^|]*\|([^|]*)\|.*$"
    rest = " | ".join(row[1:])
    text, times = re.subn(line, lambda m: f"{m[1]} {row[0]} |{m[2]}| {rest} |", page, flags=re.M)
    if times != 1:
        raise ValueError(f"the table has {times} lines `| <!-- {key} -->...`, not one")
    return text


def circumstances() -> str:
    """Say when, on what hardware and with what versions this ran, without naming the machine."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    hardware = f"{os.cpu_count()} × {cpu[1] if cpu else platform.machine()}"
    versions = f"Python {platform.python_version()} · torch {version('torch')}"
    return f"{date.today().isoformat()} · {hardware} · {versions}"


def main() -> None:
    """Measure the named parts; print the figures, and write them into the pages if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="*", default=["build", "save", "phone"])
    parser.add_argument("--write", action="store_true", help="into the pages")
    arguments = parser.parse_args()
    for part in arguments.part:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            measured = PARTS[part](Path(folder))
        compiles = part == "compile"
        rows = measured if compiles else {key: cells(key, *of) for key, of in measured.items()}
        print("\n".join(f"{key:15} {' | '.join(row)}" for key, row in rows.items()), flush=True)
        for path in (COMPILED if compiles else PAGES) if arguments.write else ():
            text = (ROOT / path).read_text(encoding="utf-8")
            for key, row in rows.items():
                text = with_row(text, key, row)
            text = re.sub("(?<=<!-- measured -->).*", lambda _: circumstances(), text)
            (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
