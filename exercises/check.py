"""Say of each exercise whether it is right. 告诉你每一题对不对。

python check.py                      all pages · 全部
python check.py autograd             one page · 一页
python check.py custom-function 2    one exercise · 一题
python check.py --lang en            in English only · 只用中文就写 --lang zh
"""

import _thread
import argparse
import contextlib
import os
import runpy
import signal
import sys
import threading
import traceback
from pathlib import Path

FOLDER = Path(__file__).parent
CHECKS = FOLDER / "checks"


@contextlib.contextmanager
def time_limit(seconds):
    """Raise a TimeoutError wherever the block is, if it takes longer; None sets no limit."""
    late = threading.Event()

    def stop():
        late.set()
        if hasattr(signal, "pthread_kill"):  # a real signal ends waiting too
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        else:
            _thread.interrupt_main()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt as stopped:
        if not late.is_set():
            raise  # it was Ctrl-C
        words = f"stopped after {seconds:g} seconds"
        raise TimeoutError(words).with_traceback(stopped.__traceback__) from None
    finally:
        timer.cancel()


def show(title, message, lang, python=()):
    """Print a title, a message in one language or both (lang=None), and lines of Python's.

    A message is a line in English and a line in Chinese.
    """
    english, _, chinese = message.partition("\n")
    print(title)
    for line in {"en": [english], "zh": [chinese]}.get(lang, [english, chinese]):
        print("     ", line)
    for line in "".join(python).splitlines():
        print("     ", line)


def explain(error, page, title, lang):
    """Print what an answer raised, with the last lines that the reader wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    own, of_check = (
        [frame for frame in frames if frame.filename == str(path)]
        for path in (page, CHECKS / page.name)
    )
    if isinstance(error, AssertionError) and frames[-1] in of_check:
        show(f"{title} ✗", str(error), lang)
        return
    unwritten = frames[-1] in own and frames[-1].line.startswith("raise NotImplementedError")
    if isinstance(error, NotImplementedError) and unwritten:
        words = {"en": "not written yet", "zh": "还没有写"}
        print(title, *(words[key] for key in words if lang in (key, None)), sep=" · ")
        return
    message = "Python stopped here:\nPython 停在这里："
    said = traceback.format_exception_only(error)
    if "NoneType" in said[-1] and not own:
        message = "is a return missing?\n是不是忘了写 return？"
    elif isinstance(error, ModuleNotFoundError):
        message = (
            "is the environment active, and is this installed in it?\n环境启用了吗？装过它吗？"
        )
    elif not own and of_check:
        message = "the check cannot go on with your answer:\n检查程序处理不了你的答案："
    python = traceback.format_list((own or of_check)[-3:]) + said
    show(f"{title} ✗", message, lang, python)


@contextlib.contextmanager
def own_output():
    """Let an answer do with sys.stdout what it wants, close it too: ours is a different one."""
    sys.stdout.flush()
    how = {"encoding": sys.stdout.encoding, "errors": sys.stdout.errors, "closefd": False}
    with open(sys.stdout.fileno(), "w", **how) as stream, contextlib.redirect_stdout(stream):
        yield


def attempt(function, page, title, lang, limit):
    """Call a function, and print what stops it.

    Returns:
        done (bool): Whether it came to its end.
        result (object): What it returned.
    """
    try:
        with own_output(), time_limit(limit):
            return True, function()
    except KeyboardInterrupt:
        show(f"{title} ✗", "stopped\n已停止", lang)
        raise
    except BaseException as error:  # SystemExit too: there may be a sys.exit() in an answer
        explain(error, page, title, lang)
    return False, None


def look_up(answers, name):
    """Return the answer of this name."""
    if name not in answers:
        raise NameError(f"name {name!r} is not defined")
    return answers[name]


def check(page, wanted, lang, limit):
    """Check the exercises of a page, or only the one with the number that is wanted.

    Returns:
        right (int): How many are right.
        count (int): How many were checked.
    """
    print(page.name)
    path = CHECKS / page.name
    done, found = attempt(lambda: runpy.run_path(str(path)), path, " ", lang, None)
    if not done:
        return 0, 0
    names = [name.removeprefix("check_") for name in found if name.startswith("check_")]
    numbered = [pair for pair in enumerate(names, 1) if wanted in (None, pair[0])]
    if not numbered:
        show("  ✗", f"the exercises are 1 to {len(names)}\n题号是 1 到 {len(names)}", lang)
    done, answers = attempt(lambda: runpy.run_path(str(page)), page, " ", lang, limit)
    right = 0
    for number, name in numbered if done else []:
        title, function = f"  {number} {name}", found[f"check_{name}"]
        done, _ = attempt(
            lambda f=function, n=name: f(look_up(answers, n)), page, title, lang, limit
        )
        if done:
            print(f"{title} ✓")
        right += done
    return right, len(numbered)


def names_of(page):
    """Return what a page may be called: 02b_tiny_autograd, tiny_autograd, 02b or 2b."""
    number, _, name = page.stem.partition("_")
    return page.stem, name, number, number.lstrip("0")


def pages_named(name):
    """Return the pages of this name: a file's, an address's, or a number; all without a name."""
    pages = [FOLDER / path.name for path in sorted(CHECKS.glob("*.py"))]
    word = Path(name or "").stem.replace("-", "_").lower()
    return [page for page in pages if not name or word in names_of(page)]


def main():
    """Check what the command line names; return 0 only if all of it is right."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.stderr.reconfigure(encoding="utf-8")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored: time_limit needs it
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("page", nargs="?", help="its name or number · 名字或编号")
    parser.add_argument("exercise", nargs="?", type=int, help="its number · 题号")
    parser.add_argument("--lang", choices=["en", "zh"], help="one language · 只用一种语言")
    parser.add_argument("--limit", type=float, default=60, help="seconds for each · 每题限几秒")
    wanted = parser.parse_args()
    if not 0 < wanted.limit < 1e6:
        parser.error("--limit takes seconds, below 1,000,000 · --limit 填秒数，小于 1,000,000")
    if not CHECKS.is_dir():
        parser.error("checks/ is missing: unpack all of the zip · 没有 checks/，请解压整个 zip")
    pages = pages_named(wanted.page)
    if not pages:
        known = ", ".join(page.stem for page in pages_named(None))
        parser.error(f"no exercises named {wanted.page}; there are · 没有这一页，有的是：{known}")
    try:
        results = [check(page, wanted.exercise, wanted.lang, wanted.limit) for page in pages]
    except KeyboardInterrupt:
        return 130
    right, count = (sum(column) for column in zip(*results, strict=True))
    print(f"{right} / {count}")
    return 0 if right == count > 0 else 1


if __name__ == "__main__":
    if sys.stdout is None:
        sys.exit("the output is closed · 输出已关闭")
    try:
        code = main()
        sys.stdout.flush()
    except OSError as error:  # a full disk; or nobody reads on, as behind `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"the output cannot be written · 写不出去：{error.strerror}", file=sys.stderr)
        code = 1
    sys.exit(code)
