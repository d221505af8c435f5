"""The tests: all that `make test` does in a fresh clone, and those that need no browser.

pytest itself says how long each test took. Tests run side by side, so the seconds of the files add
up to more than the clock shows.
"""

import re
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench.measure import ENVIRONMENT, MeasureError, clone, progress, rounded, temporary_folder

EVERY_TEST = "--durations=0 --durations-min=0"
TOOK = re.compile(r"^(\d+\.\d+)s (call|setup|teardown) +tests/(\w+)\.py::", re.M)
ENDED = re.compile(r"^(\d+) passed.* in (\d+\.\d+)s", re.M)
WITHOUT_BROWSER = "not browser"


def measure() -> dict[str, Any]:
    """Measure the tests of a fresh clone."""
    with temporary_folder() as folder:
        site = clone(folder / "site")
        progress("tests: make test, in a fresh clone")
        seconds, said = _timed(["make", "test"], site)
        progress("tests: those that need no browser, with a full cache")
        pytest = [str(Path(".venv", "bin", "pytest")), "-m", WITHOUT_BROWSER]
        without_browser, also_said = _timed(pytest, site)
        return {
            "all": {"seconds": rounded(seconds), **what_pytest_said(said)},
            "without_browser": {"seconds": rounded(without_browser), **what_pytest_said(also_said)},
        }


def _timed(command: list[str], folder: Path) -> tuple[float, str]:
    """Run a command; return its seconds and what it wrote.

    Its memory is not watched: with a browser there are too many processes to look at.
    """
    environment = {**ENVIRONMENT, "PYTEST_ADDOPTS": EVERY_TEST}
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise MeasureError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr}")
    return seconds, done.stdout


def what_pytest_said(said: str) -> dict[str, Any]:
    """Return how long tests took, from what pytest wrote.

    Args:
        said: The output of one or more runs of pytest with durations.

    Returns:
        The number of tests; the seconds of each run by the clock; the seconds of fixtures, in
        which the site is built; and the seconds and the number of the tests in each file.

    Raises:
        ValueError: If there is no run, or there are no durations.
    """
    ended = ENDED.findall(said)
    took = TOOK.findall(said)
    if not ended or not took:
        raise ValueError(f"runs of pytest with durations were expected:\n{said[-3000:]}")
    seconds: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for each, phase, file in took:
        seconds[file if phase == "call" else "fixtures"] += float(each)
        tests[file] += phase == "call"
    fixtures = seconds.pop("fixtures", 0.0)
    return {
        "tests": sum(int(count) for count, _ in ended),
        "runs": [float(by_the_clock) for _, by_the_clock in ended],
        "fixtures": rounded(fixtures),
        "files": {
            file: {"seconds": rounded(total), "tests": tests[file]}
            for file, total in seconds.most_common()
        },
    }
