"""Run notebook cells in IPython, without a kernel, and keep what they show in order."""

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


class _Hook(DisplayHook):  # type: ignore[misc]
    """Keeps the value of the last line of a cell."""

    def write_output_prompt(self) -> None:
        """Write no prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep the value's data, by MIME type."""
        self.shell.left.append({"data": dict(format_dict)})


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    """Keeps what a cell displays, such as pictures."""

    def publish(self, data: Any, *arguments: Any, **named: Any) -> None:
        """Keep the data, by MIME type."""
        self.shell.left.append({"data": dict(data)})


class Shell(InteractiveShell):  # type: ignore[misc]
    """Runs cells; matplotlib draws into them as SVG.

    Attributes:
        left: What the present cell has left behind so far: texts, and data by MIME type.
        raised: The last error that was shown.
    """

    displayhook_class = _Hook
    display_pub_class = _Publisher

    def __init__(self, **named: Any) -> None:
        self.left: list[dict[str, Any]] = []
        self.stream: Any = _Stream(self)
        self.raised: BaseException | None = None
        super().__init__(
            config=Config(
                InteractiveShell={"colors": "nocolor"},
                InlineBackend={"figure_formats": {"svg"}},
                HistoryManager={"enabled": False},
            ),
            **named,
        )

    def run(self, cell: str) -> tuple[list[dict[str, Any]], BaseException | None]:
        """Run a cell; return what it left behind, and what it raised, at last the traceback."""
        self.left, self.raised = [], None
        with self.shown():
            result = self.run_cell(cell, store_history=True)
        return self.left, result.error_before_exec or result.error_in_exec or self.raised

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Let the cell show what is printed here, even below `%%capture`."""
        with contextlib.redirect_stdout(self.stream), contextlib.redirect_stderr(self.stream):
            yield

    # IPython calls these for each error, also for one that a magic command such as `%run` hides.

    def showtraceback(self, exc_tuple: Any = None, *arguments: Any, **named: Any) -> None:
        """Keep an error, and show its traceback."""
        self.raised = (exc_tuple or sys.exc_info())[1]
        with self.shown():
            super().showtraceback(exc_tuple, *arguments, **named)

    def showsyntaxerror(self, *arguments: Any, **named: Any) -> None:
        """Keep an error of syntax, and show where it is."""
        self.raised = sys.exc_info()[1]
        with self.shown():
            super().showsyntaxerror(*arguments, **named)


class _Stream(io.TextIOBase):
    """Adds what a cell prints to the shell's `left`."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def write(self, text: str) -> int:
        """Append to the last text, or add a new text after other data; return the length."""
        if text and not (self.shell.left and "text" in self.shell.left[-1]):
            self.shell.left.append({"text": text})
        elif text:
            self.shell.left[-1]["text"] += text
        return len(text)
