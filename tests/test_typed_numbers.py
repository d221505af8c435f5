"""Numbers that authors typed: each is part of a fact, or one that nobody measured."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from loom.weave import facts, references

ROOT = Path(__file__).parent.parent
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.*"))
PAGES = [page for page in PAGES if page.count("/") > 1 and page.endswith((".md", ".py"))]
ALLOWED = tomllib.loads((Path(__file__).parent / "typed_numbers.toml").read_text(encoding="utf-8"))
NO_MEASUREMENT = re.compile("|".join(ALLOWED["patterns"]))
# What is woven, run, checked elsewhere or not read: code, formulas, addresses, tags, attributes.
ELSEWHERE = re.compile(r"``.+?``|`[^`]*`|\$[^$]+\$|\]\([^)]*\)|\{[^}]*\}|<[^>]*>|https?://\S+")
NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*")
TASK, ANSWER = re.compile(r"^### \d"), re.compile(r"^(\?\?\? success|#)")  # a hint is no answer


def prose(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield the lines of prose of a page: number, text, and whether a fact is named above."""
    text = re.sub(r"\A---\n.*?\n---\n", lambda front: "\n" * front[0].count("\n"), text, flags=re.S)
    closing, has_fact, is_task = "", False, False
    for number, line in enumerate(text.split("\n"), 1):
        fence = references.FENCE.match(line)
        if closing:
            closing = "" if line.strip() == closing else closing
        elif fence or line.strip() == "$$":
            closing = fence["ticks"] if fence else "$$"
        elif not line.strip():
            has_fact = False
        elif facts.names_in(line):
            has_fact = True
        else:
            is_task = bool(TASK.match(line)) or (is_task and not ANSWER.match(line))
            if not is_task and not line.startswith("#") and "<!--" not in line:
                yield number, line, has_fact


def typed(page: str, text: str) -> Iterator[str]:
    """Yield each number in the prose of a page that no fact and no pattern covers."""
    if page.endswith(".py"):  # a lab: its Markdown cells
        cells = re.split(r"^# %%", text, flags=re.M)
        text = "\n\n".join(
            re.sub(r"^# ?", "", cell, flags=re.M) if cell.startswith(" [markdown]") else ""
            for cell in cells
        )
    allowed = ALLOWED["pages"].get(page, [])
    for number, line, has_fact in prose(text):
        shown = NO_MEASUREMENT.sub(" ", ELSEWHERE.sub(" ", line))
        for fragment in allowed:
            shown = shown.replace(fragment, " ")
        if not has_fact:
            for found in NUMBER.finditer(shown):
                around = shown[max(0, found.start() - 20) : found.end() + 20].strip()
                yield f"{page}:{number}: {found.group()} in “{around}”"


@pytest.mark.parametrize("page", PAGES)
def test_each_typed_number_is_part_of_a_fact_or_was_not_measured(page):
    found = list(typed(page, (ROOT / page).read_text(encoding="utf-8")))
    assert not found, (
        "weave it (`#!value …`), name the fact that holds it, or, if nobody measured it, add it to "
        "tests/typed_numbers.toml:\n" + "\n".join(found)
    )


SAMPLE = """# Title of 1990 {#title}

In lesson 3 it took 37 tries, and `42` in code, and $43$ in a formula.

<!-- facts: page.it_takes_38 -->
It took 38 tries.

```text
39
```

### 4 · A task {#exercise-4}

Take 41 numbers.

??? success "Answer"

    It gives 51.
"""


def test_a_typed_number_is_found_with_its_line():
    found = [fault.partition(" in ")[0] for fault in typed("docs/en/page.md", SAMPLE)]
    assert found == ["docs/en/page.md:3: 37", "docs/en/page.md:18: 51."]


def test_a_number_that_is_allowed_is_still_on_its_page():
    for page, fragments in ALLOWED["pages"].items():
        text = (ROOT / page).read_text(encoding="utf-8")
        shown = "\n".join(
            NO_MEASUREMENT.sub(" ", ELSEWHERE.sub(" ", line)) for line in text.splitlines()
        )
        gone = [fragment for fragment in fragments if fragment not in shown]
        assert not gone, f"tests/typed_numbers.toml: {page} no longer has {gone}: take it out"
