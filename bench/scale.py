"""Synthetic sites of 10, 100 and 1,000 snippets, each shown on a page of its own in two languages.

The snippets compute next to nothing and need no package, so what is measured is the cost of
running, keeping and showing them. *Plain* is one language of the same pages in plain Material, with
finished text in place of the fences: what grows there faster than the pages is not the loom's.

Two more sites have snippets that compute for a quarter of a second. One is built on one core and on
all; the other by two builds at once that share one cache folder, as shards on a build server would.
How many snippets ran is what each build says itself when it ends.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from bench.measure import (
    ENVIRONMENT,
    PYTHON,
    as_result,
    kilobytes_of,
    progress,
    repeat,
    rounded,
    run,
    temporary_folder,
)
from bench.sites import loom_site, nav_of, plain_site

SIZES = (10, 100, 1000)
WORKING = 40  # snippets that compute
LOUD = [PYTHON, "-m", "mkdocs", "build"]
BUILD = [*LOUD, "-q"]
TRIVIAL = "seven = 7 * {number}\nprint('It is', seven)\n"
WORK = """import time

end = time.process_time() + 0.25
while time.process_time() < end:
    pass
seven = 7 * {number}
print("It is", seven)
"""
PAGE = """# Page {number} {{#page}}

```python
{source}```

{output}

Seven times {number} is {value}.
"""


def loom_page(number: int) -> str:
    """Return a page that shows the source, the output and a value of a snippet."""
    path = f"snippets/s{number}.py"
    return PAGE.format(
        number=number,
        source=f'--8<-- "{path}"\n',
        output=f'```output file="{path}"\n```',
        value=f"`#!value {path} seven`",
    )


def plain_page(number: int) -> str:
    """Return the same page as finished text."""
    return PAGE.format(
        number=number,
        source=TRIVIAL.format(number=number),
        output=f"```text\nIt is {7 * number}\n```",
        value=7 * number,
    )


def synthetic(folder: Path, count: int, source: str = TRIVIAL) -> Path:
    """Make a site of as many snippets and pages."""
    pages = {f"p{number}.md": loom_page(number) for number in range(count)}
    snippets = {f"s{number}.py": source.format(number=number) for number in range(count)}
    return loom_site(folder, pages, snippets)


def measure(sizes: tuple[int, ...] = SIZES) -> dict[str, Any]:
    """Measure sites of several sizes, more cores, and a shared cache."""
    return {
        "sizes": {str(count): _measure_size(count) for count in sizes},
        "cores": _measure_cores(),
        "shards": _measure_shards(),
    }


def _measure_size(count: int) -> dict[str, Any]:
    """Build one size cold and warm, and in plain Material."""
    with temporary_folder() as folder:
        site = synthetic(folder / "site", count)
        progress(f"scale: {count} snippets, cold")
        cold = run(BUILD, site)
        progress(f"scale: {count} snippets, warm")
        warm = repeat(lambda: run(BUILD, site))
        progress(f"scale: {count} pages, plain")
        pages = {f"p{number}.md": plain_page(number) for number in range(count)}
        other = plain_site(folder / "plain", "en", pages, nav_of(pages))
        plain = repeat(lambda: run(BUILD, other))
        return {
            "cold": as_result(cold),
            "warm": as_result(warm),
            "plain": as_result(plain),
            "cache_kilobytes": kilobytes_of(site / ".cache"),
        }


def _measure_cores() -> dict[str, float]:
    """Build the same site cold on one core and on all of them."""
    found = {}
    for cores in sorted({1, 2, len(os.sched_getaffinity(0))}):
        if cores <= len(os.sched_getaffinity(0)):
            progress(f"scale: {WORKING} snippets that compute, on {cores} core(s)")
            with temporary_folder() as folder:
                site = synthetic(folder / "site", WORKING, WORK)
                found[str(cores)] = rounded(run(BUILD, site, cores=cores).seconds)
    return found


def _measure_shards() -> dict[str, Any]:
    """Let two builds share a cache folder; count the runs of snippets, then build once more."""
    progress(f"scale: {WORKING} snippets that compute, two builds that share a cache")
    with temporary_folder() as folder:
        site = synthetic(folder / "site", WORKING, WORK)
        other = folder / "other"
        shutil.copytree(site, other)
        (site / ".cache").mkdir()
        (other / ".cache").symlink_to(site / ".cache")
        # A build locks the site that it writes; these two write sites of their own.
        builds = [
            subprocess.Popen(
                [*LOUD, "-d", name], cwd=where, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
            )
            for where, name in ((site, "site-a"), (other, "site-b"))
        ]
        runs = sum(_runs(build.communicate()[1]) for build in builds)
        failed = sum(build.returncode != 0 for build in builds)
        third = run([*LOUD, "-d", "site-c"], site)
        pages = [
            {path.relative_to(built): path.read_bytes() for path in built.rglob("p*/index.html")}
            for built in (site / "site-a", other / "site-b", site / "site-c")
        ]
        return {
            "snippets": WORKING,
            "failed": failed,
            "runs": runs,
            "runs_of_a_third_build": _runs(third.said),
            "same_pages": all(page == pages[0] for page in pages),
            "third": as_result(third),
        }


def _runs(said: str) -> int:
    """Return how many snippets a build has run, as it says itself."""
    return int(re.findall(r"(\d+) run in", said)[0])
