"""Say of each exercise whether it is right. 告诉你每一题对不对。

python check.py              all pages · 全部
python check.py autograd     one page · 一页
"""

import runpy
import sys
import traceback
from pathlib import Path

FOLDER = Path(__file__).parent
CHECKS = FOLDER / "checks"


def check(path):
    """Run the checks of one page's exercises and print what each found.

    Args:
        path (Path): The file in which the exercises are filled in.

    Returns:
        right (int): How many are right.
        count (int): How many there are.
    """
    print(path.stem)
    try:
        answers = runpy.run_path(str(path))
    except Exception:
        print("  ✗ this file cannot be run · 这个文件运行不了\n", traceback.format_exc(limit=-1))
        return 0, 1
    checks = {
        name.removeprefix("check_"): function
        for name, function in runpy.run_path(str(CHECKS / path.name)).items()
        if name.startswith("check_")
    }
    right = 0
    for number, (name, function) in enumerate(checks.items(), 1):
        try:
            if name not in answers:
                raise NameError(f"name {name!r} is not defined")
            function(answers[name])
        except NotImplementedError:
            print(f"  {number} · not written yet · 还没有写")
        except AssertionError as message:
            print(f"  {number} ✗", str(message).replace("\n", "\n      "))
        except Exception as error:
            print(f"  {number} ✗", traceback.format_exc(limit=-1).replace("\n", "\n      "))
            if "NoneType" in str(error):
                print("      Is a return missing? · 是不是忘了写 return？")
        else:
            right += 1
            print(f"  {number} ✓")
    return right, len(checks)


def main(names):
    """Check the named pages, or all; return 0 if every exercise is right and 1 if not."""
    pages = sorted(path for path in FOLDER.glob("*.py") if (CHECKS / path.name).exists())
    unknown = set(names) - {path.stem for path in pages}
    if unknown:
        known = ", ".join(path.stem for path in pages)
        print(f"no exercises named {', '.join(sorted(unknown))}; there are: {known}")
        return 2
    results = [check(path) for path in pages if not names or path.stem in names]
    right, count = (sum(column) for column in zip(*results, strict=True))
    print(f"{right} / {count}")
    return 0 if right == count else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
