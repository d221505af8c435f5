"""Build the site for the file system and pack it: `make offline`.

The same commit always gives the same bytes: files in order, each with the date of the zip format's
first day. What only a host needs is left out.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAME = "numpy-to-pytorch"
TARGET = Path("dist", f"{NAME}.zip")
ONLY_FOR_HOSTS = ("404.html", "sitemap.xml", "sitemap.xml.gz", "search_index.json", "objects.inv")


def build(folder):
    """Build the site into a folder, or end with MkDocs's status; its messages stand above."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", folder]
    done = subprocess.run(command, env=os.environ | {"OFFLINE": "true"}, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def pack(folder, target):
    """Pack the files of a folder."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in ONLY_FOR_HOSTS:
                entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(folder).as_posix()}")
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)


def main():
    """Build, pack, and put the zip into its place when it is whole."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        build(site)
        whole = target.with_suffix(".part")
        pack(site, whole)
        whole.replace(target)
    print(f"{target} is the whole course: unpack it and open {NAME}/index.html.")


if __name__ == "__main__":
    main()
