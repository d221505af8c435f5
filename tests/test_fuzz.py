"""What pages may say by mistake: never a crash without page and line, never a hang.

`make test` tries a few, the same each time; `make fuzz` tries more than 100,000 others. What was
once found stands here as an example and is tried each time.
"""

import contextlib
import json
import logging
import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from equations import check, explain, lines, reading, scope, shapes, statements, syntax
from equations import pages as equations
from loom.draw import figures
from loom.run import program
from loom.run.record import Record, Settings, SnippetError
from loom.weave import course, fences, formulas, glossary, labs, parity, references, weaver

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent
TIMES = int(os.environ.get("FUZZ", "1"))  # `make fuzz` sets it
SECONDS = 30  # that one input may take, on a busy machine; nearly all take milliseconds
PAGES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/en/**/*.md"))]
LABS = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/en/labs/*.py"))]
FORMULAS = [formula for page in PAGES for formula in re.findall(r"(?s)\$\$\n(.*?)\n\$\$", page)]
FORMULAS += [formula for page in PAGES for formula in re.findall(r"\$([^$\n`]+)\$", page)]
DECLARATIONS = re.findall("<!-- equations: .* -->", "\n".join(PAGES))
MISSPELT = [
    '```outputs file="snippets/a.py"\n```\n',
    '```Output file="snippets/a.py"\n```\n',
    '``` {.output file="snippets/a.py"}\n```\n',
    '```output file="snippets/a.py"part="2"\n```\n',
    "```output file='snippets/a.py'\n```\n",
    '```output file="snippets/a.py" x\n```\n',
    '- ```output file="snippets/a.py"\n```\n',
    '``output file="snippets/a.py"\n```\n',
    '```output file="snippets/a.py"\n````\n',
    "```python\nx\n",
    '--8<-- "snippets/a.py:1:3"\n',
    '--8<-- "snippets/a.py:part" \n',
    "--8<-- 'snippets/a.py'\n",
    "--8<--\nsnippets/a.py\n--8<--\n",
]
GRAMMAR = Path(syntax.__file__).with_name("grammar.lark").read_text(encoding="utf-8")
EQUATIONS = from_lark(Lark(GRAMMAR, parser="lalr"))
TOKENS = [
    *("```", "~~~", "````", "`", "``", "$", "$$", '"', "'", "=", "    ", "\t", "> ", "- ", "\n"),
    *("output", "figure", "live", "python", "{.output", "}", '--8<-- "', "--8<--", ";--8<--", '"'),
    *('file="snippets/a.py"', 'part="1"', 'part="9"', 'value="x"', 'kind="curves"', "file=", " x"),
    *("`#!value ", "`#!code ", "snippets/a.py ", "snippets/no.py ", "losses[0] .3g", "](loom:"),
    *("<!-- equations: ", " -->", "A: m × n", "; ", "table", "constant ", "unchecked: ", "&", "0"),
    *("\\frac", "{", "}", "_", "^", "\\top", "\\sum", "\\mathrm{d}", "\\iff", "\\\\", "9" * 30),
    *("title: ", ":", "# ", "{#id}", "---\n", "<div>", "<!--", "| ", "!!! note\n", "[", "](", "#"),
    *("é", "张量", "\u2028", "\x0c", "\x00", "\x02", "\x03", "\ufeff", "😀", "\\", "\r"),
]


class HangError(BaseException):
    """An input takes too long; nothing between here and there catches it by mistake."""


def _stop(*_):
    raise HangError(f"still busy after {SECONDS} s")


def fuzz(number, inputs, *examples):
    """Make a test of a function: call it with so many inputs, times what FUZZ says."""

    def decorate(function):
        def test(record_property):
            tried = []

            @settings(
                max_examples=number * TIMES,
                derandomize=TIMES == 1,
                database=None,
                deadline=None,
                phases=[Phase.explicit, Phase.generate, Phase.shrink],
                suppress_health_check=list(HealthCheck),
            )
            @given(made=inputs)
            def run(made):
                tried.append(0)
                before = signal.signal(signal.SIGALRM, _stop)
                signal.setitimer(signal.ITIMER_REAL, SECONDS)
                try:
                    function(made)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
                    signal.signal(signal.SIGALRM, before)

            for one in examples:
                run = example(made=one)(run)
            run()
            assert len(tried) >= number * TIMES
            record_property("fuzzed inputs", len(tried))

        return test

    return decorate


@st.composite
def mangled(draw, texts, lines=30):
    """A piece of a real text in which a few things are put in, taken out, doubled or replaced."""
    text = draw(st.sampled_from(texts)).split("\n")
    start = draw(st.integers(0, len(text) - 1))
    piece = "\n".join(text[start : start + draw(st.integers(1, lines))])
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(piece)))
        end = min(len(piece), at + draw(st.integers(0, 12)))
        new = draw(st.sampled_from([*TOKENS, "", piece[at:end] * 2]))
        piece = piece[:at] + new + piece[end:]
    return piece


HEAPS = st.lists(st.sampled_from(TOKENS) | st.text(max_size=3), max_size=25).map("".join)


def tamed(page):
    """Let a page take all that it shows from the one snippet of the project below."""
    page = re.sub(r"snippets/[\w/]+\.py", "snippets/a.py", page)
    page = re.sub(r"(?<=snippets/a\.py:)[\w-]+", "part", page)
    page = re.sub(r"(`#!\w+) [^`]+`", r"\1 snippets/a.py losses[0] .3g`", page)
    page = re.sub(r' (torch|diverges|part|sizes)="[^"]*"', "", page)
    return re.sub(r'value="\w+" kind="\w+"', 'value="curves" kind="curves"', page)


TAMED = [tamed(page) for page in PAGES]


@pytest.fixture(scope="module", autouse=True)
def project(tmp_path_factory):
    """A project with one snippet, which never runs, as the working directory."""
    folder = tmp_path_factory.mktemp("fuzz")
    for name in ("docs/zh", "docs/en", "snippets", "releases"):
        (folder / name).mkdir(parents=True)
    source = "# --8<-- [start:part]\nx = 1.5\n# --8<-- [end:part]\n"
    (folder / "snippets/a.py").write_text(source)
    shutil.copy(ROOT / "docs/en/glossary.md", folder / "docs/en/glossary.md")
    values = {"x": 1.5, "losses": [3.0, 2.0], "curves": {"a": [1.0, 2.0]}}
    record = Record("snippets/a.py", "one\n\ntwo\n", values, {"seed": "0"}, {"Python": "3"}, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "run", lambda path, settings: record)
        here = lambda function, tasks, preload: [function(task) for task in tasks]  # noqa: E731
        patch.setattr(course, "call_all", here)  # not in processes of their own
        patch.chdir(folder)
        patch.setattr(fences._State, "page", None)  # afterwards no page is being rendered
        logging.disable(logging.CRITICAL)
        yield folder
        logging.disable(logging.NOTSET)


@pytest.fixture(scope="module", autouse=True)
def config(project):
    """Load the configuration of the English site once, for `build`."""
    build.config = load_config(str(ROOT / "mkdocs.en.yml"), docs_dir=str(project / "docs/en"))


def build(text):
    """Do to one page what a build does; return what it reports."""
    page = Path("docs/en/page.md")
    page.write_text(text, encoding="utf-8", newline="")
    weave = weaver.of_project()
    weave.show_failures = False
    errors = [str(error) for error in course.weave(weave, [page])]
    errors += course.wrong_equations([page], weave.settings)
    if errors:
        return errors
    rendered = Page(None, File("page.md", "docs/en", "site", True), build.config)
    rendered.file.abs_src_path = str(page.resolve())
    fences.begin_page(page)
    try:
        rendered.read_source(build.config)
        rendered.render(build.config, Files([rendered.file]))
    except Exception as error:
        return [str(error)]
    return []


@pytest.mark.parametrize("text", MISSPELT)
def test_what_markdown_would_take_for_something_else_is_named(text):
    (error, *_) = build(f"# T\n\n{text}")
    assert error.startswith("docs/en/page.md:3: ")


@fuzz(
    40,
    mangled(TAMED) | HEAPS,
    "$$$\t0$$",
    "a $\\frac{x$",
    "$$ $$",
    "`#!value snippets/a.py x\ny`",
    "`#!value snippets/a\x00.py x`",
    '``` {.output file="x"}\n```\n',
)
def test_a_build_names_page_and_line(text):
    for error in build(text):
        assert re.match(r"docs/en/page\.md:\d+: ", error), error


@fuzz(150, mangled(PAGES, 60) | HEAPS, "\ufeff```output\n```\n", "\u2028\n```live x\n```\n")
def test_references_are_found_on_their_lines(text):
    lines = text.split("\n")
    for found in references.find(text):
        assert lines[found.line - 1].strip() == found.text
        assert found.problem == "" or len(found.problem) > 20


@fuzz(40, EQUATIONS | mangled(FORMULAS, 3) | HEAPS, "\x00", "t = \\", "((t = t")
def test_equations_are_read_or_refused(text):
    try:
        tree = syntax.parse(text)
    except syntax.EquationError:
        return
    assert syntax.latex_of(tree)


KNOWN = "<!-- equations: A: m × n; B: n × p; x: n × 1; t: scalar; S: n × n; X: m × n -->"


@st.composite
def pages_of_equations(draw):
    """Declarations, and equations of the grammar, of the pages, or neither."""
    declared = draw(st.sampled_from([KNOWN, *DECLARATIONS]) | mangled(DECLARATIONS))
    formulas = st.lists(EQUATIONS | mangled(FORMULAS, 4) | HEAPS, min_size=1, max_size=3)
    return "\n\n".join([declared, *(f"$$\n{formula}\n$$" for formula in draw(formulas))])


@fuzz(
    20,
    pages_of_equations(),
    *(
        f"{KNOWN}\n$$\n{formula} = t\n$$\n"
        for formula in (
            "t^{" + "9" * 30 + "}",
            "A^{\\odot " + "9" * 5000 + "}",
            "A" + r" \otimes A" * 9,
            r"\sqrt{" * 2000 + "t" + "}" * 2000,
            r"\sum_i \sum_j \sum_k \sum_a \sum_b \sum_c A_{ij} S_{jk} S_{ka} S_{ab} S_{bc}",
            r"\mathrm{d}" * 25 + "t",
            "t" + "+ t" * 3000,
            "A_{0i}",
        )
    ),
    "<!-- equations: u = v; v = u -->\n$$\nu = v\n$$\n",
    "<!-- equations: A: 99999 × 99999; B: 0 × 2; C: ² × ² -->\n$$\nA = C\n$$\n",
)
def test_equations_are_checked_or_refused(text):
    for result in check.check_page(text):
        assert 1 <= result.line <= text.count("\n") + 1
        assert result.status in equations.STATUSES
        assert bool(result.message) == (result.status in ("wrong", "unchecked"))


@fuzz(25, mangled(FORMULAS, 3) | HEAPS, "\\def\\a{\\a\\a}\\a", "{" * 9999, "\x00")
def test_formulas_are_typeset_or_refused(text):
    with contextlib.suppress(formulas.MathError):
        assert "<math" in formulas.render.__wrapped__(text, True)


@fuzz(65, mangled(["title: words\nx: step\ny: loss\nlosses: the loss\n"]) | HEAPS, ":", "title:")
def test_words_on_pictures_are_read_or_refused(text):
    with contextlib.suppress(SnippetError):
        labels = figures.labels_of(references.Reference(1, "", "figure", "a.py", body=text))
        assert labels["title"]


NAMELESS = "##   · 梯度 {#gradient}\n\nThe slopes."


@fuzz(60, mangled([(ROOT / "docs/en/glossary.md").read_text("utf-8")]) | HEAPS, NAMELESS)
def test_glossaries_are_read(text):
    Path("glossary.md").write_text(text, encoding="utf-8")
    for term in glossary.read_terms(Path("glossary.md")):
        assert term.id
        assert term.name


@fuzz(60, st.tuples(mangled(PAGES), mangled(PAGES) | HEAPS))
def test_languages_are_compared(pair):
    for language, text in zip(("zh", "en"), pair, strict=True):
        Path("docs", language, "page.md").write_text(text, encoding="utf-8")
    differences = parity.differences(Path("docs/zh"), Path("docs/en"))
    assert pair[0] != pair[1] or not any("differ" in difference for difference in differences)


@fuzz(10, mangled(LABS, 80) | HEAPS)
def test_labs_are_read(text):
    Path("lab.py").write_text(text, encoding="utf-8")
    assert labs.differences(Path("lab.py"), Path("lab.py")) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@fuzz(
    40,
    st.dictionaries(st.sampled_from(["path", "output", "values", "files", "new"]), JSON) | JSON,
    {"unknown": 1},
)
def test_records_of_other_releases_are_read_or_refused(kept):
    for whole in (kept, {"snippets/a.py": kept}):
        Path("releases/torch-1.json").write_text(json.dumps(whole))
        reference = references.from_options("output", {"file": "snippets/a.py", "torch": "1"})
        with pytest.raises(SnippetError, match=r"has no record of torch 1"):
            weaver.Weaver(Settings()).record_for(reference)


MODULES = (
    references,
    fences,
    formulas,
    weaver,
    figures,
    glossary,
    parity,
    labs,
    check,
    explain,
    lines,
    reading,
    scope,
    shapes,
    statements,
    syntax,
)
PATTERNS = {
    f"{module.__name__}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long(name):
    """A thousand repetitions of anything are searched in milliseconds, not for ever."""
    signal.signal(signal.SIGALRM, _stop)
    for one in TOKENS:
        signal.setitimer(signal.ITIMER_REAL, 5)
        for other in ("", "x", " ", "`"):
            PATTERNS[name].search(f"{one}{other}" * 1000 + "!")
            PATTERNS[name].search(f"`#!value {one}$" + other * 1000 + one)
    signal.setitimer(signal.ITIMER_REAL, 0)
