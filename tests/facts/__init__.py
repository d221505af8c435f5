"""What the pages say in words: one module for a page, one function for a statement.

A page names the functions in a comment before the text that states them; see CONTRIBUTING.md.
"""

import functools

from loom.run import programs
from loom.run.record import Record, Settings


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
