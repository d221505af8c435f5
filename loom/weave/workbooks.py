"""Workbooks of exercises as notebooks for Colab, where nothing has to be installed.

A notebook holds the workbook as it is and checks it with the same check.py as readers do at home.
"""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from loom import words
from loom.weave import references
from loom.weave.weaver import EXERCISES

FOLDER = Path("exercises")
GET = """\
import io, urllib.request, zipfile

with urllib.request.urlopen("{download}") as answer:
    zipfile.ZipFile(io.BytesIO(answer.read())).extractall()"""


def of_page(source: str) -> Path | None:
    """Return the workbook of a page in Markdown, or None if the page has no exercises."""
    named = (Path(found.path) for found in references.find(source) if found.kind == "exercise")
    return next((path for path in named if FOLDER in path.parents), None)


def published(workbook: Path) -> str:
    """Return where the notebook of a workbook is, in the site of a language."""
    return workbook.with_suffix(".ipynb").as_posix()


def notebook(workbook: Path, language: str, download: str) -> str:
    """Return the notebook in which readers of a language fill in a workbook.

    Args:
        workbook: The workbook, a file of exercises/.
        language: The language of its text, and of what the check says.
        download: The address of exercises.zip.
    """
    page = workbook.stem.partition("_")[2].replace("_", "-")
    text = workbook.read_text(encoding="utf-8")
    cells = [
        new_markdown_cell(words.of(language)["exercises"]["about"].format(file=workbook.name)),
        new_code_cell(GET.format(download=download)),
        new_code_cell(f"%%writefile {workbook.as_posix()}\n{text}"),
        new_code_cell(f"!python {FOLDER}/check.py {page} --lang {language}"),
    ]
    for number, cell in enumerate(cells):
        cell.id = str(number)  # nbformat draws ids at random; a build is the same each time
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made: str = nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": kernel}))
    return made


def link(source: str, base: str, language: str) -> str:
    """Add to the line with the exercises' download a link that opens the notebook in Colab.

    Args:
        source: A page in Markdown; its lines keep their numbers.
        base: Where Colab finds the published site: `extra.colab` in mkdocs.yml.
        language: The language of the page.
    """
    workbook = of_page(source)
    if not base or workbook is None:
        return source
    said = words.of(language)["exercises"]["colab"].format(file=workbook.name)
    address = f"{base}{language}/{published(workbook)}"
    download = re.compile(rf"^.*\(loom:{re.escape(EXERCISES)}\).*$", re.MULTILINE)
    return download.sub(lambda line: f"{line[0]} [{said}]({address})", source, count=1)
