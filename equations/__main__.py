"""Check the formulas of Markdown pages, notebooks and LaTeX files by evaluating them."""

import argparse
import collections
import dataclasses
import functools
import itertools
import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from equations import Result
from equations.check import check
from equations.reading import Formula, read
from equations.sources import read_file

MANY = 100  # formulas: below, starting processes takes longer than checking


def main() -> int:
    """Check the files named on the command line.

    Returns:
        0 if nothing is wrong; 1 if a formula is wrong, or cannot be read; 2 if a file cannot.
    """
    # Whatever stands in a formula or a file's name, and wherever it goes.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(prog="python -m equations", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".md, .ipynb or .tex")
    parser.add_argument("--explain", action="store_true", help="show the shape of each factor")
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    parser.add_argument("-q", "--quiet", action="store_true", help="show only what is wrong")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    chosen = parser.parse_args()
    records, failed = [], 0
    for path in chosen.files:
        try:
            found = check_file(path, chosen.explain, chosen.jobs)
        except (OSError, ValueError) as error:
            print(f"{path}: cannot be read: {error}", file=sys.stderr)
            failed = 2
            continue
        records += found
        if not chosen.json:
            show(path, found, quiet=chosen.quiet)
    if chosen.json:
        print(json.dumps(records, ensure_ascii=False, indent=1))
    return max(failed, int(any(record["status"] == "wrong" for record in records)))


def check_file(path: Path, explain: bool, jobs: int) -> list[dict[str, object]]:
    """Return what is known of each formula of a file, in order."""
    lines = read_file(path)
    formulas, problems = read("\n".join(line for _, line in lines))
    results = [*problems, *itertools.chain(*check_all(formulas, jobs))]
    records = []
    for result in sorted(results, key=lambda result: result.line):
        record = {"file": str(path), **dataclasses.asdict(result)}
        record["line"] = lines[result.line - 1][0]
        record["latex"] = " ".join(result.latex.split())
        del record["factors"]
        shapes = [(factor.latex, factor.shape) for factor in result.factors]
        records.append({**record, "shapes": shapes} if explain else record)
    return records


def check_all(formulas: list[Formula], jobs: int) -> list[list[Result]]:
    """Check formulas, many of them in several processes."""
    if jobs < 2 or len(formulas) < MANY:
        return [check(formula) for formula in formulas]
    return list(_processes(jobs).map(check, formulas, chunksize=10))


@functools.cache
def _processes(jobs: int) -> ProcessPoolExecutor:
    """Return processes for all files.

    They are spawned: PyTorch has threads once it has evaluated anything, and a copy of a process
    that had threads may wait for them for ever.
    """
    return ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))


def show(path: Path, records: list[dict[str, object]], quiet: bool) -> None:
    """Print a line for each formula with its verdict, then how many there are of each."""
    for record in records:
        if quiet and record["status"] != "wrong":
            continue
        print(f"{path}:{record['line']}: {record['status']}: {record['latex']}")
        if record["message"]:
            print("    " + str(record["message"]).replace("\n", "\n    "))
        shapes = record.get("shapes")
        for latex, shape in shapes if isinstance(shapes, list) else []:
            print(f"    {latex}  {shape}")
    counts = collections.Counter(str(record["status"]) for record in records)
    print(f"{path}: " + ", ".join(f"{counts[status]} {status}" for status in sorted(counts)))


if __name__ == "__main__":
    if sys.stdout is None:
        raise SystemExit("the output is closed: nothing can be shown")
    try:
        code = main()
        sys.stdout.flush()
    except OSError as error:  # a full disk; or nobody reads on, as behind `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"the output cannot be written: {error.strerror}", file=sys.stderr)
        code = 1
    raise SystemExit(code)
