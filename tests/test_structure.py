"""How the code is put together: imports go one way, and no module hides one of Python's."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("loom", "equations", "snippets", "tools")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in OURS
    for path in (ROOT / folder).rglob("*.py")
}


def imports(source: str) -> set[str]:
    """The modules that a module imports, wherever it does so."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A circle of modules, or nothing."""
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name not in done:
            for other in sorted(graph[name]):
                if found := visit(other, [*way, name]):
                    return found
            done.add(name)
        return []

    return next(filter(None, (visit(name, []) for name in graph)), [])


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        name: {other for other in imports(path.read_text("utf-8")) if other in MODULES} - {name}
        for name, path in MODULES.items()
    }
    assert sum(map(len, graph.values())) > 50
    assert circle(graph) == []


def test_a_circle_is_noticed():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]


MKDOCS = {"mkdocs", "material", "mkdocs_jupyter"}


@pytest.mark.parametrize(
    ("folder", "strangers"),
    [
        ("snippets", {"loom", "equations", "mkdocs", "tools"}),
        ("equations", {"loom", "snippets", "mkdocs", "tools"}),
        ("loom", {"snippets", "numpy", "torch", "tools"}),
        ("loom/run", MKDOCS),
        ("loom/draw", MKDOCS),
        ("loom/weave", MKDOCS),
    ],
)
def test_what_a_folder_knows_nothing_of(folder, strangers):
    """Records can be made, and pages filled, by another program than MkDocs."""
    for path in (ROOT / folder).rglob("*.py"):
        found = {name.partition(".")[0] for name in imports(path.read_text("utf-8"))}
        assert found & strangers == set(), path


# Each part imports only itself and those before it.
PARTS = ["seams", "offline", "words", "run", "draw", "weave", "website", "__main__"]


def part_of(name: str) -> str:
    """The part of loom that a module is in."""
    return name.split(".")[1]


def test_the_parts_of_loom_import_downwards_only():
    wrong = [
        f"{name} imports {other}"
        for name, path in MODULES.items()
        if name.startswith("loom.")
        for other in imports(path.read_text("utf-8"))
        if other.startswith("loom.")
        and PARTS.index(part_of(other)) > PARTS.index(part_of(name))
        and name != "loom.__main__"
    ]
    assert wrong == []


def test_no_module_has_the_name_of_one_of_python_s_or_of_a_package():
    """MkDocs puts the folder of hooks first on the path while it loads them."""
    packages = {"markdown", "mkdocs", "material", "jupyter", "numpy", "torch"}
    names = {name.rpartition(".")[2] for name in MODULES if name.startswith(("loom", "equations"))}
    assert names & ({*sys.stdlib_module_names} | packages) == set()
