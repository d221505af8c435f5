"""Cache the content of pages, so that a build renders only those whose inputs have changed.

Each page has files of its own below `.cache/pages`, for its content and its search entries. Each
file holds a key, the hash of all that its value depends on. A page that logs a warning is not
cached, so that the next build warns again.

This module also has the hooks that the landing page and the languages share.
"""

import contextlib
import functools
import json
import logging
import os
import platform
import re
import reprlib
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any, ClassVar

import jieba
import jinja2
from jinja2.bccache import Bucket
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, BuildError, MkDocsException
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, get_toc

from loom import seams, words
from loom.draw import figures, pyodide
from loom.run import cache
from loom.run.program import CONTROL
from loom.run.record import Settings, SnippetError
from loom.weave import course, fences, formulas, glossary, weaver
from loom.weave.weaver import Weaver
from loom.website import csp

log = logging.getLogger("mkdocs.loom")

TOKEN: dict[str, Any] = {"level": int, "id": str, "name": str}  # an entry of a table of contents
TOKEN["children"] = [TOKEN]
NONE = type(None)
# The form of what is kept of a page, and of its entries in the search index.
PARTS = {
    "content": str,
    "title": (str, NONE),
    "toc": [TOKEN],
    "ids": ([str], NONE),
    "names": {str: (str, NONE)},
    "links": {str: {str: str}},
}
ENTRY = {"location": str, "title": str, "text": str}
ENTRIES = [(ENTRY, ENTRY | {"boost": (int, float)})]
FOLDER, JIEBA = Path(".cache", "pages"), Path(".cache", "jieba")
CODE = ("loom", "equations")  # folders of the code that makes pages
MODULE = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
# Drawings, and the tables of their numbers.
DRAWN = re.compile(r"<svg\b.*?</svg>|<details class=\"figure__numbers\">.*?</details>", re.DOTALL)
CODE_LINE = re.compile(r"(?!#!)[^`\n]+")  # between backticks it stays code
# What the top of a page may say, and in which form.
TOP: dict[str, Callable[[Any], bool]] = {
    "title": lambda value: isinstance(value, str),
    "description": lambda value: isinstance(value, str),
    "author": lambda value: isinstance(value, str),
    "goes": lambda value: isinstance(value, str) and CODE_LINE.fullmatch(value) is not None,
    "comes": lambda value: isinstance(value, str) and CODE_LINE.fullmatch(value) is not None,
    "hide": lambda value: cache.has_form(value, [str]) and {"navigation", "toc"} >= set(value),
    "search": lambda value: (
        cache.has_form(value, ({"boost": (int, float)}, {"exclude": bool}))
        and 0 <= value.get("boost", 1) <= 1000  # JSON knows no infinity and no NaN
    ),
    "template": lambda value: value == "landing.html",
}
SPAN = re.compile(r"(<span\b[^>]*>|</span>)")
MATHML = re.compile(
    r"<math\b.*?<annotation\b[^>]*>(.*?)</annotation></semantics></math>", re.DOTALL
)


@functools.cache
def code() -> str:
    """Hash the project's own code, once: a process does not reload it either."""
    found = [path for folder in CODE for path in sorted(Path(folder).rglob("*.*"))]
    return cache.digest(path for path in found if path.suffix != ".pyc" and path.is_file())


@functools.cache
def installed() -> str:
    """Return the versions of Python and of all installed packages, as one text."""
    packages = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    return " ".join([platform.python_version(), *sorted(path.name for path in packages)])


class Pages:
    """Renders the pages of one language, or takes them from the cache.

    Args:
        config: The configuration of the language.
        files: All files of the language, as targets of links.
        weaver: Answers the references of the pages.
    """

    def __init__(self, config: MkDocsConfig, files: Files, weaver: Weaver) -> None:
        self.config, self.files, self.weaver = config, files, weaver
        use = "build" if config.use_directory_urls else "offline"
        if weaver.show_failures:
            use = "serve"
        self.folder = FOLDER / use / Path(config.docs_dir).name  # each use has its own addresses
        texts = [Path(name).read_text("utf-8") for name in {"mkdocs.yml", config.config_file_path}]
        chosen = [config.extra, config.use_directory_urls, pyodide.are_there()]
        self.common = [*sorted(texts), json.dumps(chosen, default=str)]
        self.common += [installed(), code(), figures.version()]
        self.common += [file.url for file in files]
        self.common += [cache.digest(sorted(Path("docs").glob("*/glossary.md")))]

    def render(self, page: Page, make: Callable[[], None], source: Path) -> None:
        """Set the content, title and table of contents of a page.

        Args:
            page: The page; its Markdown has been read.
            make: Renders the Markdown and finishes the content.
            source: The file that the author wrote; for a lab, `page.markdown` is not its text.
        """
        refuse_top(page)
        modules = MODULE.findall(page.markdown or "")

        def made() -> dict[str, Any]:
            make()
            ids, links = page.present_anchor_ids, (page.links_to_anchors or {}).items()
            return {
                "content": page.content,
                "title": page.title,
                "toc": [_token(item) for item in page.toc],
                "ids": None if ids is None else sorted(ids),  # a lab has None
                "names": self._names(page) if modules else {},
                "links": {file.src_uri: anchors for file, anchors in links},
            }

        try:
            depends = self.weaver.dependencies(page.markdown or "")
        except SnippetError:
            make()  # shows the error, or raises it
            return
        if modules:
            mkdocstrings: Any = self.config.plugins["mkdocstrings"]
            mkdocstrings.get_handler("python")  # makes it publish the styles of this handler
            depends.append(cache.digest([Path(name.replace(".", "/") + ".py") for name in modules]))
        parts = [page.file.src_uri, page.markdown or "", cache.sha256(source), *depends]
        kept = self._rendered(page, parts, made)
        page.content, page.title, page.toc = kept["content"], kept["title"], get_toc(kept["toc"])
        page.present_anchor_ids = None if kept["ids"] is None else set(kept["ids"])
        for name, title in kept["names"].items():  # as mkdocstrings does when it renders them
            autorefs: Any = self.config.plugins["autorefs"]
            autorefs.register_anchor(page, name, title=title)
        page.links_to_anchors = {
            file: anchors
            for uri, anchors in kept["links"].items()
            if (file := self.files.get_file_from_path(uri))
        }

    def _names(self, page: Page) -> dict[str, str | None]:
        """Return the names that mkdocstrings documents on a page, with the titles of links."""
        autorefs: Any = self.config.plugins["autorefs"]
        names = {}
        for name in sorted(page.present_anchor_ids or ()):
            with contextlib.suppress(KeyError):  # no name, but a heading
                names[name] = autorefs.get_item_url(name)[1]
        return names

    def kept_entries(self, page: Page) -> list[Any] | None:
        """Return the entries of a page in the search index, if it is what it was."""
        found = _kept(self._file(page, "search"), self._search_key(page))
        return found if cache.has_form(found, ENTRIES) else None

    def keep_entries(self, page: Page, entries: list[Any]) -> None:
        """Put a page's entries in the search index into the cache."""
        cache.write(self._file(page, "search"), {"key": self._search_key(page), "value": entries})

    def _search_key(self, page: Page) -> str:
        """Hash everything that the search entries of a page depend on."""
        toc = [_token(item) for item in page.toc]
        shown = [page.url, page.title, page.content, page.meta.get("search"), toc]
        return cache.key(*self.common, json.dumps(shown, default=str))

    def _file(self, page: Page, step: str) -> Path:
        """Return the cache file of a step, "content" or "search", for a page."""
        return Path(self.folder, page.file.src_uri, f"{step}.json")

    def _rendered(self, page: Page, parts: list[str], make: Callable[[], Any]) -> Any:
        """Return what a page was rendered to, if its inputs are the same; or render it."""
        target = self._file(page, "content")
        key = cache.key(*self.common, *parts)
        kept = _kept(target, key)
        if cache.has_form(kept, PARTS):
            return kept
        with _Warnings() as warnings:
            value = make()
        if not warnings.count:
            cache.write(target, {"key": key, "value": value})
        return value


def _kept(target: Path, key: str) -> Any:
    """Return the value that a file keeps under a key, or None."""
    kept = cache.read(target)
    return kept.get("value") if isinstance(kept, dict) and kept.get("key") == key else None


class _Warnings(logging.Handler):
    """Counts the warnings that are logged while it is entered."""

    def __enter__(self) -> "_Warnings":
        """Start to count."""
        self.setLevel(logging.WARNING)
        self.count = 0
        logging.getLogger("mkdocs").addHandler(self)
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop counting."""
        logging.getLogger("mkdocs").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Count a warning."""
        self.count += 1


class _Templates(jinja2.BytecodeCache):
    """Keeps compiled templates while the process runs, so that a saved page appears sooner."""

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its bytecode, if the same text was compiled before."""
        if code := self.compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bytecode of a template."""
        self.compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_TEMPLATES = _Templates()


class _State:
    """The language that is being built, and its present page."""

    pages: Pages
    scripts: ClassVar[set[str]] = set()  # of the theme
    content: str
    search: Any  # `search` in the metadata of the page
    entries: list[Any] | None  # the cached search entries of the page


def configure(config: MkDocsConfig) -> None:
    """Set up the configuration of the whole site or of a language.

    Raises:
        BuildError: If one is no address: the theme puts it into all pages as it is.
    """
    for name, value in {"SITE_URL": config.site_url, "COLAB": config.extra.get("colab")}.items():
        if value and not re.fullmatch(r"""https?://[^<>"'\s()\\]+""", str(value)):
            raise BuildError(f"{name} is {value!r}.\nWhat to do: set it to an address, https://….")
    work_in_folder_of(config)
    add_words(config)


def run_and_check(command: str, find_errors: Callable[[], list[str]]) -> None:
    """Run and check everything that the pages use, before anything is written to the site.

    Args:
        command: If it is "serve", pages show their errors in place and the build goes on.
        find_errors: Runs and checks; returns the errors.

    Raises:
        BuildError: If there are errors, unless serving.
    """
    weaver.of_project().show_failures = serving = command == "serve"
    errors = find_errors()
    for error in errors:
        log.error("%s\n", error)
    if errors and not serving:
        raise BuildError(
            f"{len(errors)} problem(s), each described above. "
            "The site of the last good build is untouched."
        )


def work_in_folder_of(config: MkDocsConfig) -> None:
    """Change to the folder of mkdocs.yml: all paths of this project are relative to it."""
    config.theme.dirs[:] = map(os.path.abspath, config.theme.dirs)
    config.config_file_path = os.path.abspath(config.config_file_path)
    os.chdir(Path(config.config_file_path).parent)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Learn the theme's own scripts from a page that no author has written; add the policy.

    MkDocs makes the page that a host shows when there is none before all others.
    """
    if template_name == "404.html":
        _State.scripts = csp.inline_scripts(output)
    return _with_policy(output)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Check what the theme has put around the content of a page; add the policy."""
    fences.begin_page(Path(config.docs_dir, page.file.src_uri))
    refuse(csp.faults_around(output, str(page.content), _State.scripts))
    return _with_policy(output)


def _with_policy(output: str) -> str:
    """Add the security policy, but not while serving: live reload is an inline script."""
    serving = weaver.of_project().show_failures
    return output if serving else csp.add_to(output, _State.scripts)


def safe(html: str) -> str:
    """Return the content of a page; while serving, what is wrong with it in its place.

    Raises:
        BuildError: If it holds what could run a script or load something, unless serving.
    """
    settings = Settings.read()
    parts = ["faults", html, cache.sha256(csp.__file__)]
    found = cache.value(
        parts, lambda: [list(fault) for fault in csp.faults(html)], settings.cache, _are_faults
    )
    problem = refuse(found)
    return (
        f'<div class="admonition failure"><pre>{escape(problem)}</pre></div>' if problem else html
    )


def _are_faults(kept: Any) -> bool:
    """Tell whether a value has the form of what `csp.faults` returns."""
    return cache.has_form(kept, [[str]]) and all(len(fault) == 3 for fault in kept)


def may_say(name: str, value: Any) -> bool:
    """Tell whether the top of a page may say something."""
    is_text = not isinstance(value, str) or not CONTROL.search(value)
    return name in TOP and is_text and TOP[name](value)


def refuse_top(page: Page) -> None:
    """Refuse what the top of a page may not say: the theme reads any form of other names.

    Raises:
        BuildError: If there is something, unless serving, which goes on without it.
    """
    for name, value in list(page.meta.items()):
        if not may_say(name, value):
            known = f"the top of a page may say {', '.join(TOP)}"
            is_plain = isinstance(value, str) and value.isprintable()
            shown = value if is_plain else reprlib.repr(value)  # it may repeat itself
            refuse([(f"{name}: {shown}"[: csp.SHOWN], f"what it may not; {known}", f"{name}:")])
            page.meta.pop(name)


def refuse_titles(page: Page) -> None:
    """Refuse a title or a text of the top of a page that could hold a tag.

    The theme puts them into the head of the page, and titles into the menu of all pages, as they
    are.

    Raises:
        BuildError: If there is one, unless serving, which shows a title without it.
    """
    texts = {"title": str(page.title)} | {k: v for k, v in page.meta.items() if isinstance(v, str)}
    for name, text in texts.items():
        if found := re.search('[<>"]', unescape(text)):
            refuse([(text, f"{found.group()} in its {name}", f"{name}:")])
            page.meta.pop(name, None)
            page.title = re.sub('[<>"]', "", unescape(str(page.title)))


def refuse(faults: Iterable[Sequence[str]]) -> str:
    """Log what a page must not hold, as `csp` has found it; return it as one text.

    Raises:
        BuildError: If there is something, unless serving.
    """
    said = [
        f"{_place(written, value)}the page holds {problem}: {written}\nWhat to do: take it out; a "
        "page may show, link and draw, and nothing of it may run or come from elsewhere."
        for written, problem, value in faults
    ]
    for text in said:
        log.error("%s\n", text)
    if said and not weaver.of_project().show_failures:
        raise BuildError(f"{len(said)} thing(s) on a page could run or load something; see above.")
    return "\n\n".join(said)


def _place(written: str, value: str) -> str:
    """Say where the author wrote a tag, or else the value of its attribute, as in Markdown."""
    places = [fences.place(written), fences.place(value)] if value else [fences.place(written)]
    return next((place for place in places if re.search(r":\d+: ", place)), places[0])


def on_build_error(error: Exception) -> None:
    """Turn whatever has stopped a build into advice.

    Raises:
        Abort: With the page, the cause and what to do, unless the error says that itself.
    """
    if isinstance(error, MkDocsException):
        return
    log.debug("The error in full:", exc_info=error)
    log.error(course.advice(error))
    raise Abort("The site of the last good build is untouched.")


def named(item: Any) -> Iterator[str]:
    """Yield the pages that a part of `nav` names, in order."""
    if isinstance(item, str):
        yield item
    for part in item if isinstance(item, list) else item.values() if isinstance(item, dict) else ():
        yield from named(part)


def add_words(config: MkDocsConfig) -> None:
    """Give the templates the words of the site, in all languages and in the page's own."""
    config.extra["languages"] = {name: words.of(name)["site"] for name in words.LANGUAGES}
    config.extra["words"] = config.extra["languages"].get(config.theme["language"])


def begin(config: MkDocsConfig, files: Files, weaver: Weaver) -> None:
    """Begin to build a language, or the landing page, once all of its files are known.

    Raises:
        BuildError: If one file would overwrite another, as `a.md` does `a/index.md`.
    """
    sources: dict[str, str] = {}
    for file in files:
        first = sources.setdefault(file.dest_uri, file.src_uri)
        if first != file.src_uri:
            folder = os.path.relpath(config.docs_dir)
            raise BuildError(
                f"{folder}/{first} and {folder}/{file.src_uri} have one address, {file.url}.\n"
                "What to do: rename one of them."
            )
    _State.pages = Pages(config, files, weaver)


def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> None:
    """Let the theme reuse compiled templates."""
    env.bytecode_cache = _TEMPLATES


def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    """Name the page for error messages, and let it take its content from the cache."""
    source, kept = Path(config.docs_dir, page.file.src_uri), _State.pages
    fences.begin_page(source)
    seams.replace_rendering(page, lambda render: kept.render(page, render, source))
    return page


@event_priority(50)  # type: ignore[untyped-decorator] # before the search plugin reads the page
def _show_to_search(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Show the search plugin only the searchable text of a page, or nothing if it is cached."""
    fences.begin_page(Path(config.docs_dir, page.file.src_uri))
    teach_terms()
    _State.content, _State.search = str(page.content), page.meta.get("search")
    _State.entries = _State.pages.kept_entries(page)
    if _State.entries is None:
        page.content = searchable(_State.content)
    else:
        page.meta["search"] = {"exclude": True}
    return context


@event_priority(-50)  # type: ignore[untyped-decorator] # after the search plugin has read the page
def _show_to_readers(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Restore the content and metadata of a page; keep its search entries, or add cached ones."""
    page.content, page.meta["search"] = _State.content, _State.search
    index = seams.search_entries(config)
    if _State.entries is None:
        _State.pages.keep_entries(
            page, [e for e in index if e["location"].split("#")[0] == page.url]
        )
    else:
        index += _State.entries
    return context


on_page_context = CombinedEvent(_show_to_search, _show_to_readers)


@functools.cache
def teach_terms() -> None:
    """Teach jieba the short terms: 学习率 stays whole, and 传播 is found in 反向传播 too.

    jieba reads what it finds in its own cache, whoever wrote that. Its cache lies in ours, and does
    not count unless this project has written it.
    """
    kept, written = JIEBA / "jieba.cache", JIEBA / "sum.json"
    with contextlib.suppress(OSError):
        JIEBA.mkdir(parents=True, exist_ok=True)
        if cache.read(written) != cache.sha256(kept):
            kept.unlink(missing_ok=True)
    jieba.setLogLevel(logging.CRITICAL)
    jieba.dt.tmp_dir = str(JIEBA.absolute())
    jieba.initialize()
    if cache.read(written) != cache.sha256(kept):
        cache.write(written, cache.sha256(kept))
    for term in glossary.read_terms(Path("docs", "zh", "glossary.md")):
        if len(term.name) < 4:
            jieba.add_word(term.name)


def searchable(html: str) -> str:
    """Return the HTML of a page for the search plugin, with each formula as readers type it.

    A typeset formula contains its symbols three times. Spans and drawings mean nothing to the
    search, but would take most of its time.
    """
    kept, depth, hidden = [], 0, 0  # `hidden` is the depth of the span to omit, or 0
    typed = MATHML.sub(lambda found: escape(formulas.typed(unescape(found[1]))), html)
    for part in SPAN.split(DRAWN.sub("", typed)):
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


def _token(item: AnchorLink) -> dict[str, Any]:
    """Return an entry of a table of contents in the form that `get_toc` takes."""
    children = [_token(child) for child in item.children]
    return {"level": item.level, "id": item.id, "name": item.title, "children": children}
