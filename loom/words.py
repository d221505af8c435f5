"""The words that readers see around the text of pages, in one file for each language."""

import functools
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "languages"
FORMATS = ("", ".0e")  # of what a word is filled with
BROKEN = "a text with broken braces"
STRANGE = "no text"
NUMBERS = ("live.message",)  # all other words are texts, or lists of texts
LANGUAGES = tuple(sorted((path.stem for path in FOLDER.glob("*.toml")), reverse=True))


class _Words(dict[str, Any]):
    """Words by name; in place of one that is missing, a template would show nothing."""

    def __init__(self, words: dict[str, Any]) -> None:
        super().__init__({k: _Words(v) if isinstance(v, dict) else v for k, v in words.items()})

    def __missing__(self, name: str) -> Any:
        """Refuse a name that no language has; `faults` finds one that only some have."""
        raise ValueError(
            f"loom/languages: the word `{name}` is missing beside {', '.join(self) or 'nothing'}.\n"
            "What to do: write it in the file of each language."
        )


@functools.cache
def of(language: str) -> dict[str, Any]:
    """Return the words of a language, grouped by purpose, as its file has them.

    Raises:
        ValueError: If the language has no file of words.
    """
    if language not in LANGUAGES:
        raise ValueError(
            f"There are no words in the language {language!r}.\n"
            f"What to do: write loom/languages/{language}.toml, with the same keys as en.toml."
        )
    file = FOLDER / f"{language}.toml"
    try:
        return _Words(tomllib.loads(file.read_text(encoding="utf-8")))
    except (RecursionError, ValueError) as error:
        raise ValueError(
            f"loom/languages/{file.name}: cannot be read: {error}\nWhat to do: fix this line."
        ) from error


def faults() -> list[str]:
    """Return where languages differ in the names and forms of words, and in what is filled in."""
    first, *others = LANGUAGES
    expected = dict(_forms(of(first)))
    advice = {
        BROKEN: "has braces that cannot be filled in.\n"
        "What to do: write {name} with a name in each pair of braces.",
        STRANGE: "is not what the programs expect.\n"
        "What to do: write a text in quotation marks, below the name of its table, as in [site]; "
        f"a number from 0 for {', '.join(NUMBERS)}.",
    }
    found = [
        f"loom/languages/{language}.toml: {name} {advice[form]}"
        for language in LANGUAGES
        for name, form in _forms(of(language))
        if form in advice
    ]
    for language in others:
        forms = dict(_forms(of(language)))
        for name in sorted(expected.keys() | forms.keys()):
            one, other = expected.get(name, "nothing"), forms.get(name, "nothing")
            if one != other:
                found.append(
                    f"loom/languages/{language}.toml: {name} is {other}, and in {first}.toml it "
                    f"is {one}.\nWhat to do: write the same names with the same words in braces."
                )
    return found


def _forms(words: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name of each word, and a text that says its form."""
    if isinstance(words, dict):
        for key, value in words.items():
            yield from _forms(value, f"{name}.{key}" if name else key)
    elif isinstance(words, list) and all(isinstance(word, str) for word in words):
        yield name, f"a list of {len(words)}"
    elif isinstance(words, str) and "." in name:
        try:
            filled = {
                name if spec in FORMATS and not cast else ""
                for _, name, spec, cast in string.Formatter().parse(words)
                if name is not None
            }
        except ValueError:
            filled = {""}
        is_right = all(map(str.isidentifier, filled))
        yield name, f"a text with {{{', '.join(sorted(filled))}}}" if is_right else BROKEN
    else:
        yield name, "a number" if name in NUMBERS and type(words) is int and words >= 0 else STRANGE
