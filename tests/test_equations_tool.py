"""`python -m equations` reads Markdown, notebooks and LaTeX that know nothing of this project."""

import json
import os
import subprocess
import sys

import pytest
from small_site import PATIENCE, ROOT, python

from equations import __main__ as tool
from equations.sources import read_file

MARKDOWN = """\
# Notes

<!-- equations: A: m × n; x: n × 1 -->

The number $x^\\top x = \\|x\\|^2$ is \\(x^\\top x\\), and `$Z$` is code.

$$(A x)^\\top = x^\\top A^\\top$$

\\[ A x
  = 2 A x \\]

```tex
\\[ Z \\]
```

\\begin{align*}
A (x + x) &= 2 A x \\\\
A x &= A x
\\end{align*}
"""

LATEX = """\
\\documentclass{article}
% equations: A: m × n; x: n × 1
\\begin{document}
\\section{One} % $Z$
We know $A x = A x$.
\\begin{verbatim}
$Z$
\\end{verbatim}
\\begin{equation}
  x^T A^T = (A x)^T. \\label{eq:one}
\\end{equation}
\\subsection{Two}
$$ A x = 2 A x $$ 50\\% of it.
\\end{document}
"""


@pytest.fixture
def run(monkeypatch, capsys):
    """Return a function that runs the command, and returns its exit code and what it printed."""

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["equations", *words])
        code = tool.main()
        return code, capsys.readouterr().out

    return call


def verdicts(records: list[dict]) -> list[tuple]:
    return [(record["line"], record["status"], record["inline"]) for record in records]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "notes.md",
            MARKDOWN,
            [
                ("5", "checked", True),
                ("5", "read", True),
                ("7", "checked", False),
                ("9", "wrong", False),
                ("16", "checked", False),
            ],
        ),
        (
            "notes.tex",
            LATEX,
            [("5", "checked", True), ("9", "checked", False), ("13", "wrong", False)],
        ),
        (
            "notes.ipynb",
            json.dumps(
                {
                    "cells": [
                        {"cell_type": "code", "source": ["$Z$"]},
                        {"cell_type": "markdown", "source": MARKDOWN.splitlines(keepends=True)},
                        {"cell_type": "markdown", "source": "$x = x$"},
                    ]
                }
            ),
            [
                ("cell 2:5", "checked", True),
                ("cell 2:5", "read", True),
                ("cell 2:7", "checked", False),
                ("cell 2:9", "wrong", False),
                ("cell 2:16", "checked", False),
                ("cell 3:1", "checked", True),
            ],
        ),
    ],
)
def test_each_format_gives_verdicts_at_their_lines(tmp_path, run, name, text, expected):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    code, out = run("--json", str(file))
    assert code == 1
    assert verdicts(json.loads(out)) == expected


def test_a_line_tells_the_verdict_and_explains_the_shapes(tmp_path, run):
    file = tmp_path / "notes.md"
    file.write_text("<!-- equations: A: m × n; x: n × 1 -->\n\n$$\nA x = 2 A x\n$$\n", "utf-8")
    code, out = run("--explain", str(file))
    first, second, *factors, last = out.splitlines()
    assert code == 1
    assert first == f"{file}:3: wrong: A x = 2 A x"
    assert second.startswith("    does not hold: A x is ")
    assert [line.split("  ")[-2:] for line in factors] == [
        ["A", "m × n"],
        ["x", "n × 1"],
        ["2", "scalar"],
        ["A", "m × n"],
        ["x", "n × 1"],
    ]
    assert last == f"{file}: 1 wrong"
    file.write_text("<!-- equations: A: m × n -->\n\n$$\nA = A\n$$\n", encoding="utf-8-sig")
    assert run("--quiet", str(file)) == (0, f"{file}: 1 checked\n")


@pytest.mark.thorough
def test_whatever_reads_the_verdicts_there_is_no_traceback(tmp_path):
    file = tmp_path / os.fsdecode(b"caf\xe9.md")
    long = "<!-- equations: A: n × n -->\n" + "\n$$\nA = A \\quad \\text{对}\n$$\n" * 9
    file.write_text(long, encoding="utf-8")
    done = python("-m", "equations", str(file), PYTHONIOENCODING="ascii:strict")
    assert "\\udce9.md:3: " in done.stdout, done.stderr
    assert "\\text{对}" in done.stdout
    reader, writer = os.pipe()
    os.close(reader)  # as `head` does
    command = [sys.executable, "-m", "equations", str(file)]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"the output cannot be written" in done.stderr
    shut = ["sh", "-c", f"exec '{sys.executable}' -m equations x.md >&-"]
    done = subprocess.run(shut, stderr=subprocess.PIPE, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"the output is closed" in done.stderr


BROKEN = [
    *("", "{", "[]", '{"cells": 3}', '{"cells": ["x"]}', '{"cells": [null]}'),
    *(f'{{"cells": [{{"cell_type": "markdown", "source": {one}}}]}}' for one in ("5", "[1]")),
    '{"cells": [{"cell_type": "markdown", "source": "\\ud800"}]}',
    "[" * 100_000,
]


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: content[:60])
def test_a_file_that_cannot_be_read_is_named(tmp_path, run, content):
    file = tmp_path / "broken.ipynb"
    if content:
        file.write_text(content, encoding="utf-8")
    code, _ = run(str(file))
    assert code == 2


HIDING = [
    (".tex", "\\begin{comment} a \\end{comment}"),
    (".tex", "\\verb|\\begin{verbatim}| opens one"),
    (".tex", "%\\begin{comment}"),
    (".tex", "\\\\% a comment behind a new line"),
    (".md", "```` ```sh``` is code in a sentence ````"),
]


@pytest.mark.parametrize(("suffix", "line"), HIDING)
def test_what_looks_like_code_hides_no_formula(tmp_path, run, suffix, line):
    file = tmp_path / f"notes{suffix}"
    said = "equations: A: n × n"
    declared = f"% {said}" if suffix == ".tex" else f"<!-- {said} -->"
    file.write_text(f"{declared}\n{line}\n\n$$\nA = 2 A\n$$\n", encoding="utf-8")
    assert run("-q", str(file))[0] == 1


def test_a_fence_ends_with_the_cell_of_a_notebook(tmp_path, run):
    file = tmp_path / "notes.ipynb"
    texts = ["```\nopen", "<!-- equations: A: n × n -->\n\n$$\nA = 2 A\n$$"]
    cells = [{"cell_type": "markdown", "source": text} for text in texts]
    file.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert run("-q", str(file))[0] == 1


def test_what_is_no_page_is_not_read(run):
    assert run("/dev/full") == (2, "")  # there, reading has no end


def test_several_processes_find_the_same(tmp_path, monkeypatch):
    file = tmp_path / "notes.md"
    file.write_text(MARKDOWN, encoding="utf-8")
    alone = tool.check_file(file, explain=True, jobs=1)
    monkeypatch.setattr(tool, "MANY", 2)
    assert tool.check_file(file, explain=True, jobs=2) == alone


@pytest.mark.thorough
def test_processes_do_not_wait_for_threads_of_pytorch():
    """Forked ones would: a copy of PyTorch has no threads, and believes that it has."""
    here, apart = (f"docs/en/derivation/{name}.md" for name in ("attention", "derivative-basics"))
    done = subprocess.run(
        [sys.executable, "-m", "equations", "-q", "-j", "2", here, apart],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
        timeout=PATIENCE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_each_line_keeps_its_place(tmp_path):
    file = tmp_path / "notes.md"
    file.write_text("a $$b$$ c\n", encoding="utf-8")
    assert read_file(file) == [
        ("1", "a "),
        ("1", "$$"),
        ("1", "b"),
        ("1", "$$"),
        ("1", " c"),
        ("2", ""),
    ]


# Each of these took minutes, or no end was seen.
@pytest.mark.parametrize(
    ("latex", "words"),
    [
        (r"\sum_{i=1}^{1000000000} x = x", "a sum has more than 30,000 terms"),
        (r"\prod_{i=1}^{1000000000} x = x", "a sum has more than 30,000 terms"),
        ("x" * 1_000 + " = x", "it is too deep"),
    ],
    ids=["sum", "product", "factors"],
)
def test_a_formula_that_is_too_large_is_wrong(tmp_path, run, latex, words):
    file = tmp_path / "notes.md"
    file.write_text(f"<!-- equations: x: scalar -->\n\n$$\n{latex}\n$$\n", encoding="utf-8")
    code, out = run(str(file))
    assert code == 1
    assert words in out


def test_a_formula_that_opens_often_is_read_once(tmp_path, run):
    file = tmp_path / "notes.md"
    file.write_text(r"\(" * 100_000 + r"\(1\) and \(a \\(1)\)", encoding="utf-8")
    assert [line.lstrip("\\(") for _, line in read_file(file)] == [r"$1$ and $a \\(1)$"]
