"""The words that readers see around the text of pages, in one file for each language."""

import functools
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "languages"
LANGUAGES = tuple(sorted((path.stem for path in FOLDER.glob("*.toml")), reverse=True))


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
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
