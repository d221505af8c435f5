"""Prepare a machine for `make`: check Python, make .venv, install what the site and tests need.

It runs on Python 3.6 too, so that one that is too old gets a sentence instead of a traceback.
"""

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys

VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")
READY = os.path.join(VENV, "ready")  # holds the requirements that were installed
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def stop(message):
    """End with a message and exit status 1."""
    sys.exit("\n" + message)


def check_python():
    """Stop if this Python is too old."""
    if sys.version_info < (3, 11):
        stop(
            f"This course needs Python 3.11 or newer; {sys.executable} is "
            f"Python {sys.version_info[0]}.{sys.version_info[1]}.\n"
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
    """Install the requirements, unless exactly these are installed already."""
    with open("requirements.txt") as file, open("pyproject.toml") as project:
        wanted = file.read() + project.read()
    if os.path.exists(READY):
        with open(READY) as file:
            if file.read() == wanted:
                return
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    print("Installing what the site and its tests need, PyTorch included ...", flush=True)
    if sys.platform == "linux":
        install_small_torch(pip, wanted)
    if subprocess.call([*pip, "-r", "requirements.txt"]) != 0:
        stop(
            "pip could not install the packages; its own message stands above.\n"
            "What to do: check the network, then run the same command again; nothing is lost.\n"
            "Where the default index is slow, name a mirror: PIP_INDEX_URL=https://... make serve"
        )
    with open(READY, "w") as file:
        file.write(wanted)


def install_small_torch(pip, requirements):
    """Take PyTorch's CPU build, if its index answers: the default one is larger by gigabytes."""
    torch = re.search(r"^torch==\S+", requirements, re.MULTILINE).group()
    small = ["--no-deps", "--index-url", CPU_INDEX, "--retries", "0", "--timeout", "15", torch]
    if subprocess.call([*pip, *small]) != 0:
        print("The index of CPU builds did not answer; taking PyTorch from the default index.")


def find_browser():
    """Make sure that the tests have a Chromium: an installed one, Playwright's, or Debian's."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if os.environ.get("CHROMIUM") or any(map(shutil.which, names)):
        return
    print("Looking for a browser for the tests ...", flush=True)
    if subprocess.call([PYTHON, "-m", "playwright", "install", "chromium"]) == 0:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.call(["apt-get", "update", "-qq"])
        if subprocess.call(["apt-get", "install", "-qq", "-y", "chromium", "fonts-noto-cjk"]) == 0:
            return
    stop(
        "The tests need a Chromium, and none could be installed.\n"
        "What to do: install Chromium or Chrome, or name one: CHROMIUM=/path/to/chrome make test"
    )


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


if __name__ == "__main__":
    main()
