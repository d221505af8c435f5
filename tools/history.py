"""Name what was written in one language since the other was touched, by the history of git."""

import difflib
import io
import re
import subprocess
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import jupytext

from loom.weave import parity

SENTENCE = re.compile(r"(?<=[.?:;] )|(?<=[。？：；])")
TAG = re.compile(r"^<[^<>]*>$", re.MULTILINE)  # what is alone on its line is not prose
IN_STEP = "in step"  # with `Parity:` before it, the last line of a commit's message


class NoHistoryError(Exception):
    """There is no history to compare by; the message says why."""


@dataclass(frozen=True)
class Commit:
    """One step of the history.

    Attributes:
        age: How many steps it lies back; 0 is what is not committed yet.
        name: Short hash, date and subject.
        in_step: Whether its message says that with it the languages say the same.
        paths: The files that it changed, relative to the folder of the project.
    """

    age: int
    name: str
    in_step: bool
    paths: list[str]


@dataclass(frozen=True)
class Version:
    """What a page said after a commit that changed it: the prose of each section, by its id."""

    commit: Commit
    sections: dict[str, str]


@dataclass(frozen=True)
class Move:
    """A section that moved on in one language.

    Attributes:
        page: The page in the newer language.
        section: The section's id.
        commits: Those that changed it since the other language was touched, newest first.
        sentences: What they changed: `- ` and a sentence that went, `+ ` and one that came.
        since: The last commit that touched the section in the other language, or settled all.
    """

    page: str
    section: str
    commits: list[str]
    sentences: list[str]
    since: str

    def __str__(self) -> str:
        """Write it as a paragraph of the report."""
        title = (
            f"{self.page} #{self.section}: newer than the other language, which was in step with"
        )
        commits = [f"  {name}" for name in self.commits]
        return "\n".join([title, f"  {self.since}", "since then:", *commits, *self.sentences])


def moved_on(root: Path, first: str, second: str) -> list[Move]:
    """Find the sections whose prose changed in one language since the other was touched.

    Commits of a branch count as one once the branch is merged. A commit whose message ends in
    `Parity: in step` settles whatever moved before it.

    Args:
        root: Folder of the project.
        first: Folder of one language in it, such as docs/zh.
        second: Folder of the other.

    Raises:
        NoHistoryError: There is no git, or no commit that holds the pages.
    """
    pages = {
        folder: {path.relative_to(root / folder).as_posix() for path in (root / folder).rglob("*")}
        for folder in (first, second)
    }
    both = sorted(page for page in pages[first] & pages[second] if page.endswith((".md", ".py")))
    paths = [f"{folder}/{page}" for page in both for folder in (first, second)]
    commits = _commits(root)
    settled = [commit for commit in commits if commit.in_step]
    versions = _versions(root, paths, commits)
    moves = []
    for page in both:
        one, other = f"{first}/{page}", f"{second}/{page}"
        moves += _moves(one, versions[one], versions[other], settled)
        moves += _moves(other, versions[other], versions[one], settled)
    return moves


def is_cut_off(root: Path) -> bool:
    """Say whether the oldest commits are missing, as they are in a shallow clone."""
    return _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"


def _moves(
    page: str, newer: list[Version], older: list[Version], settled: list[Commit]
) -> list[Move]:
    """Return the sections of a page that moved on since their counterparts were touched."""
    moves = []
    for section in [name for name in newer[0].sections if name in older[0].sections]:
        touched = _touched(newer, section)
        since = min([*_touched(older, section), *settled], key=lambda commit: commit.age)
        then = next(version for version in newer if version.commit.age >= since.age)
        sentences = _difference(then.sections.get(section, ""), newer[0].sections[section])
        commits = [commit.name for commit in touched if commit.age < since.age]
        if commits and sentences:
            moves.append(Move(page, section, commits, sentences, since.name))
    return moves


def _touched(versions: list[Version], section: str) -> list[Commit]:
    """Return the commits that changed the prose of a section, newest first."""
    return [
        version.commit
        for version, before in pairwise(versions)
        if version.sections.get(section) != before.sections.get(section)
    ]


def _difference(before: str, after: str) -> list[str]:
    """Return the sentences that went and those that came."""
    old, new = (SENTENCE.sub("\n", text).splitlines() for text in (before, after))
    _, _, *lines = [*difflib.unified_diff(old, new, n=0, lineterm="")] or ["", ""]
    return [f"    {line[0]} {line[1:].strip()}" for line in lines if line[0] != "@"]


def _versions(root: Path, paths: list[str], commits: list[Commit]) -> dict[str, list[Version]]:
    """Read every version of every page, newest first.

    The first is what lies in the folder; after the oldest comes one that is empty.
    """
    now = Commit(0, "not committed yet", False, paths)
    versions = {
        path: [Version(now, _prose(path, (root / path).read_text(encoding="utf-8")))]
        for path in paths
    }
    wanted = [(path, commit) for commit in commits for path in commit.paths if path in versions]
    if not wanted:
        raise NoHistoryError("no commit of git holds the pages.")
    names = "".join(f"{commit.name.split()[0]}:./{path}\n" for path, commit in wanted)
    answer = io.BytesIO(_git(root, "cat-file", "--batch", standard_input=names))
    for path, commit in wanted:
        *_, size = answer.readline().split()
        text = b"" if size == b"missing" else answer.read(int(size) + 1)
        versions[path].append(Version(commit, _prose(path, text.decode(errors="replace"))))
    beginning = Version(Commit(len(commits) + 1, "", False, []), {})
    return {path: [*known, beginning] for path, known in versions.items()}


def _prose(path: str, text: str) -> dict[str, str]:
    """Return the prose of each section of a page, by id; text alternatives in labs are prose."""
    if path.endswith(".py"):
        cells = jupytext.reads(text, fmt="py:percent").cells
        text = "\n\n".join(
            cell.source if cell.cell_type == "markdown" else cell.metadata.get("alt", "")
            for cell in cells
        )
    parts = parity.sections(TAG.sub("", text))
    return {part.heading[1]: "\n".join(filter(None, part.prose)) for part in parts}


def _commits(root: Path) -> list[Commit]:
    """Return the commits, newest first; a merge is one commit."""
    form = "--format=%x00%h %cs %s%x00%(trailers:key=Parity,valueonly,separator=%x20)"
    options = ["log", "--encoding=UTF-8", "--first-parent", "-m", "--relative", "--name-only", form]
    log = _git(root, "-c", "core.quotePath=false", *options).decode()
    fields = log.split("\0")[1:]
    commits = []
    for age, (name, rest) in enumerate(zip(fields[::2], fields[1::2], strict=True), 1):
        trailer, _, paths = rest.partition("\n")
        commits.append(Commit(age, name, trailer == IN_STEP, paths.split("\n")))
    return commits


def _git(root: Path, *arguments: str, standard_input: str = "") -> bytes:
    """Return what git prints."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(
            command, input=standard_input.encode(), check=True, capture_output=True
        )
    except FileNotFoundError as error:
        raise NoHistoryError("git is not installed.") from error
    except subprocess.CalledProcessError as error:
        raise NoHistoryError(f"git says: {error.stderr.decode().strip()}") from error
    return done.stdout
