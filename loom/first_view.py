"""MkDocs hooks that keep the first view of a page small, and of each part of the site the same.

One style holds what all pages need: the theme's, that of formulas, and the course's. Each further
file would cost a phone a round trip before it shows anything. The search index keeps its settings,
which Material asks for with every page; its pages go into a file of their own, which
`theme/assets/javascripts/workers/on-demand.js` loads when the reader searches.
"""

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from loom import offline

STYLE = "assets/style.css"
# Patterns of files below the folders of the theme, in the order of their rules.
PARTS = (
    "assets/stylesheets/main.*.css",
    "assets/stylesheets/palette.*.css",
    "assets/katex/katex.min.css",
    "assets/course.css",
)
# Material's rule that colours change without a transition when the palette does. As it starts, it
# makes the rule apply for a moment, and a browser works out the styles of all elements three times.
SWITCHING = re.compile(r"\[data-md-color-switching\] [^{]*\{[^}]*\}")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave the style that mkdocstrings has added to the pages that need it: see main.html."""
    if "mkdocstrings" in config.plugins:
        config.extra_css.remove("assets/_mkdocstrings.css")
    if offline.ON:
        # Material's offline plugin names the same script on another host.
        config.extra["polyfills"] = ["assets/iframe-worker.js"]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Publish the style."""
    files.append(File.generated(config, STYLE, content=style(config.theme.dirs)))
    return files


def style(folders: list[str]) -> str:
    """Join the styles of all pages; the addresses of fonts stay right."""
    parts = []
    for pattern in PARTS:
        path = next(path for folder in folders for path in sorted(Path(folder).glob(pattern)))
        text = path.read_text(encoding="utf-8").split("/*# sourceMappingURL", 1)[0]
        text = SWITCHING.sub("", text)
        parts.append(text.replace("url(fonts/", "url(katex/fonts/"))
    return "\n".join(parts)


def on_post_build(config: MkDocsConfig) -> None:
    """Divide the search index, but not for the file system: nothing can be fetched there."""
    if offline.ON:
        return
    index = Path(config.site_dir, "search", "search_index.json")
    whole = index.read_text(encoding="utf-8")
    index.with_name("pages.json").write_text(whole, encoding="utf-8")
    settings = json.loads(whole) | {"docs": []}
    index.write_text(json.dumps(settings), encoding="utf-8")
