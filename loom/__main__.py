"""Make the records that pages are filled from: `python -m loom run`."""

import argparse
import logging
import sys

from loom.weave import course


def main() -> int:
    """Run what has no record, and check every page; return 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m loom", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="run what has no record, and check every page")
    parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    errors = course.run_and_check()
    for error in errors:
        print(f"\n{error}", file=sys.stderr)
    if errors:
        print(f"\n{len(errors)} thing(s) are wrong, each named above.", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
