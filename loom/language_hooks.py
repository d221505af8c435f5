"""MkDocs hooks of each language: what depends on where a page stands in the site."""

import re

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from loom import csp, fences, kept_labs, labs, pages, references
from loom.pages import on_env, on_nav  # noqa: F401 - MkDocs calls them
from loom.runner import SnippetError
from loom.weave import Weaver


def on_config(config: MkDocsConfig) -> None:
    """Make paths right wherever the command was given; spare a build what it does not need."""
    pages.configure(config)
    own = config.theme["language"]
    config.extra["others"] = {
        name: said["name"] for name, said in config.extra["languages"].items() if name != own
    }


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the notebooks of the labs, after mkdocs-jupyter has made pages of them."""
    kept_labs.add(files, config, _weaver(config).settings)
    pages.begin(config, files, _weaver(config))
    return files


def on_pre_page(page: Page, config: MkDocsConfig, files: Files) -> Page:
    """Let a page take its content from the last build; finish that of a lab."""
    if labs.is_lab(page.file):
        render = page.render

        def finished(config: MkDocsConfig, files: Files) -> None:
            from loom import notebooks  # noqa: PLC0415

            render(config, files)
            settings = labs.settings_of(_weaver(config).settings)
            page.content = notebooks.finish(str(page.content), page, config, settings)

        page.render = finished
    return pages.on_pre_page(page, config, files)


def on_page_markdown(source: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """While serving, put the failure in the place of a section that does not exist.

    pymdownx.snippets would stop the whole build, and the browser would wait for ever.
    """
    weave = _weaver(config)
    if not weave.show_failures:
        return source
    lines = source.split("\n")
    for reference in references.find(source):
        if reference.kind == "section":
            try:
                weave.check(reference)
            except SnippetError as error:
                lines[reference.line - 1] = str(error)
    return "\n".join(lines)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Resolve `loom:` links (files beside the languages) and `page:` links."""
    up = "../" * page.url.count("/")
    for attribute in ("href", "data-assets"):
        html = html.replace(f'{attribute}="loom:', f'{attribute}="{up}../')
    if not config.use_directory_urls:
        html = re.sub(r'(href="page:[^"#]*[^"#/])/(?=["#])', r"\1.html", html)
    return html.replace('href="page:', f'href="{up}')


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Add the security policy to a page."""
    return _with_policy(output, config)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Add the security policy to the page that a host shows when there is none."""
    return _with_policy(output, config)


def _with_policy(output: str, config: MkDocsConfig) -> str:
    """Add the security policy, but not while serving: live reload is an inline script."""
    serving = _weaver(config).show_failures
    return output if serving else csp.add_to(output)


def _weaver(config: MkDocsConfig) -> Weaver:
    """Return the weaver of this site."""
    return fences.weaver_of(config.mdx_configs["loom.fences"])
