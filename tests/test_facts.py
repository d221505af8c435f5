"""Each statement of fact that a page names holds."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from loom.weave import facts

MODULES = sorted(path.stem for path in Path(__file__).parent.joinpath("facts").glob("[!_]*.py"))
ONE_SENTENCE = re.compile(r"[A-Z`0-9].*\.", re.DOTALL)


def functions():
    """Return each fact as a parameter of pytest, with its own marks and its name on pages."""
    return [
        pytest.param(function, id=f"{module}.{name}", marks=getattr(function, "pytestmark", ()))
        for module in MODULES
        for name, function in vars(importlib.import_module(f"facts.{module}")).items()
        if inspect.isfunction(function)
        and function.__module__ == f"facts.{module}"
        and not name.startswith("_")
    ]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fact", functions())
def test_the_statement_holds(fact):
    assert ONE_SENTENCE.fullmatch(inspect.cleandoc(fact.__doc__ or "")), "say it in one sentence"
    call(fact)


def call(fact):
    """Call a fact; if it fails, add to the error where pages state it."""
    try:
        fact()
    except Exception as error:
        name = f"{fact.__module__.removeprefix('facts.')}.{fact.__name__}"
        error.add_note(f"{name} is stated at {', '.join(places_of(name)) or 'no page'}")
        raise


def places_of(name):
    """Return each `page:line` that names a fact."""
    return [
        f"{page.as_posix()}:{line}"
        for page in sorted(Path("docs").rglob("*.*"))
        if page.suffix in (".md", ".py")
        for line, named in facts.named(page.read_text(encoding="utf-8"))
        if named == name
    ]


def test_a_false_fact_says_where_pages_state_it(project):
    project({"docs/en/page.md": PAGE, "docs/zh/page.md": PAGE, "tests/facts/page.py": TWO})

    def is_so():
        raise AssertionError

    is_so.__module__ = "facts.page"
    with pytest.raises(AssertionError) as raised:
        call(is_so)
    assert raised.value.__notes__ == [
        "page.is_so is stated at docs/en/page.md:3, docs/zh/page.md:3"
    ]


PAGE = """# Title {#title}

<!-- facts: page.is_true, page.is_so -->
Text.

````markdown
<!-- facts: page.example -->
Text.
````
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a function that writes files and tells what is wrong with the facts of its pages."""
    monkeypatch.chdir(tmp_path)

    def faults(files):
        for name, text in files.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")
        return facts.faults(sorted(Path("docs").rglob("*.*")))

    return faults


TWO = "def is_true(): ...\n\n\ndef is_so(): ...\n\n\ndef _helper(): ...\n"


def test_names_on_pages_and_functions_agree(project):
    assert project({"docs/en/page.md": PAGE, "tests/facts/page.py": TWO}) == []


@pytest.mark.parametrize(
    ("page", "place", "words"),
    [
        (PAGE.replace("is_so", "is_not"), "docs/en/page.md:3", "there is no fact page.is_not"),
        (PAGE.replace(", page.is_so", ""), "tests/facts/page.py:4", "no page names the fact"),
        (PAGE.replace("-->\nText", "-->\n\nText", 1), "docs/en/page.md:3", "an empty line"),
        (PAGE.replace("facts: ", "facts ", 1), "docs/en/page.md:3", "this names no facts"),
        (PAGE.replace("<!-- f", "<!--f", 1), "docs/en/page.md:3", "this names no facts"),
        (PAGE.replace("page.is_so", "is_so", 1), "docs/en/page.md:3", "this names no facts"),
    ],
)
def test_what_does_not_agree_is_named_with_its_line(project, page, place, words):
    found = project({"docs/en/page.md": page, "tests/facts/page.py": TWO})
    assert any(fault.startswith(f"{place}: ") and words in fault for fault in found), found
    assert all("What to do: " in fault for fault in found)


def test_a_broken_module_of_facts_is_named_with_its_line(project):
    (fault,) = project({"docs/en/page.md": "Text.", "tests/facts/page.py": "\ndef is_true(:\n"})
    assert fault.startswith("tests/facts/page.py:2: ")


def test_a_lab_names_facts_too(project):
    lab = "# %% [markdown]\n# <!-- facts: lab.is_true -->\n# Text.\n"
    (fault,) = project({"docs/en/labs/lab.py": lab})
    assert fault.startswith("docs/en/labs/lab.py:2: there is no fact lab.is_true")
    assert "facts" not in facts.without(lab)


def test_a_page_says_how_much_of_it_is_checked():
    page = PAGE + '\n```output file="snippets/optim.py"\n```\n'
    said = facts.checked(page).of_page("en")
    assert re.findall(r"\d+", said) == ["2", "1"], "a kind that the page lacks is left out"
