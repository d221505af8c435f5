"""Run the labs once before the build, and give each page its notebook, in both languages.

What needs Jupyter is in notebooks.py. It is imported only where a lab has changed: the import takes
a third of what a build takes in which nothing has.
"""

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from loom import cache
from loom.labs import LABS, is_lab, notebook_of, settings_of
from loom.runner import Settings


def prepare(languages: tuple[str, ...], settings: Settings) -> list[str]:
    """Run every lab whose outputs are not kept; return what is wrong.

    Args:
        languages: Names of the folders in docs/; the code of the first one is run.
        settings: Where outputs are kept, and how long one cell may take.
    """
    paths = sorted(Path("docs", languages[0], LABS).glob("*.py"))
    right = Path(
        settings.cache, _key("labs", settings, *Path("docs").glob(f"*/{LABS}/*")) + ".json"
    )
    if not paths or cache.read(right):
        return []
    from loom import notebooks  # noqa: PLC0415

    wrong = notebooks.prepare(paths, languages, settings_of(settings))
    if not wrong:
        cache.write(right, True)
    return wrong


def _key(name: str, settings: Settings, *labs: Path) -> str:
    """Hash the texts of labs, and all that their runs and their pages depend on."""
    versions = json.dumps(settings_of(settings).versions())
    return cache.key(name, versions, cache.code(), cache.installed(), cache.digest(sorted(labs)))


def add(files: Files, config: MkDocsConfig, settings: Settings) -> None:
    """Give each lab's page its notebook with outputs, and publish the one to download.

    Args:
        files: The files of one language.
        config: The configuration of this language.
        settings: Those that the labs were run with.
    """
    language = str(config.theme["language"])
    for file in list(files):
        if is_lab(file):
            path = Path(str(file.abs_src_path))
            made = _notebooks(path, str(config.site_url), settings)
            files.append(File.generated(config, notebook_of(file), content=made["download"]))
            finished = Path(".cache", LABS, language, f"{file.name}.ipynb").resolve()
            cache.replace(finished, made["page"].encode())
            file.abs_src_path = str(finished)


def _notebooks(path: Path, site_url: str, settings: Settings) -> dict[str, str]:
    """Return the notebook that readers download, and the one that is shown."""
    target = Path(settings.cache, _key(f"notebooks {site_url}", settings, path) + ".json")
    if kept := cache.read(target):
        return dict(kept)
    from loom import notebooks  # noqa: PLC0415

    made, failed = notebooks.make(path, site_url, settings_of(settings))
    if not failed:
        cache.write(target, made)
    return made
