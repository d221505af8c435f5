"""Run the code cells of a lab in a clean process, within the bounds of snippets."""

import os
import re
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

from loom.run import child
from loom.run.processes import run_in_child, tail
from loom.run.program import checked_text, too_long
from loom.run.record import Settings, SnippetError

# Matplotlib reads this file in the lab's folder; a reader's own notebook uses the defaults. The
# letters are large for the figure, so that a phone shows even an exponent at 9 px.
MATPLOTLIBRC = """\
figure.figsize: 4.2, 3.4
font.size: 11
legend.fontsize: small
figure.facecolor: none
axes.facecolor: none
svg.fonttype: none
svg.hashsalt: loom
"""
INLINE = "module://matplotlib_inline.backend_inline"  # draws into the notebook
DRAWING = "image/svg+xml"  # the kind of data of a drawing

STEP = re.compile(rb"^code cell \d+\n", re.MULTILINE)  # what `run_cells` itself prints

Outputs = list[list[dict[str, Any]]]  # for each code cell: texts, and data by MIME type


class LabError(SnippetError):
    """A cell of a lab failed.

    Attributes:
        outputs: What the cells before the failed one left behind.
    """

    def __init__(self, path: str, problem: str, detail: str, outputs: Outputs) -> None:
        advice = "Fix the cell in every language; the code of a lab is the same in all of them."
        super().__init__(path, problem, detail, advice)
        self.outputs = outputs


def run(path: str, cells: list[str], places: list[str], settings: Settings) -> dict[str, Any]:
    """Run the code cells of a lab from the first to the last, in an empty folder.

    Args:
        path: The lab.
        cells: The code of each cell.
        places: Where each begins, `path:line`.
        settings: The bounds, and the modules that the process starts with.

    Returns:
        A dict with `outputs`, one list for each cell that succeeded; `error`, the line, message and
        traceback of the cell that failed, or None; `read`, the SHA-256 of each file of the project
        that it read; and `seconds`.

    Raises:
        SnippetError: If the lab exceeds a bound or ends its process.
    """
    past, answer = run_in_child(run_cells, path, settings, cells)
    if beside := STEP.sub(b"", past).strip():
        raise SnippetError(
            path,
            "printed where no page sees it, as the programs that a cell starts do",
            tail(beside),
            "Capture it, as with `subprocess.run(…, capture_output=True)`, and print it.",
        )
    printed = 0
    for place, outputs in zip(places, answer["outputs"], strict=False):
        for output in outputs:
            data = output.get("data", {"text/plain": ""})
            if not {"text/plain", DRAWING} & data.keys():
                advice = "Show text or a drawing as well."
                raise SnippetError(place, f"shows {[*data]} alone", "", advice)
            for part, name in ((output, "text"), (output.get("data", {}), "text/plain")):
                if name in part:
                    part[name] = _checked(place, part[name], answer["library"])
                    printed += len(part[name])
            _check_drawing(place, data.get(DRAWING, "<svg"))
    if printed > settings.output_limit:
        raise too_long(path, settings)
    return answer


def _checked(path: str, text: Any, library: str) -> str:
    """Return a text that a cell left behind, as a page can hold it.

    Raises:
        SnippetError: If no page can hold it.
    """
    try:
        text.encode()
    except (AttributeError, UnicodeEncodeError):
        raise SnippetError(
            path,
            f"shows what no page can hold: {ascii(text)[:60]}",
            "",
            "Show text; one half of a surrogate pair is none.",
        ) from None
    return checked_text(path, text, library)


def _check_drawing(path: str, drawing: Any) -> None:
    """Raise an error if what a cell shows as a drawing is none."""
    if not isinstance(drawing, str) or "<svg" not in drawing:
        raise SnippetError(
            path, "shows a drawing without <svg", "", "Let matplotlib draw, or show text."
        )


def run_cells(path: str, cells: list[str]) -> dict[str, Any]:
    """Run cells in this process as a notebook does, with the arguments and the result of `run`.

    Leave the project's folder first: a reader's own notebook cannot import from it.
    """
    folder = tempfile.gettempdir()
    sys.path[:] = [entry for entry in sys.path if entry not in ("", os.getcwd())]
    os.chdir(folder)
    Path("matplotlibrc").write_text(MATPLOTLIBRC)
    os.environ.update(IPYTHONDIR=folder, MPLCONFIGDIR=folder, MPLBACKEND=INLINE)
    from loom.run.shell import Shell  # noqa: PLC0415 - only labs need IPython

    shell = Shell.instance()
    outputs: Outputs = []
    error = None
    started = time.monotonic()
    for number, cell in enumerate(cells, 1):
        os.write(1, f"code cell {number}\n".encode())  # so that an error shows how far it got
        left, raised = shell.run(cell)
        if raised:
            traceback = left[-1]["text"]
            lines = re.findall(r"Cell In\[\d+\], line (\d+)", traceback)
            said = raised.msg if isinstance(raised, SyntaxError) else raised
            error = {
                "line": int(lines[0]) if lines else 1,  # a traceback begins with this cell
                "message": f"{type(raised).__name__}: {said}",
                "traceback": traceback,
            }
            break
        outputs.append(left)
    return {
        "outputs": outputs,
        "error": error,
        "read": child.read,
        "seconds": time.monotonic() - started,
        "library": sysconfig.get_path("purelib"),
    }
