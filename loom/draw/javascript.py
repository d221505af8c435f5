"""Run JavaScript in the building process: KaTeX for formulas, Observable Plot and dagre to draw."""

import atexit
import functools
import os
from pathlib import Path
from typing import Any

from py_mini_racer import JSEvalException, MiniRacer


class ScriptError(Exception):
    """A script threw an exception; the message is the script's own."""


def call(scripts: tuple[Path, ...], before: str, function: str, *arguments: Any) -> Any:
    """Call a function that some scripts define.

    Args:
        scripts: Files to load, in this order; a process loads them once.
        before: Code to run before them, which defines what they expect of a browser.
        function: The name of the function, as in `katex.renderToString`.
        *arguments: Values that JSON can hold.

    Returns:
        What the function returns, converted through JSON.

    Raises:
        ScriptError: If the function throws.
    """
    try:
        return _engine(os.getpid(), scripts, before).call(function, *arguments)
    except JSEvalException as error:
        raise ScriptError(str(error)) from None


@functools.cache
def _engine(process: int, scripts: tuple[Path, ...], before: str) -> MiniRacer:
    """Load scripts into an engine of their own; a forked process cannot use its parent's.

    Close the engine at exit, because it has a thread: since Python 3.13, a process that ends waits
    forever for a thread that still runs when the modules are gone.
    """
    engine = MiniRacer()
    atexit.register(engine.close)
    engine.eval(before)
    for script in scripts:
        engine.eval(script.read_text(encoding="utf-8"))
    return engine
