"""The eight programs of the lessons, a page each in two languages, built by us and by others.

Each of the others is set up as its own documentation says, and installed by pip into an
environment of its own that is thrown away. All get the same 16 pages: a title, a program, what it
prints. The programs are those of the lessons; their last part is no longer guarded by
`if __name__ == "__main__"`, which markdown-exec would never enter.
"""

import functools
import importlib.metadata
import re
import shutil
import subprocess
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import (
    ENVIRONMENT,
    PYTHON,
    ROOT,
    Run,
    as_result,
    progress,
    repeat,
    run,
    temporary_folder,
)
from bench.sites import LANGUAGES, loom_site, plain_site, write

LESSONS = (
    "warmup_numpy",
    "tensors",
    "autograd",
    "custom_function",
    "nn_sequential",
    "optim",
    "custom_module",
    "weight_sharing",
)
EDITED = "optim"
GUARD = 'if __name__ == "__main__":\n'
# Whoever builds on Material gets the same releases of it as we do.
SAME = ("mkdocs", "mkdocs-material", "mkdocs-jupyter", "pymdown-extensions", "Markdown")
MKDOCS = ["-m", "mkdocs", "build", "-q"]
SPHINX = ["-m", "sphinx", "-q", "-b", "html", "doc", "doc/_build/html"]

Programs = dict[str, str]


@dataclass(frozen=True)
class Peer:
    """A program that makes pages of code and its output.

    Attributes:
        write: Writes a project of these programs into a folder, over what is there.
        build: The arguments of Python that build it.
        packages: What its documentation says to install; nothing: it is here already.
        isolates: Whether each page runs in a process of its own; None: nothing runs.
        pages: A pattern of the built pages.
    """

    write: Callable[[Path, Programs], None]
    build: list[str]
    packages: tuple[str, ...]
    isolates: bool | None
    pages: str


def programs() -> Programs:
    """Return the programs, unguarded."""
    found = {}
    for lesson in LESSONS:
        source = (ROOT / "snippets" / f"{lesson}.py").read_text(encoding="utf-8")
        head, _, main = source.partition(GUARD)
        found[lesson] = head + textwrap.dedent(main)
    return found


def edited(before: Programs, number: int) -> Programs:
    """Return the programs with a comment added to one of them."""
    return {**before, EDITED: before[EDITED] + f"# edited {number}\n"}


def _loom(folder: Path, sources: Programs) -> None:
    """Ours: one snippet for both languages."""
    snippets = {f"{name}.py": source for name, source in sources.items()}
    if (folder / "mkdocs.yml").exists():
        for path, source in snippets.items():
            write(folder / "snippets" / path, source)
        return
    pages = {"index.md": "# Index {#index}\n"} | {
        f"{name}.md": f"# {name} {{#page}}\n\n```python\n"
        f'--8<-- "snippets/{name}.py"\n```\n\n```output file="snippets/{name}.py"\n```\n'
        for name in sources
    }
    loom_site(folder, pages, snippets, "numpy, torch, torch._dynamo")


def _plain(folder: Path, sources: Programs) -> None:
    """Plain Material: the output is text on the page, nothing is run. One site, two folders."""
    pages = {"index.md": "# Index\n"} | {
        f"{language}/{name}.md": f"# {name}\n\n```python\n{source}```\n\n"
        f"```text\n{_printed(name)}```\n"
        for language in LANGUAGES
        for name, source in sources.items()
    }
    plain_site(folder, "en", pages, _nav(sources, ".md"))


def _markdown_exec(folder: Path, sources: Programs) -> None:
    """markdown-exec: `exec="on"` on each block, the plugin, the source above the result."""
    pages = {"index.md": "# Index\n"} | {
        f"{language}/{name}.md": f'# {name}\n\n```python exec="on" source="above" result="text"\n'
        f"{source}```\n"
        for language in LANGUAGES
        for name, source in sources.items()
    }
    plain_site(folder, "en", pages, _nav(sources, ".md"), ["markdown-exec"])


def _mkdocs_jupyter(folder: Path, sources: Programs) -> None:
    """mkdocs-jupyter: Python files as pages, executed, everything else as it comes."""
    pages = {"index.md": "# Index\n"} | {
        f"{language}/{name}.py": f"# %% [markdown]\n# # {name}\n\n# %%\n{source}"
        for language in LANGUAGES
        for name, source in sources.items()
    }
    plugin = {"mkdocs-jupyter": {"execute": True}}
    plain_site(folder, "en", pages, _nav(sources, ".py"), [plugin])


def _sphinx_gallery(folder: Path, sources: Programs) -> None:
    """sphinx-gallery: one gallery for each language, files named `plot_...`, as it asks for."""
    galleries = {language: f"../examples_{language}" for language in LANGUAGES}
    conf = f"""
project = "Programs"
extensions = ["sphinx_gallery.gen_gallery"]
sphinx_gallery_conf = {{
    "examples_dirs": {list(galleries.values())},
    "gallery_dirs": {list(galleries)},
}}
"""
    write(folder / "doc/conf.py", conf)
    index = "".join(f"   {language}/index\n" for language in LANGUAGES)
    write(folder / "doc/index.rst", f"Programs\n========\n\n.. toctree::\n\n{index}")
    for language in LANGUAGES:
        examples = folder / f"examples_{language}"
        write(examples / "README.txt", f"Gallery {language}\n==========\n")
        for name, source in sources.items():
            title = f'"""\n{name}\n{"=" * len(name)}\n"""\n'
            write(
                examples / f"plot_{language}_{name}.py",
                re.sub(r'\A""".*?"""\n', title, source, flags=re.S),
            )


def _myst_nb(folder: Path, sources: Programs) -> None:
    """MyST-NB: notebooks as text, executed through jupyter-cache."""
    conf = 'project = "Programs"\nextensions = ["myst_nb"]\nnb_execution_mode = "cache"\n'
    write(folder / "doc/conf.py", conf)
    head = "---\nfile_format: mystnb\nkernelspec:\n  display_name: Python 3\n  name: python3\n---\n"
    pages = [f"{language}/{name}" for language in LANGUAGES for name in sources]
    toc = "# Programs\n\n```{{toctree}}\n{}\n```\n".format("\n".join(pages))
    write(folder / "doc/index.md", toc)
    for language in LANGUAGES:
        for name, source in sources.items():
            page = f"{head}# {name}\n\n```{{code-cell}} ipython3\n{source}```\n"
            write(folder / f"doc/{language}/{name}.md", page)


PEERS = {
    "loom": Peer(_loom, MKDOCS, (), True, "site/??/*/index.html"),
    "plain": Peer(_plain, MKDOCS, ("mkdocs-material",), None, "site/??/*/index.html"),
    "markdown_exec": Peer(
        _markdown_exec,
        MKDOCS,
        ("mkdocs-material", "markdown-exec[ansi]"),
        False,
        "site/??/*/index.html",
    ),
    "sphinx_gallery": Peer(
        _sphinx_gallery,
        SPHINX,
        ("sphinx-gallery", "matplotlib"),  # which its default settings ask for
        False,
        "doc/_build/html/??/plot_*.html",
    ),
    "mkdocs_jupyter": Peer(
        _mkdocs_jupyter,
        MKDOCS,
        ("mkdocs-material", "mkdocs-jupyter"),
        True,
        "site/??/*/index.html",
    ),
    "myst_nb": Peer(_myst_nb, SPHINX, ("myst-nb",), True, "doc/_build/html/??/*.html"),
}


def _nav(sources: Programs, ending: str) -> list[Any]:
    """Return a navigation with a section for each language."""
    sections = [
        {language: [f"{language}/{name}{ending}" for name in sources]} for language in LANGUAGES
    ]
    return ["index.md", *sections]


@functools.cache
def _printed(lesson: str) -> str:
    """Return what a program prints."""
    command = [PYTHON, f"snippets/{lesson}.py"]
    one_thread = {**ENVIRONMENT, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=one_thread, check=True, capture_output=True, text=True
    )
    return done.stdout


def measure(names: tuple[str, ...] = tuple(PEERS)) -> dict[str, Any]:
    """Measure each of them."""
    found = {}
    with temporary_folder() as folder:
        shelf = shelve_packages(folder / "shelf")
        for name in names:
            progress(f"peers: installing {', '.join(PEERS[name].packages) or 'nothing'}")
            python, versions = install(folder / name / "venv", PEERS[name].packages, shelf)
            found[name] = _measure_peer(PEERS[name], name, python, folder / name / "project")
            found[name]["versions"] = versions
            shutil.rmtree(folder / name, ignore_errors=True)
        found["alone"] = _measure_alone(folder / "alone")
    return found


def _measure_alone(folder: Path) -> dict[str, Any]:
    """Run the programs without any builder: the edited one, and all of them in one process."""
    sources = programs()
    for name, source in sources.items():
        write(folder / f"{name}.py", source)
    write(
        folder / "all.py",
        f"import runpy\nfor name in {LESSONS}:\n    runpy.run_path(name + '.py')\n",
    )
    progress("peers: the programs alone")
    return {
        name: as_result(repeat(lambda file=f"{name}.py": run([PYTHON, file], folder)))
        for name in (EDITED, "all")
    }


def _measure_peer(peer: Peer, name: str, python: str, folder: Path) -> dict[str, Any]:
    """Build a project cold, warm, and after each of some edits."""
    sources = programs()
    peer.write(folder, sources)
    fresh = folder.with_name("fresh")
    shutil.copytree(folder, fresh)
    command = [python, *peer.build]
    edits = iter(range(1, 10))

    def cold() -> Run:
        shutil.rmtree(folder)
        shutil.copytree(fresh, folder)
        return run(command, folder)

    def after_an_edit() -> Run:
        peer.write(folder, edited(sources, next(edits)))
        return run(command, folder)

    measured = {}
    for step, how in {
        "cold": cold,
        "warm": lambda: run(command, folder),
        "edit": after_an_edit,
    }.items():
        progress(f"peers: {name}, {step}")
        measured[step] = as_result(repeat(how))
    _check(peer, name, folder)
    return {"isolates": peer.isolates, **measured}


def _check(peer: Peer, name: str, folder: Path) -> None:
    """Raise ValueError unless each page shows what its program prints, the edited one its edit."""
    pages = [page.read_text(encoding="utf-8") for page in folder.glob(peer.pages)]
    shown = [re.sub(r"<[^>]*>", "", page) for page in pages]
    with_losses = [page for page in shown if re.search(r"step 499\s+loss [\d.]+", page)]
    with_edit = [page for page in shown if "# edited" in page]
    wanted = len(LANGUAGES) * len(LESSONS), len(LANGUAGES)
    if (len(with_losses), len(with_edit)) != wanted:
        raise ValueError(
            f"{name} shows {len(with_losses)} outputs and {len(with_edit)} edits, not {wanted}"
        )


def shelve_packages(shelf: Path) -> Path:
    """Link torch, numpy and what they need into a folder.

    Every peer needs them, in the releases that we use; to install them five times would take
    gigabytes. A link to the files that are here makes no difference to how they are run.
    """
    shelf.mkdir()
    needed, seen = ["torch", "numpy"], set()
    while needed:
        name = needed.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on other systems or Pythons only
        for file in distribution.files or ():
            top = file.parts[0]
            if top != ".." and not (shelf / top).exists():
                (shelf / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())
        requirements = [r for r in distribution.requires or () if "extra ==" not in r]
        needed += [re.split(r"[^\w.-]", requirement)[0] for requirement in requirements]
    return shelf


def install(venv: Path, packages: tuple[str, ...], shelf: Path) -> tuple[str, dict[str, str]]:
    """Make an environment with some packages, and the shelf behind them.

    Returns:
        Its Python, and the releases of the packages; if there are none, the Python that runs.
    """
    if not packages:
        return PYTHON, {}
    same = [f"{name}=={importlib.metadata.version(name)}" for name in SAME]
    constraints = venv.with_name("constraints.txt")
    write(constraints, "\n".join(same))
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / "bin/python"
    pip = [PYTHON, "-m", "pip", "--python", str(python), "install", "-qq"]
    subprocess.run([*pip, "-c", str(constraints), *packages], env=ENVIRONMENT, check=True)
    (site_packages,) = venv.glob("lib/python*/site-packages")
    named = {package.partition("[")[0] for package in packages} | {"sphinx", "jupyter-cache"}
    there = {
        found.metadata["Name"].lower().replace("_", "-"): found.version
        for found in importlib.metadata.distributions(path=[str(site_packages)])
    }
    # A .pth file comes last in sys.path: what pip has installed goes before what is on the shelf.
    write(site_packages / "zz_shelf.pth", f"{shelf}\n")
    return str(python), {name: there[name] for name in sorted(named) if name in there}
