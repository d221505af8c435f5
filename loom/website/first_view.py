"""MkDocs hooks that keep the first view of a page small, and of each part of the site the same.

One style holds what all pages need: the theme's, that of formulas, and the course's. Each further
file would cost a phone a round trip before it shows anything. The search index keeps its settings,
which Material asks for with every page; its pages go into a file of their own, which
`theme/assets/javascripts/workers/on-demand.js` loads when the reader searches.
"""

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from loom import offline, seams

STYLE = "assets/style.css"
OURS = ("assets/katex/katex.min.css", "assets/course.css")  # after those of the theme


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave the styles that plugins have added to the pages that need them: see main.html."""
    config.extra["styles_of_plugins"], config.extra_css = config.extra_css, []
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
    ours = [next(path for f in folders if (path := Path(f, name)).exists()) for name in OURS]
    parts = []
    for path in (*seams.theme_styles(folders), *ours):
        text = path.read_text(encoding="utf-8").split("/*# sourceMappingURL", 1)[0]
        parts.append(text.replace("url(fonts/", "url(katex/fonts/"))
    return "\n".join(parts)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Let a page ask for little at first."""
    return seams.adapt_page(output, not offline.ON)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Let the page that a host shows when there is none ask for little at first."""
    return seams.adapt_page(output, not offline.ON)


def on_post_build(config: MkDocsConfig) -> None:
    """Divide the search index, but not for the file system: nothing can be fetched there."""
    if offline.ON:
        return
    index = Path(config.site_dir, "search", "search_index.json")
    whole = index.read_text(encoding="utf-8")
    index.with_name("pages.json").write_text(whole, encoding="utf-8")
    settings = json.loads(whole) | {"docs": []}
    index.write_text(json.dumps(settings), encoding="utf-8")
