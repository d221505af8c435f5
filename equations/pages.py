"""A Markdown extension: check a page's formulas, mark displayed ones, and add a summary.

A wrong equation stops the build; while pages are served, it is marked where it stands. The cache
key of results is made of the lines that are checked, the code that checks them and torch's version.
"""

import dataclasses
import functools
import hashlib
import html
import importlib.metadata
import json
import logging
import math
import os
import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from equations import Factor, Result
from equations.lines import blocks, formulas_in

log = logging.getLogger("mkdocs.equations")

COMMENT = "<!-- equations: "
CACHE = Path(".cache/equations")
CODE = ("*.py", "*.lark")
FENCE = re.compile(r"`{3,}|\$\$$")  # opens a block of code or a formula
NUMBER = re.compile(r"[\d.{}\s]+|\\[dtc]?frac[\d{}\s]+")  # its shape need not be told
MARKS = {"checked": "✓", "definition": "≔", "unchecked": "–", "wrong": "✗"}
STATUSES = {*MARKS, "read"}  # what is only read stands inside a sentence
WORDS = {  # unless a file of words is configured
    "checked": "Checked: both sides evaluated on random float64 matrices, at least 6 "
    "choices of sizes and seeds; largest relative error {error:.0e}",
    "definition": "This equation gives a symbol its meaning",
    "unchecked": "Not checked: {message}",
    "wrong": "Does not hold: {message}",
    "summary": "Displayed formulas on this page: {total}. Checked by evaluating them at build "
    "time: {checked}; definitions: {definition}; not checked: {unchecked}. Largest relative "
    "error: {error:.0e}.",
    "sentences": "Formulas inside sentences: {total}. Equations checked in the same way: "
    "{checked}; definitions: {definition}; expressions whose symbols and shapes were checked: "
    "{read}; not checked, or refuted because the page shows them as wrong: {unchecked}{reasons}.",
    "reasons": " ({reasons})",
    "separator": "; ",
    "link": "How that is done",
    "shapes": "Shapes",
    "scalar": "scalar",
}


class WrongEquationsError(Exception):
    """A page has equations that do not hold, are ill-typed or cannot be read."""


def declares(markdown: str) -> bool:
    """Tell whether a page declares symbols; the formulas of others are left alone."""
    return COMMENT in markdown and any(
        line.strip().startswith(COMMENT) for _, line, _ in blocks(markdown.split("\n"))
    )


def results_of(markdown: str) -> list[Result]:
    """Check a page, or read the results of an equal page from the cache.

    Two pages are equal if the lines that are checked are; prose may differ.
    """
    numbers, lines = _checked_lines(markdown)
    results = _kept(lines)
    if results is None:
        # Imported late: this loads torch, and most builds find everything in the cache.
        from equations.check import check_page  # noqa: PLC0415

        results = check_page("\n".join(lines))
        if not any(result.status == "wrong" for result in results):
            _store(lines, results)
    return [dataclasses.replace(result, line=numbers[result.line - 1]) for result in results]


def results_of_all(pages: list[str]) -> list[list[Result]]:
    """Check several pages in one process, where each reuses what those before it have checked."""
    return [results_of(page) for page in pages]


def labelled(result: Result) -> list[Factor]:
    """Return the factors of a formula whose shapes a typesetter can show below them."""
    if result.inline or result.status not in ("checked", "definition"):
        return []
    shown = [one for one in result.factors if one.shown and "?" not in one.shape]
    return [one for one in shown if not NUMBER.fullmatch(one.latex)]


def are_kept(markdown: str) -> bool:
    """Tell whether `results_of` would find the results in the cache."""
    return _kept(_checked_lines(markdown)[1]) is not None


def _checked_lines(markdown: str) -> tuple[list[int], list[str]]:
    """Return the lines that the check reads, and their numbers; an empty line stands for others.

    Of prose these are the formulas alone.
    """
    numbers, lines, inside = [], [], ""
    for number, line in enumerate(markdown.split("\n"), 1):
        text = line.strip()
        opens = FENCE.match(text)
        if inside or opens or text.startswith(("#", "|", "<!--")):
            numbers.append(number)
            lines.append(line)
            if inside:
                inside = "" if text == inside else inside
            elif opens:
                inside = opens.group()
        elif (formulas := formulas_in(line)) or (lines and lines[-1]):
            numbers.append(number)
            lines.append(" ".join(f"${formula}$" for formula in formulas))
    return numbers, lines


@functools.cache
def _checked_by() -> tuple[str, ...]:
    """Return what results depend on besides the lines. Cached: a process loads its code once."""
    files = sorted(file for name in CODE for file in Path(__file__).parent.glob(name))
    code = [file.read_text("utf-8") for file in files]
    return importlib.metadata.version("torch"), *code


def _file(lines: list[str]) -> Path:
    """Return the cache file for the results of these lines."""
    parts = [*lines, *_checked_by()]
    return CACHE / f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}.json"


def _kept(lines: list[str]) -> list[Result] | None:
    """Return the results of these lines if the cache has them intact, and has no others."""
    file = _file(lines)
    if not file.is_file():  # nobody may ever write into a pipe
        return None
    try:
        checksum, _, content = file.read_bytes().partition(b"\n")
        if checksum != _checksum(file, content):
            return None
        results = [
            Result(**kept | {"factors": tuple(Factor(**one) for one in kept["factors"])})
            for kept in json.loads(content)
        ]
    except (OSError, RecursionError, ValueError, TypeError, KeyError):
        return None
    are_whole = all(_is_whole(result, len(lines)) for result in results)
    return results if are_whole else None


def _is_whole(result: Result, lines: int) -> bool:
    """Tell whether a result has the form of one that was kept: its lines are as many as these."""
    form = (int, str, str, float, str, bool, tuple)
    parts = [result, *result.factors]
    forms = [tuple(type(value) for value in vars(one).values()) for one in parts]
    return (
        forms == [form, *[(str, str, int, int, bool)] * len(result.factors)]
        and 0 < result.line <= lines
        and result.status in STATUSES - {"wrong"}
        and 0 <= result.error < math.inf
        and all(0 <= one.start <= one.end <= len(result.latex) for one in result.factors)
    )


def _checksum(file: Path, content: bytes) -> bytes:
    """Return what a file of the cache begins with; it covers the name of the file too."""
    return hashlib.sha256(file.name.encode() + content).hexdigest().encode()


def _store(lines: list[str], results: list[Result]) -> None:
    """Write results to the cache atomically; a cache that cannot be written is not an error."""
    content = json.dumps([dataclasses.asdict(result) for result in results]).encode()
    file = _file(lines)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}-{id(results)}.tmp")
        part.write_bytes(_checksum(file, content) + b"\n" + content)
        part.replace(file)
    except OSError as error:
        log.info("equations: not cached: %s", error)


class _Checker(Preprocessor):
    """Checks the page as its author wrote it."""

    def __init__(self, md: Markdown, extension: "EquationsExtension") -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        """Check the page if it declares symbols."""
        self.extension.results, self.extension.declared = [], False
        if not declares(markdown := "\n".join(lines)):
            return lines
        self.extension.declared = True
        self.extension.results = results_of(markdown)
        wrong = [result for result in self.extension.results if result.status == "wrong"]
        if wrong:
            message = "\n\n".join(
                f"{self.extension.place(r.latex) or f'line {r.line}: '}{r.latex}\n{r.message}"
                for r in wrong
            )
            if self.extension.getConfig("strict"):
                raise WrongEquationsError(f"{len(wrong)} equation(s) are wrong:\n\n{message}")
            log.info("equations: %s", message)
        return lines


class _Marker(Treeprocessor):
    """Puts a mark beside each checked equation, and a summary at the end of the page."""

    def __init__(self, md: Markdown, extension: "EquationsExtension") -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: ElementTree.Element) -> None:
        """Match formulas to results by their LaTeX."""
        if not self.extension.declared:
            return
        results: dict[tuple[bool, str], list[Result]] = {}
        for result in self.extension.results:
            results.setdefault((result.inline, result.latex.strip()), []).append(result)
        for element in root.iter():
            if element.get("class") == "arithmatex" and element.text:
                latex = html.unescape(element.text.strip()[2:-2].strip())
                inline = element.tag != "div"
                if not results.get((inline, latex)):
                    own = "the two $$ on lines of their own, which no `>` or other sign begins"
                    advice = "it on one line" if inline else own
                    place = self.extension.place(f"${latex}" if inline else latex)
                    raise WrongEquationsError(
                        f"{place}this formula was not checked: {latex}\nWhat to do: put {advice}."
                    )
                result = results[inline, latex].pop(0)
                if not inline or result.status == "wrong":
                    element.append(self.mark(result))
                if not inline and (shapes := self.shapes(result)):
                    element.set("data-shapes", shapes)
        if self.extension.results:
            root.append(self.summary())

    def words(self, key: str, **values: Any) -> str:
        """Return a text in the page's language."""
        return self.extension.words()[key].format(**values)

    def mark(self, result: Result) -> ElementTree.Element:
        """Make the mark of one equation: a link to the explanation, with its own result."""
        text = self.words(result.status, error=result.error, message=result.message)
        mark = ElementTree.Element(
            "a", {"class": f"equation-mark equation-mark--{result.status}", "title": text}
        )
        mark.set("aria-label", text)
        mark.set("href", self.extension.getConfig("explanation"))
        mark.text = MARKS[result.status]
        return mark

    def shapes(self, result: Result) -> str:
        """Return where the factors of a formula stand, and their shapes: `0-1 m × n; 2-3 n × 1`."""
        before = len(result.latex) - len(result.latex.lstrip())
        return "; ".join(
            f"{one.start - before}-{one.end - before} "
            + (self.words("scalar") if one.shape == "scalar" else one.shape)
            for one in labelled(result)
        )

    def summary(self) -> ElementTree.Element:
        """Make the paragraph that counts what was checked."""
        results = self.extension.results
        worst = max((r.error for r in results if not r.inline), default=0.0)
        paragraph = ElementTree.Element("p", {"class": "equation-summary"})
        paragraph.text = ""
        if any(map(labelled, results)):
            paragraph.attrib |= {"class": "equation-summary shapes"}
            paragraph.set("data-shapes", self.words("shapes"))
        for key, inline in (("summary", False), ("sentences", True)):
            if kind := [result for result in results if result.inline == inline]:
                counts = {status: sum(r.status == status for r in kind) for status in STATUSES}
                reasons = dict.fromkeys(r.message for r in kind if r.status == "unchecked")
                listed = self.words("separator").join(reasons)
                shown = self.words("reasons", reasons=listed) if reasons else ""
                text = self.words(key, total=len(kind), error=worst, reasons=shown, **counts)
                paragraph.text += text + " "
        link = ElementTree.SubElement(
            paragraph, "a", {"href": self.extension.getConfig("explanation")}
        )
        link.text = self.words("link")
        return paragraph


@functools.cache
def _words_of(file: str) -> dict[str, str]:
    """Read a file of words."""
    found: dict[str, str] = tomllib.loads(Path(file).read_text(encoding="utf-8"))["equations"]
    return found


def require_texts(extension: Extension, *names: str) -> None:
    """Refuse settings of an extension that are no texts: Python-Markdown takes what it is given.

    Raises:
        TypeError: If one is no text.
    """
    for name in names:
        value = extension.getConfig(name)
        if not isinstance(value, str):
            module = type(extension).__module__
            raise TypeError(
                f"mkdocs.yml or a file that inherits from it: the setting `{name}` of {module} is "
                f"{value!r}.\nWhat to do: write a text, as in {module}: {{{name}: a text}}."
            )


class EquationsExtension(Extension):
    """Checks pages that declare symbols.

    Attributes:
        results: Results of the page being rendered.
    """

    results: list[Result]
    declared: bool

    def __init__(self, **kwargs: Any) -> None:
        self.config = {
            "words": ["", "A TOML file whose table `equations` has the words of marks and summary"],
            "explanation": ["", "Address of the page that explains the marks"],
            "strict": [True, "Whether a wrong equation is an error; else it is marked and logged"],
            "place": ["", "A function that returns `page:line: ` of what is written on a page"],
        }
        self.results, self.declared = [], False  # of the page that is being rendered
        super().__init__(**kwargs)
        require_texts(self, "words", "explanation")

    def place(self, latex: str) -> str:
        """Return `page:line: ` of a formula, or "" where nobody knows the page."""
        place = self.getConfig("place")
        return place(latex or "$$") if place else ""

    def words(self) -> dict[str, str]:
        """Return the words of marks and summary: those of the file, else English ones."""
        file = self.getConfig("words")
        return _words_of(file) if file else WORDS

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register the checker to run first, and the marker to run before formulas are typeset."""
        md.preprocessors.register(_Checker(md, self), "equations", 100)
        md.treeprocessors.register(_Marker(md, self), "equations", 16)


def makeExtension(**kwargs: Any) -> EquationsExtension:  # noqa: N802
    """Let Python-Markdown load this module as an extension."""
    return EquationsExtension(**kwargs)
