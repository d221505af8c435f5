"""JavaScript in the building process: KaTeX typesets formulas, Observable Plot and dagre draw."""

import atexit
import functools
import os
from pathlib import Path
from typing import Any

from py_mini_racer import JSEvalException, MiniRacer


class ScriptError(Exception):
    """A script has thrown; the message is the script's own."""


def call(scripts: tuple[Path, ...], before: str, function: str, *arguments: Any) -> Any:
    """Call a function of some scripts.

    Args:
        scripts: Files to load, in this order; a process loads them once.
        before: What runs before them: what they expect of a browser.
        function: The name of a function that the scripts define, as in `katex.renderToString`.
        arguments: Values that JSON can hold.

    Returns:
        What the function returns, by way of JSON.

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

    The engine has a thread. From Python 3.13 on, a process that ends waits for ever for a thread
    that is still at work after the modules are gone, so the engine is closed before that.
    """
    engine = MiniRacer()
    atexit.register(engine.close)
    engine.eval(before)
    for script in scripts:
        engine.eval(script.read_text(encoding="utf-8"))
    return engine
