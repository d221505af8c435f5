"""Whether to build a site for the file system, as `make offline` does with OFFLINE=true.

Material's offline plugin (see mkdocs.yml) adapts the search and the links. All other code that must
differ for such a site checks `ON`.
"""

import os

ON = os.environ.get("OFFLINE") == "true"
