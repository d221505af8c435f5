"""Settings for all tests."""

import os

# Two test processes with two threads each would fight over two cores; digits would vary too.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")


def pytest_terminal_summary(terminalreporter):
    """Print what tests recorded: counts that tell how much a test has tried."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")
