"""The real site: built cold and warm, against its floor and against plain Material.

What is compared:

- *cold*: a fresh clone, no cache, both languages.
- *warm*: the same again; nothing has changed.
- *floor*: warm + max(longest, sum / cores) of what is executed: snippets and labs. A snippet's own
  seconds are those of its record. A lab has no record of its time; it is run here as a program, on
  one thread, and its processor time is taken. In both, what is imported before the runs is not
  counted.
- *finished*: the same site with every executed fence and every value replaced by its finished text,
  built with a full cache of its own.
- *plain*: each language alone with plain Material: sections, labs and reference pages are finished
  too, formulas are left to scripts in the browser.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.measure import (
    ENVIRONMENT,
    PYTHON,
    Run,
    as_result,
    clone,
    kilobytes_of,
    median,
    progress,
    rounded,
    run,
    temporary_folder,
)
from bench.sites import LANGUAGES, plain_site, settings_of
from loom import cache

MKDOCS = [PYTHON, "-m", "mkdocs", "build", "-q"]
TIMES = 9
ALONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "svg"}
TIMED = """
import runpy, sys, time
before = time.process_time()
runpy.run_path(sys.argv[1], run_name="__main__")
print(time.process_time() - before)
"""


def floor(full_cache: float, executed: dict[str, float], cores: int) -> float:
    """Return the least seconds that a cold build could take.

    Args:
        full_cache: Seconds of a build in which nothing is executed.
        executed: Seconds of each thing that a cold build executes.
        cores: How many can be executed at once.
    """
    return full_cache + max(*executed.values(), sum(executed.values()) / cores)


def seconds_of_snippets(folder: Path) -> dict[str, float]:
    """Read from the records of a cold build how long each snippet took."""
    found = {}
    for file in (folder / "loom").glob("*.json"):
        record = cache.read(file)
        if isinstance(record, dict) and {"path", "seconds"} <= record.keys():
            found[record["path"]] = record["seconds"]
    return found


def seconds_of_labs(site: Path) -> dict[str, float]:
    """Run each lab as a program, and return the processor time that it took."""
    preload = settings_of(LANGUAGES[0], site)["markdown_extensions"]["loom.markdown"]["preload"]
    program = f"import {', '.join(preload)}\n{TIMED}"
    found = {}
    for lab in sorted(site.glob(f"docs/{LANGUAGES[0]}/labs/*.py")):
        with temporary_folder() as folder:
            command = [PYTHON, "-c", program, str(lab)]
            environment = {**ENVIRONMENT, **ALONE}
            done = subprocess.run(
                command, cwd=folder, env=environment, check=True, capture_output=True, text=True
            )
            found[lab.stem] = float(done.stdout.split()[-1])
    return found


def measure() -> dict[str, Any]:
    """Measure the real site."""
    with temporary_folder() as folder:
        site = clone(folder / "site")
        progress("course: cold build")
        cold = run(MKDOCS, site)
        records = seconds_of_snippets(site / ".cache")
        executed = records | seconds_of_labs(site)
        progress("course: the same pages as finished text, and in plain Material")
        builds = {"warm": (site, MKDOCS), **_others(site, folder)}
        runs: dict[str, list[Run]] = {name: [] for name in builds}
        for number in range(1 + TIMES):
            # In turns: what slows the machine for a while slows all of them.
            for name, (where, command) in builds.items():
                progress(f"course: {name}" + ("" if number else ", to fill its cache"))
                runs[name].append(run(command, where))
        found = {name: median(done[1:]) for name, done in runs.items()}
        cores = len(os.sched_getaffinity(0))
        return {
            "cold": as_result(cold),
            **{name: as_result(done) for name, done in found.items()},
            "snippets": len(records),
            "labs": len(executed) - len(records),
            "executed": rounded(sum(executed.values())),
            "longest": rounded(max(executed.values())),
            "longest_name": max(executed, key=executed.__getitem__),
            "floor": rounded(floor(found["warm"].seconds, executed, cores)),
            "besides": _besides(site, found["warm"].seconds),
            "pages": len(list(site.glob("docs/??/**/*.md"))) + 2 * (len(executed) - len(records)),
            "cache_kilobytes": kilobytes_of(site / ".cache"),
        }


def _besides(site: Path, warm: float) -> dict[str, float]:
    """Measure what the floor leaves out: the seconds that each part adds to a warm build.

    To check equations, PyTorch is imported, as it is before the first snippet.
    """
    found = {}
    for part in ("equations", "pages"):
        progress(f"course: warm, but for {part}")
        shutil.rmtree(site / ".cache" / part)
        found[part] = rounded(run(MKDOCS, site).seconds - warm)
    return found


def _others(site: Path, folder: Path) -> dict[str, tuple[Path, list[str]]]:
    """Make the sites to compare with; return where each build runs, and its command."""
    pages = folder / "pages"
    command = [PYTHON, "-m", "bench.finished", str(site / "site"), str(pages)]
    subprocess.run(command, cwd=site, env=ENVIRONMENT, check=True)
    woven = folder / "woven"
    shutil.copytree(site, woven)
    shutil.copytree(pages / "woven", woven / "docs", dirs_exist_ok=True)
    builds = {"finished": (woven, MKDOCS)}
    # In a folder of their own: a page of one language alone is not that of the whole site, and
    # the two would take each other's place in the cache.
    one = folder / "one-language"
    shutil.copytree(site, one)
    for language in LANGUAGES:
        nav = json.loads(json.dumps(settings_of(language, site)["nav"]).replace('.py"', '.md"'))
        texts = {
            path.relative_to(pages / "plain" / language).as_posix(): path.read_text("utf-8")
            for path in (pages / "plain" / language).rglob("*.md")
        }
        alone = ["-f", f"mkdocs.{language}.yml", "-d", str(folder / f"site-{language}")]
        builds[language] = (one, [*MKDOCS, *alone])
        plain = plain_site(folder / f"plain-{language}", language, texts, nav)
        builds[f"plain_{language}"] = (plain, MKDOCS)
    return builds
