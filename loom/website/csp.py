"""What a page may run and load: its Content-Security-Policy, and a check of what authors write.

The policy stands in the page itself, so that it holds on any static host. It names the inline
scripts of the theme by their hashes; no other inline script runs. A page that holds anything that
the policy forbids is not built: a policy made from what a page holds would allow it.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from html.parser import HTMLParser

from loom import offline
from loom.run.program import CONTROL

INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", re.S | re.I
)
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'"
)
# From the file system, scripts do not come from a host, and the search runs in a frame with an
# inline script. This policy still serves its purpose: a page requests nothing from any host.
OFFLINE = (
    "default-src file: data: 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'"
)
# Elements that would run something, ask for something, change what addresses mean, or hide tags.
REFUSED = {"animate", "animatemotion", "animatetransform", "applet", "base", "embed", "frame"}
REFUSED |= {"frameset", "iframe", "link", "meta", "noembed", "noframes", "noscript", "object"}
REFUSED |= {"plaintext", "portal", "set", "style", "template", "title", "xmp"}
LOADING = {"action", "background", "data", "formaction", "poster", "src", "srcset"}
LOADING |= {"xlink:href"}  # what a browser asks for without a click; an <a> only leads there
LOADING |= {"data-assets"}  # where our own scripts load from
OURS = ("loom:", "page:")  # written as we write them, they are addresses before this is looked at
TELLING = {"attributionsrc", "ping"}  # addresses that a browser tells what readers do
STYLING = {"clip-path", "cursor", "fill", "filter", "marker", "marker-end", "marker-mid"}
STYLING |= {"marker-start", "mask", "stroke", "style"}  # read as a style is, with its escapes
SCHEME = re.compile(r"[a-z][a-z\d+.-]*:", re.I)
LEADS = re.compile(r"(?:https?|mailto):", re.I)  # where a link may lead
IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|avif)[;,]", re.I)
SHOWN = 120  # letters of what is wrong
# Around the content there is what the theme has written, with titles that hold no < and no quote.
IN_SHELL = re.compile(
    r"<(applet|base|embed|frame|iframe|object)\b|<[^<>]*javascript:"
    r"""|<(img|script|source|link(?![^<>]*\brel="?(canonical|alternate|prev|next)\b))\b"""
    r"""[^<>]*\s(src|href|srcset)=["']?(https?:)?//""",
    re.I,
)


def inline_scripts(html: str) -> set[str]:
    """Return the inline scripts of a page."""
    return set(INLINE_SCRIPT.findall(html))


def of(scripts: Iterable[str]) -> str:
    """Return the policy that lets these inline scripts run, and no others."""
    if offline.ON:
        return OFFLINE
    digests = {hashlib.sha256(script.encode()).digest() for script in scripts}
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in sorted(digests))
    return POLICY.format(hashes=hashes)


def add_to(html: str, scripts: Iterable[str]) -> str:
    """Put the policy that names some inline scripts into the head of a page."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{of(scripts)}">'
    return html.replace("<head>", f"<head>\n{meta}", 1)


def faults(content: str) -> list[tuple[str, str, str]]:
    """Name what the content of a page must not hold.

    Args:
        content: HTML, without the theme around it.

    Returns:
        For each fault the tag, what is wrong with it, and the value of the attribute that is.
    """
    finder = _Finder()
    finder.feed(content)
    finder.close()
    return finder.found


def faults_around(html: str, content: str, scripts: set[str]) -> list[tuple[str, str, str]]:
    """Name what must not stand around the content of a page, as a title could bring it there.

    Args:
        html: The finished page.
        content: Its content, which `faults` has checked.
        scripts: The inline scripts of the theme.
    """
    shell = html.replace(content, "") if content else html
    found = [(script, "an inline script", script) for script in inline_scripts(shell) - scripts]
    if control := CONTROL.search(html):  # of words, or of the alternative of a picture
        near = repr(html[max(control.start() - 30, 0) : control.end() + 30])
        found.append((near, f"the control character {control[0]!r}", ""))
    if risky := IN_SHELL.search(shell):
        start = shell.rfind("<", 0, risky.end())
        problem = "what could run a script, or comes from elsewhere, around its text"
        found.append((shell[start : start + SHOWN], problem, ""))
    return found


class _Finder(HTMLParser):
    """Finds what must not be in the content of a page, and what browsers may read differently."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.inside = ""  # an element that holds text alone

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        written = (self.get_starttag_text() or tag)[:SHOWN]
        named = {name.lower(): value or "" for name, value in attributes}
        is_data = tag == "script" and named == {"type": "application/json"}
        if tag in REFUSED or (tag == "script" and not is_data) or self.inside:
            self.found.append((written, f"a <{tag}> element", ""))
        if len(named) < len(attributes):
            self.found.append((written, "an attribute twice", ""))
        for name, value in named.items():
            if problem := _problem_of(tag, name, re.sub(r"[\x00-\x20]", "", value)):
                self.found.append((written, problem, value))
        self.inside = tag if tag in ("script", "textarea") else ""

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self.inside = ""

    def handle_data(self, text: str) -> None:
        """Look at the text of an element that a browser may see the end of sooner."""
        if self.inside and "<" in text:
            self.found.append((text[:SHOWN], f"a tag inside <{self.inside}>", ""))

    def handle_comment(self, text: str) -> None:
        """Refuse comments that browsers see the end of sooner than Python."""
        if text.startswith((">", "->")) or "--!>" in text:
            self.found.append((f"<!--{text}"[:SHOWN], "a comment that ends where it begins", ""))

    def unknown_decl(self, text: str) -> None:
        """Refuse what is no HTML."""
        self.found.append((f"<![{text}"[:SHOWN], "a part that is no HTML", ""))

    def handle_decl(self, decl: str) -> None:
        """Refuse a declaration, as of a document."""
        self.unknown_decl(decl)

    def handle_pi(self, data: str) -> None:
        """Refuse an instruction, which is no HTML either."""
        self.unknown_decl(data)


def _problem_of(tag: str, name: str, value: str) -> str:
    """Say what is wrong with an attribute, or return ""."""
    if name.startswith("on") or name in TELLING:
        does = "tells others what readers do" if name in TELLING else "runs a script"
        return f"an attribute {name}, which {does}"
    if tag in ("img", "image") and IMAGE.match(value):
        return ""
    value = value.replace("\\", "/")  # as browsers do
    loads = name in LOADING or (name == "href" and tag not in ("a", "area"))
    for address in value.split(",") if name == "srcset" else [value]:
        if loads and (SCHEME.match(address) or address.startswith("//")):
            return f"something from elsewhere, in {name}"
    if name == "href" and SCHEME.match(value) and not LEADS.match(value):
        ours = value.lower()
        runs = f"an address that runs a script or stands for a page of its own, in {name}"
        return f'an address that is not written href="{ours}"' if ours.startswith(OURS) else runs
    is_style = name in STYLING and re.search(r"image-set|@import|/", value, re.I)
    if is_style or re.search(r"url\((?!['\"]?#)", value, re.I):
        return f"something that a browser asks for, in {name}"
    return ""
