"""Make the records that fill the pages: `python -m loom run`."""

import argparse
import logging
import sys


def main() -> int:
    """Run what has no record, check every page; return 1 if anything is wrong, 130 if stopped."""
    parser = argparse.ArgumentParser(prog="python -m loom", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="run what has no record, and check every page")
    parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        return _run()
    except KeyboardInterrupt:
        print("Aborted!", file=sys.stderr)  # as MkDocs says
        return 130


def _run() -> int:
    """Run what has no record, check every page; return 1 if anything is wrong."""
    # This takes half a second, in which an interrupt may come.
    from loom.run.processes import end_as_interrupted  # noqa: PLC0415
    from loom.weave import course  # noqa: PLC0415

    end_as_interrupted()
    try:
        errors = course.run_and_check()
    except Exception as error:
        print(course.advice(error), file=sys.stderr)
        return 1
    for problem in errors:
        print(f"\n{problem}", file=sys.stderr)
    if errors:
        print(f"\n{len(errors)} problem(s), each described above.", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
