"""What a lesson says to its reader: the head below its title, and questions before the answers."""

import functools
import html
import math
import os
import re
from pathlib import Path

from markdown import Markdown
from markdown.blockprocessors import ParagraphProcessor
from markdown.util import Registry

from loom.draw.figures import lines_of
from loom.run.record import SnippetError
from loom.weave import references

# How fast people read is an estimate: see `how-this-site-works`.
HAN_A_SECOND, WORDS_A_SECOND = 5, 3
SECONDS_A_LINE, SECONDS_A_PICTURE = 3, 15  # of code; output or a figure
FOLD = re.compile(r"^\?\?\?.*\n(?:(?: {4}.*)?\n)*", re.MULTILINE)
EXERCISES = re.compile(r"^## [^\n]*\{#exercises\}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
# What is not closed reaches to the end: looking for each end anew would take minutes.
NOT_PROSE = re.compile(
    r"^---\n.*?^---\n|^(```+).*?(?:^\1$|\Z)|<!--.*?(?:-->|\Z)|\$\$.*?(?:\$\$|\Z)", re.M | re.S
)
HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[^\W\d_\u4e00-\u9fff]{2,}")


@functools.cache
def _markdown() -> Markdown:
    """Return a renderer for a line of text, which escapes HTML and knows no headings or lists."""
    plain = Markdown()
    plain.preprocessors.deregister("html_block")
    plain.inlinePatterns.deregister("html")
    plain.parser.blockprocessors = Registry()
    plain.parser.blockprocessors.register(ParagraphProcessor(plain.parser), "paragraph", 10)
    return plain


def inline(text: str) -> str:
    """Return a line of Markdown as HTML: code, emphasis, links."""
    return _markdown().reset().convert(text).removeprefix("<p>").removesuffix("</p>")


def predict(path: str, body: str, answer: str, name: str, words: dict[str, str]) -> str:
    """Return a question that the reader answers before the page does, as HTML.

    Args:
        path: The snippet whose run knows the answer.
        body: Lines `key: text`: `question`, and one for each choice, whose key is what the answer
            would be. Without choices, the reader types the answer.
        answer: The value of the run.
        name: A name that no other question of the page has: choices of one name exclude each other.
        words: The words of `predict`, in the page's language.

    Raises:
        SnippetError: If there is no question or answer, or none of several choices is the answer.
    """
    choices = lines_of(path, body)
    question = choices.pop("question", "")
    if not question:
        raise SnippetError(path, "the question is missing", "", "Write a line `question: ...`.")
    if not answer.strip():
        raise SnippetError(path, "the answer is empty", "", "Ask for a value that shows.")
    if len(choices) == 1:
        raise SnippetError(path, "the question has one choice", "", "Write two, or none.")
    if choices and answer not in choices:
        raise SnippetError(
            path,
            f"the answer is `{answer}`, which is none of the choices",
            "",
            f"The choices are: {', '.join(choices)}.",
        )
    asked = inline(question)
    boxes = "".join(
        f'<label><input type="radio" name="{name}" value="{html.escape(key)}"> '
        f"<span>{inline(text)}</span></label>"
        for key, text in choices.items()
    )
    if not choices:
        boxes = f'<label>{words["type"]} <input type="text" autocomplete="off"></label>'
    data = {"answer": answer, "right": words["right"], "wrong": words["wrong"]}
    given = "".join(f' data-{key}="{html.escape(text)}"' for key, text in data.items())
    return (
        f'<div class="predict"{given}><div class="loom__label">{words["label"]}</div>'
        f"<fieldset><legend>{asked}</legend>{boxes}</fieldset>"
        f'<p class="predict__controls"><button type="button" hidden>{words["check"]}</button> '
        f'<span role="status"></span></p></div>'
    )


def head(body: str, minutes: int, words: dict[str, str]) -> str:
    """Return the head of a lesson as HTML: what it needs and replaces, and how long it takes.

    Args:
        body: Lines `needs: ...` and `replaces: ...`.
        minutes: How long reading it takes.
        words: The words of `lesson`, in the page's language.

    Raises:
        SnippetError: If a line is missing, or is a different one.
    """
    said = lines_of("(no file)", body)
    if list(said) != ["needs", "replaces"]:
        raise SnippetError(
            "(no file)",
            "the head of a lesson has two lines, `needs: ...` and `replaces: ...`",
            "",
            "Write both between the fences, in this order.",
        )
    said["time"] = words["minutes"].format(n=minutes)
    rows = (f"<div><dt>{words[key]}</dt><dd>{inline(said[key])}</dd></div>" for key in said)
    return f'<dl class="lesson">{"".join(rows)}</dl>'


@functools.lru_cache(1000)
def minutes(markdown: str) -> int:
    """Estimate how long reading a page takes, without its folds and exercises.

    Args:
        markdown: The page. Code counts by the lines that it takes from snippets.

    Returns:
        Whole minutes, rounded up to a multiple of five.
    """
    text = EXERCISES.sub("", FOLD.sub("", markdown))
    taken = references.find(text)
    sections = [(Path(r.path), r.what) for r in taken if r.kind == "section"]
    sections = [found for found in sections if os.path.isfile(found[0])]  # serving goes on without
    code = sum(references.section_of(p.read_text("utf-8"), n).count("\n") for p, n in sections)
    pictures = sum(r.kind in ("output", "figure") for r in taken)
    prose = NOT_PROSE.sub("", text)
    seconds = (
        len(HAN.findall(prose)) / HAN_A_SECOND
        + len(WORD.findall(prose)) / WORDS_A_SECOND
        + code * SECONDS_A_LINE
        + pictures * SECONDS_A_PICTURE
    )
    return 5 * max(1, math.ceil(seconds / 300))
