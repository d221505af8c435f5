"""Fetch the Python that runs in a reader's browser, from package registries alone.

Pyodide comes from npm, autograd from PyPI. The numpy that is built for this Pyodide is on no
registry under its own name; the wheel of open-webui on PyPI contains it, and Pyodide's own list
holds its SHA-256. Every sum is checked before anything is kept. The result is the folder
`loom.live.ASSETS`, made in one step; once it is there, there is nothing left to do.
"""

import base64
import fcntl
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile

from loom import live

INTEGRITY = (  # of the npm package, as npm's registry states it
    "sha512-fMexKS5P/s8iTjczevLUv/aWq9i5yaGvBTpBW6gM+nzDNelfPpREma/xdDK2AAGebAuKnBJk7fyVP6RBlz4btg=="
)
AUTOGRAD_SHA256 = "b788bae3fa010cbffb4cfb7b8ba2a3f0daa6072a8506da6164c779fe9cf3e05a"
NUMPY_INSIDE = "open-webui==0.12.4", "open_webui/frontend/pyodide/" + live.WHEELS["numpy"]
STAGING = live.ASSETS.parent / ".fetching"


def stop(message):
    """End with a message and exit status 1."""
    sys.exit(
        f"\n{message}\nNothing was kept. What to do: check the network, then run `make live` "
        "again; npm_config_registry and PIP_INDEX_URL name mirrors.\n"
        "Without these files the course can still be built: its live boxes show static code."
    )


def check(name, data, wanted):
    """Return the data, but stop if its sum, written `<algorithm>-<base64>`, is another."""
    algorithm = wanted.partition("-")[0]
    found = f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"
    if found != wanted:
        stop(f"{name} is not the file that was expected.\nExpected {wanted}\nand got  {found}.")
    return data


def from_hex(sha256):
    """Write a sum that is given in hexadecimal as `check` takes it."""
    return f"sha256-{base64.b64encode(bytes.fromhex(sha256)).decode()}"


def npm_registry():
    """Return npm's registry: the one that the environment names, or that npm uses."""
    named = os.environ.get("npm_config_registry")  # noqa: SIM112 - npm's own name
    if not named and shutil.which("npm"):
        asked = ["npm", "config", "get", "registry"]
        named = subprocess.run(asked, check=False, capture_output=True, text=True).stdout.strip()
    if not named:
        stop("npm would say where its packages are, and it is not installed (it is part of Node).")
    return named.rstrip("/")


def fetch_pyodide():
    """Download Pyodide's npm package and return the runtime's files by name."""
    version = live.VERSIONS["pyodide"]
    address = f"{npm_registry()}/pyodide/-/pyodide-{version}.tgz"
    print(f"Fetching {address} ...", flush=True)
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            packed = answer.read()
    except (OSError, ValueError) as error:
        stop(f"{address} could not be fetched: {error}.")
    with tarfile.open(fileobj=io.BytesIO(check(address, packed, INTEGRITY))) as archive:
        return {name: archive.extractfile(f"package/{name}").read() for name in live.RUNTIME}


def fetch_wheel(requirement):
    """Download a wheel with pip and return its path."""
    print(f"Fetching {requirement} with pip ...", flush=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    # It is unpacked, not installed: what Python it asks for does not matter.
    options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    folder = STAGING / "wheels" / requirement
    if subprocess.call([*pip, *options, "--dest", folder, requirement]) != 0:
        stop(f"pip could not fetch {requirement}; its own message stands above.")
    return next(folder.glob("*.whl"))


def fetch_numpy(sha256):
    """Take numpy's wheel for the browser out of the wheel that contains it."""
    requirement, path = NUMPY_INSIDE
    with zipfile.ZipFile(fetch_wheel(requirement)) as wheel:
        return check(path, wheel.read(path), from_hex(sha256))


def fetch_autograd():
    """Download autograd's wheel."""
    wheel = fetch_wheel(f"autograd=={live.VERSIONS['autograd']}")
    return check(live.WHEELS["autograd"], wheel.read_bytes(), from_hex(AUTOGRAD_SHA256))


def with_own_packages(lock):
    """Cut Pyodide's list of packages down to the two that are here; autograd it does not know."""
    autograd = lock["packages"]["numpy"] | {
        "name": "autograd",
        "version": live.VERSIONS["autograd"],
        "file_name": live.WHEELS["autograd"],
        "imports": ["autograd"],
        "depends": ["numpy"],
        "sha256": AUTOGRAD_SHA256,
    }
    return lock | {"packages": {"numpy": lock["packages"]["numpy"], "autograd": autograd}}


def fetch():
    """Fetch and check everything, then put the folder into its place."""
    files = fetch_pyodide()
    lock = json.loads(files["pyodide-lock.json"])
    files["pyodide-lock.json"] = json.dumps(with_own_packages(lock)).encode()
    files[live.WHEELS["numpy"]] = fetch_numpy(lock["packages"]["numpy"]["sha256"])
    files[live.WHEELS["autograd"]] = fetch_autograd()
    sizes = {name: len(gzip.compress(data, 6)) for name, data in files.items()}
    files[live.SIZES] = json.dumps(sizes).encode()

    whole = STAGING / "whole"
    whole.mkdir()
    for name, data in files.items():
        (whole / name).write_bytes(data)
    shutil.rmtree(live.ASSETS, ignore_errors=True)
    whole.rename(live.ASSETS)


def main():
    """Fetch what is not there, one process at a time."""
    live.ASSETS.parent.mkdir(parents=True, exist_ok=True)
    with (live.ASSETS.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if live.are_there():
            print(f"{live.ASSETS} is there and whole.")
            return
        shutil.rmtree(STAGING, ignore_errors=True)  # of a process that was killed
        STAGING.mkdir()
        try:
            fetch()
        finally:
            shutil.rmtree(STAGING, ignore_errors=True)
    print(f"Python for the browser is in {live.ASSETS}.")


if __name__ == "__main__":
    main()
