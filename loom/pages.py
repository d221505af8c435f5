"""Keep finished pages, so that a build makes only those anew whose inputs have changed.

A page is made in three steps: its content, its entries in the search index, and its HTML in the
theme. What a step made lies in a file of its own below `.cache/pages`, with a key: the hash of all
that the step depends on. A step that logs a warning is not kept, so that the next build warns too.
"""

import contextlib
import functools
import json
import logging
import os
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jieba
import jinja2
import jinja2.meta
from jinja2.bccache import Bucket
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from loom import cache, figures, glossary, pyodide, words
from loom.runner import SnippetError
from loom.weave import Weaver

FOLDER = Path(".cache", "pages")
MODULE = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
AUTOREF = re.compile(r'<autoref identifier="([^"]+)"')
SPAN = re.compile(r"(<span\b[^>]*>|</span>)")
MATHML = re.compile(
    r"<math\b.*?<annotation\b[^>]*>(.*?)</annotation></semantics></math>", re.DOTALL
)


class Pages:
    """Makes the pages of one language, or takes them from the last build.

    Args:
        config: The configuration of the language.
        files: All files of the language: links lead to them.
        weaver: Answers the references of the pages.
    """

    def __init__(self, config: MkDocsConfig, files: Files, weaver: Weaver) -> None:
        self.config, self.files, self.weaver = config, files, weaver
        use = "build" if config.use_directory_urls else "offline"
        if weaver.show_failures:
            use = "serve"
        self.folder = FOLDER / use / Path(config.docs_dir).name  # their addresses differ
        texts = [Path(name).read_text("utf-8") for name in {"mkdocs.yml", config.config_file_path}]
        chosen = [config.extra, config.use_directory_urls, pyodide.are_there()]
        self.common = [*sorted(texts), json.dumps(chosen, default=str)]
        self.common += [cache.installed(), cache.code(), figures.version()]
        self.common += [file.url for file in files]
        self.common += [cache.digest(sorted(Path("docs").glob("*/glossary.md")))]
        self.theme = [str(config.site_url), cache.digest(sorted(Path("theme").rglob("*.html")))]
        self.nav: Navigation

    def render(self, page: Page, make: Callable[[], None], source: Path) -> None:
        """Give a page its content, title and table of contents.

        Args:
            page: The page; its Markdown has been read.
            make: Renders the Markdown, and finishes the content.
            source: The file that the author wrote; that of a lab is not its Markdown.
        """

        def made() -> dict[str, Any]:
            make()
            ids, links = page.present_anchor_ids, (page.links_to_anchors or {}).items()
            return {
                "content": page.content,
                "title": page.title,
                "toc": [_token(item) for item in page.toc],
                "ids": None if ids is None else sorted(ids),  # those of a lab are not known
                "links": {file.src_uri: anchors for file, anchors in links},
            }

        try:
            depends = self.weaver.dependencies(page.markdown or "")
        except SnippetError:
            make()  # shows the error, or raises it
            return
        if modules := MODULE.findall(page.markdown or ""):
            mkdocstrings: Any = self.config.plugins["mkdocstrings"]
            mkdocstrings.get_handler("python")  # whose styles it publishes
            depends.append(cache.digest([Path(name.replace(".", "/") + ".py") for name in modules]))
        parts = [page.file.src_uri, page.markdown or "", cache.sha256(source), *depends]
        kept = self._kept(page, "content", parts, made)
        page.content, page.title, page.toc = kept["content"], kept["title"], get_toc(kept["toc"])
        page.present_anchor_ids = None if kept["ids"] is None else set(kept["ids"])
        page.links_to_anchors = {
            file: anchors
            for uri, anchors in kept["links"].items()
            if (file := self.files.get_file_from_path(uri))
        }

    def add_to(self, index: Any, page: Page) -> None:
        """Add a page to the search index of Material's plugin."""

        def made() -> list[dict[str, Any]]:
            teach_terms()
            before = len(index.entries)
            content, page.content = page.content, searchable(str(page.content))
            type(index).add_entry_from_context(index, page)
            page.content = content
            new: list[dict[str, Any]] = index.entries[before:]
            del index.entries[before:]
            return new

        parts = [page.url, str(page.title), str(page.content), json.dumps(page.meta, default=str)]
        parts += [json.dumps([_token(item) for item in page.toc])]
        index.entries += self._kept(page, "search", parts, made)

    def html(self, page: Page, nav: str, make: Callable[[], str]) -> str:
        """Return the HTML of a page in the theme.

        Args:
            page: The page, with its content.
            nav: The titles and addresses of all pages in their order.
            make: Renders the template.
        """
        if page.is_homepage and self.weaver.show_failures:
            return make()  # so that templates are compiled before a change has to be shown
        parts = [page.url, str(page.title), str(page.content), json.dumps(page.meta, default=str)]
        parts += [json.dumps([_token(item) for item in page.toc]), nav, *self.theme]
        return str(self._kept(page, "html", parts, make))

    def _kept(self, page: Page, step: str, parts: list[str], make: Callable[[], Any]) -> Any:
        """Return what a step made the last time, if its inputs are the same; or make it."""
        target = self.folder / page.file.src_uri / f"{step}.json"
        key = cache.key(*self.common, *parts)
        kept = cache.read(target)
        if kept and kept["key"] == key:
            return kept["value"]
        with _Warnings() as warnings:
            value = make()
        if not warnings.count and not (step == "content" and self._refers(value["content"])):
            cache.write(target, {"key": key, "value": value})
        return value

    def _refers(self, html: str) -> bool:
        """Tell whether mkdocstrings will turn names into links: to do so it needs to make pages."""
        for name in AUTOREF.findall(html):
            with contextlib.suppress(KeyError):
                autorefs: Any = self.config.plugins["autorefs"]
                return bool(autorefs.get_item_url(name))
        return False


class _Warnings(logging.Handler):
    """Counts the warnings that are logged while it is entered."""

    def __enter__(self) -> "_Warnings":
        self.setLevel(logging.WARNING)
        self.count = 0
        logging.getLogger("mkdocs").addHandler(self)
        return self

    def __exit__(self, *exception: object) -> None:
        logging.getLogger("mkdocs").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self.count += 1


class _Loader(jinja2.FileSystemLoader):
    """Lists templates without the theme's 11,000 icons, which MkDocs would sort out one by one."""

    def list_templates(self) -> list[str]:
        """Return the templates that are not in hidden folders."""
        found: set[str] = set()
        for base in self.searchpath:
            for folder, folders, names in os.walk(base):
                folders[:] = [name for name in folders if not name.startswith(".")]
                inside = os.path.relpath(folder, base)
                found.update(posixpath.normpath(posixpath.join(inside, name)) for name in names)
        return sorted(found)


class _Compiled(jinja2.BytecodeCache):
    """Keeps compiled templates while the process runs: all languages use the same."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template what was compiled of the same text."""
        if code := self.compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self.compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class _State:
    """The pages of the language that is being built."""

    pages: Pages


def configure(config: MkDocsConfig) -> None:
    """Do what the hooks of the whole site and of each language begin with."""
    work_in_folder_of(config)
    list_quickly(config)
    add_words(config)


def work_in_folder_of(config: MkDocsConfig) -> None:
    """Change to the folder of mkdocs.yml, to which all paths of this project are relative."""
    config.theme.dirs[:] = map(os.path.abspath, config.theme.dirs)
    config.config_file_path = os.path.abspath(config.config_file_path)
    os.chdir(Path(config.config_file_path).parent)


def add_words(config: MkDocsConfig) -> None:
    """Give the templates the words of the site: in its own language, and in all of them."""
    config.extra["languages"] = {name: words.of(name)["site"] for name in words.LANGUAGES}
    config.extra["words"] = config.extra["languages"].get(config.theme["language"])


def list_quickly(config: MkDocsConfig) -> None:
    """Spare a build most of the time that it takes to list the files of the theme."""
    theme, get_env = config.theme, config.theme.get_env

    def get_env_with_loader() -> jinja2.Environment:
        env: jinja2.Environment = get_env()
        env.loader = _Loader(theme.dirs)
        return env

    theme.get_env = get_env_with_loader


def begin(config: MkDocsConfig, files: Files, weaver: Weaver) -> None:
    """Begin with a language, when all of its files are known."""
    _State.pages = Pages(config, files, weaver)


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> None:
    """Remember the navigation, which every page shows."""
    _State.pages.nav = nav


def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    """Let a page take its content from the last build."""
    render, pages = page.render, _State.pages
    source = Path(config.docs_dir, page.file.src_uri)
    page.render = lambda config, files: pages.render(page, lambda: render(config, files), source)
    return page


def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> None:
    """Let the theme and the search plugin take what they made of a page from the last build."""
    pages = _State.pages
    nav = json.dumps([_entry(item) for item in pages.nav.items])

    class Template(jinja2.Template):
        """A template that is not rendered for a page whose inputs have not changed."""

        def render(self, *args: Any, **kwargs: Any) -> str:
            context = dict(*args, **kwargs)
            make = functools.partial(super().render, context)
            page = context.get("page")
            return pages.html(page, nav, make) if page else make()

    env.bytecode_cache, env.template_class = _COMPILED, Template
    index = config.plugins["material/search"].search_index
    index.add_entry_from_context = functools.partial(pages.add_to, index)


def get_ready(config: MkDocsConfig) -> None:
    """Load what pages need, once for all languages."""
    teach_terms()
    if not _COMPILED.compiled:
        compile_templates(config)


def compile_templates(config: MkDocsConfig) -> None:
    """Compile the templates of pages."""
    env = config.theme.get_env()
    env.bytecode_cache = _COMPILED
    _compile(env, "main.html", set())


def _compile(env: jinja2.Environment, name: str, seen: set[str]) -> None:
    """Compile a template and those that it names."""
    seen.add(name)
    env.get_template(name)
    source = env.loader.get_source(env, name)[0] if env.loader else ""
    for other in jinja2.meta.find_referenced_templates(env.parse(source)):
        if other and other not in seen:
            _compile(env, other, seen)


@functools.cache
def teach_terms() -> None:
    """Let the search index neither cut 学习率 in two, nor miss 传播 inside 反向传播."""
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    for term in glossary.read_terms(Path("docs", "zh", "glossary.md")):
        if len(term.name) < 4:
            jieba.add_word(term.name)


def searchable(html: str) -> str:
    """Return the HTML of a page as the search reads it, with the source of each formula.

    A typeset formula holds its symbols three times. Spans mean nothing to the search, and reading
    them takes most of its time.
    """
    kept, depth, hidden = [], 0, 0  # `hidden` is the depth of what is left out, or 0
    for part in SPAN.split(MATHML.sub(r"\1", html)):
        if part == "</span>":
            depth -= 1
            if depth < hidden:
                hidden = 0
        elif part.startswith("<span"):
            depth += 1
            if 'class="katex-html"' in part:
                hidden = depth
        elif not hidden:
            kept.append(part)
    return "".join(kept)


def _entry(item: Any) -> list[Any]:
    """Return an item of the navigation as the theme shows it."""
    return [
        item.title,
        getattr(item, "url", None),
        [_entry(child) for child in item.children or ()],
    ]


def _token(item: AnchorLink) -> dict[str, Any]:
    """Return an entry of a table of contents in the form that `get_toc` takes."""
    children = [_token(child) for child in item.children]
    return {"level": item.level, "id": item.id, "name": item.title, "children": children}
