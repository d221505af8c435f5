"""Report which results on which pages change with the versions of packages.

Run this in an environment with the pinned versions, and again in one with other versions:
    python -m tools.versions record FILE [--tests JUNIT_XML]
then print the report, in Markdown:
    python -m tools.versions report OLD_FILE NEW_FILE
"""

import argparse
import difflib
import functools
import importlib.metadata
import json
import platform
import re
from pathlib import Path
from xml.etree import ElementTree

from loom.run.record import Settings, SnippetError
from loom.weave import course, fences, labs, references
from loom.weave.weaver import Weaver, together
from tools.compare import distance

PAGES = Path("docs/en")  # both languages show the same runs
PACKAGES = ("torch", "numpy", "autograd", "scikit-learn", "matplotlib", "mkdocs", "mkdocs-material")
TOLERANCE = 1e-4  # numbers with a smaller relative difference differ in last digits only
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)  # matplotlib's date and version


def record(tests):
    """Run everything that pages show; return the results by page, and by reference or cell.

    Args:
        tests: The JUnit XML that pytest wrote in this environment, or None.
    """
    weaver = Weaver(Settings.read())
    pages = sorted(PAGES.rglob("*.md"))
    course.weave(weaver, pages)
    shown = {name_of(page): of_page(page, weaver) for page in pages}
    for path in sorted((PAGES / labs.LABS).glob("*.py")):
        shown[name_of(path)] = of_lab(path, weaver.settings)
    versions = {package: importlib.metadata.version(package) for package in PACKAGES}
    return {
        "versions": {"Python": platform.python_version(), **versions},
        "pages": {page: results for page, results in shown.items() if results},
        "tests": failures(tests) if tests else {},
    }


def name_of(page):
    """Return the name of a page, which is the same in both languages."""
    return page.relative_to(PAGES).with_suffix("").as_posix()


def of_page(page, weaver):
    """Return what each reference of a page stands for, by its snippet, kind and expression."""
    results = {}
    for reference in references.find(page.read_text(encoding="utf-8")):
        if reference.is_run and "torch" not in reference.options:
            name = f"{reference.path}, {reference.kind} {reference.what}".rstrip()
            results[name] = of_reference(reference, weaver)
    return results


def of_reference(reference, weaver):
    """Return the text that a reference stands for, or why there is none."""
    try:
        fences.check(weaver, reference)
        if reference.kind == "output":
            return {"text": weaver.output(reference)}
        if reference.kind == "figure":
            parts = (weaver.record(path).values[reference.what] for path in reference.paths)
            return {"picture": json.dumps(functools.reduce(together, parts))}
        return {"text": weaver.value(reference.path, reference.what)}
    except SnippetError as error:
        return {"failure": f"{error.problem}\n{error.detail}".strip()}


def of_lab(path, settings):
    """Return what each code cell of a lab output; the last one may have failed."""
    results = {}
    try:
        outputs = labs.run(path, settings)
    except labs.LabError as error:
        outputs = error.outputs
        results["run"] = {"failure": f"{error.problem}\n{error.detail}".strip()}
    for number, outputs_of_cell in enumerate(outputs, 1):
        for output in outputs_of_cell:
            data = output.get("data", {})
            if "image/svg+xml" in data:
                svg = METADATA.sub("", data["image/svg+xml"])
                results[f"code cell {number}, picture"] = {"picture": svg}
            else:
                printed = results.setdefault(f"code cell {number}, output", {"text": ""})
                printed["text"] += output.get("text") or data.get("text/plain", "")
    return results


def failures(tests):
    """Return the first line of each failed test's message, by the test's name."""
    return {
        f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}": (
            fault.get("message") or ""
        ).partition("\n")[0]
        for case in ElementTree.parse(tests).iter("testcase")
        for fault in [*case.iter("failure"), *case.iter("error")]
    }


def report(old, new):
    """Return a Markdown report of what differs between two records of the same pages."""
    packages = [versions_of(name, old, new) for name in PACKAGES if is_changed(name, old, new)]
    found = {page: differences(old["pages"][page], new["pages"][page]) for page in old["pages"]}
    moved = {page: entries for page, (entries, _) in found.items() if entries}
    lines = [
        f"# {', '.join(packages) or 'The same versions'}",
        "",
        "Pages of both languages show the same results of runs. Of these results,",
        "",
        f"- {sum(map(len, old['pages'].values()))} were compared, on {len(found)} pages;",
        f"- {sum(map(len, moved.values()))} change, on {len(moved)} pages;",
        f"- {sum(digits for _, digits in found.values())} more differ in last digits only, "
        f"by a relative difference of at most {TOLERANCE:g}.",
        "",
    ]
    failing = {name: new["tests"][name] for name in new["tests"] if name not in old["tests"]}
    if not moved and not failing:
        lines += ["Nothing changes that a reader would notice.", ""]
    for page, entries in moved.items():
        lines += [f"## {page}", "", *(line for entry in entries for line in entry)]
    if failing:
        lines += ["## Tests that fail", ""]
        lines += [f"- `{name}`: {message}" for name, message in failing.items()] + [""]
    return "\n".join(lines)


def is_changed(name, old, new):
    """Tell whether the version of a package differs between two records."""
    return versions_of(name, old, old) != versions_of(name, old, new)


def versions_of(name, old, new):
    """Return both versions of a package as text, without the suffix of a CPU or CUDA build."""
    was, now = (kept["versions"][name].partition("+")[0] for kept in (old, new))
    return f"{name} {was} → {now}"


def differences(old, new):
    """Compare the results of a page.

    Returns:
        The lines that report each changed result, and how many differ in last digits only.
    """
    entries, digits = [], 0
    for name in dict.fromkeys([*old, *new]):
        (kind, before), (other_kind, after) = (
            next(iter(results.get(name, {"failure": "(nothing)"}).items()))
            for results in (old, new)
        )
        far = distance(before, after) if kind == other_kind else float("inf")
        if far > TOLERANCE:
            entries.append([f"### {name}", "", *compared(kind, before, other_kind, after, far), ""])
        elif before != after:
            digits += 1
    return entries, digits


def compared(kind, before, other_kind, after, far):
    """Return the lines that show how a result changed."""
    if other_kind == "failure" != kind:
        return ["It fails now:", "", "~~~~text", after, "~~~~"]
    if kind == "failure" != other_kind:
        return ["It no longer fails. It failed with:", "", "~~~~text", before, "~~~~"]
    if kind == "picture":
        how = (
            "in its form"
            if far == float("inf")
            else f"in numbers, by a relative difference of up to {far:.2g}"
        )
        return [f"The picture changes {how}."]
    return ["~~~~diff", *changed_lines(before.splitlines(), after.splitlines()), "~~~~"]


def changed_lines(old, new):
    """Return a diff; between equally many lines, leave out differences in last digits."""
    if len(old) == len(new):
        pairs = [pair for pair in zip(old, new, strict=True) if distance(*pair) > TOLERANCE]
        return [line for one, other in pairs for line in (f"-{one}", f"+{other}")]
    return list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]


def main():
    """Record this environment, or report how two records differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="run everything, and write the results")
    recording.add_argument("file", type=Path)
    recording.add_argument("--tests", type=Path, help="what pytest --junitxml wrote")
    reporting = commands.add_parser("report", help="print how two records differ, in Markdown")
    reporting.add_argument("old", type=Path)
    reporting.add_argument("new", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "record":
        text = json.dumps(record(arguments.tests), indent=1, ensure_ascii=False)
        arguments.file.write_text(text + "\n", encoding="utf-8")
    else:
        files = (arguments.old, arguments.new)
        print(report(*(json.loads(file.read_text(encoding="utf-8")) for file in files)), end="")


if __name__ == "__main__":
    main()
