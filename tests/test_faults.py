"""Faults, put in one by one: what must hold all the same, and what must be said.

Whole builds are made by one process that has loaded MkDocs and forks for each; it has no network.
"""

import ctypes
import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jinja2
import psutil
import pytest
import small_site
from mkdocs.exceptions import Abort, BuildError

from loom.run import cache, processes, program, programs, record
from loom.run.record import Record, Settings, SnippetError
from loom.weave import course, sources
from loom.website import pages, site_hooks

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parent.parent
CONFLICT = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n"

# Builds: ----------------------------------------------------------------------------------------


def whole(site: Path, name: str = "site") -> dict[str, bytes]:
    return small_site.contents(site / name)


def cached(site: Path) -> list[Path]:
    return [path for path in (site / ".cache").rglob("*") if path.is_file()]


def assert_sound(site: Path) -> None:
    """Check that each file in the cache can be read, and that no half-written one lies about."""
    files = [path for path in cached(site) if path.suffix not in (".lock", ".ipynb")]
    assert files
    assert all(path.suffix == ".json" and cache.read(path) is not None for path in files), files


def test_a_build_asks_nothing_of_a_network(builder, built):
    assert builder.asked.read_text() == ""
    probe = builder.python("import socket; socket.create_connection(('127.0.0.1', 9))")
    assert probe.wait() != 0
    assert "socket.getaddrinfo 127.0.0.1" in builder.asked.read_text()


def test_a_build_killed_at_any_moment_leaves_the_last_site_or_the_next(builder, built, tmp_path):
    before = whole(built)
    page = built / "docs/en/index.md"
    page.write_text(small_site.PAGE + "\nNew.\n", encoding="utf-8")
    (built / "snippets/a.py").write_text(small_site.SNIPPET.replace("it ran", "it ran anew"))
    undisturbed = shutil.copytree(built, tmp_path / "undisturbed")
    started = time.monotonic()
    assert builder(undisturbed) == 0
    length = time.monotonic() - started
    after = whole(undisturbed)

    moments = random.Random(7)
    codes = []
    for tenth in range(10):
        if tenth == 5:
            shutil.rmtree(built / ".cache")
        codes.append(builder(built, seconds=(tenth + moments.random()) / 10 * length))
        assert whole(built) in (before, after), tenth
    assert -signal.SIGKILL in codes
    assert builder(built) == 0
    assert whole(built) == after
    assert not list(built.glob(".site*"))
    leftovers = [path for path in cached(built) if path.suffix == ".tmp"]
    for path in leftovers:  # of the killed ones: nothing reads them
        path.unlink()
    assert_sound(built)


def test_a_site_that_a_killed_build_took_away_is_put_back(builder, built):
    before = whole(built)
    (built / "site").rename(built / ".site.old")
    (built / "docs/en/index.md").write_text(CONFLICT)
    assert builder(built) != 0
    assert whole(built) == before


def test_a_file_that_cannot_be_used_is_named(caplog):
    """As when a configuration is missing, `.cache` is a file or `site` may not be changed."""
    with pytest.raises(Abort):
        pages.on_build_error(NotADirectoryError(20, "Not a directory", os.path.abspath(".cache/a")))
    assert ".cache/a cannot be used: Not a directory.\nWhat to do: see" in caplog.text


def test_what_cures_a_mounted_site_is_said():
    error = OSError(errno.EBUSY, "Device or resource busy", os.path.abspath("site"))
    assert course.advice(error).endswith(
        "What to do: a mounted folder cannot be replaced: build into a folder below it, with -d."
    )


@pytest.mark.parametrize("text", ["\n{% block x %}", "\n{{ page.nothing.there }}"])
def test_a_template_that_fails_is_named_with_its_line(tmp_path, text):
    (tmp_path / "main.html").write_text(text)
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(tmp_path))
    with pytest.raises(jinja2.TemplateError) as raised:
        env.get_template("main.html").render(page={})
    assert re.match(r"\S*main\.html:2: the build stopped at ", course.advice(raised.value))


def test_a_full_disk_stops_the_build_and_leaves_the_last_site(builder, built):
    """No file may become larger than 20 kB: that fails as a full disk does, for all users."""
    before = whole(built)
    shutil.rmtree(built / ".cache")
    assert builder(built, largest_file=20_000) == 1
    log = (built / "build.log").read_text()
    assert "The site cannot be written" in log
    assert "Make room on the disk and build again" in log
    assert whole(built) == before
    assert not list(built.glob(".site*"))
    assert_sound(built)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux builds languages side by side")
def test_a_language_whose_process_was_killed_is_named(monkeypatch):
    def build_language(name, config):
        if name == "en":
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(site_hooks, "build_language", build_language)
    with pytest.raises(BuildError, match=r"en: .* killed by signal 9\.\nWhat to do: "):
        site_hooks.build_languages(("zh", "en"), None)


def test_files_from_the_future_and_an_empty_page(built):
    assert "it ran" in (built / "site/en/index.html").read_text()
    assert "</html>" in (built / "site/en/empty/index.html").read_text()


def test_the_build_names_what_is_wrong_with_files(builder, built):
    before = whole(built)
    (built / "docs/en/index.md").write_text(f"# T\n\n{CONFLICT}")
    (built / "docs/zh/index.md").write_bytes("# 题\n\n第一行\n".encode("gbk"))
    (font := next(built.glob("theme/assets/katex/fonts/*"))).unlink()
    assert builder(built) == 1
    log = (built / "build.log").read_text()
    for words in ("docs/en/index.md:3: ", "docs/zh/index.md:1: ", f"{font.name}, which does not"):
        assert words in log
    assert whole(built) == before


def test_a_build_refuses_a_landing_page_that_reaches_out(builder, built):
    (built / "docs/index.md").write_text("# T\n\n--8<--\nmkdocs.yml\n--8<--\n")
    assert builder(built) == 1
    log = (built / "build.log").read_text()
    assert "index.md:3: " in log
    assert "a line that shows code is" in log


# Files that a build reads: ----------------------------------------------------------------------

SPOILT = {
    "GBK": ("docs/a.md", "# T\n\n汉字\n".encode("gbk"), "docs/a.md:3: is not UTF-8"),
    "Latin-1": ("snippets/a.py", b"x = 1\nname = '\xe9'\n", "snippets/a.py:2: is not UTF-8"),
    "UTF-16": ("docs/a.md", "# T\n".encode("utf-16"), "docs/a.md:1: is not UTF-8"),
    "a mark": ("docs/a.md", b"\xef\xbb\xbf# T\n", "docs/a.md:1: begins with a byte order mark"),
    "NUL": ("docs/a.md", b"# T\n\n\x00\n", "docs/a.md:3: holds the control character '\\x00'"),
    "a conflict": ("docs/a.md", f"# T\n{CONFLICT}".encode(), "docs/a.md:2: an unresolved merge"),
    "in a snippet": ("snippets/a.py", f"'''\n{CONFLICT}'''".encode(), "snippets/a.py:2: an unres"),
    "in a lab": ("docs/en/labs/a.py", CONFLICT.encode(), "docs/en/labs/a.py:1: an unresolved mer"),
    "a program": ("docs/en/a.py", b"x = 1", "docs/en/a.py:1: is neither a page nor a lab nor"),
    "no UTF-8": ("snippets/\udcff.py", b"x = 1", "snippets/\\xff.py:1: has a name that is not UTF"),
    "a page of HTML": ("docs/a.html", b"<script>a()</script>", "docs/a.html:1: is neither a page"),
    "a drawing": ("docs/en/a.svg", b"<svg/>", "docs/en/a.svg:1: is neither a page nor a lab nor"),
    "a notebook": ("docs/a.ipynb", b"{}", "docs/a.ipynb:1: is neither a page nor a lab"),
    "facts": ("tests/facts/a.py", b"def f():\n    '\xe9'", "tests/facts/a.py:2: is not UTF-8"),
    "ESC": ("docs/a.md", b"# T\r\n\r\na\x1bb\r\n", "docs/a.md:3: holds the control character"),
    "a picture of HTML": ("docs/en/a.png", b"<script>", "docs/en/a.png:1: holds no picture"),
    "a template": ("theme/a.html", b"\n\xe9", "theme/a.html:2: is not UTF-8"),
    "a record": ("releases/a.json", b"{\0}", "releases/a.json:1: holds the control"),
    "a long line": ("docs/a.md", b"# T\n\n" + b"[" * 3_001, "docs/a.md:3: has more than 3,000"),
    "a mark beside code": (
        "snippets/a.py",
        b"x = 1 # --8<-- [start:x]\n",
        "snippets/a.py:1: a mark",
    ),
    "a mark of Windows": (
        "snippets/a.py",
        b"\n# --8<-- [end:x]\r\n",
        "snippets/a.py:2: ends with a",
    ),
    "a mark with words": ("snippets/a.py", b"\n# --8<-- [end:x] a\n", "snippets/a.py:2: a mark is"),
    "a command": ("exercises/99_a;ls.py", b"", "exercises/99_a;ls.py:1: has a name that is no"),
    "a tag": ("docs/en/labs/<img>.py", b"", "docs/en/labs/<img>.py:1: has a name that is no"),
    "no font": ("theme/a.css", b"@font-face {\nsrc: url(a.woff2)}", "theme/a.css:2: asks for a.wo"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_files_that_no_build_may_read(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path, content, words = SPOILT[name]
    Path(path).parent.mkdir(parents=True)
    Path(path).write_bytes(content)
    faults = sources.faults()
    assert faults[0].startswith(words)
    assert "What to do:" in faults[0]


@pytest.mark.parametrize(
    ("link", "target", "words"),
    [
        ("snippets/a.py", "/etc", "leads out of snippets/"),
        ("snippets/a.py", "../../outside.py", "leads out of snippets/"),
        ("docs", "../outside", "leads out of docs/"),
        ("exercises/a.py", "../snippets/b.py", "leads out of exercises/"),
        ("releases/torch-9.json", "/etc/hostname", "leads out of releases/"),
        ("docs/en", ".", "is a link to a folder"),
    ],
)
def test_links_out_of_a_folder(tmp_path, monkeypatch, link, target, words):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside.py").write_text("")
    (tmp_path / "project/snippets").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    Path(link).parent.mkdir(exist_ok=True)
    Path(link).symlink_to(target)
    assert sources.faults()[0].startswith(f"{link}:1: {words}")


def test_files_that_builds_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    Path("docs/a.md").write_text("Title\n=======\n\n<<<<<<<< not a mark\n\n汉字 é\r\n")
    Path("docs/empty.md").write_text("")
    Path("docs/picture.png").write_bytes(b"\x89PNG\x00")
    assert sources.faults() == []


# Programs: what they cannot reach, and what a run must stand -----------------------------------


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A project with a snippet, and secrets that no program may show."""
    (tmp_path / "secret.py").write_text("SECRET = 1\nSECRET = 2\nSECRET = 3\n")
    project = tmp_path / "project"
    for folder in ("snippets", "docs"):
        (project / folder).mkdir(parents=True)
    monkeypatch.chdir(project)
    shutil.copy(tmp_path / "secret.py", "config.py")
    Path("snippets/__init__.py").write_text("")
    Path("snippets/a.py").write_text(
        '# --8<-- [start:x]\nx = """\n--8<-- "config.py"\n"""\n# --8<-- [end:x]\nprint(1)\n'
    )
    return project


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "config.py"',
        "--8<--",
        '    ;--8<-- "config.py"',
        "::: os",
        "    ::: os",
        "<p markdown>::: os",
    ],
)
def test_no_snippet_includes_or_documents_something(project, line):
    Path("snippets/a.py").write_text(f'"""Words.\n\n{line}\n"""\n')
    (fault,) = (fault for fault in sources.faults() if fault.startswith("snippets/a.py"))
    assert fault.startswith("snippets/a.py:3: a program must not include a file")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_on_bounds_names_those_of_the_settings(language):
    page = (ROOT / "docs" / language / "how-this-site-works.md").read_text(encoding="utf-8")
    section = page.partition("{#bounds}")[2].partition("\n## ")[0]
    bounds = Settings.read()
    named = [float(number) for number in re.findall(r"\b(\d+) ", section)]
    assert named == [bounds.timeout, bounds.memory, bounds.disk, bounds.processes]


def run(source: str, **settings) -> Record:
    Path("snippets/one.py").write_text(source, encoding="utf-8")
    return program.run("snippets/one.py", Settings(**{"timeout": small_site.PATIENCE, **settings}))


def state() -> dict[str, tuple]:
    """Everything in the project: contents and modes."""
    return {
        str(path): (path.lstat().st_mode, path.is_file() and path.read_bytes())
        for path in Path.cwd().parent.rglob("*")
    }


def landlock() -> bool:
    return sys.platform == "linux" and ctypes.CDLL(None).syscall(444, None, 0, 1) > 0


WRITES = [
    "open('made', 'w')",
    "open('config.py', 'r+')",
    "open('../made', 'a')",
    "import os; os.open('made', os.O_CREAT)",
    "from pathlib import Path; Path('snippets/one.py').write_text('')",
    "from pathlib import Path; Path('snippets/one.py').touch()",
    "from pathlib import Path; Path('snippets/a.py').unlink()",
    "import os; os.mkdir('made')",
    "import os; os.rmdir('docs')",
    "import os; os.rename('config.py', 'made')",
    "import os; os.replace('snippets/a.py', 'config.py')",
    "import os; os.truncate('config.py', 0)",
    "import os; os.chmod('config.py', 0)",
    "import os; os.symlink('a', 'made')",
    "import os; os.link('config.py', 'made')",
    "import os; os.chdir('docs'); open('made', 'w')",
    "import shutil; shutil.copy('config.py', 'made')",
    "import os, tempfile; os.chdir(tempfile.mkdtemp()); os.symlink('/', 'p'); open('p/x', 'w')",
]


def test_a_snippet_that_writes_into_the_repository(project):
    tries = [
        f"here = os.getcwd()\ntry:\n    {write}\nexcept PermissionError as error:\n    print(error)"
        "\nelse:\n    print('done')\nos.chdir(here)\n"
        for write in WRITES
    ]
    source = "import os\n" + "".join(tries)
    Path("snippets/one.py").write_text(source)
    before = state()
    answers = run(source).output.splitlines()
    assert state() == before
    for write, answer in zip(WRITES, answers, strict=True):
        assert "may write into the folder tempfile.gettempdir() only, not into: '" in answer, write
    with pytest.raises(SnippetError, match=r'File "snippets/one\.py", line 2') as caught:
        run("print(1)\nopen('made', 'w')\n")
    assert caught.value.detail.endswith("not into: 'made'\n")


UNSEEN = [
    "import ctypes; ctypes.CDLL(None).fopen(b'made', b'w')",
    "import ctypes; ctypes.CDLL(None).truncate(b'config.py', 0)",
    "import os; os.system('echo x > made; rm -f config.py; mv docs made')",
    "import shutil; shutil.rmtree('docs', ignore_errors=True)",
    "import sqlite3\ntry: sqlite3.connect('made').execute('vacuum')\nexcept Exception: pass",
]


@pytest.mark.skipif(not landlock(), reason="this system has no Landlock; see how-this-site-works")
@pytest.mark.parametrize("write", UNSEEN)
def test_writing_that_python_does_not_see(project, write):
    Path("snippets/one.py").write_text(write)
    before = state()
    run(write)
    assert state() == before


def test_a_snippet_may_write_into_its_temporary_folder(project):
    record = run(
        "import os, shutil, subprocess, tempfile\nfolder = tempfile.gettempdir()\n"
        "with tempfile.TemporaryDirectory() as inner:\n"
        "    open(inner + '/a', 'w').write('kept')\n    os.rename(inner + '/a', folder + '/b')\n"
        "    os.mkdir(inner + '/c'); open(inner + '/c/d', 'w').close()\n"
        "text = open(folder + '/b').read()\nopen(os.devnull, 'w').write('x')\n"
        "code = subprocess.call('echo x > $TMPDIR/e', shell=True)\n"
    )
    assert record.values["text"] == "kept"
    assert record.values["code"] == 0
    assert not Path(record.values["folder"]).exists(), "it is removed after the run"


def own_processes() -> list[psutil.Process]:
    """Processes that run in this test's project."""
    found = []
    for process in psutil.process_iter():
        try:
            inside = Path(process.cwd()).is_relative_to(Path.cwd())
            if process.pid != os.getpid() and inside and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            pass
    return found


ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is open")
STOPPED = [  # what a program does before it waits, the setting that stops it, what is said
    ("x = bytearray(b'x') * 300_000_000", {"memory": 0.2}, "took more than 0.2 GB of memory"),
    ("x = os.fork() or bytearray(b'x') * 300_000_000", {"memory": 0.2}, "more than 0.2 GB of mem"),
    (
        "for a in ('/a', '/b'):\n    open(tempfile.gettempdir() + a, 'wb').write(bytes(600_000))",
        {"disk": 0.001},
        "wrote more than 0.001 GB into temporary files",
    ),
    pytest.param(
        "f = tempfile.TemporaryFile()\nf.write(bytes(1_200_000)), f.flush()",
        {"disk": 0.001},
        "wrote more than 0.001 GB into temporary files",
        marks=ON_LINUX,
    ),
    pytest.param(
        "os.write(os.memfd_create('x'), bytes(1_200_000))",
        {"disk": 0.001},
        "wrote more than 0.001 GB into temporary files",
        marks=ON_LINUX,
    ),
    # It doubles five times only: it must be harmless where the guard is broken.
    ("for _ in range(5): os.fork(), os.setsid", {"processes": 8}, "started more than 8 processes"),
    (
        "for number in signal.valid_signals():\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n    except OSError: pass",
        {"timeout": 1},
        "did not finish within 1 s",
    ),
]


def test_a_file_with_several_names_counts_once(project):
    links = "for n in range(5): os.link(f'{a}/x', f'{a}/{n}')\ntime.sleep(1)\n"
    write = "a = tempfile.gettempdir()\nopen(f'{a}/x', 'wb').write(bytes(600_000))\n"
    run(f"import os, tempfile, time\n{write}{links}", disk=0.001)


@pytest.mark.parametrize("take", ["memory", "disk"])
def test_what_a_run_has_taken_at_its_end_counts(project, take):
    does = {
        "memory": "x = bytearray(b'x') * 300_000_000",
        "disk": "open(tempfile.gettempdir() + '/a', 'wb').truncate(10**9)",
    }
    limit = {"memory": 0.2, "disk": 0.001}[take]
    with pytest.raises(SnippetError, match="and was stopped"):
        run(f"import tempfile\n{does[take]}\n", **{take: limit})


@pytest.mark.parametrize(("does", "setting", "words"), STOPPED)
def test_a_run_that_takes_too_much_is_stopped_and_nothing_of_it_is_left(
    project, does, setting, words
):
    with pytest.raises(SnippetError, match=f"{words}.* and was stopped") as caught:
        run(f"import os, signal, tempfile, time\n{does}\ntime.sleep(900)\n", **setting)
    assert small_site.wait_for(lambda: not own_processes())
    assert f"the limit is `{next(iter(setting))}` of [tool.loom] in pyproject" in str(caught.value)


DAEMON = (
    "import os, subprocess, sys, time\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    if os.fork() == 0:\n"
    "        for descriptor in range(3, 100):\n"
    "            try: os.close(descriptor)\n"
    "            except OSError: pass\n"
    "        os.close(1), os.close(2)\n"
    "        os.execvp('sleep', ['sleep', '60'])\n"
    "    os._exit(0)\n"
    "os.wait()\n"
    "print('done')\n"
)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps orphans below a process")
def test_a_background_process_that_leaves_its_group_is_ended(project):
    assert run(DAEMON).output == "done\n"
    assert own_processes() == []
    with pytest.raises(SnippetError):
        run(DAEMON + "1 / 0\n")
    assert own_processes() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_snippet_ends_when_the_build_is_killed(project):
    Path("snippets/one.py").write_text(
        "import signal, tempfile, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
        "open(tempfile.gettempdir() + '/ready', 'w').close()\ntime.sleep(900)\n"
    )
    program = "from loom.run import program; program.run('snippets/one.py', program.Settings())"
    # Not below pytest's own folder: the name of a socket must not be longer than 108 letters.
    folder = tempfile.TemporaryDirectory()
    temporary = Path(folder.name)
    build = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
    )
    assert small_site.wait_for(lambda: list(temporary.glob("loom-*/ready")))
    build.kill()
    build.wait()
    assert small_site.wait_for(lambda: not own_processes())
    folder.cleanup()


def test_changing_the_working_directory(project):
    record = run("import os\nfrom snippets import a\nos.chdir('/')\nprint(a.__name__)\nx = 1\n")
    assert record.values["x"] == 1
    assert set(record.files) == {f"snippets/{name}.py" for name in ("__init__", "a", "one")}
    with pytest.raises(SnippetError) as caught:
        run("import os\nos.chdir('/')\n1 / 0\n")
    assert "    1 / 0\n" in caught.value.detail


def test_closing_stdout(project):
    for end in (
        "sys.stdout.close()",
        "sys.stdout = None",
        "os.close(1)",
        "os.close(1), os.close(2)",
    ):
        record = run(f"import os, sys\nprint('before')\nx = 1\n{end}\n")
        assert (record.output, record.values["x"]) == ("before\n", 1), end
    with pytest.raises(SnippetError, match="left with exit status 1 before it finished"):
        run("import os\nos.closerange(0, 200)\n")


def test_a_thread_that_still_prints_is_waited_for(project):
    record = run(
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.3), print('late'))).start()\nprint('soon')\n"
    )
    assert record.output == "soon\nlate\n"


def test_no_room_for_a_temporary_folder(project, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "/tmp/x")

    monkeypatch.setattr(processes.tempfile, "TemporaryDirectory", full)
    with pytest.raises(SnippetError, match="No space left on device") as caught:
        run("print(1)\n")
    assert "make room, or set TMPDIR" in str(caught.value)
    monkeypatch.undo()
    monkeypatch.chdir(project)
    with pytest.raises(
        SnippetError, match=r"exit status 1[^~]*What to do: Make room in the folder"
    ):
        run("import os\nprint(os.strerror(28), flush=True)\nos._exit(1)\n")


# The cache: -------------------------------------------------------------------------------------


def test_snippets_from_the_future_are_cached_and_seen_to_change(project):
    """As after the clock was set back: all files are younger than any run."""
    for age in (1e8, 2e8, -1e8):
        Path("snippets/one.py").write_text(f"print({age})\n")
        os.utime("snippets/one.py", (time.time() + age,) * 2)
        assert programs.run_all(["snippets/one.py"], Settings()).ran == ["snippets/one.py"]
        assert record.load("snippets/one.py", Settings()).output == f"{age}\n"


def test_a_read_only_cache_is_read_and_does_no_harm(project):
    kept, new = Path(".cache/loom/kept.json"), Path(".cache/loom/new.json")
    cache.write(kept, 1)
    kept.chmod(0o444)
    kept.parent.chmod(0o555)
    try:
        if os.getuid() == 0:
            os.seteuid(65534)
        cache.write(kept, 2)
        cache.write(new, 2)
        assert (cache.read(kept), cache.read(new)) == (1, None)
    finally:
        os.seteuid(os.getuid())
        kept.parent.chmod(0o755)


def test_a_truncated_file_counts_as_none(project):
    target = Path(".cache/loom/kept.json")
    cache.write(target, {"x": 1})
    whole = target.read_bytes()
    for cut in (0, 1, 40, 64, 65, 66, -1):
        target.write_bytes(whole[:cut])
        assert cache.read(target) is None, cut


def test_a_file_that_cannot_be_written_whole_is_not_kept(project, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    target = Path(".cache/loom/kept.json")
    cache.write(target, 1)
    monkeypatch.setattr(cache.os, "replace", full)
    cache.write(target, 2)
    assert cache.read(target) == 1
    assert os.listdir(target.parent) == ["kept.json"]
