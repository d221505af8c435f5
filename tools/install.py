"""Set up this machine for `make`: Python packages in .venv, and what else the tests need.

It first lists what it is going to download, with sizes, and skips what is already installed. It
runs on Python 3.6 too, so that a Python that is too old gets a message instead of a traceback.
"""

import argparse
import os
import platform
import re
import shutil
import socket
import subprocess
import sys

VENV = ".venv"
BIN = os.path.join(VENV, "bin")
PYTHON = os.path.join(BIN, "python")
INSTALLED = os.path.join(VENV, "installed")  # its files mark finished steps
OLDEST_PYTHON = (3, 11)  # numpy needs it
NEWEST_PYTHON = (3, 14)  # the newest that the locked PyTorch and numpy have wheels for
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Written by tools/lock.py, which says what each one holds.
LOCKS = [
    os.path.join("locks", name + ".lock")
    for name in ("installer", "torch-cpu", "torch-cuda", "site", "dev", "node")
]
INSTALLER, CPU, CUDA, SITE, DEV, NODE = LOCKS
# Browsers for the tests, the headless shell first: it cuts their time by a fifth.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
BROWSER = os.path.join(".cache", "browser")  # where to install one if the system has none
OLDEST_NODE = (20, 18)  # the spelling checker needs it
# Downloads in megabytes, on Linux with Python 3.11.
SIZES = {"torch": 190, "cuda": 3000, "site": 180, "dev": 145, "node": 60, "browser": 70}
NPM_SIZES = {"tests": 20, "all-tests": 95}
FIREFOX = ["firefox-esr", "fonts-noto-cjk"]  # Debian's names
FIREFOX_SIZE = 130


def stop(message):
    """End with a message and exit status 1."""
    sys.exit("\n" + message)


def check_python():
    """Stop if the course does not run on this Python."""
    oldest, newest, this = (
        ".".join(map(str, version[:2]))
        for version in (OLDEST_PYTHON, NEWEST_PYTHON, sys.version_info)
    )
    if not OLDEST_PYTHON <= tuple(sys.version_info[:2]) <= NEWEST_PYTHON:
        stop(
            f"This course runs on Python {oldest} to {newest}; {sys.executable} is Python {this}.\n"
            f"What to do: install one of these, then name it: make serve PYTHON=python{newest}"
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
                f"What to do: choose a different one: make serve PORT={other}"
            )


def read(path):
    """Return the text of a file."""
    with open(path) as file:
        return file.read()


class Step:
    """Something to install.

    Args:
        name: What it is, as the user reads it.
        size: Megabytes to download.
        inputs: Files that say what to install; when one changes, the step runs again.
        ready: The file that holds their contents once the step is done.
        install: Does the work. If it fails, it stops, or returns False if tests can do without.
    """

    def __init__(self, name, size, inputs, ready, install):
        self.name, self.size, self.ready, self.install = name, size, ready, install
        self.wanted = "".join(map(read, inputs))

    def is_done(self):
        """Tell whether exactly this is installed."""
        return os.path.exists(self.ready) and read(self.ready) == self.wanted

    def do(self):
        """Install it."""
        print(f"Installing {self.name} ...", flush=True)
        if self.install() is False:
            return
        os.makedirs(os.path.dirname(self.ready), exist_ok=True)
        with open(self.ready, "w") as file:
            file.write(self.wanted)


def make_venv():
    """Make the environment, unless a working one of this Python's version exists."""
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


def pip_install(*arguments):
    """Call pip; tell whether it could install everything.

    pip would spend most of its time compiling modules; Python compiles those that it imports.
    """
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    pip += arguments
    # setuptools warns of editable installs and of data folders; both are intended
    return subprocess.call(pip, env=dict(os.environ, PYTHONWARNINGS="ignore")) == 0


def stop_if_not(installed):
    """Stop if pip could not install everything."""
    if not installed:
        stop(
            "pip could not install the packages; see its message above.\n"
            "What to do: check the network, then run the same command again; nothing is lost.\n"
            "Where the default index is slow, name a mirror: PIP_INDEX_URL=https://... make serve\n"
            "If it says that hashes do not match, that package is not the one that was locked: do\n"
            "not install it by other means; SECURITY.md says how to report it."
        )


def install_site():
    """Install what building and serving need, and the project itself.

    Building a package fetches nothing: the build tools are locked too.
    """
    small = sys.platform == "linux" and install_small_torch()
    locks = [SITE] if small or sys.platform != "linux" else [SITE, CUDA]
    stop_if_not(
        pip_install("--no-deps", "--require-hashes", "-r", INSTALLER)
        and pip_install("--require-hashes", "--no-build-isolation", *named(locks))
        and pip_install("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-e", ".")
    )


def install_small_torch():
    """Install PyTorch's CPU build, which is gigabytes smaller; tell whether that worked."""
    index = ["--index-url", CPU_INDEX, "--retries", "0", "--timeout", "15"]
    if pip_install("--no-deps", "--require-hashes", *index, "-r", CPU):
        return True
    print(
        "The locked CPU build could not be installed. Taking PyTorch from the default index: "
        f"some {SIZES['cuda']:,} MB, with CUDA's libraries.",
        flush=True,
    )
    return False


def named(locks):
    """Return the arguments that name the locks to pip."""
    return [argument for lock in locks for argument in ("-r", lock)]


def install_lock(lock):
    """Install what a lock names, and nothing else."""
    stop_if_not(pip_install("--no-deps", "--require-hashes", "-r", lock))


def has_node():
    """Tell whether there is a recent enough Node.js."""
    try:
        said = subprocess.check_output(["node", "--version"]).decode()
    except (OSError, subprocess.CalledProcessError):
        return False
    version = re.match(r"v(\d+)\.(\d+)", said)
    return bool(version) and tuple(map(int, version.groups())) >= OLDEST_NODE


def npm_ci(folder, *options):
    """Install what a folder's package-lock.json names."""
    environment = dict(os.environ)
    if not os.access(os.path.expanduser("~"), os.W_OK):
        environment["npm_config_cache"] = os.path.abspath(os.path.join(".cache", "npm"))
    npm = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", *options]
    if subprocess.call(npm, cwd=folder, env=environment) != 0:
        stop(
            "npm could not install the packages; see its message above.\n"
            "What to do: check the network, then run the same command again; nothing is lost.\n"
            "Where the default registry is slow: npm_config_registry=https://... make test"
        )


def has_browser():
    """Tell whether the system has a Chromium for the tests."""
    return bool(os.environ.get("CHROMIUM") or any(map(shutil.which, CHROMIUMS)))


def install_browser():
    """Install a Chromium without root or system packages; on x86-64 Linux into .cache."""
    if sys.platform == "linux" and platform.machine() == "x86_64":
        os.makedirs(BROWSER, exist_ok=True)
        for name in ("package.json", "package-lock.json", "unpack.mjs", "fonts.conf"):
            shutil.copy(os.path.join("tests", "browser", name), BROWSER)
        npm_ci(BROWSER)
        # It unpacks into TMPDIR, and adds its libraries only if it thinks it runs on AWS.
        there = dict(os.environ, TMPDIR=os.path.abspath(BROWSER))
        there["AWS_EXECUTION_ENV"] = "AWS_Lambda_nodejs22.x"
        if subprocess.call(["node", "unpack.mjs"], cwd=BROWSER, env=there) == 0:
            return
    else:
        quiet = [PYTHON, "-m", "playwright", "install", "chromium"]
        if subprocess.run(quiet, check=False, stderr=subprocess.DEVNULL).returncode == 0:
            return
    stop(
        "The tests need a Chromium, and none could be installed.\n"
        "What to do: install Chromium or Chrome, or name one: CHROMIUM=/path/to/chrome make test"
    )


def install_firefox():
    """Install Firefox as a system package; tell whether that worked."""
    subprocess.call(["apt-get", "update", "-qq"])
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *FIREFOX]
    if subprocess.call(install) == 0:
        return True
    print("Firefox could not be installed: its tests will be skipped, and say so.", flush=True)
    return False


def can_install_firefox():
    """Tell whether Firefox is missing and can be installed."""
    if os.environ.get("FIREFOX") or any(map(shutil.which, ("firefox", "firefox-esr"))):
        return False
    return bool(shutil.which("apt-get")) and os.geteuid() == 0


def steps(what):
    """Return the steps, in order, that the site, its tests, or all tests need."""
    of_site = [INSTALLER, CPU, CUDA, SITE, "pyproject.toml"]
    size = SIZES["torch"] + SIZES["site"]
    found = [
        Step(
            f"what the site needs, PyTorch's CPU build included, into {VENV}",
            size,
            of_site,
            os.path.join(INSTALLED, "site"),
            install_site,
        )
    ]
    if what == "site":
        return found
    name, ready = f"what the tests need, into {VENV}", os.path.join(INSTALLED, "dev")
    found.append(Step(name, SIZES["dev"], [DEV], ready, lambda: install_lock(DEV)))
    if not has_node():
        name, ready = f"Node.js into {VENV}", os.path.join(INSTALLED, "node")
        found.append(Step(name, SIZES["node"], [NODE], ready, lambda: install_lock(NODE)))
    found.append(npm_step(what))
    if not has_browser():
        folder, ready = os.path.join("tests", "browser"), os.path.join(BROWSER, "ready")
        lock = [os.path.join(folder, name) for name in ("package-lock.json", "unpack.mjs")]
        name = f"a Chromium for the tests, into {BROWSER}"
        found.append(Step(name, SIZES["browser"], lock, ready, install_browser))
    if what == "all-tests" and can_install_firefox():
        name = "system packages, without those that they recommend: " + ", ".join(FIREFOX)
        ready = os.path.join(INSTALLED, "firefox")
        found.append(Step(name, FIREFOX_SIZE, [], ready, install_firefox))
    return found


def npm_step(what):
    """Return the step that installs from npm; the first tier of tests needs no Lighthouse."""
    name, options = "the spelling checker and Lighthouse", []
    ready = os.path.join("node_modules", ".ready-all")
    if what == "tests" and not os.path.exists(ready):
        name, options = "the spelling checker", ["--omit=optional"]
        ready = os.path.join("node_modules", ".ready")
    lock = ["package.json", "package-lock.json"]
    return Step(name, NPM_SIZES[what], lock, ready, lambda: npm_ci(".", *options))


def main():
    """Read the arguments, say what will be installed, and install it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", default="site", choices=("site", "tests", "all-tests"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int)
    arguments = parser.parse_args()
    check_python()
    if arguments.port:
        check_port(arguments.host, arguments.port)
    make_venv()
    os.environ["PATH"] = os.path.abspath(BIN) + os.pathsep + os.environ.get("PATH", "")
    missing = [step for step in steps(arguments.what) if not step.is_done()]
    if missing:
        print("To download and install, once:")
        for step in missing:
            print(f"  {step.name}: some {step.size} MB")
    for step in missing:
        step.do()


if __name__ == "__main__":
    main()
