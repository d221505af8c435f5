"""MkDocs' own commands and options, each in a process of its own, as a shell starts it."""

import subprocess
import sys
from pathlib import Path

import pytest
from small_site import PAGE, PATIENCE, SNIPPET, git, python, serving, shows, write_in_both

IDENTITY = {
    f"GIT_{who}_{what}": "somebody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}
FIGURE = """
```figure file="snippets/a.py" value="losses" kind="curves"
title: losses
```
"""


def mkdocs(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    return python("-m", "mkdocs", *arguments, cwd=cwd, **IDENTITY)


def test_a_first_build_ends(small_site):
    """With Python 3.13 it did not: the process waited for the thread of a JavaScript engine."""
    (small_site / "snippets/a.py").write_text(SNIPPET + "losses = {'a': [3.0, 2.0, 1.0]}\n")
    write_in_both(small_site, {"index.md": PAGE + FIGURE})
    command = [sys.executable, "-m", "mkdocs", "build", "--strict"]
    with subprocess.Popen(command, cwd=small_site, stderr=subprocess.PIPE, text=True) as build:
        said = iter(build.stderr.readline, "")
        assert any("The site is in" in line for line in said)
        try:
            assert build.wait(timeout=PATIENCE) == 0
        finally:
            build.kill()


def test_gh_deploy_publishes_the_whole_site(small_site):
    remote = small_site / "remote.git"
    git(small_site, "init", "-q", "--bare", str(remote))
    git(small_site, "init", "-q")
    git(small_site, "remote", "add", "origin", str(remote))
    git(small_site, "commit", "-q", "--allow-empty", "-m", "one")
    done = mkdocs("gh-deploy", cwd=small_site)
    assert done.returncode == 0, done.stderr
    published = git(remote, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    built = [path for path in (small_site / "site").rglob("*") if path.is_file()]
    assert len(built) > 50
    assert set(published) == {
        ".nojekyll",
        *(path.relative_to(small_site / "site").as_posix() for path in built),
    }


@pytest.mark.parametrize("command", ["build", "serve", "gh-deploy"])
def test_dirty_is_refused_with_the_reason(small_site, command):
    done = mkdocs(command, "--dirty", cwd=small_site)
    assert done.returncode == 1
    assert "--dirty cannot be used here" in done.stderr
    assert "Leave it out" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (small_site / "site").exists()


@pytest.mark.parametrize("date", ["abc", "-1"])
def test_a_date_that_is_none_is_refused_by_its_name(small_site, date):
    environment = {**IDENTITY, "SOURCE_DATE_EPOCH": date}
    done = python("-m", "mkdocs", "build", cwd=small_site, **environment)
    assert done.returncode == 1
    assert f"the environment variable SOURCE_DATE_EPOCH is {date!r}" in done.stderr
    assert "What to do: unset it" in done.stderr


def test_a_file_in_the_place_of_the_site_stays(small_site):
    (small_site / "site").write_text("mine")
    done = mkdocs("build", cwd=small_site)
    assert done.returncode == 1
    assert "site is a file, and the site is to be a folder.\nWhat to do: move" in done.stderr
    assert (small_site / "site").read_text() == "mine"
    assert not [path for path in small_site.iterdir() if path.name.startswith(".site")]


def test_a_folder_that_is_no_site_is_not_replaced_by_one(small_site):
    done = mkdocs("build", "-d", "snippets", cwd=small_site)
    assert done.returncode == 1
    assert "snippets is no site: it has no index.html" in done.stderr
    assert "What to do: build into a different folder" in done.stderr
    assert (small_site / "snippets/a.py").is_file()


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["mkdocs.yml", "mkdocs.en.yml"])
def test_a_build_from_another_folder(small_site, name):
    """The paths that a command gives are MkDocs' own: -d is relative to the configuration."""
    language = "" if name == "mkdocs.yml" else "/en"
    for cwd, config in ((small_site / "docs", f"../{name}"), (Path("/"), str(small_site / name))):
        done = mkdocs("build", "--strict", "-f", config, cwd=cwd)
        assert done.returncode == 0, done.stderr
        assert (small_site / f"site{language}/index.html").exists()
    done = mkdocs("build", "-f", f"../{name}", "-d", "elsewhere", cwd=small_site / "docs")
    assert done.returncode == 0, done.stderr
    assert (small_site / "elsewhere/index.html").exists()
    assert not (small_site / "docs/elsewhere").exists()
    assert not (small_site / "docs/.cache").exists()


@pytest.mark.thorough
@pytest.mark.parametrize("option", ["--livereload", "--clean"])
def test_serving_from_another_folder_follows_changes(small_site, option):
    command = ["serve", option, "-f", f"{small_site.name}/mkdocs.yml"]
    with serving(small_site, *command, cwd=small_site.parent) as address:
        assert shows(address + "en/", "it ran 7")
        (small_site / "snippets/a.py").write_text(SNIPPET.replace("it ran", "it ran again"))
        assert shows(address + "en/", "it ran again 7")
        config = small_site / "mkdocs.en.yml"
        text = config.read_text("utf-8")
        config.write_text(text.replace("From numpy to", "Somebody and"), encoding="utf-8")
        assert shows(address + "en/", "Somebody and PyTorch")
