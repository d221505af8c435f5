"""What the site and its tests are made of is what was locked."""

import hashlib
import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_install import install
from wheels import write_wheel

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent
LOCKS = ("site", "installer", "torch-cpu", "torch-cuda", "dev", "node")
SITE, INSTALLER, CPU, CUDA, DEV, NODE = (f"locks/{name}.lock" for name in LOCKS)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def packages(lock: str) -> list[tuple[Requirement, list[str]]]:
    """The packages of a lock, each with the hashes that it allows."""
    text = "".join(re.findall(r"^[^#\n].*\n", lock, re.MULTILINE))
    entries = text.replace("\\\n", " ").splitlines()
    return [(Requirement(entry.split(" --hash")[0]), HASH.findall(entry)) for entry in entries]


def pins(text: str) -> dict[str, str]:
    """The versions that a readable list of requirements names."""
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "-"))]
    return {canonicalize_name(r.name): str(r.specifier) for r in map(Requirement, lines)}


def faults_of(requirements: str, lock: str) -> list[str]:
    """What is wrong with the lock of these requirements."""
    found = [f"{entry} has no hash" for entry, hashes in packages(lock) if not hashes]
    locked = {(entry.name, str(entry.specifier)) for entry, _ in packages(lock)}
    wanted = pins(requirements).items()
    return found + [
        f"{name}{pin} is not locked" for name, pin in wanted if (name, pin) not in locked
    ]


@pytest.mark.parametrize(
    ("requirements", "lock", "least"),
    [("requirements.txt", SITE, 20), ("requirements-dev.txt", DEV, 10)],
)
def test_the_lock_holds_every_pin_with_hashes(requirements, lock, least):
    text = (ROOT / requirements).read_text()
    assert len(pins(text)) > least
    assert faults_of(text, (ROOT / lock).read_text()) == [], "run `make lock`"


def test_what_tests_take_is_not_installed_for_the_site():
    site, dev = (
        {entry.name for entry, _ in packages((ROOT / lock).read_text())} for lock in (SITE, DEV)
    )
    assert not site & dev
    assert not site & {"pytest", "playwright", "selenium", "pip-audit", "uv"}


def test_what_a_lock_lacks_is_named():
    digest = f"--hash=sha256:{'0' * 64}"
    lock = f"# made\nnumpy==2.4.6 \\\n    {digest} \\\n    {digest}\ntorch==2.12.0\n"
    assert faults_of("-e .\nNumPy==2.4.6\n", lock) == ["torch==2.12.0 has no hash"]
    assert faults_of("torch==2.13.0\nclick==8.5.1\n", lock)[1:] == [
        "torch==2.13.0 is not locked",
        "click==8.5.1 is not locked",
    ]


@pytest.mark.parametrize("name", [INSTALLER, CPU, CUDA, NODE])
def test_the_other_locks_are_hashed_and_agree(name):
    entries = packages((ROOT / name).read_text())
    assert entries
    assert all(hashes for _, hashes in entries)
    wanted = pins((ROOT / "requirements.txt").read_text())
    if name == CUDA:  # nobody asks for these by name, and a CPU build must not bring them
        kept = {entry.name for entry, _ in packages((ROOT / SITE).read_text())}
        assert not kept & {entry.name for entry, _ in entries}
        assert not [package for package in kept if re.match("nvidia|cuda|triton", package)]
        assert all(
            "sys_platform == 'linux'" in str(entry.marker).replace('"', "'") for entry, _ in entries
        )
    elif name != NODE:
        names = {INSTALLER: ["pip", "setuptools"], CPU: ["torch"]}[name]
        local = {INSTALLER: "", CPU: "+cpu"}[name]
        assert [(entry.name, str(entry.specifier)) for entry, _ in entries] == [
            (package, wanted[package] + local) for package in names
        ]


def wheel(folder: Path, name: str) -> str:
    """Make a wheel of an empty package; return the line that locks it."""
    file = write_wheel(folder, name, "1.0", {f"{name}.py": b""})
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}\n"


BACKEND = """import shutil
def build_editable(folder, config_settings=None, metadata_directory=None):
    return shutil.copy("../wheels/own-1.0-py3-none-any.whl", folder).rpartition("/")[2]
"""
PROJECT = """[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def test_a_package_that_is_not_the_locked_one_is_refused(tmp_path):
    wheels, project = tmp_path / "wheels", tmp_path / "project"
    wheels.mkdir()
    project.mkdir()
    (project / "locks").mkdir()
    names = {SITE: "most", INSTALLER: "build", CPU: "small", CUDA: "large"}
    right = {lock: wheel(wheels, name) for lock, name in names.items()}
    wheel(wheels, "own")  # the project itself
    (project / "backend.py").write_text(BACKEND)
    (project / "pyproject.toml").write_text(PROJECT)

    def run(wrong=None):
        for lock, text in (right | (wrong or {})).items():
            (project / lock).write_text(text)
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
        done = install(project, PIP_CONFIG_FILE="/dev/null", **offline)
        modules = project.glob(".venv/lib/*/site-packages/*.py")
        return done, {module.stem for module in modules} & {*names.values(), "own"}

    other_hash = re.sub("[0-9a-f]{64}", "0" * 64, right[INSTALLER])
    no_hash = right[SITE].partition(" ")[0]
    for lock, wrong in ((INSTALLER, other_hash), (SITE, no_hash)):
        done, installed = run({lock: wrong})
        assert done.returncode == 1, lock
        assert re.search("DO NOT MATCH THE HASHES|Hashes are required", done.stderr)
        assert "pip could not install the packages" in done.stderr
        assert names[lock] not in installed
        assert not (project / ".venv/installed/site").exists()

    small = {"small"} if sys.platform == "linux" else set()
    done, installed = run()
    assert done.returncode == 0, done.stderr
    assert installed == {"most", "build", "own"} | small
    assert run()[0].stdout == "", "all of it is installed"


@pytest.mark.skipif(sys.platform != "linux", reason="only there are the two builds different")
def test_a_cpu_build_that_is_not_the_locked_one_is_refused(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    from tools import install as script  # noqa: PLC0415

    (tmp_path / "locks").mkdir()
    (tmp_path / CPU).write_text(re.sub("[0-9a-f]{64}", "0" * 64, wheel(tmp_path, "small")))
    for name, value in {"PYTHON": sys.executable, "CPU_INDEX": "http://127.0.0.1:9/simple"}.items():
        monkeypatch.setattr(script, name, value)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "installed"))
    assert not script.install_small_torch()
    (tmp_path / CPU).write_text(wheel(tmp_path, "small"))
    assert script.install_small_torch()
    assert (tmp_path / "installed" / "small.py").exists()


def test_the_locks_are_divided(monkeypatch, tmp_path):
    """The CPU build's own index is asked for a new version only: many cannot reach it."""
    from tools import lock as script  # noqa: PLC0415

    asked, kept = [], []
    digest = f"--hash=sha256:{'0' * 64}"
    for_site = ("click==8.5.1", "nvidia-cublas==13.1", "pip==26.3", "setuptools==84", "torch==2.13")
    names = (*for_site, "pytest==9.2.0", "node==24", "torch==2.13.0+cpu")
    entries = {name: f"{name} \\\n    {digest} \\\n    {digest}\n" for name in names}
    made = {
        "whole.lock": [*for_site, "pytest==9.2.0"],
        "site.lock": for_site,
        "node.lock": ["node==24"],
        "torch.lock": ["torch==2.13.0+cpu"],
    }

    def lock(source, target, *options):
        asked.append((str(source), options))
        kept.append(target.read_text() if target.exists() else "")
        target.write_text("# header\n" + "".join(entries[name] for name in made[target.name]))

    monkeypatch.setattr(script, "lock", lock)
    monkeypatch.chdir(tmp_path)
    Path("requirements.txt").write_text("click==8.5.1\ntorch==2.13.0\n")
    script.main(["--upgrade"])
    script.main([])

    def content(name):
        return (tmp_path / name).read_text().partition("\n")[2]

    assert content(INSTALLER) == entries["pip==26.3"] + entries["setuptools==84"]
    assert content(CUDA) == entries["nvidia-cublas==13.1"]
    assert content(SITE) == "".join(entries[name] for name in for_site if "nvidia" not in name)
    assert content(DEV) == entries["pytest==9.2.0"]
    assert content(NODE) == entries["node==24"]
    assert content(CPU) == entries["torch==2.13.0+cpu"]
    first, second = asked[:4], asked[4:]
    assert [source for source, _ in first] == [
        "requirements-dev.txt",
        "requirements.txt",
        ".cache/locks/node.txt",
        ".cache/locks/torch.txt",
    ]
    assert [source for source, _ in second] == [source for source, _ in first[:3]]
    assert script.CPU_INDEX in first[3][1]
    assert ["--upgrade" in options for _, options in asked] == [True] + [False] * 6
    for run in (first, second):  # the site takes what the tests' lock has
        assert run[1][1][-2:] == ("--constraints", ".cache/locks/whole.lock")
    whole = kept[4]
    assert all(entries[name] in whole for name in made["whole.lock"]), "what still fits is kept"
