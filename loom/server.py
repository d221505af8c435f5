"""What the process that children are forked from imports first: see `runner`.

Without a collector of garbage, which would go through all that is imported again and again, the
imports take a fifth less. Children begin to collect: see `child.collect_garbage`.
"""

import gc

from loom import child  # noqa: F401 - or each child would import it

gc.disable()
