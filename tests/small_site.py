"""A small site of the real configuration, for tests of builds."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATIENCE = 300  # seconds after which a test gives up what it waits for: no machine is that slow
PAGE = """# Title {#title}

```python
--8<-- "snippets/a.py:part"
```

```output file="snippets/a.py"
```

Seven is `#!value snippets/a.py seven`, $x_1$.

$$
\\begin{aligned}
a &= b \\\\
&= c
\\end{aligned}
$$
"""
SNIPPET = "# --8<-- [start:part]\nseven = 7\nprint('it ran', seven)\n# --8<-- [end:part]\n"
WITH_HELPER = f"from snippets import helper\n\n{SNIPPET.replace('= 7', '= helper.number')}"
SECOND = "# Second {#second}\n\nTo [the start](index.md#title), a word.\n"
GLOSSARY = "# Glossary {#glossary}\n\n## word · 词 {#word}\n\nAn explanation.\n"


def write_site(folder: Path) -> Path:
    """Copy the configuration, theme, hooks and exercises; write one page in each language."""
    for name in ("theme", "loom", "exercises", "releases"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("mkdocs.yml", "mkdocs.zh.yml", "mkdocs.en.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        text = re.sub(r"^nav:\n(  .*\n)+", "", text, flags=re.MULTILINE)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "snippets").mkdir()
    (folder / "snippets/a.py").write_text(SNIPPET)
    (folder / "docs").mkdir()
    shutil.copy(ROOT / "docs/index.md", folder / "docs/index.md")
    write_in_both(folder, {"index.md": PAGE, "glossary.md": GLOSSARY})
    return folder


def write_in_both(folder: Path, pages: dict[str, str]) -> None:
    """Write pages, by their paths, with the same texts in both languages."""
    for language in ("zh", "en"):
        for name, text in pages.items():
            page = folder / "docs" / language / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")


def python(*arguments, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    """Run Python in a process of its own, as a shell starts it."""
    command, environment = [sys.executable, *arguments], os.environ | environment
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def git(folder: Path, *arguments: str, **environment: str) -> str:
    """Run git in a folder as somebody, whatever the settings of this machine; return its output."""
    who = {
        f"GIT_{one}_{what}": "a" for one in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.check_output(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | who | settings | environment,
        stderr=subprocess.PIPE,
        text=True,
    )


def copy_course(folder: Path) -> None:
    """Copy the whole course as it stands here, with what the build of the site has kept of runs.

    Of its tests, only the facts that pages name are copied.
    """
    listed = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT)
    for name in listed.decode().splitlines():
        left = name.startswith("tests/") and not name.startswith("tests/facts/")
        if (ROOT / name).is_file() and not left:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for kept in ("loom", "labs", "equations", "live"):
        if (ROOT / ".cache" / kept).exists():
            shutil.copytree(ROOT / ".cache" / kept, folder / ".cache" / kept)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds; give up after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@contextlib.contextmanager
def serving(folder: Path, *command: str, cwd: Path) -> Iterator[str]:
    """Run `mkdocs serve`, logging to serve.log in the folder; yield the address of the site."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", *command, "-a", f"127.0.0.1:{port}"],
            cwd=cwd,
            stderr=log,
        )
        try:
            yield f"http://127.0.0.1:{port}/numpy-to-pytorch/"
        finally:
            process.terminate()
            process.wait()


def shows(address: str, words: str) -> bool:
    """Wait until the text of a page has some words."""

    def has_words() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                return words in re.sub(r"<[^>]*>", "", answer.read().decode())
        except OSError:
            return False

    return wait_for(has_words)
