"""What the pages say in words: one module for a page, one function for a statement.

A page names the functions in a comment before the text that states them; see CONTRIBUTING.md.
"""

import contextlib
import functools
import tempfile
import warnings
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat

from loom.run import programs
from loom.run.record import Record, Settings
from loom.weave import labs


@functools.cache
def record(name: str) -> Record:
    """Return the record of a program that a page shows, as the build takes it.

    Args:
        name: Its module below `snippets`, such as `mistakes.tensors_dtype`.
    """
    path = f"snippets/{name.replace('.', '/')}.py"
    runs = programs.run_all([path], Settings.read())
    if path in runs.failures:
        raise runs.failures[path]
    return runs.records[path]


def code_of_lab(name: str) -> list[str]:
    """Return the code cells of the notebook that readers download from the page of a lab."""
    text = labs.for_readers(Path(f"docs/en/labs/{name}.py"), "en", "https://example.org/")
    return [cell.source for cell in nbformat.reads(text, 4).cells if cell.cell_type == "code"]


@functools.cache
def lab(name: str) -> SimpleNamespace:
    """Run the notebook of a lab that readers download as a program; return the globals it leaves.

    The build has run the same code with IPython.

    Args:
        name: The lab's file name without its ending.
    """
    code = "\n\n".join(code_of_lab(name))
    left = {"__name__": "__main__"}
    plt.switch_backend("agg")
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.chdir(folder),
        warnings.catch_warnings(action="ignore"),
    ):
        exec(compile(code, f"{name}.ipynb", "exec"), left)
    plt.close("all")
    return SimpleNamespace(**left)
