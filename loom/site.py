"""MkDocs hooks of the whole site: run all snippets first, then build each language.

`mkdocs.yml` builds the landing page; this module builds `mkdocs.<language>.yml` into a folder
beside it. `mkdocs build` writes into a staging folder that replaces the site only when all went
well, so a failed or interrupted build leaves the last good site as it was.
"""

import contextlib
import fcntl
import io
import logging
import os
import shutil
import zipfile
from pathlib import Path
from typing import TextIO

import jieba
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from equations import markdown as equations
from loom import glossary, labs, live, markdown, policy, references
from loom.weave import EXERCISES

log = logging.getLogger("mkdocs.loom")

LANGUAGES = ("zh", "en")


class _State:
    """What the hooks of one command remember."""

    command = "build"
    site: Path | None = None
    staging: Path | None = None
    complete = False
    lock: TextIO | None = None


def on_startup(command: str, dirty: bool) -> None:
    """Remember the command: a failure stops a build, but shows on the page when serving."""
    _State.command = command


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Send the output of `mkdocs build` to the staging folder."""
    config.theme.dirs[:] = map(os.path.abspath, config.theme.dirs)
    os.chdir(Path(config.config_file_path).parent)
    if _State.command != "serve":
        _State.site = Path(config.site_dir).resolve()
        _wait_for_other_builds(_State.site)
        _State.staging = _State.site.with_name(f".{_State.site.name}.building")
        _State.complete = False
        config.site_dir = str(_State.staging)
    return config


def _wait_for_other_builds(site: Path) -> None:
    """Take the lock of this site until the process ends; do without where none can be had."""
    with contextlib.suppress(OSError):
        Path(".cache").mkdir(exist_ok=True)
        _State.lock = Path(".cache", f"{site.name}.lock").open("w")  # noqa: SIM115 - held on to
        fcntl.flock(_State.lock, fcntl.LOCK_EX)


def on_pre_build(config: MkDocsConfig) -> None:
    """Run every snippet that a page names, before anything is written."""
    jieba.setLogLevel(logging.WARNING)
    for term in glossary.read_terms(Path("docs", "zh", "glossary.md")):
        # The search index must not cut 学习率 in two, but must find 传播 inside 反向传播.
        if len(term.name) < 4:
            jieba.add_word(term.name)
    run = markdown.weaver_of(config.mdx_configs["loom.markdown"])
    run.show_failures = _State.command == "serve"
    pages = sorted(page for lang in LANGUAGES for page in Path("docs", lang).rglob("*.md"))
    errors = [str(error) for error in run.prepare(pages)] + wrong_equations(pages)
    errors += labs.prepare(LANGUAGES, run.settings)
    for error in errors:
        log.error("%s\n", error)
    if errors and not run.show_failures:
        raise BuildError(
            f"{len(errors)} thing(s) are wrong, each named above with its page and line. "
            "The site of the last good build is untouched."
        )


def wrong_equations(pages: list[Path]) -> list[str]:
    """Check the equations of the pages that declare symbols; say where one is wrong, and why."""
    errors = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        if equations.COMMENT in text:
            errors += [
                f"{page}:{result.line}: {result.latex}\n{result.message}"
                for result in equations.results_of(text)
                if result.status == "wrong"
            ]
    return errors


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Publish the snippets, without the section marks, the exercises, and what live boxes load."""
    for path in sorted(Path("snippets").rglob("*.py")):
        source = references.without_marks(path.read_text(encoding="utf-8", errors="replace"))
        files.append(File.generated(config, path.as_posix(), content=source))
    files.append(File.generated(config, EXERCISES, content=_zip(Path("exercises"))))
    if live.are_there():
        for name in live.files(list(live.WHEELS)):
            source = str(Path(live.ASSETS, name).resolve())
            files.append(File.generated(config, f"{live.PUBLISHED}/{name}", abs_src_path=source))
    else:
        log.info("Live boxes show static code: `make live` fetches the Python that they run.")
    return files


def _zip(folder: Path) -> bytes:
    """Pack the Python files of a folder; the same files always give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.glob("*.py")):
            archive.writestr(zipfile.ZipInfo(path.as_posix()), path.read_bytes())
    return packed.getvalue()


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Add the security policy to the landing page."""
    return output if _State.command == "serve" else policy.add_to(output)


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """Add the security policy to the page that a host shows when there is none."""
    return policy.add_to(output)


def on_post_build(config: MkDocsConfig) -> None:
    """Build each language below the landing page."""
    for language in LANGUAGES:
        log.info("Building %s", language)
        build(
            load_config(
                f"mkdocs.{language}.yml",
                site_dir=str(Path(config.site_dir, language)),
                site_url=f"{config.site_url}{language}/",
                # A warning stops a build, but it must not keep the served pages from reloading.
                strict=config.strict or _State.command != "serve",
            )
        )
    _State.complete = True


def on_build_error(error: Exception) -> None:
    """Remember that the staging folder is not a whole site."""
    _State.complete = False


def on_shutdown() -> None:
    """Put a complete site in place of the old one; drop an incomplete one."""
    if _State.staging is None or _State.site is None:
        return
    if not _State.complete:
        shutil.rmtree(_State.staging, ignore_errors=True)
        return
    old = _State.site.with_name(f".{_State.site.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if _State.site.exists():
        _State.site.rename(old)
    _State.staging.rename(_State.site)
    shutil.rmtree(old, ignore_errors=True)
    log.info("The site is in %s", _State.site)
