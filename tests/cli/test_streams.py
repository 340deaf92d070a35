"""Standard streams that are closed, full or broken: the work is done, and the exit code says whether it was stored."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from incident_cockpit.cli import entries
from incident_cockpit.cli.commands import line
from incident_cockpit.errors import ExitCode
from support.cli import Shell
from support.journal import journal_in

INCIDENT = f"{shlex.quote(sys.executable)} -m incident_cockpit.cli.main"
CLOSED = ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-")
# Each stores one entry.
STORING = ("log hello", "log --json hello", "do note hello --json", "update --for internal --sent", "run -- echo hello")
READING = ("status", "status --line", "timeline", "list", "verify", "export 1 -", "line", "--help", "--version", "init")

needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "1")
    return shell


def _run(shell: Shell, words: str, redirect: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell does, with nothing on standard input unless the redirect says otherwise."""
    env = {**os.environ, "INCIDENT_HOME": str(shell.home), "LOGNAME": "ana"}
    command = f"{INCIDENT} {words} {redirect}"
    return subprocess.run(
        ["bash", "-c", command], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def _whole(shell: Shell) -> bool:
    """Return whether nothing but events was written into the store."""
    with journal_in(shell.home) as journal:
        return journal.verify() == []


@pytest.mark.parametrize("redirect", CLOSED)
def test_a_line_is_stored_once_wherever_streams_are_closed(shell: Shell, redirect: str) -> None:
    for words in STORING:
        before = shell.events()
        ran = _run(shell, words, redirect)
        assert (ran.returncode, shell.events() - before) == (0, 1), (words, ran)
        assert "Traceback" not in ran.stderr
    assert _whole(shell)


@pytest.mark.parametrize("redirect", CLOSED)
def test_reading_with_closed_streams_is_no_failure(shell: Shell, redirect: str) -> None:
    for words in READING:
        ran = _run(shell, words, redirect)
        assert ran.returncode == 0, (words, ran)
        assert "Traceback" not in ran.stderr
    assert _whole(shell)


@pytest.mark.parametrize("words", ["log -", "do chat -", "import -"])
def test_a_closed_standard_input_is_an_empty_one(shell: Shell, words: str) -> None:
    ran, empty = _run(shell, words, "<&-"), _run(shell, words, "</dev/null")
    assert (ran.returncode, ran.stderr) == (empty.returncode, empty.stderr)
    assert ran.returncode != 0


@needs_full
@pytest.mark.parametrize("redirect", [">/dev/full", "2>/dev/full", ">/dev/full 2>/dev/full"])
def test_a_full_disk_behind_the_output_stores_a_line_and_succeeds(shell: Shell, redirect: str) -> None:
    for words in STORING:
        before = shell.events()
        ran = _run(shell, words, redirect)
        assert (ran.returncode, shell.events() - before) == (0, 1), (words, ran)
        assert "Traceback" not in ran.stderr


@needs_full
def test_full_disk_fails_a_command_that_only_prints(shell: Shell) -> None:
    for words in set(READING) - {"line"}:
        ran = _run(shell, words, ">/dev/full")
        assert ran.returncode == ExitCode.REFUSED, words
        assert "standard output" in ran.stderr
        assert "Traceback" not in ran.stderr


@needs_full
def test_a_full_disk_stops_no_script_of_lines(shell: Shell) -> None:
    before = shell.events()
    ran = _run(shell, "line", "<<< $'first\\nsecond\\nthird' >/dev/full")
    assert (ran.returncode, shell.events() - before) == (0, 3)
    assert "do not enter it again" in ran.stderr


def test_a_reader_that_has_gone_changes_nothing_of_what_is_stored(shell: Shell) -> None:
    env = {**os.environ, "INCIDENT_HOME": str(shell.home), "LOGNAME": "ana"}
    for words in (*STORING, "line"):
        before = shell.events()
        read, write = os.pipe()
        os.close(read)
        try:
            command = [*shlex.split(INCIDENT), *shlex.split(words)]
            ran = subprocess.run(
                command, env=env, stdout=write, stderr=subprocess.PIPE, text=True, input="a\nb\n", check=False
            )
        finally:
            os.close(write)
        assert (ran.returncode, shell.events() - before) == (0, 2 if words == "line" else 1), (words, ran)
        assert "Traceback" not in ran.stderr


class TestFaults:
    """A fault of the program: one calm sentence, the trace in a file of the owner's, and whether to try again."""

    def test_one_after_storing_counts_as_done(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entries, "_sentence", _fail)
        before = shell.events()
        ran = shell("log", "5xx at 8%")
        assert (ran.code, shell.events() - before) == (0, 1)
        assert "do not enter it again" in ran.err

    def test_one_before_storing_is_a_failure(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entries, "_read_time", _fail)
        before = shell.events()
        ran = shell("log", "5xx at 8%")
        assert (ran.code, shell.events() - before) == (ExitCode.REFUSED, 0)
        assert "nothing" in ran.err

    def test_its_trace_is_in_a_file_of_the_owner(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entries, "_read_time", _fail)
        ran = shell("log", "5xx at 8%")
        log = shell.home / "crash.log"
        assert str(log) in ran.err
        assert "Traceback" not in ran.err
        assert "in _fail" in log.read_text()
        assert stat.S_IMODE(log.stat().st_mode) == 0o600

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
    def test_one_whose_trace_cannot_be_kept_still_ends_calmly(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
    ) -> None:
        monkeypatch.setattr(entries, "_read_time", _fail)
        make(shell.home / "crash.log")
        ran = shell("log", "5xx at 8%")
        assert ran.code == ExitCode.REFUSED
        assert "could not be saved" in ran.err

    def test_one_among_several_lines_is_a_failure(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        report = line.LineMode._report
        monkeypatch.setattr(
            line.LineMode, "_report", lambda self, result: _fail() if shell.events() % 2 else report(self, result)
        )
        before = shell.events()
        ran = shell("line", stdin=b"first\nsecond\nthird\n")
        assert ran.code == ExitCode.REFUSED
        assert 0 < shell.events() - before < 3
        assert "some of what you entered" in ran.err


def _fail(*_: object) -> None:
    raise KeyError("a fault")


def test_standard_input_that_cannot_be_read_is_said(shell: Shell) -> None:
    for words in ("log -", "line", "init", "import -"):
        # Open for writing alone.
        ran = _run(shell, words, f"0>{shlex.quote(str(shell.home / 'written'))}")
        assert ran.returncode == ExitCode.REFUSED, (words, ran)
        assert "Traceback" not in ran.stderr
        assert "fault" not in ran.stderr.replace("default", "")
