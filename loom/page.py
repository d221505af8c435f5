"""MkDocs hooks of each language: what depends on where a page stands in the site."""

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from loom import markdown, policy, references
from loom.runner import SnippetError


def on_page_markdown(source: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """While serving, put the failure in the place of a section that does not exist.

    pymdownx.snippets would stop the whole build, and the browser would wait for ever.
    """
    weave = markdown.weaver_of(config.mdx_configs["loom.markdown"])
    if not weave.show_failures:
        return source
    lines = source.splitlines(keepends=True)
    for reference in references.find(source):
        if reference.kind == "section":
            try:
                weave.check(reference)
            except SnippetError as error:
                lines[reference.line - 1] = f"{error}\n"
    return "".join(lines)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Resolve `loom:` links (files beside the language folders) and `page:` links (pages)."""
    up = "../" * page.url.count("/")
    return html.replace('href="loom:', f'href="{up}../').replace('href="page:', f'href="{up}')


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Add the security policy to a page."""
    return _with_policy(output, config)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Add the security policy to the page that a host shows when there is none."""
    return _with_policy(output, config)


def _with_policy(output: str, config: MkDocsConfig) -> str:
    """Add the security policy, but not while serving: live reload is an inline script."""
    serving = markdown.weaver_of(config.mdx_configs["loom.markdown"]).show_failures
    return output if serving else policy.add_to(output)
