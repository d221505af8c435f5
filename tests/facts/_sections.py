"""The sections of programs that pages show: their lines, and what they compute."""

import re
import textwrap
from pathlib import Path


def text(program: str, section: str) -> str:
    """Return the lines of a section of a program in `snippets/`, without marks of others."""
    source = Path("snippets", f"{program}.py").read_text(encoding="utf-8")
    after = source.split(f"# --8<-- [start:{section}]\n")[1]
    lines = after.split(f"# --8<-- [end:{section}]")[0]
    return textwrap.dedent(re.sub(r" *# --8<-- .*\n", "", lines))


def code(program: str, section: str) -> list[str]:
    """Return the lines of a section that are code."""
    lines = text(program, section).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def run(program: str, *sections: str, **names):
    """Run sections of a program one after the other; return all names, those given among them."""
    for section in sections:
        exec(text(program, section), names)
    return names
