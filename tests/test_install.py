"""What newcomers meet when their machine is not as the README asks."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tools import install as script

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "tools" / "install.py"
NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "HTTPS_PROXY": "http://127.0.0.1:9",  # for the index of CPU builds
    "PIP_RETRIES": "0",
    "PIP_CONFIG_FILE": os.devnull,
}


def install(folder: Path, *arguments: str, **environment: str):
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PIP_NO_INPUT": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def write_locks(folder: Path, **pins: str) -> None:
    """Write locks, each with what it names or nothing."""
    (folder / "locks").mkdir()
    for name in ("installer", "torch-cpu", "torch-cuda", "site", "dev", "node"):
        (folder / "locks" / f"{name}.lock").write_text(pins.get(name.replace("-", "_"), ""))
    (folder / "pyproject.toml").write_text("")


def test_the_oldest_python_is_the_one_that_the_project_declares():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    oldest = ".".join(map(str, script.OLDEST_PYTHON))
    assert declared["project"]["requires-python"] == f">={oldest}"


def test_a_port_that_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = install(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert f"make serve PORT={port + 1}" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was set up"


@pytest.mark.parametrize("version", [(3, 10, 9), (3, 15, 0)])
def test_a_python_that_the_course_does_not_run_on(monkeypatch, version):
    monkeypatch.setattr(script.sys, "version_info", (*version, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        script.check_python()
    assert "runs on Python 3.11 to 3.14" in str(stopped.value)
    assert f"is Python {version[0]}.{version[1]}" in str(stopped.value)
    assert "make serve PYTHON=python3.14" in str(stopped.value)


def test_it_can_be_read_by_python_3_6():
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


@pytest.mark.thorough
def test_no_network_is_said_after_what_was_to_be_downloaded(tmp_path):
    """An index that nothing listens at: the script says so, and the next run tries again."""
    digest = f"--hash=sha256:{'0' * 64}\n"
    write_locks(
        tmp_path,
        site=f"torch==2.13.0 {digest}",
        installer=f"pip==26.3 {digest}",
        torch_cpu=f"torch==2.13.0+cpu {digest}",
    )
    done = install(tmp_path, **NOWHERE)
    assert done.returncode == 1
    assert re.search(r"To download.*\n +what the site needs.*: some \d+ MB\n", done.stdout)
    if sys.platform == "linux":
        assert re.search("Taking PyTorch from the default index: some [0-9,]+ MB", done.stdout)
    assert "pip could not install the packages" in done.stderr
    assert "check the network" in done.stderr
    assert not (tmp_path / ".venv/installed/site").exists()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A project with empty locks on a machine that has only the programs that a test adds."""
    monkeypatch.chdir(tmp_path)
    write_locks(tmp_path)
    shutil.copytree(ROOT / "tests/browser", "tests/browser")
    for name in ("package.json", "package-lock.json"):
        Path(name).write_text("{}")
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    for name in ("CHROMIUM", "FIREFOX"):
        monkeypatch.delenv(name, raising=False)

    def add(name: str, does: str = "exit 0") -> None:
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)

    return add


def names(what: str) -> str:
    return "\n".join(step.name for step in script.steps(what) if not step.is_done())


def test_serving_takes_nothing_of_what_tests_take(machine):
    assert names("site").splitlines() == [
        "what the site needs, PyTorch's CPU build included, into .venv"
    ]


def test_tests_take_what_the_machine_lacks_and_no_more(machine):
    assert "Node.js" in names("tests")
    assert "a Chromium" in names("tests")
    assert "Lighthouse" not in names("tests")
    machine("node", "echo v18.19.0")
    assert "Node.js" in names("tests"), "too old"
    machine("node", "echo v22.1.0")
    machine("google-chrome")
    assert "Node.js" not in names("all-tests")
    assert "a Chromium" not in names("all-tests")
    assert "Lighthouse" in names("all-tests")


def test_packages_of_the_system_are_for_all_tests_only_and_named_before(machine, monkeypatch):
    monkeypatch.setattr(script.os, "geteuid", lambda: 0)
    machine("apt-get", 'echo "$@" >> asked')
    assert "system packages" not in names("tests")
    assert "without those that they recommend: firefox-esr" in names("all-tests")
    (step,) = (step for step in script.steps("all-tests") if "system" in step.name)
    step.do()
    update, install = Path("asked").read_text().splitlines()
    assert update.startswith("update")
    assert "--no-install-recommends" in install
    assert step.is_done()
    machine("apt-get", "exit 1")
    Path(step.ready).unlink()
    step.do()
    assert not step.is_done(), "the next time it is tried again"
    monkeypatch.setattr(script.os, "geteuid", lambda: 1000)
    assert "system packages" not in names("all-tests"), "only root can install them"


def test_a_home_that_cannot_be_written(machine, monkeypatch):
    machine("npm", 'echo "$npm_config_cache" > cache')
    monkeypatch.setattr(script.os, "access", lambda path, mode: False)
    script.npm_ci(".")
    assert Path("cache").read_text().strip() == str(Path(".cache/npm").absolute())


def test_an_npm_that_fails_is_advice(machine):
    machine("npm", "exit 1")
    with pytest.raises(SystemExit, match="npm could not install the packages"):
        script.npm_ci(".")


def test_all_of_npm_serves_the_first_tier_too(machine):
    machine("npm")
    Path("node_modules").mkdir()
    (step,) = (step for step in script.steps("all-tests") if "Lighthouse" in step.name)
    step.do()
    assert "spelling" not in names("tests")
    Path("package-lock.json").write_text("{ }")
    assert "Lighthouse" in names("tests"), "it is brought up to date as it is"


@pytest.mark.thorough
@pytest.mark.skipif(
    (sys.platform, os.uname().machine) != ("linux", "x86_64"), reason="Playwright has one elsewhere"
)
def test_a_chromium_that_needs_no_package_of_the_system(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "tests/browser", "tests/browser")
    script.install_browser()
    with sync_playwright() as playwright:
        own = str(Path(script.BROWSER, "chromium").absolute())
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=own, args=sandbox)
        page = chromium.new_page()
        page.set_content("<p>a page</p>")
        assert page.locator("p").bounding_box()["height"] > 10
        chromium.close()
