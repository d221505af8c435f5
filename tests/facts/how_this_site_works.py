"""What `how-this-site-works` says of numbers that the code has; its tests are the other tests."""

from loom.run.record import Settings
from tools import compare_sites


def bounds_of_a_run():
    """A run may take 180 seconds, 2 GB of memory, 1 GB of temporary files and 64 processes."""
    settings = Settings.read()
    assert (settings.timeout, settings.memory, settings.disk) == (180, 2, 1)
    assert settings.processes == 64


def two_sites_may_differ_by_this_much():
    """`compare_sites` lets numbers above 1e-9 differ by 2 %, but for those of ten sources."""
    assert (compare_sites.RELATIVE, compare_sites.ROUNDING) == (0.02, 1e-9)
    sources = [name for name in compare_sites.ANY if not name.startswith("equation-")]
    assert len(sources) == 10
