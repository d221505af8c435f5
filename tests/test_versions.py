"""The report of what other versions of packages change, on small records made up for it."""

import math
from pathlib import Path

import pytest
from small_site import python

from tools.compare import distance

pytestmark = pytest.mark.thorough

SCRIPTS = Path(__file__).parent.parent / "tools"


@pytest.fixture
def versions(monkeypatch):
    from tools import versions as script  # noqa: PLC0415

    return script


def record(torch="2.13.0", tests=None, **results):
    """A record of one page; results are texts, or given by their kind."""
    kinds = {name: {"text": r} if isinstance(r, str) else r for name, r in results.items()}
    packages = dict.fromkeys(["numpy", "autograd", "scikit-learn", "matplotlib"], "1")
    packages |= dict.fromkeys(["Python", "mkdocs", "mkdocs-material"], "1")
    return {
        "versions": packages | {"torch": torch},
        "pages": {"lessons/optim": kinds},
        "tests": tests or {},
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("loss 1.25", "loss 1.25", 0),
        ("loss 2.0", "loss 1.0", 0.5),
        ("a 1.0 b 2.0", "a 1.0 b 1.9", 0.05),
        ("-1e-3", "-2e-3", 0.5),
        ("1.5 |  2.5", "1.5 | 2.5", 0),  # only an alignment
        ("0.0", "1e-7", 1),
        ("-1.0", "1.0", 2),
        ("step 114", "step 115", math.inf),  # a count
        ("shape (64, 100)", "shape (64, 101)", math.inf),
        ("loss 1.0", "cost 1.0", math.inf),
        ("1.0 2.0", "1.0", math.inf),
        ("nan", "1.0", math.inf),
        ("float32", "float64", math.inf),  # a name, not a number
    ],
)
def test_the_distance_of_two_texts(old, new, expected):
    assert distance(old, new) == pytest.approx(expected)
    assert distance(new, old) == pytest.approx(expected)


SAME = "Nothing changes that a reader would notice."
STEP = "Traceback:\nstep 1 loss 1.00000{}\nRuntimeError: {}shapes do not fit\n"
FAILURE = {"failure": "raised AttributeError\nno attribute `foo`"}


@pytest.fixture
def report(versions):
    """Report on one result that changes, between the same versions."""
    return lambda old, new: versions.report(record(a=old), record(a=new))


def test_nothing_or_last_digits_changed(report):
    text = report("loss 1.0", "loss 1.0")
    assert text.startswith("# The same versions\n")
    assert "- 1 were compared, on 1 pages;\n- 0 change, on 0 pages;\n- 0 more differ" in text
    assert SAME in text
    text = report("loss 2.943001e+07", "loss 2.943002e+07")
    assert "- 0 change, on 0 pages;\n- 1 more differ in last digits only" in text
    assert SAME in text


def test_a_value_changed(versions):
    old = {"snippets/a.py, value loss .3g": "0.125", "b": "same"}
    new = {"snippets/a.py, value loss .3g": "0.126", "b": "same"}
    text = versions.report(record("2.13.0+cpu", **old), record("2.15.0", **new))
    assert text.startswith("# torch 2.13.0 → 2.15.0\n")
    assert "- 1 change, on 1 pages;" in text
    assert (
        "## lessons/optim\n\n### snippets/a.py, value loss .3g\n\n~~~~diff\n-0.125\n+0.126\n~~~~"
    ) in text
    assert SAME not in text
    assert "### b" not in text


def test_only_the_lines_that_changed_are_shown(report):
    text = report(STEP.format(1, ""), STEP.format(2, "mm: "))
    changed = "-RuntimeError: shapes do not fit\n+RuntimeError: mm: shapes do not fit"
    assert f"~~~~diff\n{changed}\n~~~~" in text
    text = report("one\ntwo\n", "one\nwarning\ntwo\n")
    assert "+warning\n~~~~" in text
    assert not {"-one", "+two"} & set(text.splitlines())


def test_a_snippet_that_fails_now_or_no_longer(versions, report):
    text = report("fine", FAILURE)
    assert "### a\n\nIt fails now:\n\n~~~~text\nraised AttributeError\nno attribute `foo`" in text
    assert "-fine" not in text
    assert "It no longer fails. It failed with:\n\n~~~~text\nraised" in report(FAILURE, "fine")
    assert "+raised KeyError" in report(FAILURE, {"failure": "raised KeyError"})
    text = versions.report(record(a="x", b="y"), record(a="x"))
    assert "### b\n\nIt fails now:\n\n~~~~text\n(nothing)" in text


def test_a_picture_changed(report):
    old, new, short = ({"picture": f"[1.0{number}]"} for number in (", 2.0", ", 2.5", ""))
    assert "changes in numbers, by a relative difference of up to 0.2." in report(old, new)
    assert "The picture changes in its form." in report(old, short)


def test_a_test_that_fails(versions, tmp_path):
    (tmp_path / "test_sum.py").write_text("def test_right(): pass\ndef test_sum(): assert 1 == 2\n")
    xml = tmp_path / "tests.xml"
    options = ["-p", "no:cacheprovider", "-c", "/dev/null", f"--junitxml={xml}"]
    python("-m", "pytest", *options, "--rootdir", tmp_path, tmp_path, cwd=tmp_path)
    tests = versions.failures(xml)
    assert tests == {"test_sum.py::test_sum": "assert 1 == 2"}
    text = versions.report(record(a="x"), record(a="x", tests=tests))
    assert "## Tests that fail\n\n- `test_sum.py::test_sum`: assert 1 == 2\n" in text
    assert "Nothing changes" not in text
    text = versions.report(record(a="x", tests=tests), record(a="x", tests=tests))
    assert "test_sum" not in text, "it failed before"


def test_a_record_holds_what_pages_show(versions, monkeypatch, tmp_path):
    (tmp_path / "snippets").mkdir()
    (tmp_path / "docs/en/labs").mkdir(parents=True)
    (tmp_path / "snippets/fine.py").write_text(
        "loss = 0.125\nlosses = {'run': [1.0, 0.5]}\nprint('hello')\n"
    )
    (tmp_path / "snippets/more.py").write_text("losses = {'other': [2.0, 1.0]}\n")
    (tmp_path / "snippets/broken.py").write_text("raise KeyError('lost')\n")
    (tmp_path / "docs/en/page.md").write_text(
        '```output file="snippets/fine.py"\n```\n\n`#!value snippets/fine.py loss .2f`\n\n'
        '```figure file="snippets/fine.py" value="losses" kind="curves" with="snippets/more.py"\n'
        "title: Losses\nx: step\ny: loss\nrun: run\nother: other\n```\n\n"
        '```output file="snippets/fine.py" torch="2.15.0"\n```\n\n'
        '```output file="snippets/broken.py"\n```\n'
    )
    (tmp_path / "docs/en/labs/lab.py").write_text("# %%\nprint(6 * 7)\n\n# %%\n1 / 0\n")
    (tmp_path / "docs/en/prose.md").write_text("Nothing runs here.\n")
    monkeypatch.chdir(tmp_path)
    made = versions.record(None)
    assert list(made["pages"]) == ["page", "labs/lab"]
    page, lab = made["pages"]["page"], made["pages"]["labs/lab"]
    broken = page.pop("snippets/broken.py, output")["failure"]
    assert page == {
        "snippets/fine.py, output": {"text": "hello\n"},
        "snippets/fine.py, value loss .2f": {"text": "0.12"},
        "snippets/fine.py, figure losses": {"picture": '{"run": [1.0, 0.5], "other": [2.0, 1.0]}'},
    }
    assert broken.startswith("raised KeyError")
    assert "'lost'" in broken
    assert lab["code cell 1, output"] == {"text": "42\n"}
    assert "ZeroDivisionError" in lab["run"]["failure"]
    assert made["versions"]["torch"].startswith("2.")
