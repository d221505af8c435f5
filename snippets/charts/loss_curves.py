"""The losses of all eight lessons, from the programs whose output the pages show."""

import contextlib
import io
import runpy

from snippets.charts.one_start import LESSONS


def losses_of(lesson):
    """Run a lesson as a program and return its 500 losses, to six significant digits."""
    with contextlib.redirect_stdout(io.StringIO()):
        names = runpy.run_path(lesson.__file__, run_name="__main__")
    return [float(f"{loss:.6g}") for loss in names["losses"]]


if __name__ == "__main__":
    losses = {lesson.__name__.split(".")[1]: losses_of(lesson) for lesson in LESSONS}
    numpy_only = {"warmup_numpy": losses["warmup_numpy"]}
    first = {name: losses[name] for name in list(losses)[:4]}
    two_updates = {name: losses[name] for name in ("nn_sequential", "optim")}
    for name, curve in losses.items():
        print(f"{name:16s} {curve[0]:.4g} -> {curve[-1]:.4g}")
