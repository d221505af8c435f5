"""Every place where this project touches the inside of another program.

Each function names what it touches, the public way if there is one, and why that is not enough.
`tests/test_seams.py` names the function that a new release breaks. One touch is in JavaScript:
Touches the labels that open Material's menu and search, in `theme/assets/course.js`: a keyboard
cannot reach a label, and Material has no setting for that.
"""

import contextlib
import os
import sys
import types
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

POLLED = 0.05  # seconds between two checks for changed files, while serving


@contextlib.contextmanager
def hidden_main() -> Iterator[None]:
    """Keep the processes started inside from importing the program that builds.

    Touches: `sys.modules["__main__"]`, which multiprocessing reads.
    Public way: none; `set_forkserver_preload(["__main__"])` has no such effect before Python 3.15.
    Why: importing MkDocs takes 40 ms per process, and a full build starts more than 100.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def let_server_end() -> None:
    """Close this child's end of the pipe that keeps the fork server alive.

    Touches: `multiprocessing.forkserver._forkserver._forkserver_alive_fd`.
    Public way: a thread that waits on `multiprocessing.parent_process().sentinel`.
    Why: Python warns a program that forks while it has a second thread, and the page would show it.
    """
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]


def use_notebook_template(folder: Path) -> None:
    """Make mkdocs-jupyter show notebooks with our own templates.

    Touches: `mkdocs_jupyter.config.settings.templates_dir`, and the names of the two templates.
    Public way: none; mkdocs-jupyter has no setting for its template.
    Why: its own template adds 600 kB of styles and scripts, and its headings lack our ids.

    Args:
        folder: The folder of the templates.
    """
    from mkdocs_jupyter.config import settings  # noqa: PLC0415 - runs do without MkDocs

    settings.templates_dir = str(folder)


def replace_rendering(page: Any, instead: Callable[[Callable[[], None]], None]) -> None:
    """Replace how MkDocs turns a page's Markdown into content.

    Touches: `Page.render` of one page, which mkdocs-jupyter replaces too.
    Public way: `on_page_markdown` and `on_page_content` cannot keep MkDocs from rendering.
    Why: a saved page would take several seconds to appear instead of one.

    Args:
        page: The page.
        instead: Called in place of `Page.render`, with a function that renders the page.
    """
    render = page.render
    page.render = lambda config, files: instead(lambda: render(config, files))


def build(config_file: str, **settings: Any) -> None:
    """Build one MkDocs site during the build of another.

    Touches: `mkdocs.commands.build.build`, which MkDocs does not document as an interface.
    Public way: the command, in a process of its own.
    Why: each language would spend seconds on importing MkDocs and its plugins again.

    Args:
        config_file: The configuration of the site.
        **settings: Settings that override those of the file.
    """
    from mkdocs.commands.build import build as build_site  # noqa: PLC0415 - runs do without MkDocs
    from mkdocs.config import load_config  # noqa: PLC0415

    build_site(load_config(config_file, **settings))


def rebuild_with(server: Any, builder: Callable[[], None], watched: list[str]) -> None:
    """Replace what MkDocs' live reload does after a change, and how it notices one.

    Touches builder: `mkdocs.livereload.LiveReloadServer.builder`.
    Touches observer: `mkdocs.livereload.LiveReloadServer.observer`.
    Public way: the `builder` passed to `on_serve`, which builds all languages.
    Why: it would clean the site's folder, and a saved page would wait for both languages; MkDocs
    checks the files only twice a second.

    Args:
        server: The server.
        builder: Called after each change.
        watched: The paths that MkDocs already watches.
    """
    from watchdog.observers.polling import PollingObserver  # noqa: PLC0415

    server.builder = builder
    for path in watched:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=POLLED)
    for path in watched:
        server.watch(path)


def search_entries(config: Any) -> list[dict[str, Any]]:
    """Return the entries of Material's search index, for the caller to read and extend.

    Touches: `search_index.entries` of Material's search plugin.
    Public way: none; the plugin reads every page in every build.
    Why: segmenting the Chinese pages into words takes longer than the rest of a rebuild.

    Args:
        config: The configuration of the language.
    """
    entries: list[dict[str, Any]] = config.plugins["material/search"].search_index.entries
    return entries


def theme_styles(folders: list[str]) -> list[Path]:
    """Return the style sheets that Material links on every page, in the same order.

    Touches: the names `main.*.css` and `palette.*.css` in Material's `assets/stylesheets`.
    Public way: Material's own `styles` block, which links each of them.
    Why: a phone would wait for one more round trip before it shows anything.

    Args:
        folders: The theme's folders.
    """
    return [
        next(path for folder in folders for path in sorted(Path(folder).glob(pattern)))
        for pattern in ("assets/stylesheets/main.*.css", "assets/stylesheets/palette.*.css")
    ]


def adapt_page(html: str, is_hosted: bool) -> str:
    """Defer the scripts of a Material page, and load its search only when a reader searches.

    Touches scripts: the tags of Material's scripts, as text.
    Touches worker: the address of its search worker, as text, and the messages of that worker.
    Public way: none; Material's templates have no block for just these parts.
    Why: a phone would show the page later, and load half a megabyte that most readers never use.

    Args:
        html: A finished page.
        is_hosted: Whether a host will serve it: only then does it use our worker.

    Raises:
        ValueError: If Material's pages no longer contain the text to replace.
    """
    if "__config" not in html:
        return html  # a page without Material's scripts
    changes = {"<script src=": '<script defer fetchpriority="low" src='}
    if is_hosted:
        changes["workers/search."] = "workers/on-demand.js?search."
    for theirs, ours in changes.items():
        if theirs not in html:
            problem = f"Material's pages no longer contain `{theirs}`"
            raise ValueError(f"{problem}: see adapt_page in loom/seams.py")
        html = html.replace(theirs, ours)
    return html
