"""What the process that children are forked from imports first: see `runner`.

Without a collector of garbage, which would go through all that is imported again and again, the
imports take a fifth less; each child begins to collect anew, leaving aside what is there by then.
"""

import gc

from loom import child  # noqa: F401 - or each child would import it

gc.disable()
