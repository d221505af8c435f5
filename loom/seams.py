"""Every place where this project touches the inside of another program.

Each touch says why it is needed, what the public way would be, and why that does not serve;
`tests/test_seams.py` names the touch that breaks when a new release comes. One is not in Python:
`theme/assets/course.js` Touches the labels that open Material's menu and search, since keys cannot
reach a label, and Material has no setting for that.
"""

import contextlib
import os
import sys
import types
from collections.abc import Callable, Iterator
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

POLLED = 0.1  # seconds between two looks at the files, while serving


@contextlib.contextmanager
def hidden_main() -> Iterator[None]:
    """Keep Python from importing the program that builds into each process started inside.

    Touches: `sys.modules["__main__"]`, which multiprocessing reads.
    Public way: none; `set_forkserver_preload(["__main__"])` does not do it before Python 3.15.
    Why: a process that imports MkDocs takes 40 ms more, and there are 75 of them.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def let_server_end() -> None:
    """Close what a child holds open of the process that it was forked from.

    Touches: `multiprocessing.forkserver._forkserver._forkserver_alive_fd`.
    Public way: a thread that waits on `multiprocessing.parent_process().sentinel`.
    Why: a program with a second thread is warned when it forks, and the page would show that.
    """
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]


def use_notebook_template(folder: Path) -> None:
    """Let mkdocs-jupyter show notebooks with templates of ours.

    Touches: `mkdocs_jupyter.config.settings.templates_dir`, and the names of the two templates.
    Public way: none; mkdocs-jupyter has no setting for its template.
    Why: its own template brings 600 kB of styles and scripts, and headings without our ids.
    """
    from mkdocs_jupyter.config import settings  # noqa: PLC0415 - runs do without MkDocs

    settings.templates_dir = str(folder)


def replace_rendering(page: Any, instead: Callable[[Callable[[], None]], None]) -> None:
    """Let a page of MkDocs get its content in a different way than by rendering its Markdown.

    Touches: `Page.render` of one page, which mkdocs-jupyter replaces too.
    Public way: `on_page_markdown` and `on_page_content` cannot keep MkDocs from making a renderer
    and rendering.
    Why: a saved page would be shown after several seconds, not after one.

    Args:
        page: The page.
        instead: Called with a function that renders the page.
    """
    render = page.render
    page.render = lambda config, files: instead(lambda: render(config, files))


def build(config_file: str, **settings: Any) -> None:
    """Build a site of MkDocs inside the build of a different one.

    Touches: `mkdocs.commands.build.build`, which MkDocs does not document for others.
    Public way: the command, in a process of its own.
    Why: each language would import MkDocs, its plugins and PyTorch's checker again, for seconds.
    """
    from mkdocs.commands.build import build as build_site  # noqa: PLC0415 - runs do without MkDocs
    from mkdocs.config import load_config  # noqa: PLC0415

    build_site(load_config(config_file, **settings))


def rebuild_with(server: Any, builder: Callable[[], None], watched: list[str]) -> None:
    """Let MkDocs' live reload make the site in a different way than by building all of it.

    Touches builder: `mkdocs.livereload.LiveReloadServer.builder`.
    Touches observer: `mkdocs.livereload.LiveReloadServer.observer`.
    Public way: the `builder` that `on_serve` gets makes all languages anew.
    Why: it would clean the folder of the site, and a saved page would wait for both languages;
    MkDocs looks at the files twice a second only.

    Args:
        server: The server.
        builder: Called after each change.
        watched: What MkDocs watches already.
    """
    from watchdog.observers.polling import PollingObserver  # noqa: PLC0415

    server.builder = builder
    for path in watched:
        server.unwatch(path)
    server.observer = PollingObserver(timeout=POLLED)
    for path in watched:
        server.watch(path)


def search_entries(config: Any) -> list[dict[str, Any]]:
    """Return the entries of the search index of Material, to be read and added to.

    Touches: `search_index.entries` of Material's search plugin.
    Public way: none; the plugin reads each page anew in each build.
    Why: to cut the Chinese pages into words takes longer than all else that a saved page needs.
    """
    entries: list[dict[str, Any]] = config.plugins["material/search"].search_index.entries
    return entries


def theme_styles(folders: list[str]) -> list[Path]:
    """Return the style sheets that Material's templates ask for on every page, in their order.

    Touches: the names `main.*.css` and `palette.*.css` in Material's `assets/stylesheets`.
    Public way: Material's own `styles` block, which asks for each of them.
    Why: a phone waits for a round trip more before it shows anything.

    Args:
        folders: Those of the theme.
    """
    return [
        next(path for folder in folders for path in sorted(Path(folder).glob(pattern)))
        for pattern in ("assets/stylesheets/main.*.css", "assets/stylesheets/palette.*.css")
    ]


def adapt_page(html: str, is_hosted: bool) -> str:
    """Let a page of Material load its scripts late, and its search when somebody searches.

    Touches scripts: the tags of Material's scripts, as text.
    Touches worker: the address of its search worker, as text; what it says to the page.
    Public way: none; the templates that write both have no block for a part of them.
    Why: a page would show later on a phone, and load half a megabyte that most readers never use.

    Args:
        html: A finished page.
        is_hosted: Whether a host will serve it: only then there is a worker of ours.
    """
    if "__config" not in html:
        return html  # a page without Material's scripts
    changes = {"<script src=": '<script defer fetchpriority="low" src='}
    if is_hosted:
        changes["workers/search."] = "workers/on-demand.js?search."
    for theirs, ours in changes.items():
        if theirs not in html:
            problem = f"Material's pages hold no `{theirs}` any more"
            raise ValueError(f"{problem}: see adapt_page in loom/seams.py")
        html = html.replace(theirs, ours)
    return html
