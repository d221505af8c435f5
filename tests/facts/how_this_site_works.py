"""What `how-this-site-works` says of numbers that the code has; its tests are the other tests."""

from pathlib import Path

from equations import check
from loom.draw import pyodide
from loom.run.record import Settings
from loom.weave import questions
from tools import bench, compare_sites


def bounds_of_a_run():
    """A run may take 180 seconds, 2 GB of memory, 1 GB of temporary files and 64 processes."""
    settings = Settings.read()
    assert (settings.timeout, settings.memory, settings.disk) == (180, 2, 1)
    assert settings.processes == 64


def two_sites_may_differ_by_this_much():
    """`compare_sites` lets numbers above 1e-9 differ by 2 %, but for 14 sources."""
    assert (compare_sites.RELATIVE, compare_sites.ROUNDING) == (0.02, 1e-9)
    sources = [name for name in compare_sites.ANY if not name.startswith("equation-")]
    assert len([*sources, compare_sites.WRITES]) == 14


def python_for_the_browser_weighs_this():
    """Python for the browser takes 9.2 MB compressed and 16 MB as it is; autograd adds 0.05 MB.

    A site that was built without it leaves the paragraph out.
    """
    if pyodide.are_there():
        files = [pyodide.ASSETS / name for name in pyodide.files(["numpy"])]
        compressed = pyodide.megabytes(["numpy"])
        assert round(compressed, 1) == 9.2
        assert round(sum(file.stat().st_size for file in files) / 1e6) == 16
        assert round(pyodide.megabytes(["numpy", "autograd"]) - compressed, 2) == 0.05


def a_slow_phone_may_take_this_long():
    """`make bench` marks more than 1.2 s for the largest part, or 0.05 s blocked, with ✗."""
    assert (bench.AIMS["paint"], bench.AIMS["blocked"]) == (1.2, 0.05)


def a_lesson_loads_and_moves_at_most_this_much():
    """Tests allow a lesson 150 kB and a shift of 0.02, and ask for 99 of 100 points."""
    for name, line in (
        ("test_reading", "LESSON = 150_000"),
        ("test_browser_lighthouse", "SHIFT = 0.02"),
        ("test_browser_lighthouse", "SCORE = 99"),
    ):
        assert f"\n{line}" in Path(f"tests/{name}.py").read_text(encoding="utf-8")


def zensical_has_this_release():
    """The tests render the pages with the release of Zensical that the page names."""
    locked = Path("requirements-dev.txt").read_text(encoding="utf-8")
    assert "zensical==0.0.73" in locked


def an_equation_may_be_off_by_1e_9():
    """Both sides of an equation may differ by 1e-9 of the larger one."""
    assert check.TOLERANCE == 1e-9


def minutes_are_estimated_like_this():
    """The minutes of a lesson come from words, characters, lines of code, outputs and pictures."""
    assert (questions.WORDS_A_SECOND, questions.HAN_A_SECOND) == (3, 5)
    assert (questions.SECONDS_A_LINE, questions.SECONDS_A_PICTURE) == (3, 15)
    assert questions.minutes("word " * 900) == 5
    assert questions.minutes("word " * 901) == questions.minutes("字" * 1501) == 10
    assert questions.minutes("??? tip\n\n    " + "word " * 901 + "\n") == 5
    assert questions.minutes("## Exercises {#exercises}\n\n" + "word " * 901) == 5
