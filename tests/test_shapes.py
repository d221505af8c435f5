"""The shape comments in the snippets, compared with the real shapes while the programs run."""

import functools
import re
import sys
from pathlib import Path

import pytest

from snippets import tiny_autograd
from snippets.charts.one_start import LESSONS

ROOT = Path(__file__).parent.parent
COMMENT = re.compile(
    r"^\s*(?:\(?(?P<name>[\w.]+)(?:\[[^=]*\])?,?\)?) (?:[-+*/]?=) .*# \((?P<sizes>[\w, ]*)\)(?! ->)"
)
WHOLE = {"devices.py", "weight_sharing_by_depth.py"}  # they look at what late steps do
SNIPPETS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "snippets").rglob("*.py")
    if re.search(r"# \(\w+, ?\w*\)", path.read_text("utf-8"))
)


@functools.cache
def lines_of(code) -> set[int]:
    """The numbers of the lines of a function, or of a module outside its functions."""
    return {line for _, _, line in code.co_lines() if line}


class ShapeTracer:
    """A trace function that checks each line's shape comment once the line has run.

    Attributes:
        checked: Lines whose comment was compared.
        wrong: What does not agree.
        sizes: The number that each size's name stands for, call by call, where the program
            does not define it.
    """

    def __init__(self, path: Path, lines: list[str]) -> None:
        self.path, self.lines = path, lines
        self.comments = {
            number: found for number, line in enumerate(lines, 1) if (found := COMMENT.match(line))
        }
        self.checked: set[int] = set()
        self.wrong: list[str] = []
        self.last: dict[object, int] = {}
        self.sizes: dict[object, dict[str, int]] = {}

    def __call__(self, frame, event, argument):
        if frame.f_code.co_filename != str(self.path):
            return None
        if event == "call" and self.comments.keys().isdisjoint(lines_of(frame.f_code)):
            return None
        before = self.last.pop(frame, None)
        if before is not None and event != "exception":
            self.check(frame, before)
        if event == "line" and frame.f_lineno in self.comments:
            self.last[frame] = frame.f_lineno
        return self

    def check(self, frame, number: int) -> None:
        found = self.comments[number]
        names = {**frame.f_globals, **frame.f_locals}
        value = names.get(found["name"])
        if not hasattr(value, "shape"):
            return
        sizes = [size.strip() for size in found["sizes"].split(",") if size.strip()]
        assumed = self.sizes.setdefault(frame, {})
        if len(sizes) == len(value.shape):
            for size, number_of in zip(sizes, value.shape, strict=True):
                assumed.setdefault(size, number_of)  # a name without a value gets its first
        known = {**assumed, **{name: names[name] for name in sizes if name in names}}
        said = tuple(int(size) if size.isdigit() else known.get(size) for size in sizes)
        self.checked.add(number)
        if said != tuple(value.shape):
            line = self.lines[number - 1].strip()
            self.wrong.append(f"{self.path.name}:{number}: {line} is {tuple(value.shape)}")


def trace(path: Path) -> ShapeTracer:
    """Run a program; one that trains takes three steps: shapes are the same."""
    source = path.read_text("utf-8")
    short = (
        source if path.name in WHOLE else re.sub(r"^steps = \d+", "steps = 3", source, flags=re.M)
    )
    program = compile(short, path, "exec")
    tracer = ShapeTracer(path, source.splitlines())
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        exec(program, {"__name__": "__main__", "__file__": str(path)})
    except Exception:
        if "# raises: " not in path.read_text("utf-8"):
            raise
    finally:
        sys.settrace(before)
    return tracer


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SNIPPETS)
def test_shape_comments_say_the_real_shapes(name, monkeypatch):
    if Path(name).name == "one_start.py":  # it trains with the code of all lessons
        for lesson in (*LESSONS, tiny_autograd):
            monkeypatch.setattr(lesson, "steps", 3)
    tracer = trace(ROOT / name)
    assert tracer.wrong == []
    assert tracer.checked, "no comment was compared: is it written as `name = ...  # (N, H)`?"


def test_a_wrong_shape_comment_is_noticed(tmp_path):
    source = (ROOT / "snippets/warmup_numpy.py").read_text("utf-8")
    wrong = source.replace("h = x.dot(w1)  # (N, H)", "h = x.dot(w1)  # (H, N)")
    assert wrong != source
    path = tmp_path / "warmup_numpy.py"
    path.write_text(wrong)
    (found, *_) = trace(path).wrong
    assert found.endswith("h = x.dot(w1)  # (H, N) is (64, 100)")
