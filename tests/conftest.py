"""Settings for all tests."""

import os

# Two test processes with two threads each would fight over two cores; digits would vary too.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
