"""What a lab is: a notebook that is kept as text, in `docs/<language>/labs`."""

import dataclasses
import re

from mkdocs.structure.files import File

from loom.runner import Settings

LABS = "labs"
# Packages that results depend on, by the name that pip knows; values are the import names.
PACKAGES = {
    "numpy": "numpy",
    "torch": "torch",
    "scikit-learn": "sklearn",
    "matplotlib": "matplotlib",
}


def settings_of(settings: Settings) -> Settings:
    """Return the settings with the packages of labs."""
    return dataclasses.replace(settings, packages=tuple(PACKAGES))


def is_lab(file: File) -> bool:
    """Tell whether a file of a language is a lab."""
    return bool(re.fullmatch(rf"{LABS}/[^/]+\.py", file.src_uri))


def notebook_of(file: File) -> str:
    """Return the path of the notebook that readers download: beside its page."""
    return f"{LABS}/{file.name}/{file.name}.ipynb"
