"""Report how far the languages have drifted apart; exit with 1 if anything differs that must not.

Code, equations, values, ids and links must be the same in every language: a difference is an error.
Prose may be newer in one language for a while: that is a warning, with the sentences that changed.
"""

import contextlib
import sys
from pathlib import Path

from loom.weave import labs, parity
from tools import history


def differences(root, first, second):
    """Return a message for each thing that must be the same in two languages but is not."""
    with contextlib.chdir(root):  # so that messages show paths within the repository
        found = parity.differences(Path(first), Path(second))
    for lab in sorted((root / first / labs.LABS).glob("*.py")):
        other = root / second / labs.LABS / lab.name
        if other.exists():  # parity has reported a missing one
            found += labs.differences(lab, other)
    return found


def report_prose(root, first, second):
    """Print the sections whose prose moved on in one language, and what this report cannot see."""
    try:
        moves = history.moved_on(root, first, second)
        if history.is_cut_off(root):
            print(
                "The history is cut off (a shallow clone): what moved on before its oldest commit "
                "cannot be seen.\nWhat to do: git fetch --unshallow\n"
            )
    except history.NoHistoryError as error:
        print(f"Prose was not compared, because there is no history: {error}")
        print("What to do: run this in a clone of the repository; a download has no history.")
        return
    for move in moves:
        print(f"{move}\n")
    print(f"{count(moves, 'section')} moved on in one language only.")


def count(things, name):
    """Say how many things there are."""
    return f"{len(things) or 'No'} {name}{'s' if len(things) > 1 else ''}"


def main(root):
    """Compare each language with the first, print the report, return the exit status."""
    first, *others = sorted(
        f"docs/{path.name}" for path in (root / "docs").iterdir() if path.is_dir()
    )
    status = 0
    for other in others:
        print(f"{first} and {other}\n")
        report_prose(root, first, other)
        wrong = differences(root, first, other)
        print(f"{count(wrong, 'difference')} in what must be the same.")
        for text in wrong:
            print(f"\n{text}")
        status |= bool(wrong)
    return status


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parent.parent))
