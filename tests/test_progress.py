"""What a long build says while it runs."""

import io
import logging

import pytest

from loom.run.progress import Line, Progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return Clock()


def test_the_estimate_counts_the_expected_seconds_and_the_cores(clock):
    progress = Progress(["long", "a", "b", "c"], {"long": 10, "a": 4, "b": 4, "c": 4}, clock)
    assert progress.seconds_left() == 11, "22 seconds for two cores"
    progress.begin("long")
    progress.begin("a")
    clock.now = 4
    progress.end("a")
    assert progress.seconds_left() == 7, "14 seconds for two cores"
    assert str(progress) == "3 of 4 left, about 7 s; running: long"
    for path in ("b", "c"):
        progress.begin(path)
        clock.now += 1
        progress.end(path)
    progress.end("long")
    assert progress.seconds_left() == 0
    assert str(progress) == "0 of 4 left"


def test_many_that_run_at_once_are_not_all_named():
    progress = Progress("abcdef", {})
    for path in "abcdef":
        progress.begin(path)
    assert str(progress).endswith("; running: a, b, c, d and 2 more")


def test_a_slower_machine_is_noticed(clock):
    progress = Progress(["a", "b"], {"a": 1, "b": 5}, clock)
    progress.begin("a")
    clock.now = 3
    progress.end("a")
    assert progress.seconds_left() == 15


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        """What is to be seen: each line after it was erased for the last time."""
        return [line.rpartition("\r\x1b[K")[2] for line in self.getvalue().split("\n")]


def test_on_a_terminal_the_line_changes_in_its_place_and_messages_go_above_it(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    log = logging.getLogger("mkdocs.loom")
    handler = logging.StreamHandler(terminal)
    log.addHandler(handler)
    try:
        with Line(terminal) as line:
            line.show("2 left")
            line.show("1 left, and words that do not fit")
            assert terminal.screen() == ["1 left, and words t"]
            log.warning("something happened")
            line.show("0 left")
            assert terminal.screen() == ["something happened", "0 left"]
        assert terminal.screen() == ["something happened", ""]
        log.warning("later")
        assert terminal.screen() == ["something happened", "later", ""]
    finally:
        log.removeHandler(handler)


@pytest.mark.parametrize(("stream", "term"), [(io.StringIO, "xterm"), (Terminal, "dumb")])
def test_elsewhere_nothing_is_written(monkeypatch, stream, term):
    monkeypatch.setenv("TERM", term)
    written = stream()
    with Line(written) as line:
        line.show("1 left")
    assert written.getvalue() == ""
