"""MkDocs hooks for the site of one language: labs, links, the list of lessons, the policy."""

import hashlib
import importlib.metadata
import re
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from markdown.extensions.toc import nest_toc_tokens
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from mkdocs.utils.meta import get_data

from loom import seams, words
from loom.run import cache
from loom.run.record import SnippetError
from loom.weave import course, facts, fences, labs, questions, references, workbooks
from loom.weave.weaver import EXERCISES, of_project
from loom.website import pages
from loom.website.pages import (  # noqa: F401 - MkDocs calls hooks
    on_build_error,
    on_env,
    on_page_context,
    on_post_page,
    on_post_template,
    on_pre_page,
)

LESSONS, CHECKED = "<!-- lessons -->", "<!-- checked -->"  # on the home page
END_OF_LAB = "<!-- end of the lab -->"
# Names and white space in code look like the code around them. Their spans add a fifth to the
# elements of a page with much code, and a browser has to style and lay out each of them.
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>')


class _State:
    """The command, if it builds only this language and not the whole site."""

    command = ""


def on_startup(command: str, dirty: bool) -> None:
    """Remember the command; MkDocs calls this only for the configuration that a command names."""
    _State.command = command


def on_pre_build(config: MkDocsConfig) -> None:
    """Run and check all that the pages use, unless the build of the whole site has done so."""
    config.mdx_configs["equations.pages"]["strict"] = not of_project().show_failures
    if _State.command:
        pages.run_and_check(_State.command, course.run_and_check)


def on_config(config: MkDocsConfig) -> None:
    """Make paths independent of the working directory, and give templates their words."""
    pages.configure(config)
    config.mdx_configs["equations.pages"]["place"] = fences.place
    seams.use_notebook_template(Path(__file__).with_name("notebook"))
    own = config.theme["language"]
    config.extra["others"] = {
        name: said["name"] for name, said in config.extra["languages"].items() if name != own
    }


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Give each lab's page the notebook with outputs, and publish the notebook to download."""
    language, toc = str(config.theme["language"]), config.mdx_configs["toc"]
    title = {"link": toc["permalink_title"]} if "permalink_title" in toc else {}
    for file in [file for file in files if _is_lab(file)]:
        path = Path(str(file.abs_src_path))
        finished = Path(".cache", labs.LABS, language, f"{file.name}.ipynb").resolve()
        shown = labs.for_page(path, language, of_project().settings, **title)
        if cache.sha256(finished) != hashlib.sha256(shown.encode()).hexdigest():
            cache.put(finished, shown.encode())  # without it the page would be the last one
        file.abs_src_path = str(finished)
        given = labs.for_readers(path, language, str(config.site_url))
        files.append(File.generated(config, _notebook_of(file), content=given))
    if config.extra.get("colab"):
        download = urljoin(str(config.site_url), f"../{EXERCISES}")
        for path in sorted(workbooks.FOLDER.glob("[0-9]*.py")):
            made = workbooks.notebook(path, language, download)
            files.append(File.generated(config, workbooks.published(path), content=made))
    pages.begin(config, files, of_project())
    return files


def _is_lab(file: File) -> bool:
    """Tell whether a file is a lab."""
    return bool(re.fullmatch(rf"{labs.LABS}/[^/]+\.py", file.src_uri))


def _notebook_of(file: File) -> str:
    """Return the path of the notebook that readers download; it is beside the lab's page."""
    return f"{labs.LABS}/{file.name}/{file.name}.ipynb"


def on_page_markdown(source: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Insert lessons, sums and links to Colab; while serving, replace missing sections.

    pymdownx.snippets would stop the whole build at a missing section, and the browser would wait
    forever. So the page shows the error in its place.
    """
    source = source.replace(LESSONS, _list_of_lessons(config) if LESSONS in source else "")
    source = source.replace(CHECKED, _sums(config) if CHECKED in source else "")
    source = workbooks.link(source, config.extra.get("colab", ""), str(config.theme["language"]))
    weave = of_project()
    if not weave.show_failures:
        return source
    lines = source.split("\n")
    for reference in references.find(source):
        if reference.kind == "section":
            try:
                fences.check(weave, reference)
            except SnippetError as error:
                lines[reference.line - 1] = str(error)
    return "\n".join(lines)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Finish a lab; resolve `loom:` links (to files beside the languages) and `page:` links."""
    if _is_lab(page.file):
        html = _finish_lab(html, page, config)
    html = PLAIN.sub(r"\1", html)
    _check_links(html)
    up = "../" * page.url.count("/")
    for attribute in ("href", "data-assets"):
        html = html.replace(f'{attribute}="loom:', f'{attribute}="{up}../')
    if not config.use_directory_urls:
        html = re.sub(r'(href="page:[^"#]*[^"#/])/(?=["#])', r"\1.html", html)
    pages.refuse_titles(page)
    return pages.safe(html.replace('href="page:', f'href="{up}'))


def _check_links(html: str) -> None:
    """Refuse links to programs that are not there, however the author wrote them.

    Raises:
        BuildError: If there is one, unless serving.
    """
    for address in re.findall(r'href="loom:([^"#]*)', html):
        try:
            if address != EXERCISES:
                of_project().check_path(unescape(address))
        except SnippetError as error:
            if not of_project().show_failures:
                raise BuildError(f"{fences.place(f'loom:{address}')}{error}") from None


def _list_of_lessons(config: MkDocsConfig) -> str:
    """Return the lessons that `nav` names as cards: title, description, time, and what changes.

    A lesson whose title has no number before the dot, as in `Interlude · …`, is not counted.
    """
    words = config.extra["words"]
    items = []
    for name in pages.named(config.nav):
        if name.startswith("lessons/"):
            text, top = get_data(Path(config.docs_dir, name).read_text(encoding="utf-8"))
            meta = {key: value for key, value in top.items() if pages.may_say(key, value)}
            heading = text.strip().partition("\n")[0].partition(" {#")[0]
            before, _, title = heading.rpartition(" · ")
            kind = "" if re.search(r"\d", before) else ' class="path__interlude"'
            about = words["lesson"].format(
                title=title,
                page=name,
                about=meta.get("description", ""),
                minutes=questions.minutes(text),
            )
            lines = [f"`{meta[key]}`{{: .{key} }}" for key in ("goes", "comes") if key in meta]
            change = f"\n\n{' '.join(lines)}" if lines else ""
            address = name.removesuffix(".md")
            items.append(
                f'<li{kind} data-lesson="{address}" markdown="block">\n{about}{change}\n</li>\n'
            )
    return f'<ol class="path" markdown>\n{"".join(items)}</ol>'


def _sums(config: MkDocsConfig) -> str:
    """Return the strip of the home page: how much of all pages is checked, on which release."""
    language = str(config.theme["language"])
    counts = facts.checked_in(Path(config.docs_dir)).counts
    shown = {kind: f"{n:,}" for kind, n in counts.items()}
    shown["release"] = importlib.metadata.version("torch").partition("+")[0]
    labels = words.of(language)["checks"]["site"].items()
    items = (f"<li><b>{shown[kind]}</b> {label}</li>" for kind, label in labels)
    return f'<ul class="proof">{"".join(items)}</ul>'


def _finish_lab(html: str, page: Page, config: MkDocsConfig) -> str:
    """Give a lab its title, its table of contents and the line of links below the title."""
    path = Path(config.docs_dir, page.file.src_uri)
    headings = labs.headings(path)
    tokens: list[Any] = [
        {"level": level, "name": escape(name), "id": id} for level, name, id in headings
    ]
    page.toc, page.title = get_toc(nest_toc_tokens(tokens)), headings[0][1]
    html = html.partition(END_OF_LAB)[0]
    last = fences.last_line(facts.checked_in_lab(path), str(config.theme["language"]))
    html += ElementTree.tostring(last, encoding="unicode")
    return html.replace("</h1>", f"</h1>{_links(page, path, config)}", 1)


def _links(page: Page, path: Path, config: MkDocsConfig) -> str:
    """Return a line of HTML: links to a lab's notebook, and the versions that it ran on."""
    language = str(config.theme["language"])
    said, notebook = words.of(language)["labs"], _notebook_of(page.file)
    links = [f'<a href="page:{notebook}" download>{said["download"]}</a>']
    if config.extra.get("colab"):
        address = f"{config.extra['colab']}{language}/{notebook}"
        links.append(f'<a href="{address}">{said["colab"]}</a>')
    versions = labs.versions(path, of_project().settings)
    return f'<p class="lab">{" · ".join(links + versions)}</p>'
