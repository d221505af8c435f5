"""Prepare a machine for `make`: check Python, make .venv, install what the site and tests need.

It runs on Python 3.6 too, so that one that is too old gets a sentence instead of a traceback.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys

VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")
READY = os.path.join(VENV, "ready")  # holds what was installed
OLDEST_PYTHON = (3, 11, 5)  # pymdown-extensions needs it
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Names of browsers for the tests. The one without windows comes first: in it tests take four fifths
# of the time.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Written by scripts/lock.py, which says what is in which.
ALL, BUILD, CPU, CUDA = [f"requirements{kind}.lock" for kind in ("", "-build", "-cpu", "-cuda")]


def stop(message):
    """End with a message and exit status 1."""
    sys.exit("\n" + message)


def check_python():
    """Stop if this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        oldest, this = (
            ".".join(map(str, version[:3])) for version in (OLDEST_PYTHON, sys.version_info)
        )
        stop(
            f"This course needs Python {oldest} or newer; {sys.executable} is Python {this}.\n"
            "What to do: install a newer one, then name it: make serve PYTHON=python3.12"
        )


def check_port(host, port):
    """Stop if something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            other = port + 1 if 1024 <= port < 65535 else 8000
            stop(
                f"Port {port} of {host} cannot be used: {error}.\n"
                f"What to do: choose another one: make serve PORT={other}"
            )


def make_venv():
    """Make the environment, unless it is there, whole, and of this Python's version."""
    version = "import pip, sys; print(sys.version_info[:2])"
    if os.path.exists(PYTHON):
        there = subprocess.run([PYTHON, "-c", version], check=False, stdout=subprocess.PIPE)
        if there.returncode == 0 and there.stdout.decode().strip() == str(sys.version_info[:2]):
            return
    print(f"Making the environment {VENV} ...", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        stop(
            "Python could not make an environment.\n"
            "What to do: on Debian and Ubuntu, install the package python3-venv."
        )


def install():
    """Install what the locks name, unless exactly that is installed already."""
    wanted = "".join(map(read, (ALL, BUILD, CPU, CUDA, "pyproject.toml")))
    if os.path.exists(READY) and read(READY) == wanted:
        return
    print("Installing what the site and its tests need, PyTorch included ...", flush=True)
    small = sys.platform == "linux" and install_small_torch()
    locks = [ALL] if small or sys.platform != "linux" else [ALL, CUDA]
    # Nothing is fetched to build a package: what builds is in the locks too.
    if not (
        pip_install("--no-deps", "--require-hashes", "-r", BUILD)
        and pip_install("--require-hashes", "--no-build-isolation", *named(locks))
        and pip_install("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-e", ".")
    ):
        stop(
            "pip could not install the packages; its own message stands above.\n"
            "What to do: check the network, then run the same command again; nothing is lost.\n"
            "Where the default index is slow, name a mirror: PIP_INDEX_URL=https://... make serve\n"
            "If it says that hashes do not match, that package is not the one that was locked: do\n"
            "not install it by other means; SECURITY.md says how to report it."
        )
    with open(READY, "w") as file:
        file.write(wanted)


def read(path):
    """Return the text of a file."""
    with open(path) as file:
        return file.read()


def named(locks):
    """Return pip's arguments that name the locks."""
    return [argument for lock in locks for argument in ("-r", lock)]


def pip_install(*arguments):
    """Call pip; tell whether it could install everything.

    To compile all modules would take pip longer than all else. Python compiles those that are used.
    """
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    pip += arguments
    # setuptools warns of editable installs and of folders of data; both are meant
    return subprocess.call(pip, env=dict(os.environ, PYTHONWARNINGS="ignore")) == 0


def install_small_torch():
    """Take PyTorch's CPU build, if its index answers: the default one is larger by gigabytes."""
    index = ["--index-url", CPU_INDEX, "--retries", "0", "--timeout", "15"]
    if pip_install("--no-deps", "--require-hashes", *index, "-r", CPU):
        return True
    print("No CPU build that is locked could be had; taking PyTorch from the default index.")
    return False


def find_browser():
    """Make sure that the tests have a Chromium: an installed one, Playwright's, or Debian's."""
    if os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUMS)):
        return
    print("Looking for a browser for the tests ...", flush=True)
    if subprocess.call([PYTHON, "-m", "playwright", "install", "chromium"]) == 0:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.call(["apt-get", "update", "-qq"])
        for name in CHROMIUMS[:2]:  # as Debian and its kin call them
            install = ["apt-get", "install", "-qq", "-y", name, "fonts-noto-cjk"]
            if subprocess.call(install) == 0:
                return
    stop(
        "The tests need a Chromium, and none could be installed.\n"
        "What to do: install Chromium or Chrome, or name one: CHROMIUM=/path/to/chrome make test"
    )


def find_firefox():
    """Install a Firefox where Debian has one; without it, its tests say that they did not run."""
    if os.environ.get("FIREFOX") or any(map(shutil.which, ("firefox", "firefox-esr"))):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.call(["apt-get", "install", "-qq", "-y", "firefox-esr"])


def main():
    """Read the arguments and prepare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int)
    parser.add_argument("--browser", action="store_true", help="the tests need one")
    arguments = parser.parse_args()
    check_python()
    if arguments.port:
        check_port(arguments.host, arguments.port)
    make_venv()
    install()
    if arguments.browser:
        find_browser()
        find_firefox()


if __name__ == "__main__":
    main()
