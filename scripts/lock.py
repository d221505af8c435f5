"""Write the locks: the packages of requirements.txt and all that these need, with their hashes.

scripts/prepare.py installs them one after the other, so there are several files:

requirements-cpu.lock    PyTorch's CPU build for Linux, from PyTorch's own index
requirements-build.lock  what builds packages, so that nothing unchecked is fetched to build one
requirements.lock        everything but
requirements-cuda.lock   what the PyTorch of the default index needs on Linux besides: gigabytes

Versions that are in the locks and still fit are kept; `--upgrade` takes the newest that fit.
"""

import re
import subprocess
import sys
from pathlib import Path

from prepare import CPU_INDEX, OLDEST_PYTHON

ALL, BUILD, CPU, CUDA = (
    Path(f"requirements{kind}.lock") for kind in ("", "-build", "-cpu", "-cuda")
)
WHOLE = Path(".cache/requirements.lock")  # of all but the CPU build, before it is divided
HEADER = "# Written by `make lock` from requirements.txt; scripts/lock.py says what is in which.\n"
FOR_BUILDING = re.compile(r"(pip|setuptools)==")
FOR_CUDA = re.compile(r"(cuda|nvidia|triton)[a-z0-9-]*==")
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]


def lock(source, target, *options):
    """Let uv find the versions and hashes of what a file of requirements names."""
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--output-file", str(target)]
    python = ".".join(map(str, OLDEST_PYTHON))
    command = [*uv, *OPTIONS, "--python-version", python, *options, str(source)]
    if subprocess.call(command) != 0:
        sys.exit(f"uv could not lock {source}; its own message stands above. Run make lock again.")


def write(target, packages):
    """Write a lock of packages, each with its hashes."""
    target.write_text(HEADER + "".join(packages), encoding="utf-8")
    print(f"{target}: {len(packages)} packages")


def packages_of(text):
    """Divide a lock into its packages, each a text of several lines."""
    return re.findall(r"^[a-z0-9].*\n(?: .*\n)*", text, re.MULTILINE)


def lock_cpu_build(requirements):
    """Lock PyTorch's CPU build from its own index, which is asked for a new version only."""
    torch = re.search(r"^torch==\S+", requirements, re.MULTILINE).group() + "+cpu"
    if CPU.exists() and f"{torch} " in CPU.read_text(encoding="utf-8"):
        return
    source, target = WHOLE.with_name("torch.txt"), WHOLE.with_name("torch.lock")
    source.write_text(f"{torch}\n", encoding="utf-8")
    lock(source, target, "--no-deps", "--default-index", CPU_INDEX)
    write(CPU, packages_of(target.read_text(encoding="utf-8")))


def main(options):
    """Lock everything; options are uv's."""
    WHOLE.parent.mkdir(exist_ok=True)
    kept = [path.read_text(encoding="utf-8") for path in (ALL, CUDA) if path.exists()]
    WHOLE.write_text("".join(kept), encoding="utf-8")
    lock("requirements.txt", WHOLE, "--no-emit-package", "numpy-to-pytorch", *options)
    packages = packages_of(WHOLE.read_text(encoding="utf-8"))
    write(BUILD, [package for package in packages if FOR_BUILDING.match(package)])
    write(ALL, [package for package in packages if not FOR_CUDA.match(package)])
    write(CUDA, [package for package in packages if FOR_CUDA.match(package)])
    lock_cpu_build(Path("requirements.txt").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
