"""How soon a slow phone shows a page: Lighthouse's figures, on the site that is built.

They depend on this machine's speed and on what else it does, so no test asks for them.
"""

from statistics import median
from typing import Any

from bench.measure import MeasureError, progress
from tests.lighthouse import PAGES, hosted, measure

TURNS = 3
AIMS = {"largest paint": 1200, "blocked": 50}  # milliseconds


def measure_phone() -> dict[str, Any]:
    """Measure each page; return the medians, in milliseconds.

    Raises:
        MeasureError: If one of them is beyond its aim.
    """
    found: dict[str, Any] = {}
    with hosted("site") as address:
        for path in PAGES:
            turns = [measure(address + path)["numbers"] for _ in range(TURNS)]
            found[path] = {
                "largest paint": round(median(n["largest-contentful-paint"] for n in turns)),
                "blocked": round(median(n["total-blocking-time"] for n in turns)),
            }
            progress(f"{path}: {found[path]}")
    beyond = [
        f"{path}: {name} {numbers[name]} ms, at most {aim} are aimed at"
        for path, numbers in found.items()
        for name, aim in AIMS.items()
        if numbers[name] > aim
    ]
    if beyond:
        raise MeasureError("\n".join(beyond))
    return found
