"""MkDocs hooks, for the landing page and each language, that keep the first view of a page small.

One style sheet combines what all pages need: the theme's, KaTeX's and the course's. Every further
file would cost a phone a round trip before it shows anything. The search index keeps only its
settings, which Material requests with every page; the text of the pages is in a file of its own,
which `theme/assets/javascripts/workers/on-demand.js` loads when the reader searches.
"""

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from loom import offline, seams

STYLE = "assets/style.css"
# Between words of Chinese the search plugin puts spaces without width, where a line may break. No
# line may begin with punctuation, and there the separator of mkdocs.yml divides words anyway.
CUT_OFF = re.compile(r"\\u200b(?=\\u(3001|3002|300[bdf]|3011|ff0[19c]|ff1[abf]))")
OURS = ("assets/katex/katex.min.css", "assets/course.css")  # after the theme's


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Reserve the styles that plugins have added for the pages that need them: see main.html."""
    config.extra["styles_of_plugins"], config.extra_css = config.extra_css, []
    if offline.ON:
        # Material's offline plugin would load the same script from another host.
        config.extra["polyfills"] = ["assets/iframe-worker.js"]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Publish the combined style sheet."""
    files.append(File.generated(config, STYLE, content=style(config.theme.dirs)))
    return files


def style(folders: list[str]) -> str:
    """Return the combined style sheet, with the addresses of fonts adjusted to its place.

    Args:
        folders: The theme's folders.
    """
    ours = [next(path for f in folders if (path := Path(f, name)).exists()) for name in OURS]
    parts = []
    for path in (*seams.theme_styles(folders), *ours):
        text = path.read_text(encoding="utf-8").split("/*# sourceMappingURL", 1)[0]
        parts.append(text.replace("url(fonts/", "url(katex/fonts/"))
    return "\n".join(parts)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Reduce what a page loads at first."""
    return seams.adapt_page(output, not offline.ON)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Reduce what the 404 page loads at first."""
    return seams.adapt_page(output, not offline.ON)


def on_post_build(config: MkDocsConfig) -> None:
    """Divide the search index, unless the site is for the file system, where nothing can fetch."""
    if offline.ON:
        return
    index = Path(config.site_dir, "search", "search_index.json")
    whole = CUT_OFF.sub("", index.read_text(encoding="utf-8"))
    index.with_name("pages.json").write_text(whole, encoding="utf-8")
    settings = json.loads(whole) | {"docs": []}
    index.write_text(json.dumps(settings), encoding="utf-8")
