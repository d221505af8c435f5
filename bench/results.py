"""Keep what was measured as a Python module, from which pages take their numbers."""

import pprint
import subprocess
from pathlib import Path
from typing import Any

from bench.measure import PYTHON, ROOT
from snippets.measured import benchmark

MODULE = ROOT / "snippets" / "measured" / "benchmark.py"
PARTS = ("course", "reload", "scale", "peers")
HEAD = '''"""What `make bench` measured, when, and on what. It writes this file: do not edit it."""

RESULTS = {}

if __name__ == "__main__":
    for part, result in RESULTS.items():
        print(part, "was measured on", result["measured"]["date"])
'''


def kept() -> dict[str, Any]:
    """Return the results that are kept, part by part, in the order of the parts."""
    return {part: benchmark.RESULTS[part] for part in PARTS if part in benchmark.RESULTS}


def keep(results: dict[str, Any], module: Path = MODULE) -> None:
    """Write results as a module, formatted like all others."""
    ordered = {part: results[part] for part in PARTS if part in results}
    text = HEAD.replace("{}", pprint.pformat(ordered, sort_dicts=False), 1)
    done = subprocess.run(
        [PYTHON, "-m", "ruff", "format", "--stdin-filename", str(MODULE), "-"],
        input=text,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    module.write_text(done.stdout, encoding="utf-8")
