"""Build the site to be opened from disk and zip it: `make offline`.

On one machine, a commit always gives the same bytes: files are sorted, and dated with the zip
format's first day. Files that only a host needs are left out.
"""

import argparse
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
    """Build the site into a folder, or exit with MkDocs's status; it has said what is wrong."""
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
    """Build and pack the site; move the zip into place once it is complete."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=TARGET, metavar="FILE.zip")
    target = parser.parse_args().target
    if target.suffix != ".zip" or target.is_dir() or not target.absolute().parent.parent.is_dir():
        parser.error(f"{target} cannot be written: name a .zip in a folder that is there")
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        build(site)
        whole = target.with_suffix(".part")
        pack(site, whole)
        whole.replace(target)
    print(f"{target} is the whole course: unpack it and open {NAME}/index.html.")


if __name__ == "__main__":
    main()
