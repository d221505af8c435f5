"""`python -m equations PAGE...`: check the formulas of Markdown pages, and print what is wrong."""

import argparse
import collections
from pathlib import Path

from equations.check import check_page


def main() -> int:
    """Check the pages named on the command line; return 1 if a formula is wrong."""
    parser = argparse.ArgumentParser(prog="python -m equations", description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path, metavar="PAGE")
    failed = False
    for page in parser.parse_args().pages:
        results = check_page(page.read_text(encoding="utf-8"))
        for result in results:
            if result.status == "wrong":
                failed = True
                print(f"{page}:{result.line}: {result.latex}\n{result.message}\n")
        counts = collections.Counter(result.status for result in results)
        print(f"{page}: " + ", ".join(f"{counts[status]} {status}" for status in sorted(counts)))
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
