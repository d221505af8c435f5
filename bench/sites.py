"""Make small sites: ones that the loom builds, and ones of plain Material for MkDocs."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mkdocs.utils.yaml import yaml_load

from bench.measure import ROOT

LANGUAGES = ("zh", "en")
CONFIGS = ("mkdocs.yml", "mkdocs.zh.yml", "mkdocs.en.yml")
NAV = re.compile(r"^nav:\n(  .*\n)+", re.MULTILINE)
GLOSSARY = "# Glossary {#glossary}\n\n## word · 词 {#word}\n\nAn explanation.\n"
IN_A_SECTION = 50  # pages

Pages = dict[str, str]  # the Markdown of each page by its path


def loom_site(folder: Path, pages: Pages, snippets: dict[str, str], preload: str = "") -> Path:
    """Make a site of our own configuration: the same settings, hooks and theme, other pages.

    The plugins for labs and for the reference are left out: there are none.

    Args:
        folder: Where; it must not exist.
        pages: Shown in both languages.
        snippets: Programs, by their path in `snippets/`.
        preload: Modules that are imported once for all runs, divided by commas.
    """
    for name in ("theme", "loom", "equations", "exercises", "releases"):
        unwanted = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in CONFIGS:
        text = NAV.sub("", (ROOT / name).read_text(encoding="utf-8"))
        text = re.sub(r"preload: \[.*\]", f"preload: [{preload}]", text)
        text = re.sub(r"^  (mkdocs-jupyter|mkdocstrings):.*\n(    .*\n)+", "", text, flags=re.M)
        if name != "mkdocs.yml":
            text += f"nav: {json.dumps([*nav_of(pages), 'glossary.md'])}\n"
        write(folder / name, text)
    write(folder / "docs/index.md", (ROOT / "docs/index.md").read_text(encoding="utf-8"))
    for path, source in snippets.items():
        write(folder / "snippets" / path, source)
    for language in LANGUAGES:
        for path, markdown in {"glossary.md": GLOSSARY, **pages}.items():
            write(folder / "docs" / language / path, markdown)
    return folder


def nav_of(pages: Pages) -> list[Any]:
    """Return a navigation in sections of 50 pages, after the first page."""
    first, *others = pages
    sections = [others[n : n + IN_A_SECTION] for n in range(0, len(others), IN_A_SECTION)]
    named = [{f"Section {number}": paths} for number, paths in enumerate(sections, 1)]
    return [first, *named]


def plain_site(
    folder: Path, language: str, pages: Pages, nav: list[Any], plugins: Sequence[Any] = ()
) -> Path:
    """Make a site of plain Material: the same features and search, no hook or extension of ours.

    Args:
        folder: Where.
        language: The one of the theme, the search and the settings that are taken over.
        pages: What it shows.
        nav: Its navigation.
        plugins: Further plugins.
    """
    ours = settings_of(language)
    theme = {key: ours["theme"][key] for key in ("name", "language", "font", "palette", "features")}
    search = {key: ours["plugins"]["search"][key] for key in ("lang", "separator")}
    write(
        folder / "mkdocs.yml",
        json.dumps(  # which is YAML
            {
                "site_name": ours["site_name"],
                "site_url": "https://example.org/",
                "nav": nav,
                "theme": theme,
                "plugins": [{"search": search}, *plugins],
                "markdown_extensions": plain_extensions(ours["markdown_extensions"]),
            }
        ),
    )
    for path, markdown in pages.items():
        write(folder / "docs" / path, markdown)
    return folder


def settings_of(language: str, root: Path = ROOT) -> dict[str, Any]:
    """Return the settings of one language of the site, with those that it inherits."""
    with (root / f"mkdocs.{language}.yml").open(encoding="utf-8") as file:
        settings: dict[str, Any] = yaml_load(file)
    return settings


def plain_extensions(ours: dict[str, Any]) -> dict[str, Any]:
    """Return the Markdown extensions of the site that are not ours, without our fences."""
    return {
        name: {key: value for key, value in (options or {}).items() if "custom" not in key}
        for name, options in ours.items()
        if not name.startswith(("loom", "equations")) and name != "pymdownx.snippets"
    }


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it, unless it holds this text already."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
