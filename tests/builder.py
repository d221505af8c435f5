"""Builds of small sites, each in a process forked from one that has imported all it needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Python runs this file in each process of a build, before anything else.
NO_NETWORK = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments[0] if event.startswith("socket.get") else arguments[1]
        if not isinstance(address, str | bytes) or event.startswith("socket.get"):
            with open(os.environ["ASKED"], "a") as asked:
                asked.write(f"{event} {address}\\n")
            raise OSError("there is no network")

sys.addaudithook(refuse)
"""
# Takes a list of builds as JSON on each line; runs them at once, ends them after some seconds.
BUILDER = """
import json, os, resource, signal, sys, time
from pathlib import Path
import jieba, loom.words, loom.website.language_hooks, loom.website.site_hooks
import mkdocs.__main__, mkdocs.config

jieba.setLogLevel("WARNING")
jieba.initialize()  # the words of Chinese
mkdocs.config.load_config("mkdocs.en.yml")  # imports the plugins and extensions
for line in sys.stdin:
    order = json.loads(line)
    running, done, started = {}, {}, time.monotonic()
    for number, (folder, arguments) in enumerate(order["builds"]):
        if not (pid := os.fork()):
            os.chdir(folder)
            if Path("loom/languages").is_dir():  # the code comes from here, the words from there
                loom.words.FOLDER = Path("loom/languages").absolute()
                loom.words.of.cache_clear()
            log = os.open("build.log", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            for output in (1, 2):
                os.dup2(log, output)
            if order["largest_file"]:
                resource.setrlimit(resource.RLIMIT_FSIZE, (order["largest_file"],) * 2)
            mkdocs.__main__.cli(["build", *arguments])
        running[pid] = number
    while running:
        if order["seconds"] and time.monotonic() > started + order["seconds"]:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            order["seconds"] = None
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            done[running.pop(pid)] = os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    print(json.dumps([done[number] for number in sorted(done)]), flush=True)
"""


class Builder:
    """Runs `mkdocs build`, without a network."""

    def __init__(self, folder: Path) -> None:
        (folder / "sitecustomize.py").write_text(NO_NETWORK)
        self.asked = folder / "asked"  # who wanted a network
        self.asked.touch()
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(folder),
            "ASKED": str(self.asked),
            "SOURCE_DATE_EPOCH": "1000000000",
            "NO_MKDOCS_2_WARNING": "1",
        }
        self.process = self.python(BUILDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def python(self, program: str, **options) -> subprocess.Popen:
        """Start Python with a program, without a network."""
        command = [sys.executable, "-c", program]
        return subprocess.Popen(command, env=self.environment, text=True, cwd=ROOT, **options)

    def all(self, *builds, seconds=None, largest_file=None) -> list[int]:
        """Run builds at once, each a folder and arguments; return their exit codes.

        Args:
            seconds: When to kill those that still run.
            largest_file: Bytes that one file may have: a disk that is full.
        """
        order = {"builds": builds, "seconds": seconds, "largest_file": largest_file}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __call__(self, folder: Path, *arguments: str, **options) -> int:
        """Run one build; return its exit code. Its log is build.log in the folder."""
        return self.all([str(folder), arguments], **options)[0]
