"""MkDocs hooks of the whole site: run and check everything first, then build each language.

`mkdocs.yml` builds the landing page; this module builds `mkdocs.<language>.yml` into a folder
beside it. `mkdocs build` writes into a staging folder that replaces the site only after a success,
so a failed or interrupted build leaves the last good site as it was.
"""

import contextlib
import fcntl
import functools
import io
import logging
import multiprocessing
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TextIO
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, BuildError, ConfigurationError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import write_file
from mkdocs.utils.yaml import yaml_load

from loom import offline, seams
from loom.draw import pyodide
from loom.run import cache
from loom.run.processes import end_as_interrupted, start_server
from loom.run.record import Settings
from loom.weave import course, references, sources, weaver
from loom.weave.weaver import EXERCISES
from loom.website import pages
from loom.website.pages import (  # noqa: F401 - MkDocs calls hooks
    on_env,
    on_page_context,
    on_post_page,
    on_post_template,
    on_pre_page,
)
from loom.words import LANGUAGES

log = logging.getLogger("mkdocs.loom")

GLOSSARY = "*/glossary.md"  # every page explains its terms


class _State:
    """What the hooks remember while one command runs."""

    command = "build"
    folder: str  # the working directory of the command: MkDocs' paths are relative to it
    config: MkDocsConfig  # of `mkdocs build`
    site: Path | None = None
    staging: Path | None = None
    complete = False
    fetched = False  # whether this process has tried to fetch Python for readers' browsers
    lock: TextIO | None = None
    inputs: ClassVar[dict[str, str]] = {}  # hashes of the last build's inputs


def on_startup(command: str, dirty: bool) -> None:
    """Remember the command; refuse --dirty, which would leave pages outdated."""
    if dirty:
        raise BuildError(
            "--dirty cannot be used here: a page also depends on the programs, the glossary and "
            "the other language. Leave it out: unchanged pages come from .cache anyway."
        )
    _State.command, _State.folder = command, os.getcwd()
    end_as_interrupted()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Send the output of `mkdocs build` to the staging folder."""
    pages.configure(config)
    config.watch += [os.path.abspath(f"mkdocs.{language}.yml") for language in LANGUAGES]
    _check_date(os.environ.setdefault("SOURCE_DATE_EPOCH", _date()))
    if _State.command != "serve":
        _State.site = Path(config.site_dir).resolve()
        _require_replaceable(_State.site)
        _wait_for_other_builds(_State.site)
        _State.staging = _State.site.with_name(f".{_State.site.name}.building")
        _State.complete = False
        _remove(_State.staging)
        _put_back(_State.site)
        config.site_dir = str(_State.staging)
        _State.config = config
    _State.inputs = _inputs()
    return config


def _require_replaceable(site: Path) -> None:
    """Refuse to put the site in the place of a file, or of a folder that is no site."""
    name, advice = os.path.relpath(site), "build into a different folder, with -d."
    if site.is_file():
        raise BuildError(
            f"{name} is a file, and the site is to be a folder.\n"
            f"What to do: move the file away, or {advice}"
        )
    if site.is_dir() and any(site.iterdir()) and not Path(site, "index.html").is_file():
        raise BuildError(
            f"{name} is no site: it has no index.html, and a build would replace all of it.\n"
            f"What to do: {advice}"
        )


def _date() -> str:
    """Return the date for the site map: that of the last commit, in seconds since 1970.

    With the date of the build, two builds of one commit would differ. Without a commit, use the
    date of the files in exercises.zip, the earliest that a zip file can hold.
    """
    with contextlib.suppress(OSError):
        command = ["git", "log", "-1", "--no-show-signature", "--format=%ct"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.stdout.strip().isdigit():
            return done.stdout.strip()
    return "315532800"  # 1980-01-01


def _check_date(given: str) -> None:
    """Refuse a date that MkDocs cannot read: a number of seconds since 1970 is expected."""
    try:
        if int(given) < 0:
            raise ValueError
        datetime.fromtimestamp(int(given), UTC)
    except (ValueError, OverflowError, OSError):
        raise BuildError(
            f"the environment variable SOURCE_DATE_EPOCH is {given!r}, which is no date.\n"
            "What to do: unset it, or give it a number of seconds since 1970."
        ) from None


def _wait_for_other_builds(site: Path) -> None:
    """Hold the lock of this site until the process ends; go on without it where that fails."""
    with contextlib.suppress(OSError):
        Path(".cache").mkdir(exist_ok=True)
        _State.lock = Path(".cache", f"{site.name}.lock").open("w")  # noqa: SIM115 - closing it releases the lock
        fcntl.flock(_State.lock, fcntl.LOCK_EX)


def _old(site: Path) -> Path:
    """Return the temporary path of the old site while a new one replaces it."""
    return site.with_name(f".{site.name}.old")


def _remove(path: Path) -> None:
    """Remove a folder; of a link, the link alone."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)


def _put_back(site: Path) -> None:
    """Restore the last site if a build was killed between moving it away and replacing it."""
    if _old(site).exists() and not site.exists():
        _old(site).rename(site)


def on_pre_build(config: MkDocsConfig) -> None:
    """Run and check everything that the pages use, before anything is written to the site."""
    pages.run_and_check(
        _State.command, lambda: wrong_navigation() or course.run_and_check() + missing_parts(config)
    )


def wrong_navigation() -> list[str]:
    """Return an error for each page in `nav` that does not exist, and each page not in `nav`."""
    errors = []
    for language in LANGUAGES:
        file, folder = f"mkdocs.{language}.yml", Path("docs", language)
        try:
            settings = yaml_load(Path(file).read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            errors.append(f"{file}: is not UTF-8 ({error}).\nWhat to do: save it as UTF-8.")
            continue
        if not isinstance(settings, dict):
            errors.append(
                f"{file}: is not a table of settings.\n"
                "What to do: write `name: value` on each line, as in the file of the other one."
            )
            continue
        named = set(pages.named(settings.get("nav")))
        files = [path for path in folder.rglob("*.*") if not sources.is_picture(path)]
        there = {path.relative_to(folder).as_posix() for path in files}
        wrong = dict.fromkeys(named - there, "does not exist")
        if named:  # without `nav`, MkDocs lists all pages
            wrong |= dict.fromkeys(there - named, "is not in nav")
        errors += [
            f"{file}: {folder}/{page} {problem}.\nWhat to do: fix nav, or the name of the page."
            for page, problem in sorted(wrong.items())
        ]
    return errors


def missing_parts(config: MkDocsConfig) -> list[str]:
    """Fetch Python for readers' browsers, unless LIVE=never; return what is missing.

    With RELEASE=true, the site must be complete and know its address.
    """
    errors, release = [], os.environ.get("RELEASE") == "true"
    if os.environ.get("LIVE") != "never" and not offline.ON and not _State.fetched:
        _State.fetched = True  # do not try again after each saved page
        try:
            pyodide.fetch()
        except pyodide.WrongSumError as error:
            errors.append(f"{error}. Do not use it; SECURITY.md says how to report it.")
        except pyodide.FetchError as error:
            log.info("loom: live boxes show static code: %s", error)
    if release and not offline.ON and not pyodide.are_there():
        errors.append(
            "RELEASE=true: Python for readers' browsers is missing. What to do: build where the "
            "package index can be reached; .cache/live keeps what was fetched."
        )
    if release and urlsplit(config.site_url or "").hostname in (None, "example.org"):
        errors.append(
            f"RELEASE=true: site_url is {config.site_url}, which is not the address of the site. "
            "What to do: set it in mkdocs.yml, or SITE_URL in the environment."
        )
    return errors


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Publish snippets without their marks, networks, the exercises, and files of live boxes."""
    for name, source in _made_of_snippets().items():
        files.append(File.generated(config, name, content=source))
    files.append(File.generated(config, EXERCISES, content=_zip(Path("exercises"))))
    if pyodide.are_there():
        for name in pyodide.files(list(pyodide.WHEELS)):
            source = str(Path(pyodide.ASSETS, name).resolve())
            published = f"{pyodide.PUBLISHED}/{name}"
            files.append(File.generated(config, published, abs_src_path=source))
    pages.begin(config, files, weaver.of_project())
    return files


def _made_of_snippets() -> dict[str, str]:
    """Return the snippets as readers get them, and the networks that pages sample, by path."""
    programs = {
        path.as_posix(): references.without_marks(path.read_text("utf-8", errors="replace"))
        for path in sorted(Path("snippets").rglob("*.py"))
    }
    return programs | weaver.of_project().networks(sorted(Path("docs").rglob("*.md")))


def _zip(folder: Path) -> bytes:
    """Pack the Python files in and below a folder; the same files always give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*.py")):
            if not any(part.startswith(".") for part in path.parts):  # an editor keeps copies there
                entry = zipfile.ZipInfo(path.as_posix())
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Check the landing page."""
    pages.refuse_titles(page)
    return pages.safe(html)


def on_post_build(config: MkDocsConfig) -> None:
    """Build each language below the landing page.

    Raises:
        BuildError: If sources have changed meanwhile, unless serving: a page may show a new program
            above the output of the old one.
    """
    build_languages(LANGUAGES, config)
    now = _State.inputs if _State.command == "serve" else _inputs()
    if changed := [part for part, then in _State.inputs.items() if now[part] != then]:
        raise BuildError(
            f"Files have changed while the site was built ({', '.join(changed)}), and a page may "
            "show what no longer belongs together.\nWhat to do: build again."
        )
    _State.complete = True


def build_languages(languages: Sequence[str], config: MkDocsConfig) -> None:
    """Build languages: on Linux side by side, all but the first in forks of this process.

    Other systems cannot safely fork a process that has used their frameworks.

    Args:
        languages: Their names, as in loom/languages.
        config: The configuration of the whole site.

    Raises:
        BuildError: If a language cannot be built.
    """
    first, *others = languages
    beside: list[Any] = []
    if sys.platform == "linux":
        copy = multiprocessing.get_context("fork").Process
        beside = [copy(target=build_language, args=(name, config), name=name) for name in others]
        others = []
    try:
        for process in beside:
            process.start()
        for name in (first, *others):
            build_language(name, config)
    except BaseException:
        for process in beside:
            process.kill()
        raise
    finally:
        for process in beside:
            process.join()
    for process in beside:
        if process.exitcode < 0:
            raise BuildError(
                f"{process.name}: the process that built this language was killed by signal "
                f"{-process.exitcode}.\nWhat to do: see who ended it, or whether memory ran out, "
                "and build again."
            )
        if process.exitcode:
            raise BuildError("A language could not be built; the reason is above.")


def build_language(language: str, config: MkDocsConfig) -> None:
    """Build a language into its folder of the site.

    Raises:
        Abort: If its configuration cannot be read. In a fork nobody shows MkDocs' own error.
    """
    log.info("Building %s", language)
    try:
        seams.build(
            f"mkdocs.{language}.yml",
            site_dir=str(Path(config.site_dir, language)),
            site_url=f"{config.site_url}{language}/",
            # A warning stops a build, but must not keep served pages from reloading.
            strict=config.strict or _State.command != "serve",
        )
    except ConfigurationError as error:
        log.error("mkdocs.%s.yml: %s", language, error)
        raise Abort("Its configuration cannot be read.") from None


def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]
) -> LiveReloadServer:
    """Replace MkDocs' rebuild by one of the parts whose inputs have changed."""
    _put_in_place()  # `mkdocs serve --clean` built into the staging folder
    watched = [config.docs_dir, str(config.config_file_path)]
    seams.rebuild_with(server, functools.partial(_rebuild, config, builder), watched)
    # Do this now, so that the first change appears without delay.
    pages.teach_terms()
    start_server(Settings.read().preload)
    return server


def _rebuild(config: MkDocsConfig, builder: Callable[[], None]) -> None:
    """Build the parts of the site whose inputs have changed since the last build."""
    before, now = _State.inputs, _inputs()
    _State.inputs = {}  # if this build fails, the next one rebuilds everything
    changed = {part for part in now if now[part] != before.get(part)}
    if "rest" in changed:
        with contextlib.chdir(_State.folder):
            builder()
        _put_in_place()
    else:
        on_pre_build(config)
        for name, source in _made_of_snippets().items() if "snippets" in changed else ():
            write_file(source.encode(), str(Path(config.site_dir, name)))
        concerned = [name for name in LANGUAGES if changed & {name, "snippets"}]
        if concerned:
            build_languages(concerned, config)
    _State.inputs = now


def _inputs() -> dict[str, str]:
    """Hash the sources of the site in parts: each language, the snippets, and the rest."""
    parts = {language: sorted(Path("docs", language).rglob("*.*")) for language in LANGUAGES}
    parts["snippets"] = sorted(Path("snippets").rglob("*.py"))
    folders = map(Path, ("theme", "exercises", "releases"))
    rest = [path for folder in folders for path in folder.rglob("*.*") if path.suffix != ".pyc"]
    rest += [*Path().glob("mkdocs*.yml"), *Path("docs").glob("*.md"), *Path("docs").glob(GLOSSARY)]
    parts["rest"] = sorted(rest)
    return {part: cache.digest(files) for part, files in parts.items()}


def on_build_error(error: Exception) -> None:
    """Remember that the staging folder is not a whole site; say what to do about the error."""
    _State.complete = False
    pages.on_build_error(error)


def on_shutdown() -> None:
    """Move a complete site into place; if that fails, the last site stays."""
    try:
        _put_in_place()
    except OSError as error:
        shutil.rmtree(str(_State.staging), ignore_errors=True)
        pages.on_build_error(error)


def _put_in_place() -> None:
    """Put a complete site in place of the old one; drop an incomplete one."""
    if _State.staging is None or _State.site is None:
        return
    if not _State.complete:
        shutil.rmtree(_State.staging, ignore_errors=True)
        return
    old = _old(_State.site)
    _remove(old)
    if _State.site.exists():
        _State.site.rename(old)
    _State.staging.rename(_State.site)
    shutil.rmtree(old, ignore_errors=True)
    _State.staging = None
    _State.config.site_dir = str(_State.site)  # `mkdocs gh-deploy` reads it
    log.info("The site is in %s", _State.site)
