"""Where we touch the inside of other programs: seldom, explained, and named when it breaks.

A test that fails here after an update says which function of loom/seams.py to look at.
"""

import inspect
import re
import socket
import sys
import types
from multiprocessing import forkserver, spawn
from pathlib import Path

import material
import mkdocs_jupyter.nbconvert2
import nbformat
import pytest
from material.plugins.search.plugin import SearchIndex
from mkdocs.commands import build
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.pages import Page
from watchdog.observers.api import BaseObserver

from loom import seams

THEME = Path(material.__file__).parent / "templates"
SEAMS = dict(inspect.getmembers(seams, inspect.isfunction))


def test_there_are_at_most_twelve_and_each_gives_its_reasons():
    own = [seam for seam in SEAMS.values() if seam.__module__ == seams.__name__]
    touches = sum(len(re.findall(r"Touches(?: \w+)?:", seam.__doc__)) for seam in own)
    touches += len(re.findall(r"Touches ", seams.__doc__))
    assert len(own) <= touches <= 12
    for seam in own:
        for part in ("Touches", "Public way:", "Why:"):
            assert part in seam.__doc__, seam.__name__


@pytest.mark.parametrize("path", sorted(Path("theme").rglob("*.html")), ids=str)
def test_no_template_replaces_text_of_the_theme(path):
    assert not re.search(r"super\(\)\s*\|", path.read_text("utf-8"))


def test_hidden_main(monkeypatch):
    program = types.ModuleType("__main__")
    program.__file__ = "program.py"
    monkeypatch.setitem(sys.modules, "__main__", program)
    assert "init_main_from_path" in spawn.get_preparation_data("a child")
    with seams.hidden_main():
        assert "init_main_from_path" not in spawn.get_preparation_data("a child")
    assert sys.modules["__main__"] is program


def test_let_server_end():
    assert hasattr(forkserver._forkserver, "_forkserver_alive_fd")


def test_use_notebook_template(tmp_path):
    seams.use_notebook_template(Path("loom/website/notebook").resolve())
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "language": "python", "display_name": "Python"}
        },
        cells=[nbformat.v4.new_code_cell("1", metadata={"html": "<p>ours</p>"})],
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    html = mkdocs_jupyter.nbconvert2.nb2html(str(tmp_path / "a.ipynb"))
    assert html.partition("<!-- end of the lab -->")[0].strip() == "<p>ours</p>"
    assert mkdocs_jupyter.nbconvert2.nb2md(str(tmp_path / "a.ipynb")).strip() == ""


def test_replace_rendering():
    assert list(inspect.signature(Page.render).parameters) == ["self", "config", "files"]
    assert "page.render(config, files)" in inspect.getsource(build)


def test_build():
    assert next(iter(inspect.signature(build.build).parameters)) == "config"


def test_rebuild_with():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = LiveReloadServer(lambda: None, "127.0.0.1", port, ".")
    try:
        assert isinstance(server.observer, BaseObserver)
        assert "self.builder()" in inspect.getsource(LiveReloadServer)
    finally:
        server.server_close()


def test_search_entries():
    assert SearchIndex().entries == []


def test_theme_styles():
    main, palette = seams.theme_styles([str(THEME)])
    assert ".md-header" in main.read_text("utf-8")
    assert "data-md-color-scheme" in palette.read_text("utf-8")


def test_adapt_page():
    html = (THEME / "base.html").read_text("utf-8")
    adapted = seams.adapt_page(html, is_hosted=True)
    assert "workers/on-demand.js?search." in adapted
    assert adapted.count('<script defer fetchpriority="low" src=') == html.count("<script src=")
    assert seams.adapt_page(html, is_hosted=False).count("on-demand") == 0
    with pytest.raises(ValueError, match="see adapt_page"):
        seams.adapt_page(html.replace("workers/search.", ""), is_hosted=True)


def test_labels_that_course_js_makes_buttons_of():
    text = "".join(path.read_text("utf-8") for path in (THEME / "partials").rglob("*.html"))
    for part in ('for="__drawer"', 'for="__search"', 'data-md-component="search"'):
        assert part in text
