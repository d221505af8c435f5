"""What newcomers meet when their machine is not as the README asks."""

import ast
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "prepare.py"


def prepare(folder: Path, *arguments: str, **environment: str):
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PIP_NO_INPUT": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_oldest_python_is_the_one_that_the_project_declares(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import prepare as script  # noqa: PLC0415 - found only now

    declared = tomllib.loads((SCRIPT.parent.parent / "pyproject.toml").read_text())
    oldest = ".".join(map(str, script.OLDEST_PYTHON))
    assert declared["project"]["requires-python"] == f">={oldest}"


def test_a_port_that_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = prepare(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert f"make serve PORT={port + 1}" in done.stderr
    assert not list(tmp_path.iterdir()), "nothing was set up"


def test_a_python_that_is_too_old(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import prepare as script  # noqa: PLC0415 - found only now

    monkeypatch.setattr(script.sys, "version_info", (3, 11, 4, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        script.check_python()
    assert "needs Python 3.11.5 or newer" in str(stopped.value)
    assert "is Python 3.11.4" in str(stopped.value)
    assert "make serve PYTHON=python3.12" in str(stopped.value)


def test_it_can_be_read_by_python_3_6():
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_no_network(tmp_path):
    """An index that nothing listens at: the script says so, and the next run tries again."""
    digest = f"--hash=sha256:{'0' * 64}"
    for kind, pin in {
        "": "torch==2.13.0",
        "-build": "pip==26.3",
        "-cpu": "torch==2.13.0+cpu",
    }.items():
        (tmp_path / f"requirements{kind}.lock").write_text(f"{pin} {digest}\n")
    (tmp_path / "requirements-cuda.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text("")
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "HTTPS_PROXY": "http://127.0.0.1:9",  # for the index of CPU builds
        "PIP_RETRIES": "0",
    }
    done = prepare(tmp_path, PIP_CONFIG_FILE="/dev/null", **nowhere)
    assert done.returncode == 1
    if sys.platform == "linux":
        assert "taking PyTorch from the default index" in done.stdout
    assert "pip could not install the packages" in done.stderr
    assert "check the network" in done.stderr
    assert not (tmp_path / ".venv" / "ready").exists()
