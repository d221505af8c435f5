"""A site that is read from the file system: `make offline` builds it with OFFLINE=true.

Material's offline plugin (see mkdocs.yml) brings the search and links to files. What else differs
from a site on a host asks here.
"""

import os

ON = os.environ.get("OFFLINE") == "true"
