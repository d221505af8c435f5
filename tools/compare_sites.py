"""Compare two built sites, of which only values may differ; report which do and by how much.

Two builds of one commit on one machine are byte-identical; a different machine adds in a different
order and rounds differently. `python -m tools.compare_sites SITE OTHER` lists what differs, the
worst first, and fails if anything but a value differs, or a value by too much.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tools.compare import NUMBER

RELATIVE = 0.02  # how much two numbers may differ, relative to the larger
ROUNDING = 1e-9  # smaller numbers are rounding errors, or a loss that is practically 0
# Where any number is accepted, and why.
ANY = {
    "equation-mark": "the largest error of a checked equation is rounding",
    "equation-summary": "the same",
    "labs/checking-gradients": "shows how rounding grows as the step of a difference shrinks",
    "labs/digits": "counts the pictures that a network reads wrong",
    "snippets/derivations/central_difference.py": "shows the same",
    "snippets/charts/one_start.py": "shows how far rounding carries equal programs apart",
    "snippets/charts/explorer.py": "has learning rates at which a run is chaotic",
    "snippets/charts/explorer_momentum.py": "the same",
    "snippets/charts/explorer_adam.py": "the same",
    "snippets/charts/training_in_nn.py": "bins begin at the smallest of 100,000 gradients",
    "snippets/mistakes/autograd_clamp_at_zero.py": "counts weights that are almost 0",
    "snippets/mistakes/optim_forgot_zero.py": "the gradients of 500 steps add up",
    "snippets/mistakes/optim_sgd_by_hand.py": "shows the last digit of float32",
    "snippets/mistakes/real_data_leak.py": "counts the pictures that a network reads right",
    "snippets/mistakes/weight_sharing_by_depth.py": "shows whole per cents",
}
# What a language model writes may differ in its words too: rounding leads to other weights.
WRITES = "snippets/language_model.py"
WRITTEN = "lessons/language-model/"  # the page that shows it
NETWORK = re.compile(r"^(networks/\w+)-[0-9a-f]{8}\.js$")  # published under its hash
DIGITS = re.compile(r"[-+−⁻.,e\d⁰¹²³⁴-⁹ ]")  # numbers run together in the search index
SHOWN = "figure.loom, data.loom-value, .equation-mark, .equation-summary"
DRAWN = "svg, script"  # drawn from values that stand beside it as text and in a table


@dataclass(frozen=True)
class Difference:
    """A place in which two sites differ.

    Attributes:
        where: The file and, for a value, the snippet that it is from.
        what: Both sides, or how they differ.
        size: The difference of two numbers relative to the larger; infinite for anything else.
        bad: Whether it is more than allowed.
    """

    where: str
    what: str
    size: float = float("inf")
    bad: bool = True

    def __str__(self) -> str:
        """Say where, what and how much."""
        return f"{'!' if self.bad else ' '} {self.size:7.1e}  {self.where}: {self.what}"


def compare(first: Path, second: Path) -> list[Difference]:
    """Return what differs between two sites: bad differences first, then by size."""
    names = [{_name(path, site): path for path in site.rglob("*")} for site in (first, second)]
    found = [Difference(name, "is in one site only") for name in names[0].keys() ^ names[1]]
    for name in sorted(names[0].keys() & names[1]):
        files = [paths[name] for paths in names]
        if files[0].is_file() and files[0].read_bytes() != files[1].read_bytes():
            found += _compare_files(name, *files)
    return sorted(set(found), key=lambda d: (not d.bad, -d.size, d.where))


def _name(path: Path, site: Path) -> str:
    """Return the name of a file in a site, that of a network without the hash of its weights."""
    return NETWORK.sub(r"\1.js", path.relative_to(site).as_posix())


def _compare_files(name: str, first: Path, second: Path) -> Iterator[Difference]:
    """Compare two files whose bytes differ."""
    if name.endswith(".html"):
        rests, values = zip(*map(_parts, (first, second)), strict=True)
        yield from _compare_words(name, *rests)
        for (where, one), (_, other) in zip(*values, strict=False):
            yield from _compare_values(f"{name} {where}".strip(), one, other)
    elif name.endswith(("search/pages.json", "search/search_index.json")):  # repeat the pages
        try:
            texts = [json.loads(path.read_bytes())["docs"] for path in (first, second)]
            lines = ["\n".join(DIGITS.sub("", _entry(entry)) for entry in text) for text in texts]
        except (LookupError, TypeError, ValueError):
            lines = ["one of these is no search index", ""]
        yield from _compare_words(name, *lines)
    elif f"networks/{Path(WRITES).stem}.js" == name:
        yield Difference(name, "the weights differ", bad=False)
    else:
        yield Difference(name, "the bytes differ")


def _entry(entry: dict[str, str]) -> str:
    """Return an entry of a search index, where a language model writes without its text."""
    return str(entry | {"text": ""} if WRITTEN in entry.get("location", "") else entry)


def _parts(page: Path) -> tuple[str, list[tuple[str, str]]]:
    """Split a page into what must be equal, and its values, each with its source."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    values = []
    for shown in soup.select(SHOWN):
        caption = shown.find("figcaption")
        if isinstance(caption, Tag):
            shown.insert_after(caption.extract())  # versions and settings must be equal
        texts = [str(tag["aria-label"]) for tag in shown.select("svg[aria-label]")]
        for drawing in shown.select(DRAWN):
            drawing.decompose()
        texts += [str(shown.get(name, "")) for name in ("title", "value", "aria-label")]
        values.append((_source(shown, caption), "\n".join([*texts, shown.get_text("\n")])))
        shown.replace_with(soup.new_tag("shown"))
    return str(soup), values


def _source(shown: Tag, caption: object) -> str:
    """Name the source of a value: its snippet, or its class if it belongs to equations."""
    if isinstance(caption, Tag) and isinstance(caption.a, Tag):
        return caption.a.get_text()
    if shown.name == "data":
        return str(shown["title"]).partition(":")[0]
    return " ".join(shown.get("class") or [])


def _compare_words(where: str, first: str, second: str) -> Iterator[Difference]:
    """Compare two texts line by line."""
    for one, other in zip_longest(first.splitlines(), second.splitlines(), fillvalue=""):
        if one != other:
            yield Difference(where, f"{_around(one, other)} | {_around(other, one)}")


def _compare_values(where: str, first: str, second: str) -> Iterator[Difference]:
    """Compare two texts with values, number by number if their words are the same."""
    if WRITES in where:
        yield Difference(where, "what the model writes and its losses differ", bad=False)
        return
    free = any(name in where for name in ANY)
    words = [" ".join(NUMBER.sub("#", text).split()) for text in (first, second)]
    numbers = [NUMBER.findall(text) for text in (first, second)]
    if words[0] != words[1]:
        if free:  # rows of a table may be missing too
            words = [re.sub("#[ #]*", "#", text) for text in words]
        bad = words[0] != words[1]
        yield Difference(where, f"{_around(*words)} | {_around(*reversed(words))}", bad=bad)
        return
    for one, other in zip(*numbers, strict=True):
        if one != other:
            left, right = float(one), float(other)
            largest = max(abs(left), abs(right), sys.float_info.min)
            size = abs(left - right) / largest
            bad = size > RELATIVE and largest > ROUNDING and not free
            yield Difference(where, f"{one} | {other}", size, bad)


def _around(text: str, other: str) -> str:
    """Return the part of a text around the first place where it differs from the other."""
    pairs = enumerate(zip(text, other, strict=False))
    start = next((i for i, (a, b) in pairs if a != b), min(len(text), len(other)))
    return repr(text[max(0, start - 30) : start + 40])


def main() -> None:
    """Print what differs; exit with status 1 if that is more than allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sites", nargs=2, type=Path)
    sites = parser.parse_args().sites
    for site in sites:
        if not Path(site, "index.html").is_file():
            parser.error(f"{site} is no site: it has no index.html")
    found = compare(*sites)
    print(*found, sep="\n")
    bad = sum(difference.bad for difference in found)
    print(f"{len(found)} differences, {bad} of them more than allowed (marked !)")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
