"""The Content-Security-Policy of a page: what a browser may load and run for it.

It stands in the page itself, so that it holds on any static host. The few inline scripts that the
theme needs are named by their hashes; no other inline script runs.
"""

import base64
import hashlib
import re

from loom import offline

INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", re.S
)
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'"
)
# From the file system, scripts have no host to come from, and the search runs in a frame with an
# inline script. What the policy is for holds there too: nothing is asked of any host.
OFFLINE = (
    "default-src file: data: 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'"
)


def of(html: str) -> str:
    """Return the policy that lets a page's own inline scripts run, and no others."""
    if offline.ON:
        return OFFLINE
    digests = {hashlib.sha256(script.encode()).digest() for script in INLINE_SCRIPT.findall(html)}
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in sorted(digests))
    return POLICY.format(hashes=hashes)


def add_to(html: str) -> str:
    """Put the policy into the head of a page."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{of(html)}">'
    return html.replace("<head>", f"<head>\n{meta}", 1)
