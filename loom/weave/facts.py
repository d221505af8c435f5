"""Statements of fact: which of them a page names, and how much of a page is checked.

A comment `<!-- facts: optim.adam_is_behind_first, … -->` before a paragraph, list or table names
functions of `tests/facts/`, each of which asserts one statement of the text below the comment. The
tests call them; a build runs none, and checks the names.
"""

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from equations import pages as equations
from loom import words
from loom.weave import references

FOLDER = Path("tests/facts")
COMMENT = re.compile(r"^ *(?:# )?<!-- facts: (?P<names>\w+\.\w+(?:, \w+\.\w+)*) -->$")
LOOKS_LIKE_COMMENT = re.compile(r"^ *(?:# )?<!--\s*facts?\b")
WRITE = "What to do: write <!-- facts: module.name, module.other --> on a line of its own"


@dataclass
class Checked:
    """What of one page or of several is checked.

    Attributes:
        statements: The names of the facts.
        formulas: How many formulas the checker of equations evaluated.
        programs: The paths of the programs and labs whose runs are shown.
    """

    statements: set[str] = field(default_factory=set)
    formulas: int = 0
    programs: set[str] = field(default_factory=set)

    def __or__(self, other: "Checked") -> "Checked":
        """Return what of both is checked."""
        return Checked(
            self.statements | other.statements,
            self.formulas + other.formulas,
            self.programs | other.programs,
        )

    @property
    def counts(self) -> dict[str, int]:
        """How much there is of each kind."""
        return {
            "statements": len(self.statements),
            "formulas": self.formulas,
            "programs": len(self.programs),
        }

    def of_page(self, language: str) -> str:
        """Return the last line of a page: a sentence for each kind that the page has."""
        said = words.of(language)["checks"]
        return "".join(said[kind].format(n=n) for kind, n in self.counts.items() if n)


def checked(markdown: str) -> Checked:
    """Count what of a page is checked; its equations have been checked before."""
    runs = {
        path
        for reference in references.find(markdown)
        if reference.is_run
        for path in reference.paths
    }
    results = equations.results_of(markdown) if equations.declares(markdown) else []
    formulas = sum(result.status == "checked" for result in results)
    return Checked({name for _, name in named(markdown)}, formulas, runs)


def checked_in(folder: Path) -> Checked:
    """Count what of all pages and labs below a folder is checked."""
    found = Checked()
    for page in sorted(folder.rglob("*.*")):
        if page.suffix == ".md":
            found |= checked(page.read_text(encoding="utf-8"))
        elif page.suffix == ".py":
            found |= checked_in_lab(page)
    return found


def checked_in_lab(path: Path) -> Checked:
    """Count what of a lab is checked: the lab itself is the program."""
    facts = {name for _, name in named(path.read_text(encoding="utf-8"))}
    return Checked(facts, programs={path.as_posix()})


def names_in(line: str) -> list[str]:
    """Return the facts that a line names, if it is such a comment."""
    comment = COMMENT.match(line)
    return comment["names"].split(", ") if comment else []


def named(text: str) -> Iterator[tuple[int, str]]:
    """Yield each fact that a page or a lab names, with its line."""
    for number, line, _ in _comments(text):
        yield from ((number, name) for name in names_in(line))


@functools.lru_cache(1000)
def _comments(text: str) -> tuple[tuple[int, str, str], ...]:
    """Return what looks like a comment with facts: its number, the line and the line below.

    Comments in a fence are examples.
    """
    found, ticks = [], ""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        fence = references.FENCE.match(line)
        if fence and not ticks:
            ticks = fence["ticks"]
        elif fence and fence["ticks"] == ticks and not fence["name"]:
            ticks = ""
        elif not ticks and LOOKS_LIKE_COMMENT.match(line):
            found.append((number, line, "".join(lines[number : number + 1])))
    return tuple(found)


def without(text: str) -> str:
    """Return a text without its comments that name facts."""
    comments = {number for number, _, _ in _comments(text)}
    lines = enumerate(text.split("\n"), 1)
    return "\n".join(line for number, line in lines if number not in comments)


def defined() -> dict[str, str]:
    """Return each function in `tests/facts/`, `module.name`, with the place of its definition."""
    return {
        f"{path.stem}.{name}": f"{path.as_posix()}:{line}"
        for path in sorted(FOLDER.glob("[!_]*.py"))
        for name, line in _functions(path.read_text(encoding="utf-8"), path)
    }


@functools.lru_cache(1000)
def _functions(source: str, path: Path) -> list[tuple[str, int]]:
    """Return the name and the line of each function of a module that is no helper."""
    return [
        (node.name, node.lineno)
        for node in ast.parse(source, path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def faults(pages: list[Path]) -> list[str]:
    """Return what is wrong with the facts that pages name, each with its page or file and line.

    Args:
        pages: All pages and labs, in all languages.
    """
    try:
        known = defined()
    except SyntaxError as error:
        return [f"{error.filename}:{error.lineno}: {error.msg}\nWhat to do: fix this line."]
    found, used = [], set()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for number, line, below in _comments(text):
            if not COMMENT.match(line):
                found.append(f"{page}:{number}: this names no facts: {line.strip()}\n{WRITE}.")
            elif not below.removeprefix("#").strip():
                found.append(
                    f"{page}:{number}: the facts stand before an empty line.\n{WRITE}, "
                    "directly before the paragraph, list or table that states them."
                )
        for number, name in named(text):
            used.add(name)
            if name not in known:
                module, _, function = name.partition(".")
                found.append(
                    f"{page}:{number}: there is no fact {name}.\nWhat to do: write "
                    f"`def {function}()` in {FOLDER.as_posix()}/{module}.py, or fix the name."
                )
    return found + [
        f"{place}: no page names the fact {name}.\nWhat to do: name it before the text that states "
        "it, in all languages, or delete it."
        for name, place in known.items()
        if name not in used
    ]
