"""The words that readers see beside the text of pages: one file for each language."""

import functools
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "languages"
LANGUAGES = tuple(sorted((path.stem for path in FOLDER.glob("*.toml")), reverse=True))


@functools.cache
def of(language: str) -> dict[str, Any]:
    """Return the words of a language, by what they are for.

    Raises:
        ValueError: If the language has no file of words.
    """
    if language not in LANGUAGES:
        raise ValueError(
            f"There are no words in the language {language!r}.\n"
            f"What to do: write loom/languages/{language}.toml, with the keys of en.toml beside it."
        )
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
